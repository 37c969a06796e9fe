#!/usr/bin/env python3
"""Trains on one data set in every format that `--data` reads, and on samples of every kind; compares what is recorded.

    swift build --product compare && python3 Tests/formats.py
    python3 Tests/formats.py --gigabytes 2      # the memory that a set of 2 GB takes, with one run at a time and two

Fashion-MNIST as IDX, .npy, .npz and, through make_npz.py, folders of PNG comes to the same bytes of CSV, timings aside.
It is read from the folder of Debian's package (apt-get install dataset-fashion-mnist). Needs numpy, pillow, pyarrow
and tqdm.
"""

import argparse
import csv
import gzip
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
from PIL import Image

from measured import measured
from recorded import PROGRAM, contents

ROOT = Path(__file__).resolve().parents[1]
MAKE = ROOT / "Scripts" / "make_npz.py"
SOURCE = Path("/usr/share/datasets/fashion-mnist")
NAMES = ("x_train", "y_train", "x_test", "y_test")
FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
GRID = "--norm none,batch --model mlp,cnn --seed 0,1".split()
QUICK = ["--train-limit", "1000", "--test-limit", "500", "--epochs", "2", "--quiet"]


def idx_array(path):
    """The array of a gzipped IDX file."""
    content = gzip.decompress(path.read_bytes())
    axes = content[3]
    shape = [int.from_bytes(content[4 + 4 * axis : 8 + 4 * axis], "big") for axis in range(axes)]
    return numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * axes).reshape(shape)


def fashion():
    """The four arrays of Fashion-MNIST."""
    if not SOURCE.is_dir():
        sys.exit(f"{SOURCE} is not there: apt-get install dataset-fashion-mnist")
    return dict(zip(NAMES, (idx_array(SOURCE / f"{name}.gz") for name in FILES)))


def accuracy(results):
    """The test accuracy of the only run of a folder."""
    with open(results / "runs.csv", newline="") as file:
        return float(next(csv.DictReader(file))["test_accuracy"])


def make_npz(source, into):
    """What the script makes of a source."""
    subprocess.run([sys.executable, MAKE, source, "--into", into], check=True, stdout=subprocess.DEVNULL)


def write_png(folder, arrays):
    """Images in folders called after their classes, in those called train and test."""
    for part in ("train", "test"):
        for label in range(10):
            (folder / part / str(label)).mkdir(parents=True)
        for number, (image, label) in enumerate(zip(arrays[f"x_{part}"], arrays[f"y_{part}"])):
            Image.fromarray(image).save(folder / part / str(label) / f"{number:05}.png", compress_level=1)


def same_folders(root, arrays):
    """Fashion-MNIST in a folder for each format, all of the same name."""
    names = ("idx", "idx.gz", "npy", "npy-fortran", "npz", "npz-deflated", "png")
    folders = {name: root / name / "fashion" for name in names}
    for folder in folders.values():
        folder.mkdir(parents=True)
    for name in FILES:
        (folders["idx.gz"] / f"{name}.gz").symlink_to(SOURCE / f"{name}.gz")
        (folders["idx"] / name).write_bytes(gzip.decompress((SOURCE / f"{name}.gz").read_bytes()))
    for name, array in arrays.items():
        numpy.save(folders["npy"] / name, array)
        other = numpy.asfortranarray(array[:, None]) if name.startswith("x") else array.astype(">i8")
        numpy.save(folders["npy-fortran"] / name, other)
    numpy.savez(folders["npz"] / "set.npz", **arrays)
    numpy.savez_compressed(folders["npz-deflated"] / "set.npz", **arrays)
    write_png(root / "images", arrays)
    make_npz(root / "images", folders["png"])
    return folders


def same(root, arrays):
    """Whether every format comes to the same files of results."""
    found = {}
    for name, folder in same_folders(root, arrays).items():
        results = root / f"results-{name}"
        measured("--data", folder, "--results", results, *GRID, *QUICK)
        found[name] = contents(results)
        is_same = found[name] == found["idx"]
        size = sum((results / file).stat().st_size for file in found[name])
        print(f"{name:14} {len(found[name]['runs.csv'][1])} runs, {len(found[name])} files of {size} bytes: "
              f"{'the same as of idx' if is_same else 'OTHERS THAN OF IDX'}, timings aside")
        if not is_same:
            different = [file for file in found[name] if found[name][file] != found["idx"].get(file)]
            sys.exit(f"{name} and idx differ in {', '.join(different)}")


def coloured(arrays, count, part):
    """Images of 32x32 in the colour of their class."""
    tints = numpy.random.default_rng(1).uniform(0.2, 1, (10, 3))
    labels = arrays[f"y_{part}"][:count]
    grey = numpy.pad(arrays[f"x_{part}"][:count], ((0, 0), (2, 2), (2, 2)))
    return (grey[..., None] * tints[labels][:, None, None, :]).astype(numpy.uint8), labels


