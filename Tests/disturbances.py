#!/usr/bin/env python3
"""Disturbs `compare` as disks, clocks and neighbours do, and looks at what each disturbance leaves.

    swift build --product compare && python3 Tests/disturbances.py        # all; as root, as disks are mounted; an hour
    python3 Tests/disturbances.py --only short-writes,locks --stride 50   # some, and every fiftieth byte

After each there is an exit code of `sysexits.h` and one line with the file and the system's reason, and what was
recorded before is there, once, unchanged. Then the same command, undisturbed, completes the grid, and its files are
those of a grid that nothing disturbed, timings aside. What this machine cannot do is left out, and said.
"""

import argparse
import contextlib
import csv
import errno
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from recorded import PROGRAM, TIMES, rows
from workshop import NOBODY, OUT_OF_TIME, PATIENCE, RUN, Task, Workshop, ended, refused, seen


def short_writes(workshop, asked):
    """No file can be longer than some bytes: every write is cut there."""
    for task in (workshop.grid, workshop.tuning, workshop.merge):
        folder = workshop.folder(task)
        workshop.ended(task.command, folder)
        longest = max(path.stat().st_size for path in folder.iterdir())
        failed = tried = 0
        for limit in range(0, longest + asked.stride, asked.stride):
            folder = workshop.folder(task)
            failed += workshop.disturbed(task, folder, [errno.EFBIG], limit=limit)
            tried += 1
            workshop.completes(task, folder)
        yield f"short writes, {task.name}: {tried} lengths to {longest} bytes, {failed} times an error"


