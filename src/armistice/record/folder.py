"""A whole war folder, read but not yet cut: what :mod:`check` judges and :mod:`cut` cuts.

Nothing outside this package may see a :class:`Contents`, for it holds what came later too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from armistice.record.messages import did_you_mean, explanation, nearest
from armistice.record.schema import (
    TABLES,
    Assumption,
    End,
    FrontDescription,
    Issue,
    Objective,
    Patron,
    SeriesDescription,
    Side,
    Source,
    Theatre,
    War,
)
from armistice.record.series_tables import SeriesTable, read_series_table
from armistice.record.tables import Table, read_table

__all__ = ["Contents", "lag_days", "read_folder"]

_TOML_FILES: Final = ("war.toml", "SOURCES.toml", "claims.toml")
_SPREADSHEETS: Final = frozenset({".xlsx", ".xls", ".ods", ".numbers", ".tsv"})


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything in a war folder, and what was wrong with its form.

    ``war`` and ``sources`` are None when their file is missing or faulty.
    """

    path: Path
    war: War | None
    sources: Mapping[str, Source] | None
    tables: Mapping[str, Table[Any]]
    series: Mapping[str, SeriesTable]
    claims_toml: str
    problems: tuple[str, ...] = field(default=())


def lag_days(war: War, file: str) -> int:
    """Days after its date until a row of ``file`` without ``known_on`` counts as known."""
    if file == "front.csv":
        return war.front.publication_lag_days if war.front is not None else 0
    return war.publication_lag_days.get(file, 0)


def read_folder(path: Path) -> Contents:
    """Read every file of a war folder and collect what is wrong with their form.

    Raises
    ------
    MissingExtraError
        If a table is Parquet and DuckDB is not installed.
    """
    problems: list[str] = []
    if not path.is_dir():
        problems.append(f"{path}: is not a folder. `armistice new {path}` writes one to start from.")
        return Contents(path, None, None, {}, {}, "", tuple(problems))
    war = _read_war(path, problems)
    sources = _read_sources(path, problems)
    tables: dict[str, Table[Any]] = {}
    for name, model in TABLES.items():
        found = _table_path(path, name, problems)
        tables[name] = (
            read_table(found, found.name, model, problems) if found is not None else Table(name, is_present=False)
        )
    series = _read_series(path, war, problems) if war is not None else {}
    claims = _read_text(path / "claims.toml", problems) or ""
    _look_for_strays(path, war, problems)
    return Contents(path, war, sources, tables, series, claims, tuple(problems))


def _table_path(path: Path, name: str, problems: list[str]) -> Path | None:
    csv, parquet = path / name, (path / name).with_suffix(".parquet")
    if csv.is_file() and parquet.is_file():
        problems.append(f"{parquet.name}: stands beside {csv.name}, and only one can be read. Delete one of the two.")
    return csv if csv.is_file() else parquet if parquet.is_file() else None


def _read_text(path: Path, problems: list[str]) -> str | None:
    if not path.is_file():
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(f"{path.name}: is not UTF-8 (byte {error.start + 1}). Save the file as UTF-8.")
        return None


def _read_toml(path: Path, problems: list[str]) -> dict[str, Any] | None:
    text = _read_text(path, problems)
    if text is None:
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(
            f"{path.name}: is not valid TOML: {error}. Look there for a missing quote, bracket or '=', "
            "or a key written twice."
        )
        return None


def _read_war(path: Path, problems: list[str]) -> War | None:
    if not (path / "war.toml").is_file():
        problems.append(f"war.toml: is missing in {path}. `armistice new FOLDER` writes one to start from.")
        return None
    data = _read_toml(path / "war.toml", problems)
    if data is None:
        return None
    try:
        return War.model_validate(data)
    except ValidationError as error:
        problems += [f"{_place('war.toml', detail, data)}: {_toml_finding(detail)}" for detail in _details(error)]
        return None


def _read_sources(path: Path, problems: list[str]) -> dict[str, Source] | None:
    if not (path / "SOURCES.toml").is_file():
        problems.append(
            "SOURCES.toml: is missing. Write one, with a table such as [un-archive] per source, "
            "each with title, licence and citation."
        )
        return None
    data = _read_toml(path / "SOURCES.toml", problems)
    if data is None:
        return None
    sources: dict[str, Source] = {}
    before = len(problems)
    for key, entry in data.items():
        try:
            sources[key] = Source.model_validate(entry)
        except ValidationError as error:
            problems += [f"SOURCES.toml, [{key}]{_keys(d['loc'])}: {_toml_finding(d)}" for d in _details(error)]
            continue
        for name in ("title", "licence", "citation"):
            if not getattr(sources[key], name):
                problems.append(f"SOURCES.toml, [{key}], key {name!r}: is blank, but must be filled in. Fill it in.")
    return sources if len(problems) == before else None


