"""The sides of the comparison: processes that answer requests, so that their runs can take turns; and the machine they share."""
import contextlib
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
# The peers keep the memory that they free, as ours does: the C library would give what is larger than 32 MB back to the system,
# and page faults would take two thirds of their time.
KEPT_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 36)}


class Side:
    """A process that answers requests. With `cpu`, it and all its threads are confined to that one."""

    def __init__(self, name, command, environment, cpu=None):
        confine = None if cpu is None else lambda: os.sched_setaffinity(0, {cpu})
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, **environment}, cwd=ROOT, preexec_fn=confine)

    def ask(self, case, threads, milliseconds):
        try:
            self.process.stdin.write(f"{case} {threads} {milliseconds}\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        return json.loads(line) if line else {"error": "the process ended"}

    def turn(self, case, threads, milliseconds):
        """What a request gives after the threads of the side before have found that there is no more work."""
        time.sleep(0.05)
        return self.ask(case, threads, milliseconds)

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()


def ours(cpu=None):
    return Side("norms", [f"{bin_path()}/bench", "--serve"], {}, cpu)


def peer(name, threads, cpu=None):
    # One thread compiles: idle helpers of the compiler would take time from the other sides.
    environment = {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads), "JAX_PLATFORMS": "cpu",
                   "TORCHINDUCTOR_COMPILE_THREADS": "1", **KEPT_MEMORY}
    if threads == 1:
        environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    return Side(name, [sys.executable, str(HERE / "worker.py"), name, str(threads)], environment, cpu)


def bin_path():
    """Where the built programs are; builds them first."""
    subprocess.run(["swift", "build"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    path = subprocess.run(["swift", "build", "--show-bin-path"], cwd=ROOT, capture_output=True, text=True, check=True)
    return path.stdout.strip()


def machine():
    return f"{platform.machine()}, {os.cpu_count()} cores, {cpu_name()}, commit {commit()}, {versions()}"


def cpu_name():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def commit():
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def versions():
    from importlib.metadata import version
    return f"PyTorch {version('torch')}, JAX {version('jax')}, Python {platform.python_version()}"
