"""The tables of the README are written whole or not at all, and what is wrong is said in one line."""

import os
import shutil
import subprocess
import sys

import pytest

from conftest import RESULTS
from test_malformed import is_one_line, small_files


@pytest.fixture
def copied(tmp_path):
    """A copy of what the tables are made of, and of the program."""
    folder = tmp_path / "Results"
    (folder / "reference").mkdir(parents=True)
    shutil.copytree(RESULTS / "plots", folder / "plots", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(RESULTS / "README.md", folder)
    for name in ("table.py", "made.csv"):
        shutil.copy(RESULTS / "reference" / name, folder / "reference")
    for data in ("digits", "fashion-mnist"):
        (folder / "reference" / data).mkdir()
        for page in (RESULTS / "reference" / data).glob("*.md"):
            shutil.copy(page, folder / "reference" / data)
        shutil.copytree(RESULTS / "reference" / data / "figures", folder / "reference" / data / "figures")
    return folder


def table(folder, *words, **others):
    """What the program says."""
    others = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "check": False} | others
    done = subprocess.run([sys.executable, folder / "reference" / "table.py", *words], **others)
    return done.returncode, done.stderr


def change(path, old, new, count=1):
    """Replaces a text in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, count))


def test_what_it_writes_is_what_it_checks(copied):
    readme = copied / "README.md"
    before = readme.read_bytes()
    assert table(copied, "--check") == (0, "")
    change(readme, "| [affine](#affine) |", "| [afine](#affine) |")
    code, errors = table(copied, "--check")
    assert code == 1 and is_one_line("table.py", errors)
    assert table(copied) == (0, "") and readme.read_bytes() == before


BEGIN = "<!-- What follows is written by reference/table.py. -->\n"
END = "<!-- What precedes is written by reference/table.py. -->\n"


@pytest.mark.parametrize(
    "file, old, new, words",
    [
        ("README.md", BEGIN, "", "follows is written by reference/table.py. -->' 0 times"),
        ("README.md", END, "", "precedes is written by reference/table.py. -->' 0 times"),
        ("README.md", BEGIN, BEGIN + BEGIN, "-->' 2 times, expected it once; nothing was written"),
        ("README.md", END, END + END, "precedes is written by reference/table.py. -->' 2 times"),
        ("README.md", BEGIN, END, "follows is written by reference/table.py. -->' 0 times"),
        ("reference/digits/affine.md", "| question |", "| questions |", "no table of questions"),
        ("reference/digits/affine.md", "### affine", "affine", "without a heading"),
        ("reference/digits/affine.md", "### affine", "### afine", "the claim 'afine', expected 'affine'"),
        ("reference/digits/affine.md", "- **But**: ", "- **Yet**: ", "no line that begins with '- **But**: '"),
        ("reference/digits/affine.md", "| supported |", "| supported | so |", "7 cells in line"),
        ("reference/made.csv", ",seconds,", ",second,", "has not all of"),
        ("reference/made.csv", ",affine,10000,0,", ",affine,some,0,", "train_limit 'some'"),
        ("reference/made.csv", ",digits,", ",", None),
        ("reference/made.csv", "digits,", "digits,,", "has not all of"),
    ],
)
def test_what_is_malformed_is_named_and_nothing_is_written(copied, file, old, new, words):
    if words is None:
        (copied / file).write_text("data,claim,runs\n")
        words = "no row"
    else:
        change(copied / file, old, new)
    before = (copied / "README.md").read_bytes()
    code, errors = table(copied)
    assert code == 65 and words in errors and file in errors and is_one_line("table.py", errors)
    assert (copied / "README.md").read_bytes() == before


def test_markers_the_wrong_way_round_are_no_place_to_write(copied):
    path = copied / "README.md"
    path.write_text(path.read_text().replace(BEGIN, "\1").replace(END, BEGIN).replace("\1", END))
    before = path.read_bytes()
    code, errors = table(copied)
    assert code == 65 and "expected it after" in errors and path.read_bytes() == before


@pytest.mark.parametrize("file", ["README.md", "reference/digits/affine.md", "reference/made.csv"])
def test_bytes_that_are_no_text_are_named(copied, file):
    (copied / file).write_bytes((copied / file).read_bytes() + b"\xff\n")
    code, errors = table(copied)
    assert code == 65 and f"{file}: found bytes that are no UTF-8" in errors and is_one_line("table.py", errors)


def test_a_page_that_is_empty_or_gone_is_named(copied):
    (copied / "reference" / "digits" / "affine.md").write_text("")
    assert table(copied)[0] == 65
    (copied / "reference" / "digits" / "affine.md").unlink()
    (copied / "reference" / "made.csv").unlink()
    code, errors = table(copied)
    assert code == 66 and "made.csv cannot be read" in errors and is_one_line("table.py", errors)
    assert table(copied, "--chek")[0] == 64


def test_on_a_full_disk_the_tables_stay(copied):
    change(copied / "README.md", "| [affine](#affine) |", "| [afine](#affine) |")
    before = (copied / "README.md").read_bytes()
    code, errors = table(copied, preexec_fn=small_files, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})
    assert code == 74 and is_one_line("table.py", errors)
    assert (copied / "README.md").read_bytes() == before
    assert sorted(path.name for path in copied.iterdir() if path.name.startswith(".")) == []
