"""What a run of the program takes, as the scripts beside this file measure it."""

import os
import subprocess
import time
from dataclasses import dataclass

from recorded import PROGRAM


@dataclass
class Measured:
    """What a run took, and what it said beside its table."""

    seconds: float
    memory: int
    said: str


def measured(*arguments, before=None):
    """Runs the program to its end, after a function that is called in its process; the memory is the peak, in bytes."""
    words = [str(word) for word in (PROGRAM, *arguments)]
    begin = time.monotonic()
    process = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=before)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if code := os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(words)}: exit code {code}: {said}")
    return Measured(time.monotonic() - begin, used.ru_maxrss * 1024, said)
