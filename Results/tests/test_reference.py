"""What the project publishes is what its files say."""

import subprocess
import sys

from pathlib import Path

import pytest

from plots import records

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


def test_the_tables_are_those_of_the_files():
    checked = subprocess.run([sys.executable, REFERENCE / "table.py", "--check"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("data", [path.name for path in REFERENCE.iterdir() if (path / "runs.csv.gz").is_file()])
def test_the_packed_runs_are_read_and_have_what_every_claim_printed(data):
    read = records.read(REFERENCE / data)
    assert len(read.runs) and set(read.runs["data"]) == {data}
    printed = {path.stem for path in (REFERENCE / data).glob("*.md")}
    assert printed == set(read.verdicts["claim"])
