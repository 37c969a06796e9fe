"""Tests of make_npz.py: python -m pytest Scripts/tests"""

import importlib.util
import io
import json
import pickle
from pathlib import Path

import numpy
import pyarrow
import pyarrow.parquet
import pytest
from PIL import Image

SPEC = importlib.util.spec_from_file_location("make_npz", Path(__file__).parent.parent / "make_npz.py")
make_npz = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(make_npz)


def pictures(count, shape=(4, 5), seed=0):
    """Random images."""
    return numpy.random.default_rng(seed).integers(0, 256, (count, *shape), numpy.uint8)


def write(folder, images, labels):
    """A folder of numbered images, one folder a class."""
    for number, (image, label) in enumerate(zip(images, labels)):
        path = folder / str(label) / f"{number:05}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)


def made(source, tmp_path, *options):
    """The arrays that the script makes of a source."""
    make_npz.main([str(source), "--into", str(tmp_path / "out"), *options])
    return numpy.load(tmp_path / "out" / "data.npz", allow_pickle=False)


def refused(source, tmp_path, *options):
    """What the script says of a source that it does not take."""
    with pytest.raises(SystemExit) as error:
        made(source, tmp_path, *options)
    assert not (tmp_path / "out" / "data.npz").exists()
    return str(error.value)


def test_folders_keep_the_order_of_the_names(tmp_path):
    train, test = pictures(12), pictures(4, seed=1)
    write(tmp_path / "set/train", train, [10, 9, 2] * 4)
    write(tmp_path / "set/test", test, [9, 2, 10, 10])
    arrays = made(tmp_path / "set", tmp_path)
    assert (arrays["x_train"] == train).all() and arrays["y_train"].tolist() == [10, 9, 2] * 4
    assert (arrays["x_test"] == test).all() and arrays["y_test"].tolist() == [9, 2, 10, 10]


def test_a_test_part_is_drawn_by_class(tmp_path):
    labels = ["cat"] * 20 + ["dog"] * 10 + ["emu"]
    write(tmp_path / "set", pictures(31, (4, 4, 3)), labels)
    arrays = made(tmp_path / "set", tmp_path)
    assert arrays["x_train"].shape == (25, 4, 4, 3) and arrays["x_test"].shape == (6, 4, 4, 3)
    assert [arrays["y_test"].tolist().count(name) for name in ("cat", "dog", "emu")] == [4, 2, 0]
    again = made(tmp_path / "set", tmp_path, "--seed", "0")
    assert (again["x_test"] == arrays["x_test"]).all()
    other = made(tmp_path / "set", tmp_path, "--seed", "1")
    assert (other["x_test"] != arrays["x_test"]).any()


def test_grey_among_colours_is_made_coloured(tmp_path):
    write(tmp_path / "set/train", [pictures(1)[0], pictures(1, (4, 5, 3))[0]], ["a", "b"])
    write(tmp_path / "set/test", pictures(2), ["a", "b"])
    arrays = made(tmp_path / "set", tmp_path)
    assert arrays["x_train"].shape == (2, 4, 5, 3) and arrays["x_test"].shape == (2, 4, 5, 3)
    assert (arrays["x_train"][0, :, :, 1] == pictures(1)[0]).all()


