"""What can be wrong with what a user asked for or gave, each with the exit code that sysexits.h has for it."""

import difflib


class ResultsError(Exception):
    """Something that a user can mend; the text is one line and says how."""

    code = 1


class UsageError(ResultsError):
    """An option or a value that makes no sense."""

    code = 64


class DataError(ResultsError):
    """A file whose content is not what it should be."""

    code = 65

    def __init__(self, file, found, expected):
        super().__init__(f"{file}: found {found}, expected {expected}.")


class InputError(ResultsError):
    """A file that is not there or cannot be read."""

    code = 66


class MissingPackage(ResultsError):
    """A package that is not installed: the exit code of a service that is not there."""

    code = 69


class CreateError(ResultsError):
    """A folder or a file that cannot be made."""

    code = 73


class WriteError(ResultsError):
    """A write that failed."""

    code = 74


def nearest(word, words):
    """The one of `words` that is spelled most like `word`, or None."""
    close = difflib.get_close_matches(
        word.lower().replace("_", "-"), [text.replace("_", "-") for text in words], 1, 0.6
    )
    return next((text for text in words if close and text.replace("_", "-") == close[0]), None)


def unknown(what, word, words):
    """A line about a word that is not known, with the nearest one and all that are."""
    words = list(words)
    guess = nearest(word, words)
    hint = f" Did you mean '{guess}'?" if guess else ""
    listed = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    return f"Unknown {what} '{word}'.{hint} Valid: {listed}."
