"""Finished parts of a run, kept in a folder: whole or not at all, named by what they are, checked when read.

A part's name is a digest of the rules, the range of wars, the months, the seed and the code that played it, so that a
folder can serve many runs and never gives one of them a part of another.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import io
import tempfile
import warnings
import zipfile
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from armistice.errors import ParameterError, StatisticalWarning
from armistice.files import write_whole
from armistice.simulation.play import Played, Wars

__all__ = ["PartsFolder", "code_version", "part_key"]

_FIRST_LINE: Final = b"armistice part 1 sha256 "
#: Modules of this package that do not play wars.
_NOT_PLAYING: Final = frozenset({"__init__", "abc", "bank", "executors", "parts", "sbc", "scenarios"})


@functools.cache
def code_version() -> str:
    """The version of this package and a digest of what plays wars: parts played by other code are other parts."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in _NOT_PLAYING:
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return f"{importlib.metadata.version('armistice')} {digest.hexdigest()[:16]}"


def part_key(rules_hash: str, first_war: int, n_wars: int, months: int, seed: int) -> str:
    """The name of a part."""
    what = f"{code_version()};{rules_hash};{first_war};{n_wars};{months};{seed}"
    return hashlib.sha256(what.encode()).hexdigest()[:32]


class PartsFolder:
    """A folder of finished parts.

    Parameters
    ----------
    path : Path
        Made if it does not exist.

    Raises
    ------
    ParameterError
        If it cannot be made or written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as error:
            raise ParameterError(f"Cannot keep parts in {path}: {error.strerror}. Name another folder.") from error

    def write(self, key: str, played: Played) -> None:
        """Keep a part; replaced in one step, so that a file is whole or absent."""
        content = _to_bytes(played)
        write_whole(self._file(key), _FIRST_LINE + hashlib.sha256(content).hexdigest().encode() + b"\n" + content)

    def read(self, key: str) -> Played | None:
        """A part, if it is here and whole; a damaged one is warned about and counts as absent."""
        path = self._file(key)
        try:
            line, _, content = path.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        if line == _FIRST_LINE + hashlib.sha256(content).hexdigest().encode():
            try:
                return _from_bytes(content)
            except (ValueError, KeyError, TypeError, zipfile.BadZipFile):
                pass
        warnings.warn(f"{path} is damaged; this part is played again.", StatisticalWarning, stacklevel=3)
        return None

    def _file(self, key: str) -> Path:
        return self.path / f"{key}.part"


def _to_bytes(played: Played) -> bytes:
    arrays: dict[str, Any] = {}
    for item in fields(Played):
        value = getattr(played, item.name)
        if is_dataclass(value):
            arrays |= {f"{item.name}.{inner.name}": getattr(value, inner.name) for inner in fields(value)}
        elif value is not None:
            arrays[item.name] = np.asarray(value)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def _from_bytes(content: bytes) -> Played:
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        values: dict[str, Any] = {}
        wars: dict[str, Any] = {}
        for name in stored.files:
            array = stored[name]
            outer, _, inner = name.partition(".")
            if inner:
                wars[inner] = array
            elif outer == "histogram_months":
                values[outer] = tuple(int(month) for month in array)
            else:
                values[outer] = array if array.ndim else array.item()
    return Played(**values, wars=Wars(**wars) if wars else None)
