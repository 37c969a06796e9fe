#!/usr/bin/env python3
"""Breaks the code on purpose, one line at a time, and reports which breaks the tests do not notice.

    python3 Tests/Mutations/mutate.py            # all of them, about a minute each; writes Tests/Mutations/REPORT.md
    python3 Tests/Mutations/mutate.py --list     # check that every mutation still fits the code
    python3 Tests/Mutations/mutate.py 3 17       # only these; writes nothing
    python3 Tests/Mutations/mutate.py --races    # races that the thread sanitizer must report, and none without them
    python3 Tests/Mutations/mutate.py --races 3  # only this one, and none without it

Works on a clone in a temporary folder. Each mutation, of those in `mutations.py`, replaces one piece of text, which must
stand exactly once in its file. The quick tests run first; a mutation that survives them meets all the others.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from mutations import MUTATIONS, RACES

ROOT = pathlib.Path(__file__).resolve().parents[2]
STAGES = (
    "NormalizerReferenceTests|ModelReferenceTests|TrainingReferenceTests|NormsTests|LayersTests",
    "TensorsTests|CNNTests|RNNTests|MLPTests|ModelTests",
    "DoorTests|DataTests|HarnessTests|ClaimsTests|CompareCommandTests",
    "StressTests",
)
RACING = "--norm batch,layer --model cnn,rnn --epochs 1 --train-limit 400 --threads 4 --jobs 2 --record layers --quiet".split()


def check_all(mutations) -> None:
    """Every mutation must fit the code exactly once."""
    wrong = []
    for number, (file, old, _, note) in enumerate(mutations, 1):
        found = (ROOT / file).read_text().count(old)
        if found != 1:
            wrong.append(f"{number}: {file}: {note}: {found} places instead of one")
    if wrong:
        sys.exit("\n".join(wrong))


def run(arguments, folder, timeout=900):
    try:
        done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=timeout)
        return done.returncode, done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        return 1, "hangs"


def verdict(folder: pathlib.Path) -> str:
    code, text = run(["swift", "build", "--build-tests"], folder)
    if code:
        lines = [line for line in text.splitlines() if "error:" in line]
        return "does not build: " + (lines[0].strip() if lines else text[-200:])
    for stage in STAGES:
        code, text = run(["swift", "test", "--skip-build", "--filter", stage], folder)
        if code:
            failed = [line.split('"')[1] for line in text.splitlines() if line.startswith("✘ Test \"")]
            return "killed by " + (f"“{failed[0]}”" if failed else "a crash" if text != "hangs" else "a hang")
    return "survived"


def races(folder: pathlib.Path) -> str:
    """How often the thread sanitizer reports a race."""
    code, text = run(["swift", "build", "--product", "compare", "--sanitize=thread"], folder, timeout=3000)
    if code:
        return "does not build: " + text[-200:]
    os.environ["TSAN_OPTIONS"] = f"exitcode=66 suppressions={folder}/Tests/threads.suppressions"
    results = folder.parent / "results"
    code, text = run([folder / ".build/debug/compare", *RACING, "--results", results], folder)
    shutil.rmtree(results, ignore_errors=True)
    count = text.count("WARNING: ThreadSanitizer")
    if code not in (0, 66) or (code == 66) != (count > 0):
        return f"exit code {code}, {count} reports"
    return f"{count} reports" if count else "clean"


def plant_all(folder: pathlib.Path, chosen: list[int]) -> None:
    """Plants one race after the other; stops unless each is reported, and nothing without them."""
    missed = []
    planted = [RACES[number - 1] for number in chosen] or RACES
    for file, old, new, note in [*planted, (RACES[0][0], "", "", "the code as it is")]:
        text = (folder / file).read_text()
        if old:
            (folder / file).write_text(text.replace(old, new))
        result = races(folder)
        (folder / file).write_text(text)
        print(f"{result:20} {pathlib.Path(file).name}: {note}", flush=True)
        if result.endswith("reports") != bool(old) or result.startswith("exit"):
            missed.append(note)
    if missed:
        sys.exit(f"Not as it should be: {', '.join(missed)}")


def main() -> None:
    check_all(RACES if "--races" in sys.argv else MUTATIONS + RACES)
    if "--list" in sys.argv:
        for number, (file, _, _, note) in enumerate(MUTATIONS, 1):
            print(f"{number:3} {file}: {note}")
        return
    chosen = [int(word) for word in sys.argv[1:] if word.isdigit()] or list(range(1, len(MUTATIONS) + 1))
    folder = pathlib.Path(tempfile.mkdtemp()) / "mutant"
    subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
    if "--races" in sys.argv:
        try:
            return plant_all(folder, [int(word) for word in sys.argv[1:] if word.isdigit()])
        finally:
            shutil.rmtree(folder.parent)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=folder, capture_output=True, text=True).stdout.strip()
    if (baseline := verdict(folder)) != "survived":
        sys.exit(f"The tests do not pass as they are: {baseline}")
    rows, start = [], time.time()
    try:
        for number in chosen:
            file, old, new, note = MUTATIONS[number - 1]
            path = folder / file
            text = path.read_text()
            path.write_text(text.replace(old, new))
            result = verdict(folder)
            path.write_text(text)
            rows.append((number, file, note, result))
            print(f"{number:3} {result:60} {pathlib.Path(file).name}: {note}", flush=True)
    finally:
        shutil.rmtree(folder.parent)
    killed = sum(row[3].startswith("killed") for row in rows)
    summary = f"{killed} of {len(rows)} mutants killed at commit {commit}, in {(time.time() - start) / 60:.0f} minutes."
    print(summary)
    if len(chosen) == len(MUTATIONS):
        table = "\n".join(f"| {n} | `{pathlib.Path(f).name}` | {note} | {result} |" for n, f, note, result in rows)
        (ROOT / "Tests/Mutations/REPORT.md").write_text(
            f"# Mutations\n\n{summary} Made by `python3 Tests/Mutations/mutate.py`.\n\n"
            f"| | file | what was broken | result |\n|---|---|---|---|\n{table}\n")


if __name__ == "__main__":
    main()
