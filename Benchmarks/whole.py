#!/usr/bin/env python3
"""Times the comparison that a user makes, from the command to the last row, against the same training in PyTorch.

    python3 Benchmarks/whole.py [--rounds 3] [--data-dir DIR]

Fashion-MNIST, the CNN, all five norms, two epochs, on all cores; ours and PyTorch's, in the default memory format and in
`channels_last`, take turns. Then the rate of eight runs with `--jobs 2` against `--jobs 1`, and the peak memory of the default comparison.
"""
import argparse
import csv
import gzip
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from sides import KEPT_MEMORY, ROOT, bin_path, machine

NORMS = ("none", "batch", "layer", "instance", "group")
EPOCHS = 2
FORMATS = ("default", "last")
DATA = "/usr/share/datasets/fashion-mnist"


# -- The same in PyTorch ---------------------------------------------------------------------------------------------


def images(folder, name):
    import numpy
    with gzip.open(pathlib.Path(folder) / f"{name}-images-idx3-ubyte.gz") as file:
        pixels = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 1, 28, 28)
    with gzip.open(pathlib.Path(folder) / f"{name}-labels-idx1-ubyte.gz") as file:
        labels = numpy.frombuffer(file.read(), numpy.uint8, offset=8)
    return pixels, labels


def train_in_torch(folder, output, memory_format):
    """Trains the five networks as `compare` does, and writes a row for each."""
    import torch
    import torch.nn.functional as F
    from torch_side import torch_cnn

    last = memory_format == "last"
    (pixels, labels), (test_pixels, test_labels) = images(folder, "train"), images(folder, "t10k")
    mean, deviation = pixels.mean() / 255, pixels.std() / 255
    x, test_x = ((torch.tensor(part, dtype=torch.float32) / 255 - mean) / deviation for part in (pixels, test_pixels))
    if last:
        x, test_x = (part.to(memory_format=torch.channels_last) for part in (x, test_x))
    y, test_y = (torch.tensor(part, dtype=torch.long) for part in (labels, test_labels))
    with open(output, "w", newline="") as file:
        rows = csv.writer(file)
        for norm in NORMS:
            torch.manual_seed(0)
            model, parameters = torch_cnn(norm, 28, last=last, way=None if last else "group_norm")
            optimizer = torch.optim.SGD(parameters, lr=0.03, momentum=0.9, fused=True)
            for _ in range(EPOCHS):
                model.training = True
                order = torch.randperm(len(x))
                for start in range(0, len(x), 32):
                    batch = order[start:start + 32]
                    optimizer.zero_grad()
                    F.cross_entropy(model(x[batch]), y[batch]).backward()
                    optimizer.step()
                model.training = False
                with torch.no_grad():
                    logits = torch.cat([model(part) for part in test_x.split(256)])
                accuracy = (logits.argmax(1) == test_y).float().mean().item()
            rows.writerow([norm, f"{accuracy:.4f}"])
            file.flush()


# -- Timing ----------------------------------------------------------------------------------------------------------


def run(*command, **environment):
    """Seconds and peak memory in megabytes of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environment})
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main():
    if sys.argv[1:2] == ["--torch"]:
        return train_in_torch(*sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data-dir", default=DATA)
    arguments = parser.parse_args()
    print(machine())
    compare = f"{bin_path()}/compare"
    with tempfile.TemporaryDirectory() as folder:
        def out(name):
            return f"{folder}/{name}"

        ours, theirs = [], {name: [] for name in FORMATS}
        for index in range(arguments.rounds):
            ours.append(run("swift", "run", "compare", "--norm", "all", "--model", "cnn", "--data", "fashion-mnist", "--data-dir",
                            arguments.data_dir, "--epochs", str(EPOCHS), "--results", out(f"ours{index}"))[0])
            for name, times in theirs.items():
                command = (sys.executable, __file__, "--torch", arguments.data_dir, out(f"{name}{index}.csv"), name)
                times.append(run(*command, **KEPT_MEMORY)[0])
        accuracies = {row["norm"]: row["test_accuracy"] for row in csv.DictReader(open(out("ours0") + "/runs.csv"))}
        print("\ntest accuracy         ", "  ".join(f"{norm} {accuracies[norm][:6]}" for norm in NORMS))
        print("test accuracy, PyTorch", "  ".join(" ".join(row) for row in csv.reader(open(out("default0.csv")))))
        mine = statistics.median(ours)
        print(f"whole comparison: {mine:.1f} s ({min(ours):.1f}–{max(ours):.1f})")
        for name, times in theirs.items():
            print(f"PyTorch, memory format {name}: {statistics.median(times):.1f} s ({min(times):.1f}–{max(times):.1f})")
        print(f"ratio to the faster: {min(map(statistics.median, theirs.values())) / mine:.2f}")

        seconds = {1: [], 2: []}
        for index in range(arguments.rounds):
            for jobs in seconds:
                grid = ("--norm", "none,batch,layer,group", "--model", "cnn", "--seeds", "2", "--epochs", "60", "--jobs", str(jobs), "--threads", "1")
                seconds[jobs].append(run(compare, *grid, "--results", out(f"jobs{jobs}{index}"))[0])
        one, two = (statistics.median(seconds[jobs]) for jobs in (1, 2))
        print(f"8 runs: --jobs 1 {one:.2f} s, --jobs 2 {two:.2f} s, ratio {one / two:.2f}")

        print(f"peak memory of the default comparison: {run(compare, '--results', out('default'))[1]:.0f} MB")


if __name__ == "__main__":
    main()
