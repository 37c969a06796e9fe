"""Folders that `compare` recorded, and changed copies of them."""

import shutil
import sys

from pathlib import Path

import pytest

RESULTS = Path(__file__).resolve().parent.parent
RECORDED = Path(__file__).resolve().parent / "recorded"
sys.path.insert(0, str(RESULTS))


@pytest.fixture
def recorded():
    """The folder of a name, as it is under version control."""
    return lambda name: RECORDED / name


@pytest.fixture
def changed(tmp_path):
    """A copy of a recorded folder with one file changed: `change` gets its lines and gives others."""

    def copy(name, file="runs.csv", change=lambda lines: lines):
        folder = tmp_path / name
        if not folder.exists():
            shutil.copytree(RECORDED / name, folder)
        path = folder / file
        path.write_text("".join(line + "\n" for line in change(path.read_text().splitlines())))
        return folder

    return copy


def field(header, line, column, value):
    """A line with another value in a column."""
    fields = line.split(",")
    fields[header.split(",").index(column)] = value
    return ",".join(fields)