def full_disk(workshop, asked):
    """A disk with some blocks, or with room for some files."""
    if os.geteuid():
        yield "full disk: left out, as only root mounts one"
        return
    for option, numbers in (("size={}k", range(4, 80, 4)), ("size=1m,nr_inodes={}", range(2, 16))):
        for task in (workshop.grid, workshop.tuning, workshop.merge):
            failed = tried = 0
            for number in numbers[::max(len(numbers) // asked.times, 1)]:
                with mounted("tmpfs", workshop.place / "disk", "-o", option.format(number)) as disk:
                    try:
                        folder = workshop.folder(task, disk)
                    except OSError:
                        # Not even what is there before has room.
                        continue
                    failed += workshop.disturbed(task, folder, [errno.ENOSPC])
                    tried += 1
                    # As if someone had cleared away something else.
                    subprocess.run(["mount", "-o", "remount,size=4m,nr_inodes=1000", disk], check=True)
                    workshop.completes(task, folder)
            yield f"full disk, {task.name}, {option.format('N')}: {tried} sizes, {failed} times an error"


def read_only(workshop, asked):
    """A folder, or one of its files, that may not be written."""
    yield from not_allowed(workshop)
    if os.geteuid():
        yield "read-only disk: left out, as only root mounts one"
        return
    task, disk = workshop.grid, workshop.place / "disk"
    with mounted("tmpfs", disk) as disk:
        folder = workshop.folder(task, disk)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        must_fail(workshop.disturbed(task, folder, [errno.EROFS]), folder)
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        workshop.completes(task, folder)
    names = sorted(path.name for path in task.start.iterdir())
    failed = 0
    for name in names:
        folder = workshop.folder(task)
        file = folder / name
        subprocess.run(["mount", "--bind", file, file], check=True)
        try:
            subprocess.run(["mount", "-o", "remount,bind,ro", file], check=True)
            failed += workshop.disturbed(task, folder, [errno.EROFS, errno.EBUSY])
        finally:
            subprocess.run(["umount", file], check=True)
        workshop.completes(task, folder)
    yield f"read-only disk: the folder, and each of its {len(names)} files, of which {failed} times an error"


def not_allowed(workshop):
    """A folder, and each of its files, of another user."""
    task = workshop.grid
    user = NOBODY if os.geteuid() == 0 else None
    if user and ended([workshop.program, "--version"], user=user).code:
        yield "files of another user: left out, as another user cannot run the program where it is"
        return
    workshop.place.chmod(0o755)
    failed, names = 0, sorted(path.name for path in task.start.iterdir())
    for name in [".", *names]:
        folder = workshop.folder(task)
        if user:
            for path in [folder, *folder.iterdir()]:
                os.chown(path, user, user)
            os.chown(folder / name, 0, 0)
        (folder / name).chmod(0o555 if name == "." else 0o444)
        failed += workshop.disturbed(task, folder, [errno.EACCES], user=user)
        (folder / name).chmod(0o755 if name == "." else 0o644)
        workshop.completes(task, folder)
    yield f"not allowed: the folder, and each of its {len(names)} files, of which {failed} times an error"


def removed(workshop, asked):
    """The folder, or what says which runs are recorded, is removed: before a start, or in the middle."""
    task = workshop.made("removal", RUN.format("none,layer,rms") + " --epochs 1,100,200 --record layers")
    workshop.completes(task, workshop.folder(task))
    place = workshop.place / "gone"
    place.mkdir()
    words = [str(workshop.program), *RUN.format("none").replace("FOLDER", "Results").split()]
    outcome = ended(["sh", "-c", 'rmdir "$PWD" && exec "$0" "$@"', *words], folder=place)
    refused(outcome, "Results", [errno.ENOENT])
    yield "removed before a start: the results, which are made anew; the folder where the program stands, an error"
    draw, failed = random.Random(asked.seed), 0
    # What stands in the other files would be lost with them.
    names = [None, "runs.csv", ".lock"]
    for number in range(asked.times):
        name = names[number % len(names)]
        folder, done = workshop.folder(task), threading.Event()
        remover = threading.Thread(target=remove, args=(folder, name, draw.uniform(0, 0.05), done))
        remover.start()
        outcome = ended([workshop.program, *task.words(folder)])
        done.set()
        remover.join()
        if outcome.code:
            refused(outcome, folder, [errno.ENOENT])
            failed += 1
        seen(folder)
        workshop.completes(task, folder)
    yield f"removed in the middle: {asked.times} times, {failed} times an error"


def remove(folder, name, delay, done):
    """Removes a folder or a file of it, some time after its first run is recorded, whatever is written meanwhile."""
    while not done.is_set() and len(rows(folder / "runs.csv")) == 0:
        done.wait(0.001)
    done.wait(delay)
    if name:
        (folder / name).unlink(missing_ok=True)
    while not name and folder.exists():
        shutil.rmtree(folder, ignore_errors=True)


def clock(workshop, asked):
    """Clocks that jump: the one that people set in both directions, all of them only on, as after a sleep."""
    task = workshop.grid
    with tempfile.NamedTemporaryFile("w", dir=workshop.place) as file:
        shim = {"LD_PRELOAD": str(shimmed(workshop)), "SHIM_CLOCK": file.name}
        for name, more, jumps in (
            ("set", {}, (-86400, 86400, -10**8, 10**8, 0)),
            ("gone on", {"SHIM_ALL_CLOCKS": "1"}, (1, 60, 3600, 86400, 10**7)),
        ):
            for limit in ("", " --time-limit 1h"):
                folder, done = workshop.folder(task), threading.Event()
                jumper = threading.Thread(target=jump, args=(Path(file.name), jumps, done))
                jumper.start()
                words = [workshop.program, *task.words(folder), *limit.split()]
                outcome = ended(words, environment={**shim, **more})
                done.set()
                jumper.join()
                Path(file.name).write_text("0")
                if outcome.code not in (0, OUT_OF_TIME) or (outcome.code and (not limit or not more)):
                    raise SystemExit(f"clock {name}: exit code {outcome.code}: {outcome.errors}")
                count = times_of(folder)
                workshop.completes(task, folder)
                yield f"clock {name}{limit}: exit code {outcome.code}, {count} times, none below 0"


def jump(file, jumps, done):
    """Changes how far the clocks are off until something is done."""
    number = 0
    while not done.wait(0.005):
        file.write_text(str(jumps[min(number // 4, len(jumps) - 1)] if jumps[0] > 0 else jumps[number % len(jumps)]))
        number += 1


def times_of(folder):
    """How many times stand in the files, of which none is negative or no number."""
    count = 0
    for name in ("runs.csv", "curves.csv"):
        with open(folder / name, newline="") as file:
            for row in csv.DictReader(file):
                for column in TIMES & row.keys():
                    if not 0 <= float(row[column] or 0) < math.inf:
                        raise SystemExit(f"{folder}/{name}: {column} is {row[column]}.")
                    count += 1
    return count


def three(workshop, asked):
    """Three processes with one grid and one folder."""
    for task in (workshop.grid, workshop.tuning, workshop.merge):
        for _ in range(asked.times):
            folder = workshop.folder(task)
            words = [workshop.program, *task.words(folder)]
            streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
            for process in [subprocess.Popen(words, **streams) for _ in range(3)]:
                _, errors = process.communicate(timeout=PATIENCE)
                if process.returncode:
                    raise SystemExit(f"one of three: exit code {process.returncode}: {errors}")
            seen(folder)
            workshop.completes(task, folder)
        yield f"three processes, {task.name}: {asked.times} times, every run once"


def locks(workshop, asked):
    """A file system without locks."""
    reasons = [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EIO]
    for reason in reasons:
        for task in (workshop.grid, workshop.tuning, workshop.merge):
            folder = workshop.folder(task)
            environment = {"LD_PRELOAD": str(shimmed(workshop)), "SHIM_LOCK": str(reason)}
            must_fail(workshop.disturbed(task, folder, [reason], environment=environment), folder)
            workshop.completes(task, folder)
    yield f"no locks: {len(reasons)} reasons, {len(reasons) * 3} times an error"


def checkpoints(workshop, asked):
    """No file can be longer than some bytes where a time limit leaves a checkpoint."""
    # More epochs than there is time for.
    command = RUN.format("layer") + " --epochs 2,100000 --time-limit 2s"
    task = Task("time limit", command, workshop.place / "none")
    folder = workshop.folder(task)
    outcome = ended([workshop.program, *task.words(folder)])
    files = list(folder.glob("checkpoints/*"))
    if outcome.code != OUT_OF_TIME or len(files) != 1:
        yield f"checkpoints: left out, as this machine is too slow now: exit code {outcome.code}"
        return
    size, failed = files[0].stat().st_size, 0
    limits = [*range(5000, size, max((size - 5000) // asked.times, 1))]
    for limit in limits:
        folder = workshop.folder(task)
        outcome = ended([workshop.program, *task.words(folder)], limit=limit)
        if outcome.code != OUT_OF_TIME:
            refused(outcome, folder / "checkpoints", [errno.EFBIG])
            failed += 1
        if len(seen(folder)["runs.csv"]) != 1 or list(folder.glob("checkpoints/*.new*")):
            raise SystemExit(f"{folder}: the short run is not recorded, or half a checkpoint is left.")
        if limit == limits[-1] and ended([workshop.program, *task.words(folder)]).code != OUT_OF_TIME:
            raise SystemExit(f"{folder}: the same command does not go on.")
    yield f"checkpoints: {len(limits)} lengths to {size} bytes, {failed} times an error"


def must_fail(has_failed, folder):
    """Stops where there is no error."""
    if not has_failed:
        raise SystemExit(f"{folder}: no error, though nothing can be written.")


def shimmed(workshop):
    """The library that stands between the program and the system."""
    library = workshop.place / "shim.so"
    if not library.exists():
        source = Path(__file__).with_name("shim.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


@contextlib.contextmanager
def mounted(kind, place, *options):
    """Mounts something for a while."""
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", kind, *options, kind, place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


SCENES = {
    "short-writes": short_writes, "checkpoints": checkpoints, "full-disk": full_disk, "read-only": read_only,
    "removed": removed, "clock": clock, "three": three, "locks": locks,
}


def main():
    """Disturbs, one way after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(SCENES), help="some of " + ", ".join(SCENES))
    parser.add_argument("--stride", type=int, default=1, help="cut writes at every byte (default) or at every so many")
    parser.add_argument("--times", type=int, default=30, help="of what is drawn or repeated (default 30)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default 1)")
    parser.add_argument("--compare", type=Path, default=PROGRAM, help="the program (default that of a debug build)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        workshop = Workshop(asked.compare, Path(name))
        for scene in asked.only.split(","):
            for line in SCENES[scene](workshop, asked):
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
