"""Whatever is wrong with a file or with the machine, each command says it in one line and with the same exit code."""

import os
import re
import resource
import signal
import subprocess
import sys

import pytest

from conftest import RESULTS, field
from plots import kinds, names

COMMANDS = ["plot.py", "export.py"]
EXPORTS = ["--to", "tensorboard"]


def command(name, *words, **others):
    """What a command says: the exit code and both streams."""
    words = [sys.executable, RESULTS / name, *map(str, words)]
    others = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "check": False} | others
    done = subprocess.run(words, **others)
    return done.returncode, done.stdout, done.stderr


def is_one_line(name, errors):
    """Whether there is one line, and it is the command's."""
    return errors.startswith(f"{name}: ") and errors.count("\n") == 1 and "Traceback" not in errors


def put(column, value, row=3):
    """What puts a value into a row of a file."""
    return lambda lines: [field(lines[0], line, column, value) if number == row else line for number, line in enumerate(lines)]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    "file, column, value, words",
    [
        ("runs.csv", "test_accuracy", "1e300", "test_accuracy '1e300' in line 4, expected a number from 0 to 1 or nothing"),
        ("runs.csv", "test_accuracy", "-0.1", "test_accuracy '-0.1' in line 4"),
        ("runs.csv", "guess_accuracy", "1.5", "guess_accuracy '1.5' in line 4"),
        ("runs.csv", "steps", "2.5", "steps '2.5' in line 4, expected a whole number of 0 or more"),
        ("runs.csv", "seconds", "1e300", "seconds '1e300' in line 4"),
        ("runs.csv", "epochs", "many", "epochs 'many' in line 4, expected a number"),
        ("runs.csv", "learning_rate", "nan", "learning_rate 'nan' in line 4"),
        ("runs.csv", "norm", "a\0b", "a NUL byte in line 4"),
        ("runs.csv", "norm", "a\x1bb", "the character 0x1b in line 4"),
        ("runs.csv", "norm", "a\ufffeb", "the character 0xfffe in line 4"),
        ("curves.csv", "step", "", "step nothing in line 4, expected a whole number of 0 or more;"),
        ("curves.csv", "step", "1e300", "step '1e300' in line 4"),
        ("curves.csv", "step", "-1", "step '-1' in line 4"),
        ("curves.csv", "epoch", "-1", "epoch '-1' in line 4"),
        ("curves.csv", "elapsed_seconds", "1e300", "elapsed_seconds '1e300' in line 4"),
        ("curves.csv", "test_accuracy", "2", "test_accuracy '2' in line 4"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_place(changed, tmp_path, name, file, column, value, words):
    folder = changed("plain", file, put(column, value))
    code, _, errors = command(name, folder, "--out", tmp_path / "out")
    assert code == 65 and words in errors and f"{file}: found" in errors and is_one_line(name, errors)


@pytest.mark.parametrize("name", COMMANDS)
def test_bytes_that_are_no_text_are_named_with_their_line(changed, name):
    folder = changed("plain")
    path = folder / "curves.csv"
    lines = path.read_bytes().split(b"\n")
    lines[4] = lines[4].replace(b"digits", b"d\xffgits")
    path.write_bytes(b"\n".join(lines))
    code, _, errors = command(name, folder)
    assert code == 65 and "curves.csv: found bytes in line 5 that are no UTF-8" in errors and is_one_line(name, errors)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_file_of_a_header_alone_has_no_run(changed, name):
    code, _, errors = command(name, changed("plain", change=lambda lines: lines[:1]))
    assert code == 66 and "runs.csv has no run" in errors and is_one_line(name, errors)


@pytest.mark.parametrize("name, words", [("plot.py", ["--only", "curves", "--format", "svg"]), ("export.py", EXPORTS)])
def test_where_it_prints_to_may_be_full(recorded, tmp_path, name, words):
    with open("/dev/full", "w") as full:
        code, _, errors = command(name, recorded("diverged"), *words, "--out", tmp_path, stdout=full)
    assert code == 74 and "No space left" in errors and is_one_line(name, errors)
    for buffering in ("", "1"):
        with open("/dev/full", "w") as full:
            assert command(name, "--help", stdout=full, env=os.environ | {"PYTHONUNBUFFERED": buffering})[0] == 74


@pytest.mark.parametrize("name, words", [("plot.py", ["--only", "curves", "--format", "svg"]), ("export.py", EXPORTS)])
def test_who_reads_may_have_read_enough(recorded, tmp_path, name, words):
    reader, writer = os.pipe()
    os.close(reader)
    code, _, errors = command(name, recorded("diverged"), *words, "--out", tmp_path, stdout=writer)
    os.close(writer)
    assert (code, errors) == (0, "")


@pytest.mark.parametrize("name", COMMANDS)
def test_nobody_may_hear_what_is_wrong(name, tmp_path):
    with open("/dev/full", "w") as full:
        assert command(name, tmp_path / "nothing", stderr=full)[0] == 66
    assert command(name, tmp_path / "nothing", stderr=None, preexec_fn=lambda: os.close(2))[0] == 66
    assert command(name, "--help", stdout=None, preexec_fn=lambda: os.close(1))[0] == 0


def small_files():
    """Files cannot be larger than some bytes: as on a disk that is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60, 60))


@pytest.mark.parametrize(
    "name, words",
    [
        ("plot.py", ["--only", "curves", "--format", "svg"]),
        ("plot.py", ["--only", "curves", "--format", "svg", "--report"]),
        ("export.py", EXPORTS),
        ("export.py", ["--to", "mlflow"]),
    ],
)
def test_a_disk_may_be_full(recorded, tmp_path, name, words):
    code, _, errors = command(name, recorded("diverged"), *words, "--out", tmp_path / "out", preexec_fn=small_files)
    assert code in (73, 74) and is_one_line(name, errors), errors
    left = [path.name for path in (tmp_path / "out").rglob("*") if path.is_file() and name == "plot.py"]
    assert left == []


@pytest.mark.parametrize("name, words", [("plot.py", []), ("export.py", EXPORTS), ("export.py", ["--to", "mlflow"])])
def test_where_nothing_can_be_made_is_said(recorded, name, words):
    code, _, errors = command(name, recorded("diverged"), *words, "--out", "/dev/null/out")
    assert code == 73 and is_one_line(name, errors)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_needs_no_package_and_an_error_says_how_to_get_them(recorded, name):
    # Python's own library alone.
    bare = [sys.executable, "-I", "-S", RESULTS / name]
    shown = subprocess.run([*bare, "--help"], capture_output=True, text=True, check=False)
    assert shown.returncode == 0 and "--where" in shown.stdout and shown.stderr == ""
    wrong = subprocess.run([*bare, "--whre"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 64 and is_one_line(name, wrong.stderr)
    failed = subprocess.run([*bare, str(recorded("plain"))], capture_output=True, text=True, check=False)
    assert failed.returncode == 69 and is_one_line(name, failed.stderr)
    assert re.search(r"is not installed .* pip install ", failed.stderr) and f"uv run {RESULTS / name}" in failed.stderr


def test_a_terminal_may_lack_letters(recorded, tmp_path):
    words = [recorded("plain"), "--only", "heatmap", "--cells", "norm,batch_size", "--format", "svg", "--out", tmp_path / "é"]
    code, output, errors = command("plot.py", *words, env=os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert code == 0 and errors == "" and "\\xe9" in output


def test_the_kinds_of_the_help_are_those_that_are_drawn():
    assert tuple(kinds.ALL) == names.KINDS
