#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy>=1.26", "pillow>=10", "pyarrow>=14", "tqdm>=4.66"]
# ///
"""Turns what people have their images in into one .npz that `compare --data` reads.

    uv run Scripts/make_npz.py SOURCE --into DIR
    compare --data DIR

SOURCE is one of

    a folder of folders of images, one for each class; or two such folders, called train and test
    a folder of .parquet files as Hugging Face `datasets` stores them, or one such file
    the folder of CIFAR-10 or CIFAR-100, as Python or binary files

DIR gets `data.npz` with x_train, y_train, x_test, y_test: bytes, [N, H, W] of grey images and [N, H, W, 3] of others, in
the order of the file names, whatever their class. Without a test part, a fifth of each class is drawn for one
(--test, --seed). Images of several sizes need --size; any grey image among coloured ones is made coloured.
"""

import argparse
import io
import json
import pickle
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy
import pyarrow.parquet
from PIL import Image, UnidentifiedImageError
from tqdm import tqdm

GREY = ("1", "L", "LA")
DEEP = ("I", "I;16", "I;16B", "I;16L", "F")


class Failure(Exception):
    """What is wrong with the source, for whoever named it."""


class Part:
    """The images and labels of one part, read one after the other."""

    def __init__(self, labels: list, images: Iterable[tuple[str, Image.Image]]):
        self.labels = labels
        self.images = images


def opened(name: str, source: Path | io.BytesIO) -> Image.Image:
    """The image of a file, decoded; an error that names it if it is none."""
    try:
        image = Image.open(source)
        image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Failure(f"{name} is no image that can be read: {error}") from error
    if image.mode in DEEP:
        raise Failure(f"{name} has values of more than 8 bits (mode {image.mode}); numpy.save takes them.")
    return image


def array_of(part: Part, size: tuple[int, int] | None, what: str) -> numpy.ndarray:
    """All images of a part as bytes: [N, H, W] if all of them are grey, and [N, H, W, 3] otherwise."""
    pixels, first = None, ""
    for place, (name, image) in enumerate(tqdm(part.images, what, len(part.labels), unit=" images", disable=None)):
        if size:
            image = image.resize((size[1], size[0]), Image.Resampling.BILINEAR)
        is_grey = image.mode in GREY
        if pixels is None:
            first = name
            pixels = numpy.empty((len(part.labels), image.height, image.width) + (() if is_grey else (3,)), numpy.uint8)
        if (image.height, image.width) != pixels.shape[1:3]:
            expected = f"{pixels.shape[1]}x{pixels.shape[2]} as {first}"
            raise Failure(f"{name} has {image.height}x{image.width} pixels, and not {expected}; name one with --size.")
        if pixels.ndim == 3 and not is_grey:
            pixels = numpy.repeat(pixels[..., None], 3, axis=3)
        pixels[place] = numpy.asarray(image.convert("L" if pixels.ndim == 3 else "RGB"))
    if pixels is None:
        raise Failure(f"There are no images in the {what} part.")
    return pixels


# Folders of images


def folder_part(folder: Path) -> Part:
    """The images of a folder of folders, in the order of their file names; what is hidden is left out."""
    files = [
        (path.name, kind.name, path)
        for kind in sorted(folder.iterdir())
        if kind.is_dir() and not kind.name.startswith(".")
        for path in kind.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    ]
    files.sort()
    if not files:
        raise Failure(f"{folder} has no folders with images in them.")
    return Part([kind for _, kind, _ in files], ((str(path), opened(str(path), path)) for _, _, path in files))


def folder_parts(source: Path) -> list[Part]:
    """The parts of a folder of images: train and test, or one."""
    names = {path.name for path in source.iterdir() if path.is_dir()}
    if {"train", "test"} <= names:
        return [folder_part(source / "train"), folder_part(source / "test")]
    return [folder_part(source)]


# Parquet


def parquet_rows(files: list[Path], column: str) -> Iterator[tuple[str, Image.Image]]:
    """The images of a column of some files."""
    for path in files:
        number = 0
        for batch in pyarrow.parquet.ParquetFile(path).iter_batches(256, columns=[column]):
            for row in batch.column(0).to_pylist():
                name, number = f"{path}, row {number}", number + 1
                content = row.get("bytes") if isinstance(row, dict) else row
                if not isinstance(content, bytes):
                    raise Failure(f"{name} has no bytes of an image in column {column}.")
                yield name, opened(name, io.BytesIO(content))