def _details(error: ValidationError) -> list[Any]:
    """Pydantic's findings, unknown keys first, so that a misspelt key is not also called missing."""
    details: list[Any] = sorted(error.errors(include_url=False), key=lambda d: d["type"] not in _UNKNOWN)
    meant = {(d["loc"][:-1], _nearest(d, details)) for d in details if d["type"] in _UNKNOWN}
    return [d for d in details if not (d["type"] in _MISSING and d["loc"] and (d["loc"][:-1], d["loc"][-1]) in meant)]


_UNKNOWN: Final = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
_MISSING: Final = frozenset({"missing", "missing_argument"})


def _nearest(detail: Any, details: list[Any]) -> str | None:
    lacking = [str(d["loc"][-1]) for d in details if d["type"] in _MISSING and d["loc"][:-1] == detail["loc"][:-1]]
    return nearest(str(detail["loc"][-1]), lacking)


def _place(file: str, detail: Any, data: dict[str, Any]) -> str:
    """File, section and key of a finding: ``war.toml, [[series]] 2 (drones), key 'side'``."""
    loc = detail["loc"]
    if len(loc) >= 2 and isinstance(loc[1], int):
        entry = data[loc[0]][loc[1]]
        name = f" ({entry['id']})" if isinstance(entry, dict) and "id" in entry else ""
        return f"{file}, [[{loc[0]}]] {loc[1] + 1}{name}{_keys(loc[2:])}"
    if len(loc) >= 2:
        return f"{file}, [{loc[0]}]{_keys(loc[1:])}"
    return f"{file}{_keys(loc)}"


def _keys(loc: tuple[Any, ...]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")
    return f", key {path!r}" if path else ""


def _toml_finding(detail: Any) -> str:
    if detail["type"] in _UNKNOWN:
        return f"is not a key that is known here.{_known_keys(detail)}"
    if detail["type"] in _MISSING:
        return "is missing. Add it."
    return explanation(detail, detail["input"])


def _known_keys(detail: Any) -> str:
    key, loc = str(detail["loc"][-1]), detail["loc"]
    if detail["type"] == "unexpected_keyword_argument":
        known = ["en", "nl"]  # the languages of a Text
    else:
        sections: dict[str, type[BaseModel]] = {
            "series": SeriesDescription, "side_a": Side, "side_b": Side, "end": End, "theatre": Theatre,
            "front": FrontDescription, "objectives": Objective, "issues": Issue, "assumptions": Assumption,
        }  # fmt: skip
        model: type[BaseModel] = War if len(loc) == 1 else sections.get(str(loc[0]), Source)
        known = list((Patron if "patrons" in loc[1:-1] else model).model_fields)
    return (did_you_mean(key, known) or " Delete it.") + f" Known keys: {', '.join(known)}."


def _read_series(path: Path, war: War, problems: list[str]) -> dict[str, SeriesTable]:
    by_file: dict[str, list[SeriesDescription]] = {}
    for description in war.series:
        by_file.setdefault(description.file, []).append(description)
    tables: dict[str, SeriesTable] = {}
    for file, descriptions in by_file.items():
        if not (path / file).is_file():
            present = [f"series/{found.name}" for found in sorted((path / "series").glob("*"))]
            problems.append(
                f"war.toml, [[series]] ({descriptions[0].id}), key 'file': {file!r} is not in the folder."
                f"{did_you_mean(file, present) or ' Add the file, or delete the series.'}"
            )
        elif len({description.every for description in descriptions}) > 1:
            problems.append(
                f"war.toml, [[series]] ({descriptions[-1].id}), key 'every': {file} holds daily and monthly columns. "
                "Put them in two files."
            )
        else:
            table = read_series_table(path / file, file, descriptions, problems)
            if table is not None:
                tables[file] = table
    return tables


def _look_for_strays(path: Path, war: War | None, problems: list[str]) -> None:
    """Files that look like data but would not be read: silence about them would drop them."""
    known = [*_TOML_FILES, *TABLES, *(name.replace(".csv", ".parquet") for name in TABLES)]
    for found in sorted(path.iterdir()):
        name = found.name
        if name.startswith((".", "~")) or not found.is_file() or name in known:
            continue
        if found.suffix.lower() in _SPREADSHEETS:
            problems.append(
                f"{name}: spreadsheets are not read. Save each sheet as CSV (UTF-8), or move it elsewhere."
            )
        elif found.suffix.lower() in {".csv", ".parquet", ".toml"}:
            meant = did_you_mean(name, known) or " Rename it, move it to series/, or move it out of the folder."
            problems.append(f"{name}: is not a file of a war folder, so nobody would read it.{meant}")
    if war is None or not (path / "series").is_dir():
        return
    described = {description.file for description in war.series}
    missing = [file for file in described if not (path / file).is_file()]
    for found in sorted((path / "series").iterdir()):
        file = f"series/{found.name}"
        if found.name.startswith((".", "~")) or file in described or did_you_mean(file, missing):
            continue
        problems.append(
            f"{file}: is described by no [[series]] of war.toml, so nobody would read it. "
            "Describe it there, or move it out of the folder."
        )
