#!/usr/bin/env python3
"""Runs every block of README.md, in their order, and compares what they print with what the README says.

    python3 Tests/readme.py            # in a clean copy of the files that git has or would add
    python3 Tests/readme.py --here     # in this very folder, which must be a clean clone (CI)

    sh        runs with bash in the folder of the package; every command must succeed.
    swift     is the manifest of a package beside the folder, then its main.swift, each built and run in turn. A block
              that begins with the name of a file must be that file.
    python    runs in a virtual environment with what `pip install` in the text says.
    (none)    is what the block before it printed: one run of lines, but for times, rates and the width of columns.
              The first such block of a heading may be a picture; it is one if no block stands before it there.

Beside the blocks: every `swift test --filter` runs a test, every option is one of compare, every link and script is there.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Failure(Exception):
    pass


def blocks_of(text):
    """The fenced blocks: (line, language, text, heading)."""
    blocks, heading, fence = [], "", None
    for number, line in enumerate(text.splitlines(), 1):
        if fence is None:
            if line.startswith("#"):
                heading = line
            if line.startswith("```"):
                fence = (number, line[3:].strip(), [])
        elif line.startswith("```"):
            blocks.append((fence[0], fence[1], "\n".join(fence[2]) + "\n", heading))
            fence = None
        else:
            fence[2].append(line)
    if fence:
        raise Failure(f"README.md:{fence[0]}: a block without an end")
    return blocks


def comparable(text):
    """The lines without what changes from run to run: times and rates, and with them the width of columns."""
    lines, result, spans = text.splitlines(), [], None
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if is_rule(following):
            spans = [match.span() for match in re.finditer("─+", following)]
            titles = [line[start:end].strip() for start, end in spans]
            kept = [span for span, title in zip(spans, titles) if title != "samples/s"]
        if spans and not line.strip():
            spans = None
        if is_rule(line):
            continue
        if spans:
            result.append(" | ".join(line[start:end].strip() for start, end in kept))
        else:
            line = re.sub(r"\d+ samples/s", "… samples/s", line)
            result.append(re.sub(r"\b\d+(\.\d+)? (s|min)\b", "… s", line).strip())
    while result and not result[-1]:
        result.pop()
    return result


def is_rule(line):
    return bool(line) and set(line) == {"─", " "}


def holds(printed, expected):
    printed, expected = comparable(printed), comparable(expected)
    width = len(expected)
    return any(printed[start : start + width] == expected for start in range(len(printed) - width + 1))


class Runner:
    def __init__(self, root, scratch, text):
        self.root, self.scratch, self.text = root, scratch, text
        # As a stranger has them: one folder beside the other.
        if root.name != "Norms" or root.parent != scratch:
            (scratch / "Norms").symlink_to(root)
        self.environment = dict(os.environ, MPLBACKEND="Agg", PYTHONDONTWRITEBYTECODE="1")

    def run(self, command, folder=None, name=None):
        """What a command printed, on both streams."""
        process = subprocess.run(
            command, cwd=folder or self.root, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=3000)
        output = process.stdout.decode(errors="replace")
        if process.returncode != 0:
            marked = [line for line in output[:-6000].splitlines() if re.search("✘|error:", line)][:40]
            lines = "\n".join(marked + [output[-6000:]])
            raise Failure(f"{name or ' '.join(map(str, command))}: exit code {process.returncode}\n{lines}")
        return output

    def sh(self, block):
        return self.run(["bash", "-euo", "pipefail", "-c", block], name="sh")

    def swift(self, block):
        first = block.split("\n", 1)[0]
        named = re.fullmatch(r"// (\S+/\S+\.swift)", first)
        if named:
            path = self.root / named[1]
            if not path.exists() or path.read_text() != block:
                raise Failure(f"the block is not {named[1]}")
            return ""
        package = self.scratch / "research"
        sources = package / "Sources" / "research"
        sources.mkdir(parents=True, exist_ok=True)
        if first.startswith("// swift-tools-version"):
            (package / "Package.swift").write_text(block)
            return ""
        (sources / "main.swift").write_text(block)
        self.run(["swift", "build"], package)
        return self.run([package / ".build" / "debug" / "research"], package)

    def python(self, block):
        environment = self.scratch / "venv"
        if not environment.exists():
            self.run([sys.executable, "-m", "venv", environment])
            packages = re.findall(r"`pip install ([^`]+)`", self.text)
            self.run([environment / "bin" / "pip", "install", "-q", *" ".join(packages).split()])
        return self.run([environment / "bin" / "python", "-c", block], name="python")

    def check_text(self, blocks):
        """What stands between the blocks."""
        # A link's target is a file; a script that is named is there.
        for target in re.findall(r"\]\(([^)#]+)\)", self.text):
            if "://" not in target and not (self.root / target).exists():
                raise Failure(f"the link to {target} leads nowhere")
        spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", self.text, flags=re.M | re.S))
        for span in spans:
            words = span.split()
            for word in words:
                if re.fullmatch(r"(Tests|Scripts|Benchmarks)/\S+\.\w+", word) and not (self.root / word).exists():
                    raise Failure(f"{word} is not there")
        # An option is one of compare.
        help = self.run(["swift", "run", "compare", "--help"])
        for span in spans:
            if span.startswith("--") and not re.search(rf"{re.escape(span.split()[0])}\b", help):
                raise Failure(f"compare has no {span.split()[0]}")
        # A filter that matches nothing passes, and shows nothing.
        filters = [f for span in spans if span.startswith("swift test") for f in re.findall(r"--filter (\S+)", span)]
        tests = self.run(["swift", "test", "list"]).splitlines() if filters else []
        for pattern in filters:
            if not any(re.search(pattern.strip('"'), test) for test in tests):
                raise Failure(f"swift test --filter {pattern} runs no test")
        return f"{len(filters)} filters, {len(spans)} words"


def copy(to):
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
        stdout=subprocess.PIPE).stdout.decode().split("\0")
    for name in listed:
        if name and (ROOT / name).exists():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--here", action="store_true", help="in this folder instead of a copy")
    parser.add_argument(
        "--without", metavar="TEXT", help="leave out command lines with TEXT, which runs by itself")
    arguments = parser.parse_args()
    if arguments.here and list((ROOT / "Results").glob("*.csv")):
        sys.exit("readme.py: Results has results: --here is for a clean clone.")
    with tempfile.TemporaryDirectory(prefix="readme-") as folder:
        scratch = Path(folder).resolve()
        root = ROOT
        if not arguments.here:
            root = scratch / "Norms"
            copy(root)
        text = (root / "README.md").read_text()
        blocks = blocks_of(text)
        runner = Runner(root, scratch, text)
        printed, last_heading = None, None
        for line, language, block, heading in blocks:
            if heading != last_heading:
                printed, last_heading = None, heading
            start = time.monotonic()
            try:
                if language:
                    if arguments.without:
                        kept = [l for l in block.splitlines(True) if arguments.without not in l]
                        if len(kept) < len(block.splitlines()):
                            print(f"README.md:{line}: without {arguments.without}")
                        block = "".join(kept)
                    run = getattr(runner, language, None) if language in ("sh", "swift", "python") else None
                    if run is None:
                        raise Failure(f"nobody knows how to run {language}")
                    printed = run(block)
                elif printed is not None and not holds(printed, block):
                    raise Failure(f"this is not what was printed:\n{printed[-6000:]}")
            except (Failure, subprocess.TimeoutExpired) as error:
                sys.exit(f"README.md:{line}: {error}")
            what = language or ("output" if printed is not None else "picture")
            print(f"README.md:{line}: {what} ({time.monotonic() - start:.0f} s)", flush=True)
        try:
            print(f"README.md: {runner.check_text(blocks)}")
        except Failure as error:
            sys.exit(f"README.md: {error}")
    print(f"{len(blocks)} blocks run.")


main()
