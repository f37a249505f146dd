"""Scenarios: what is changed in a war before it is played, as a TOML file that anyone can write.

A file holds a name and a description in each language, ``[set]`` with parameters, and ``[mechanisms] off``::

    names = { en = "Aid stops", nl = "De steun stopt" }
    description = { en = "No patron gives any aid from now on.", nl = "Geen beschermheer geeft nog steun." }

    [set]
    cost_b = 0.2             # a value
    hope = [1, 3]            # a range to draw from
    losses_a = "x0.5"        # half of what it would have been

    [mechanisms]
    off = ["aid"]
"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from armistice.errors import ParameterError
from armistice.text import LANGUAGES, Text

__all__ = ["Bounds", "Change", "Scenario", "load_scenario", "shipped_scenarios", "shipped_text"]

_FOLDER: Final = Path(__file__).parents[1] / "scenarios"
_KEYS: Final = ("names", "description", "set", "mechanisms", "months")
_MOST_MONTHS: Final = 1200


@dataclass(frozen=True, slots=True)
class Bounds:
    """Values beyond these mean nothing."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a parameter.

    Parameters
    ----------
    low, high : float
        A range to draw from, or one value twice; NaN where ``factor`` is given.
    factor : float
        A multiple of what it would have been; NaN where a range is given.
    """

    low: float = math.nan
    high: float = math.nan
    factor: float = math.nan

    @property
    def is_multiple(self) -> bool:
        """Whether it multiplies."""
        return not math.isnan(self.factor)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as read.

    Parameters
    ----------
    id : str
        The file's name without its ending.
    names, description : Text
    changes : mapping of str to Change
    off : tuple of str
        Mechanisms that are switched off.
    months : int or None
        Months to play, where the scenario says so.
    place : str
        The file, for messages.
    """

    id: str
    names: Text
    description: Text
    changes: Mapping[str, Change]
    off: tuple[str, ...]
    months: int | None
    place: str


def shipped_scenarios() -> list[str]:
    """Names of the scenarios that come with the package."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def shipped_text(name: str) -> str:
    """The file of a shipped scenario, to read or to begin one's own from."""
    return (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def load_scenario(
    name_or_path: str | Path, *, parameters: Mapping[str, Bounds], mechanisms: Collection[str]
) -> Scenario:
    """Read a scenario and check it.

    Parameters
    ----------
    name_or_path : str or Path
        A shipped one by its name, or a file.
    parameters : mapping of str to Bounds
        What may be set.
    mechanisms : collection of str
        What may be switched off.

    Raises
    ------
    ParameterError
        With file, key, what was found and what exists, in one line.
    """
    path, place = _found(name_or_path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"{place}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ParameterError(f"{place}: is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"{place}: is not valid TOML: {error}.") from error
    for key in content:
        if key not in _KEYS:
            _unknown(place, key, "key", _KEYS)
    return Scenario(
        id=path.stem,
        names=_text(place, "names", content.get("names")),
        description=_text(place, "description", content.get("description")),
        changes=_changes(place, content.get("set", {}), parameters),
        off=_off(place, content.get("mechanisms", {}), mechanisms),
        months=_months(place, content.get("months")),
        place=place,
    )


def _found(name_or_path: str | Path) -> tuple[Path, str]:
    given = str(name_or_path)
    if given in shipped_scenarios():
        return _FOLDER / f"{given}.toml", f"scenario {given}"
    path = Path(given)
    if path.is_file():
        return path, given
    if path.suffix == ".toml" or len(path.parts) > 1:
        raise ParameterError(f"{given}: there is no such file.")
    raise ParameterError(
        f"scenario {given!r}: there is none of that name; there are {', '.join(shipped_scenarios())}. "
        "For your own, give the path of a TOML file."
    )


def _text(place: str, key: str, value: Any) -> Text:
    if value is None:
        raise ParameterError(f'{place}: {key} is missing; write {key} = {{ en = "...", nl = "..." }}.')
    if (
        not isinstance(value, dict)
        or set(value) != set(LANGUAGES)
        or not all(isinstance(part, str) and part.strip() for part in value.values())
    ):
        raise ParameterError(f'{place}: {key} must be {{ en = "...", nl = "..." }}, got {value!r}.')
    return Text(**value)


def _changes(place: str, table: Any, parameters: Mapping[str, Bounds]) -> dict[str, Change]:
    if not isinstance(table, dict):
        raise ParameterError(f"{place}: set must be a table: [set], then a line for each parameter; got {table!r}.")
    found: dict[str, Change] = {}
    for name, value in table.items():
        if name not in parameters:
            _unknown(place, f"[set] {name}", "parameter", list(parameters), looked_for=name)
        found[name] = _change(f"{place}: [set] {name}", value, parameters[name])
    return found


def _change(where: str, value: Any, bounds: Bounds) -> Change:
    if isinstance(value, str):
        try:
            factor = float(value[1:]) if value.startswith("x") else math.nan
        except ValueError:
            factor = math.nan
        if not (math.isfinite(factor) and factor >= 0):
            _not_a_change(where, value)
        return Change(factor=factor)
    ends = value if isinstance(value, list) else [value, value]
    if len(ends) != 2 or any(
        isinstance(end, bool) or not isinstance(end, int | float) or not math.isfinite(end) for end in ends
    ):
        _not_a_change(where, value)
    low, high = float(ends[0]), float(ends[1])
    if low > high:
        raise ParameterError(f"{where}: the lower end {low:g} is above the upper end {high:g}. Swap them.")
    for end in (low, high):
        if not bounds.least <= end <= bounds.most:
            raise ParameterError(f"{where}: must lie from {bounds.least:g} to {bounds.most:g}, got {end:g}.")
    return Change(low, high)


def _not_a_change(where: str, value: Any) -> NoReturn:
    raise ParameterError(
        f'{where}: must be a number, a range such as [0.1, 0.3], or a multiple such as "x0.5"; got {value!r}.'
    )


def _off(place: str, table: Any, mechanisms: Collection[str]) -> tuple[str, ...]:
    if not isinstance(table, dict) or set(table) - {"off"}:
        raise ParameterError(f'{place}: [mechanisms] must hold one line, off = ["...", ...]; got {table!r}.')
    names = table.get("off", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ParameterError(f"{place}: [mechanisms] off must be a list of names, got {names!r}.")
    for name in names:
        if name not in mechanisms:
            _unknown(place, f"[mechanisms] off: {name}", "mechanism", list(mechanisms), looked_for=name)
    return tuple(dict.fromkeys(names))


def _months(place: str, value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_MONTHS:
        raise ParameterError(f"{place}: months must be a whole number from 1 to {_MOST_MONTHS}, got {value!r}.")
    return value


def _unknown(place: str, key: str, what: str, known: Collection[str], looked_for: str | None = None) -> NoReturn:
    near = difflib.get_close_matches(looked_for or key, list(known), n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    raise ParameterError(f"{place}: {key}: there is no such {what}{hint} There are {', '.join(known)}.")
