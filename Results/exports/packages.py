"""The packages of others, or an error that says how to get them."""

import importlib

from plots.errors import MissingPackage


def load(module, package):
    """A module of a package, or an error that says how to get it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPackage(f"{package} is not installed ({error}): run uv run Results/export.py, or pip install {package}.") from None
