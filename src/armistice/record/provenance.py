"""What rests on what: for every source of a record, which tables and series use it and in how many rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from armistice.record.as_of import Record
from armistice.record.cells import source_parts
from armistice.record.schema import Source

__all__ = ["SourceUse", "bibtex_entries", "provenance"]

_TABLES: Final = ("talks", "events", "figures", "exchanges", "opinion", "leaders", "support")


@dataclass(frozen=True, slots=True)
class SourceUse:
    """One source and what rests on it.

    Parameters
    ----------
    key : str
        Its key in ``SOURCES.toml``, or its address.
    source : Source, optional
        Its description; None for a bare address.
    rows : dict of str to int
        By table or series: rows that name it (for a series, days or months with a figure).
    """

    key: str
    source: Source | None
    rows: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        described = None if self.source is None else self.source.model_dump(mode="json", exclude_defaults=True)
        return {"key": self.key, "rows": self.rows, "source": described}


def provenance(record: Record) -> tuple[SourceUse, ...]:
    """Every source that something in the record rests on: those described first, then addresses, by rows.

    Parameters
    ----------
    record : Record
        Nothing but the record is looked at, so a source of later rows only is not named.
    """
    uses: dict[str, dict[str, int]] = {}

    def count(cell: str, where: str, rows: int = 1) -> None:
        for part in source_parts(cell):
            use = uses.setdefault(part, {})
            use[where] = use.get(where, 0) + rows

    for table in _TABLES:
        for row in getattr(record, table):
            count(row.source, f"{table}.csv")
    for series in record.all_series.values():
        count(series.description.source, f"series {series.id}", int(np.isfinite(series.values).sum()))
    war = record.war
    if record.front is not None:
        count(record.front.description.source, "front.csv", len(record.front.dates))
    for cell in (
        war.start_source,
        *(part.source for part in (war.theatre, war.end, *war.objectives) if part is not None),
        *(issue.position_source for issue in war.issues),
    ):
        count(cell, "war.toml")
    found = [SourceUse(key, record.sources.get(key), rows) for key, rows in uses.items()]
    return tuple(sorted(found, key=lambda one: (one.source is None, -sum(one.rows.values()), one.key)))


def bibtex_entries(uses: Sequence[SourceUse]) -> str:
    """One ``@misc`` entry per source, in BibTeX with accents as they are (UTF-8, as BibLaTeX and Zotero read it)."""
    taken: set[str] = set()
    return "\n\n".join(_entry(use, taken) for use in uses)


def _entry(use: SourceUse, taken: set[str]) -> str:
    source, fields = use.source, []
    if source is None:
        fields += [("title", use.key), ("url", use.key)]
    else:
        fields += [("title", source.title), ("author", source.publisher), ("url", source.url)]
        if source.retrieved is not None:
            fields.append(("urldate", source.retrieved.isoformat()))
            fields.append(("year", str(source.retrieved.year)))
        fields.append(("note", f"{source.citation} Licence: {source.licence}"))
    key = _key(use.key, taken)
    body = ",\n".join(f"  {name} = {{{_escaped(name, value)}}}" for name, value in fields if value)
    return f"@misc{{{key},\n{body}\n}}"


def _key(name: str, taken: set[str]) -> str:
    """A key of letters, digits and hyphens that no other entry has."""
    plain = re.sub(r"https?://(www\.)?", "", name)
    plain = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:50] or "source"
    key, number = plain, 2
    while key in taken:
        key, number = f"{plain}-{number}", number + 1
    taken.add(key)
    return key


def _escaped(name: str, value: str) -> str:
    """TeX's special signs; addresses stay as they are but for braces, which would end the field."""
    if name == "url":
        return value.replace("{", "%7B").replace("}", "%7D")
    return re.sub(r"([&%$#_{}])", r"\\\1", value.replace("\\", "/"))