def chosen(names: list[str], asked: str | None, known: tuple[str, ...], option: str, path: Path) -> str:
    """The column that is asked for, or the first known one."""
    for name in (asked,) if asked else known:
        if name in names:
            return name
    missing = asked or " or ".join(known)
    raise Failure(f"{path} has no column {missing}, but {', '.join(names)}; name one with {option}.")


def class_names(schema: pyarrow.Schema, column: str) -> list[str] | None:
    """The names of the classes that `datasets` stores beside the columns."""
    features = json.loads((schema.metadata or {}).get(b"huggingface", b"{}")).get("info", {}).get("features", {})
    feature = features.get(column, {})
    return feature.get("names") if isinstance(feature, dict) else None


def parquet_part(files: list[Path], options: argparse.Namespace) -> Part:
    """The images of some files of one part."""
    try:
        schema = pyarrow.parquet.read_schema(files[0])
        image = chosen(schema.names, options.image_column, ("image", "img"), "--image-column", files[0])
        label = chosen(
            schema.names, options.label_column, ("label", "labels", "fine_label"), "--label-column", files[0])
        labels = [
            value for path in files for value in pyarrow.parquet.read_table(path, columns=[label])[label].to_pylist()]
    except (pyarrow.ArrowInvalid, OSError, KeyError) as error:
        raise Failure(f"{files[0]} or a file beside it is no parquet file that can be read: {error}") from error
    names = class_names(schema, label)
    if names:
        labels = [names[value] if isinstance(value, int) and 0 <= value < len(names) else value for value in labels]
    return Part(labels, parquet_rows(files, image))


def parquet_parts(files: list[Path], options: argparse.Namespace) -> list[Part]:
    """The parts of parquet files: those called test, and all others but validation."""
    test = [path for path in files if path.name.startswith("test")]
    train = [path for path in files if path not in test and not path.name.startswith("valid")]
    if not train:
        raise Failure(f"There is no file to train on among {', '.join(str(path) for path in files)}.")
    return [parquet_part(part, options) for part in (train, test) if part]


# CIFAR


class ArrayUnpickler(pickle.Unpickler):
    """Reads pickles of arrays, and calls nothing else."""

    def find_class(self, module: str, name: str):
        known = {"_reconstruct", "ndarray", "dtype"}
        if (module.split(".")[0] == "numpy" and name in known) or (module, name) == ("_codecs", "encode"):
            return super().find_class(module, name)
        raise Failure(f"a pickle that asks for {module}.{name} is none of CIFAR's.")


def cifar_batch(path: Path) -> tuple[numpy.ndarray, list]:
    """The rows of 3,072 bytes and the labels of a file."""
    try:
        if path.suffix == ".bin":
            extra = 2 if path.name in ("train.bin", "test.bin") else 1
            rows = numpy.frombuffer(path.read_bytes(), numpy.uint8).reshape(-1, extra + 3072)
            return rows[:, extra:], rows[:, extra - 1].tolist()
        with path.open("rb") as file:
            batch = ArrayUnpickler(file, encoding="bytes").load()
        labels = batch.get(b"labels", batch.get(b"fine_labels"))
        return numpy.asarray(batch[b"data"], numpy.uint8).reshape(len(labels), 3072), labels
    except Failure as error:
        raise Failure(f"{path}: {error}") from error
    except Exception as error:
        raise Failure(f"{path} is none of CIFAR's files: {type(error).__name__}: {error}") from error


def cifar_part(files: list[Path]) -> tuple[numpy.ndarray, list]:
    """The images, [N, 32, 32, 3], and labels of some files."""
    batches = [cifar_batch(path) for path in tqdm(files, "CIFAR", unit=" files", disable=None)]
    pixels = numpy.concatenate([rows for rows, _ in batches]).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return numpy.ascontiguousarray(pixels), [label for _, labels in batches for label in labels]


def cifar_files(source: Path) -> tuple[list[Path], list[Path]] | None:
    """The files of both parts, if the folder is one of CIFAR's."""
    for suffix in ("", ".bin"):
        batches = sorted(source.glob(f"data_batch_[0-9]{suffix}"))
        if batches and (source / f"test_batch{suffix}").is_file():
            return batches, [source / f"test_batch{suffix}"]
        if (source / f"train{suffix}").is_file() and (source / f"test{suffix}").is_file():
            return [source / f"train{suffix}"], [source / f"test{suffix}"]
    return None


