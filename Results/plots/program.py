"""What the commands of this folder have in common: options, one line for what is wrong, and its exit code."""

import argparse
import os
import sys

from pathlib import Path

from .errors import MissingPackage, ResultsError, UsageError, WriteError, unknown

# What packages are installed by, where it is not the name of their module.
PACKAGES = {"vl_convert": "vl-convert-python", "fontTools": "fonttools", "mlflow": "mlflow-skinny"}


class Parser(argparse.ArgumentParser):
    """Options; wrong usage is one line and the exit code of usage."""

    def __init__(self, program, description):
        super().__init__(
            prog=program, description=description, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
        )
        self.add_argument("folder", nargs="?", default="Results", help="what compare wrote to (default: Results)")

    def error(self, message):
        raise UsageError(f"{message}. See {self.prog} --help.")

    def _print_message(self, message, file=None):
        # The library would say nothing of a help that could not be written.
        print(message, end="", file=file or sys.stdout)

    def add_where(self):
        """The option that chooses runs."""
        self.add_argument(
            "--where",
            nargs="+",
            default=[],
            action="extend",
            metavar="NAME=VALUE",
            help="only these runs; several values by commas",
        )


def check(what, word, words):
    """Stops at a word that is not known."""
    if word not in words:
        raise UsageError(unknown(what, word, words))


def say(program, text):
    """A line for whoever started the program, if there is somebody to hear it."""
    try:
        print(f"{program}: {text}", file=sys.stderr, flush=True)
    except (OSError, ValueError):
        silence(sys.stderr)


def say_all(program, notes):
    """A line for each note."""
    for note in notes:
        say(program, note)


def main(program, run, packages):
    """Runs with the words of the command line, says in one line what is wrong, and gives the exit code.

    `packages` is the command that installs what the program needs.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            # A terminal may not have every letter.
            stream.reconfigure(errors="backslashreplace")
    try:
        return printed(run)
    except ResultsError as error:
        say(program, error)
        return error.code
    except ImportError as error:
        say(program, missing(error, packages))
        return MissingPackage.code
    except BrokenPipeError:
        # Whoever read has read enough.
        silence(sys.stdout)
        return 0
    except OSError as error:
        silence(sys.stdout)
        say(program, f"{error.filename or 'what it prints'} cannot be read or written: {error.strerror or error}.")
        return WriteError.code
    except KeyboardInterrupt:
        return 130


def printed(run):
    """Runs, and sees to it that all that was printed is written."""
    try:
        run(sys.argv[1:])
    except SystemExit as end:
        # --help ends so.
        if end.code:
            raise
    if sys.stdout is not None:
        sys.stdout.flush()
    return 0


def missing(error, packages):
    """What to say of a package that cannot be imported."""
    module = (error.name or "").split(".")[0]
    if not module or (Path(__file__).resolve().parent.parent / module).exists():
        raise error
    script = sys.argv[0]
    return f"{PACKAGES.get(module, module)} is not installed ({error}): run uv run {script}, or {packages}."


def silence(stream):
    """Sends what is left in a stream nowhere, so that the end of the program does not complain of it."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError, AttributeError):
        pass