def test_what_is_no_image_is_named(tmp_path):
    write(tmp_path / "set", pictures(4), "aabb")
    (tmp_path / "set/a/notes.txt").write_text("no image")
    assert "notes.txt is no image" in refused(tmp_path / "set", tmp_path)
    (tmp_path / "set/a/notes.txt").unlink()
    whole = (tmp_path / "set/a/00000.png").read_bytes()
    (tmp_path / "set/a/00000.png").write_bytes(whole[: len(whole) // 2])
    assert "00000.png is no image" in refused(tmp_path / "set", tmp_path)


def test_sizes_that_differ_are_named(tmp_path):
    write(tmp_path / "set", [pictures(1)[0], pictures(1, (6, 6))[0], *pictures(8)], "ab" * 5)
    assert "00001.png has 6x6 pixels, and not 4x5" in refused(tmp_path / "set", tmp_path)
    assert made(tmp_path / "set", tmp_path, "--size", "3x7")["x_train"].shape == (8, 3, 7)


@pytest.mark.parametrize("source", ["nothing", "empty"])
def test_a_source_that_is_none(tmp_path, source):
    (tmp_path / "empty").mkdir()
    assert source in refused(tmp_path / source, tmp_path)


def parquet(path, images, labels, names=None):
    """A file as `datasets` stores it."""

    def png(image):
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "PNG")
        return {"bytes": buffer.getvalue(), "path": None}

    table = pyarrow.table({"image": [png(image) for image in images], "label": labels})
    if names:
        features = {"info": {"features": {"label": {"names": names, "_type": "ClassLabel"}}}}
        table = table.replace_schema_metadata({"huggingface": json.dumps(features)})
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(table, path)


def test_parquet(tmp_path):
    train, test = pictures(6), pictures(2, seed=1)
    parquet(tmp_path / "set/data/train-00000-of-00002.parquet", train[:4], [0, 1, 0, 1], ["cat", "dog"])
    parquet(tmp_path / "set/data/train-00001-of-00002.parquet", train[4:], [1, 0], ["cat", "dog"])
    parquet(tmp_path / "set/data/test-00000-of-00001.parquet", test, [1, 0], ["cat", "dog"])
    arrays = made(tmp_path / "set", tmp_path)
    assert (arrays["x_train"] == train).all() and (arrays["x_test"] == test).all()
    assert arrays["y_train"].tolist() == ["cat", "dog", "cat", "dog", "dog", "cat"]
    message = refused(tmp_path / "set", tmp_path / "x", "--label-column", "kind")
    assert "no column kind, but image, label" in message


def test_parquet_that_is_none(tmp_path):
    (tmp_path / "train.parquet").write_bytes(b"PAR1 nonsense PAR1")
    assert "train.parquet" in refused(tmp_path / "train.parquet", tmp_path)


@pytest.mark.parametrize("kind", ["python", "binary", "binary100"])
def test_cifar(tmp_path, kind):
    rows = pictures(12, (3072,))
    labels = [0, 1, 2] * 4
    for number in range(3):
        part, own = rows[4 * number : 4 * number + 4], labels[4 * number : 4 * number + 4]
        name = f"data_batch_{number + 1}" if number < 2 else "test_batch"
        if kind == "python":
            (tmp_path / name).write_bytes(pickle.dumps({b"data": part, b"labels": own}, protocol=2))
        elif kind == "binary":
            (tmp_path / f"{name}.bin").write_bytes(numpy.column_stack([own, part]).astype(numpy.uint8).tobytes())
    if kind == "binary100":
        both = numpy.column_stack([[7] * 12, labels, rows]).astype(numpy.uint8)
        (tmp_path / "train.bin").write_bytes(both[:8].tobytes())
        (tmp_path / "test.bin").write_bytes(both[8:].tobytes())
    arrays = made(tmp_path, tmp_path)
    assert arrays["x_train"].shape == (8, 32, 32, 3) and arrays["y_test"].tolist() == labels[8:]
    assert (arrays["x_train"][:, 5, 6, 2] == rows[:8, 2048 + 5 * 32 + 6]).all()


def test_a_pickle_calls_nothing(tmp_path):
    class Evil:
        def __reduce__(self):
            return (print, ("called",))

    for name in ("data_batch_1", "test_batch"):
        (tmp_path / name).write_bytes(pickle.dumps(Evil()))
    assert "asks for builtins.print" in refused(tmp_path, tmp_path)
    for name in ("data_batch_1", "test_batch"):
        (tmp_path / name).write_bytes(b"nonsense")
    assert "none of CIFAR's files" in refused(tmp_path, tmp_path)