# The whole


def split(labels: list, share: float, seed: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Indices to train and to test on: of each class its share, rounded, and one at least to train on."""
    random = numpy.random.default_rng(seed)
    is_test = numpy.zeros(len(labels), bool)
    kinds = numpy.asarray([str(label) for label in labels])
    for kind in numpy.unique(kinds):
        places = numpy.flatnonzero(kinds == kind)
        count = min(round(share * len(places)), len(places) - 1)
        is_test[random.permutation(places)[:count]] = True
    if not is_test.any():
        raise Failure(f"--test {share} leaves no image to test on.")
    return numpy.flatnonzero(~is_test), numpy.flatnonzero(is_test)


def label_array(labels: list) -> numpy.ndarray:
    """Labels as integers if they are, or as words."""
    if any(label is None or str(label) == "" for label in labels):
        raise Failure("There is an image without a label.")
    try:
        return numpy.asarray([int(label) for label in labels], numpy.int64)
    except ValueError:
        return numpy.asarray([str(label) for label in labels])


def parts_of(source: Path, options: argparse.Namespace) -> list[tuple[numpy.ndarray, list]]:
    """The images and labels of each part of the source."""
    size = tuple(int(extent) for extent in options.size.split("x")) if options.size else None
    if not source.exists():
        raise Failure(f"{source} is not there.")
    files = [source] if source.is_file() else sorted(source.rglob("*.parquet"))
    if source.is_file() and source.suffix != ".parquet":
        raise Failure(f"{source} is neither a folder nor a .parquet file.")
    cifar = None if files else cifar_files(source)
    if cifar:
        return [cifar_part(part) for part in cifar]
    parts = parquet_parts(files, options) if files else folder_parts(source)
    return [(array_of(part, size, what), part.labels) for part, what in zip(parts, ("train", "test"))]


def arrays_of(source: Path, options: argparse.Namespace) -> dict[str, numpy.ndarray]:
    """The four arrays of the source."""
    parts = parts_of(source, options)
    if len(parts) == 1:
        (pixels, labels), numbers = parts[0], label_array(parts[0][1])
        train, test = split(labels, options.test, options.seed)
        parts = [(pixels[train], numbers[train]), (pixels[test], numbers[test])]
    else:
        joined = label_array(list(parts[0][1]) + list(parts[1][1]))
        count = len(parts[0][1])
        parts = [(parts[0][0], joined[:count]), (parts[1][0], joined[count:])]
    if parts[0][0].ndim != parts[1][0].ndim:
        parts = [(x if x.ndim == 4 else numpy.repeat(x[..., None], 3, axis=3), y) for x, y in parts]
    return {"x_train": parts[0][0], "y_train": parts[0][1], "x_test": parts[1][0], "y_test": parts[1][1]}


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, metavar="SOURCE")
    parser.add_argument("--into", type=Path, required=True, metavar="DIR", help="folder for data.npz")
    parser.add_argument("--size", metavar="HxW", help="size that every image is scaled to")
    parser.add_argument("--test", type=float, default=0.2, metavar="SHARE", help="of each class, without a test part")
    parser.add_argument("--seed", type=int, default=0, help="of the draw of a test part")
    parser.add_argument("--image-column", metavar="NAME", help="of parquet files (default image or img)")
    parser.add_argument("--label-column", metavar="NAME", help="of parquet files (default label, labels or fine_label)")
    options = parser.parse_args(words)
    extents = (options.size or "1x1").split("x")
    if len(extents) != 2 or not all(extent.isdigit() and int(extent) > 0 for extent in extents):
        parser.error(f"--size takes a height and a width, as 32x32, and not {options.size}")
    if not 0 < options.test < 1:
        parser.error(f"--test takes a share above 0 and below 1, and not {options.test}")
    try:
        arrays = arrays_of(options.source, options)
        options.into.mkdir(parents=True, exist_ok=True)
        numpy.savez_compressed(options.into / "data.npz", **arrays)
    except (Failure, OSError) as error:
        sys.exit(f"make_npz.py: {error}")
    for name, array in arrays.items():
        print(f"{name}: {array.dtype} {list(array.shape)}")


if __name__ == "__main__":
    main()
