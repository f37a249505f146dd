"""The command line: parse, call the library, print."""

from armistice.cli.main import main

__all__ = ["main"]