def write_cifar(folder, arrays):
    """Files as CIFAR-10 has them: pickles of rows, all of red, then of green, then of blue."""
    folder.mkdir()
    files = [("train", f"data_batch_{1 + batch}", 200 * batch) for batch in range(5)] + [("test", "test_batch", 0)]
    for part, name, start in files:
        pixels, labels = coloured(arrays, 1000, part)
        own = slice(start, start + 200)
        batch = {b"data": pixels[own].transpose(0, 3, 1, 2).reshape(200, -1), b"labels": labels[own].tolist()}
        (folder / name).write_bytes(pickle.dumps(batch, protocol=2))


def write_sequences(folder):
    """Waves around three levels, [N, T, F]."""
    random = numpy.random.default_rng(2)
    levels = random.normal(0, 1, (3, 6))
    parts = {}
    for part, count in (("train", 600), ("test", 200)):
        labels = random.integers(0, 3, count)
        phases = random.uniform(0, 6, (count, 1, 6))
        waves = levels[labels][:, None, :] + numpy.sin(numpy.arange(40)[None, :, None] * 0.4 + phases)
        parts |= {f"x_{part}": waves.astype(numpy.float32), f"y_{part}": labels}
    folder.mkdir()
    numpy.savez_compressed(folder / "set.npz", **parts)


def write_table(folder):
    """Numbers of three kinds around three centres, as CSV."""
    folder.mkdir()
    random = numpy.random.default_rng(3)
    centres = random.normal(0, 2, (3, 4))
    for part, count in (("train", 600), ("test", 200)):
        labels = random.integers(0, 3, count)
        numbers = centres[labels] + random.normal(0, 1, (count, 4))
        with open(folder / f"{part}.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["a", "b", "label", "c", "d"])
            kinds = ("setosa", "versicolor", "virginica")
            writer.writerows([a, b * 1000, kinds[label], c, d] for (a, b, c, d), label in zip(numbers, labels))


def kinds(root, arrays):
    """Trains each model on samples of its kind; each must learn more than guessing."""
    colour = root / "colour"
    colour.mkdir()
    images = {
        f"{letter}_{part}": array
        for part in ("train", "test")
        for letter, array in zip("xy", coloured(arrays, 1000, part))
    }
    numpy.savez(colour / "set.npz", **images)
    write_cifar(root / "cifar-files", arrays)
    make_npz(root / "cifar-files", root / "cifar")
    write_sequences(root / "sequences")
    write_table(root / "table")
    models = {"colour": ("cnn", 0.1), "cifar": ("cnn", 0.1), "sequences": ("rnn", 1 / 3), "table": ("mlp", 1 / 3)}
    for name, (model, guess) in models.items():
        results = root / f"results-{name}"
        measured("--data", root / name, "--results", results, "--norm", "layer", "--model", model, "--epochs", "6", "--quiet")
        found = accuracy(results)
        print(f"{name:10} {model}: test accuracy {found:.3f}, guessing {guess:.3f}")
        if found < guess + 0.2:
            sys.exit(f"{model} has learned nothing of {name}.")


def memory(root, arrays, gigabytes):
    """The peak of the memory on a large set, with one run at a time and with two."""
    folder = root / "large"
    folder.mkdir()
    size = arrays["x_train"].nbytes
    copies = max(round(gigabytes * 1e9 / size), 1)
    count = len(arrays["x_train"])
    large = numpy.lib.format.open_memmap(folder / "x_train.npy", "w+", numpy.uint8, (copies * count, 28, 28))
    for copy in range(copies):
        large[copy * count : (copy + 1) * count] = arrays["x_train"]
    large.flush()
    del large
    numpy.save(folder / "y_train", numpy.tile(arrays["y_train"], copies))
    for name in NAMES[2:]:
        numpy.save(folder / name, arrays[name])
    print(f"{copies * count} images, {copies * size / 1e9:.2f} GB:")
    for jobs in (1, 2):
        grid = ["--norm", "layer", "--model", "mlp", "--seed", "0,1", "--jobs", jobs]
        peak = measured("--data", folder, "--results", root / f"results-{jobs}", *grid, *QUICK).memory
        print(f"  --jobs {jobs}: {peak / 1e9:.2f} GB at most, {peak / (copies * size):.2f} times the images")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, metavar="N", help="the memory on a set of this size, nothing else")
    parser.add_argument("--folder", type=Path, help="where to make the files; a temporary folder otherwise")
    options = parser.parse_args()
    if not PROGRAM.exists():
        sys.exit(f"{PROGRAM} is not there: swift build --product compare")
    arrays = fashion()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        if options.gigabytes:
            memory(Path(folder), arrays, options.gigabytes)
        else:
            same(Path(folder), arrays)
            kinds(Path(folder), arrays)


if __name__ == "__main__":
    main()
