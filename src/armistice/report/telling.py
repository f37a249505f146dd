"""Numbers, quantities and keys as a reader sees them."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from armistice.estimate import Estimate, NotObserved, Quantity, Reported
from armistice.report.words import KEYS, fixed_words
from armistice.studies.study import Study
from armistice.text import Language, Text, words
from armistice.units import span_in, unit_in, with_unit

__all__ = ["ToldQuantity", "tell_cell", "tell_key", "tell_quantity"]

_KEYED: Final = re.compile(r"^(?P<name>[^\[]+)\[(?P<key>.*)\]$")
_ISO_DAY: Final = re.compile(r"^\d{4}-\d\d-\d\d$")


@dataclass(frozen=True, slots=True)
class ToldQuantity:
    """A quantity in words; ``reason`` stands in the place of a number that there is not."""

    label: str
    value: str
    interval: str
    basis: str
    method: str
    sources: tuple[str, ...]
    reason: str = ""


def tell_quantity(label: str, quantity: Quantity, language: Language) -> ToldQuantity:
    """A quantity as the cells of a table."""
    say, fixed = words(language), fixed_words(language)
    if isinstance(quantity, Estimate):
        return ToldQuantity(
            label,
            with_unit(quantity.value, quantity.unit, say),
            f"{_span(quantity.lower, quantity.upper, quantity.unit, language)} ({say.number(100 * quantity.level)}%)",
            f"{say.number(quantity.n)} {unit_in(quantity.n_of, language)}",
            quantity.method,
            _split(quantity.source),
        )
    if isinstance(quantity, Reported):
        return ToldQuantity(
            label,
            with_unit(quantity.value, quantity.unit, say),
            f"{fixed['of_reported']}; {fixed['claimed_by']} {unit_in(quantity.claimed_by, language)}",
            f"{say.number(quantity.n)} {unit_in(quantity.n_of, language)}",
            quantity.method,
            _split(quantity.source),
        )
    status = fixed["not_observed" if isinstance(quantity, NotObserved) else "cannot_tell"]
    return ToldQuantity(label, status, "", "", "", (), reason=quantity.reason.in_language(language))


def _span(lower: float, upper: float, unit: str, language: Language) -> str:
    fixed, say = fixed_words(language), words(language)
    if math.isfinite(lower) and math.isfinite(upper):
        return span_in(lower, upper, unit, say)
    low = say.number(lower) if math.isfinite(lower) else fixed["no_lower"]
    high = say.number(upper) if math.isfinite(upper) else fixed["no_upper"]
    return f"{low} {fixed['to']} {high}"


def _split(source: str) -> tuple[str, ...]:
    # Keys are separated by commas; a citation, which holds spaces, stays whole.
    parts = [part.strip() for part in source.split(",")]
    return tuple(parts) if all(" " not in part for part in parts) else (source,)


def tell_key(key: str, study: Study, names: Mapping[str, Text], language: Language) -> str:
    """The meaning of a key in ``StudyResult.quantities``: the specification's words, and what it is for."""
    match = _KEYED.match(key)
    name, inner = (match["name"], match["key"]) if match else (key, "")
    spec = study.quantities.get(name)
    told = spec.means.in_language(language) if spec else name.replace("_", " ")
    if not inner:
        return told
    parts = []
    for part in re.split(r"[,/]\s*", inner):
        known = names.get(part) or KEYS.get(part)
        parts.append(known.in_language(language) if known else part.replace("_", " "))
    return f"{told}: {', '.join(parts)}"


def tell_cell(cell: Any, language: Language) -> str:
    """A table's cell: text, number or day as the language writes it; None reads "not known"."""
    say = words(language)
    if cell is None:
        return fixed_words(language)["not_known"]
    if isinstance(cell, Text):
        return cell.in_language(language)
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, str):
        return say.date(dt.date.fromisoformat(cell)) if _ISO_DAY.match(cell) else cell
    number = float(cell)
    return fixed_words(language)["not_known"] if math.isnan(number) else say.number(number)
