"""The words in which problems of a war folder are told: place, what was found, what is expected, remedy."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from typing import Any, Final

__all__ = ["did_you_mean", "expected_name", "explanation", "nearest", "quoted_list", "where"]


def where(file: str, row: int | None = None, column: str | None = None) -> str:
    """The place that a problem is about, to begin its line with.

    >>> where("talks.csv", 5, "kind")
    "talks.csv, row 5, column 'kind'"
    """
    place = file
    if row is not None:
        place += f", row {row}"
    if column is not None:
        place += f", column {column!r}"
    return place


def quoted_list(names: Iterable[str]) -> str:
    """Names in quotation marks, separated by commas; "none" when there are none."""
    return ", ".join(repr(name) for name in names) or "none"


def nearest(found: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like the one found, if any does."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(found.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[near[0]] if near else None


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """A closing question with the nearest known name, or nothing.

    >>> did_you_mean("talk.csv", ["talks.csv", "events.csv"])
    " Did you mean 'talks.csv'?"
    """
    near = nearest(found, known)
    return f" Did you mean {near!r}?" if near else ""


def expected_name(what: str, found: str, known: Iterable[str], whose: str = "war.toml names") -> str:
    """What is expected of a name that refers to something, with the nearest or the remedy.

    >>> expected_name("side", "nroth", ["north", "south"])
    "expected a side that war.toml names (north, south). Did you mean 'north'?"
    """
    known = list(known)
    listed = ", ".join(known) if known else "none yet"
    mending = did_you_mean(found, known) or " Correct it, or add it there."
    article = "an" if what[0] in "aeiou" else "a"
    return f"expected {article} {what} that {whose} ({listed}).{mending}"


def explanation(detail: Any, found: object) -> str:
    """One finding of pydantic as found, expected and remedy."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return "is blank, but must be filled in. Fill it in, or delete the row."
    if kind == "literal_error":
        choices = re.findall(r"'([^']+)'", context["expected"])
        mending = did_you_mean(str(found), choices) or " Choose one of them."
        return f"found {found!r}; expected one of {', '.join(choices) or context['expected']}.{mending}"
    if kind == "string_pattern_mismatch":
        if context["pattern"].startswith("^series/"):
            return f"found {found!r}; expected a file in the folder series. Write it like series/strikes.csv."
        return f"found {found!r}; expected lower-case letters, digits, '-' and '_' only. Write it like first-round."
    limits = {
        "greater_than_equal": ("at least", "ge"),
        "greater_than": ("more than", "gt"),
        "less_than_equal": ("at most", "le"),
        "less_than": ("less than", "lt"),
    }
    if kind in limits:
        words, key = limits[kind]
        return (
            f"found {found}; expected {words} {context[key]:g}. Correct the number, or leave it blank if not known."
        )
    if kind == "value_error":
        return f"{str(detail['msg']).removeprefix('Value error, ')}."
    for start, expected in _EXPECTED.items():
        if kind.startswith(start):
            return f"found {_shown(found)}; expected {expected}."
    return f"found {_shown(found)}; {detail['msg'][:1].lower()}{detail['msg'][1:]}. Correct it."


#: By the start of pydantic's name for a finding in a TOML file: what is expected, and how to write it.
_EXPECTED: Final = {
    "date": "a date. Write it like 2025-03-01, without a time",
    "int": "a whole number. Write digits only, without quotes",
    "float": "a number. Write digits only, without quotes",
    "string": 'text. Write it between "quotes"',
    "bool": "true or false. Write it without quotes",
    "tuple": "a list. Write it like [[section]], or [1, 2] for a list of values",
    "dict": "a section. Write its keys under a line like [section]",
    "model": "a section. Write its keys under a line like [section]",
    "dataclass": 'a text per language. Write it like { en = "...", nl = "..." }',
}


def _shown(found: object) -> str:
    return str(found) if isinstance(found, (dt.date, dt.time)) else repr(found)
