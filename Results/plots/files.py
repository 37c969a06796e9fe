"""Files that are written whole or not at all."""

import os
import tempfile

from pathlib import Path

from .errors import CreateError, WriteError


def write(path, content, hint="Name another folder with --out."):
    """Writes a file whole or not at all, in the place of what was there."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise CreateError(f"{path} cannot be made: {error.strerror}. {hint}".rstrip()) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        Path(temporary).unlink(missing_ok=True)
    return path
