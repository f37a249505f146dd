"""Take the future out of a war folder, or scramble it: neither may change a record of an earlier day.

Independent of the cut that it tests: it works on the text of the files, by the schema's ``became_known`` and the
lags that ``war.toml`` states.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from armistice.record.schema import TABLES

Row = dict[str, str]
_REFERENCES = ("answers", "talk", "subject")
#: What a row that was known while it lasted says of its end, as it reads until then.
_SHOWN_SO_FAR: dict[str, Row] = {
    "talks.csv": {"outcome": "pending", "agreement": "", "note": ""},
    "events.csv": {"note": ""},
}


def delete_future(folder: Path, as_of: dt.date | str) -> int:
    """Delete everything that became known after ``as_of`` from the files; how many rows and cells that were."""
    day = _day(as_of)
    war = _read_war(folder)
    removed = 0
    gone: set[str] = set()
    for name in TABLES:
        header, rows = _read(folder / name)
        kept = [row for row in rows if not _is_future(name, row, war, day)]
        gone |= {row["id"] for row in rows if "id" in row} - {row["id"] for row in kept if "id" in row}
        removed += len(rows) - len(kept)
        _write(folder / name, header, kept)
    for name in TABLES:
        header, rows = _read(folder / name)
        # What is left may speak of what is gone.
        kept = [row for row in rows if row.get("subject") not in gone]
        for row in kept:
            for column in ("answers", "talk"):
                if row.get(column) in gone:
                    row[column] = ""
            if row.get("until", "") > day.isoformat():
                row["until"], row["how"] = "", ""
                removed += 1
            if name in _SHOWN_SO_FAR and _is_under_way(name, row, war, day):
                lag = dt.timedelta(days=war.get("publication_lag_days", {}).get(name, 0))
                row["end_date"] = max((day - lag).isoformat(), row["date"])
                row.update({column: cell for column, cell in _SHOWN_SO_FAR[name].items() if column in row})
                removed += 1
        removed += len(rows) - len(kept)
        _write(folder / name, header, kept)
    removed += _change_series(folder, war, day, lambda value: "", keep_rows=False)
    if "end" in war and war["end"].get("known_on", war["end"]["date"]) > day:
        del war["end"]
        removed += 1
    aims = war.get("objectives", [])
    war["objectives"] = [aim for aim in aims if aim["measured_on"] <= day]
    removed += len(aims) - len(war["objectives"])
    war["default_as_of"] = day
    _write_war(folder, war)
    return removed


def scramble_future(folder: Path, as_of: dt.date | str, seed: int = 1) -> int:
    """Replace everything that became known after ``as_of`` by other valid things; how many rows and cells that were.

    Numbers, names, kinds, dates, ids and the order of the files change; the folder still passes every check.
    """
    day = _day(as_of)
    war = _read_war(folder)
    chance = random.Random(seed)
    changed = 0
    renamed: dict[str, str] = {}
    for name in ("talks.csv", "events.csv"):
        _, rows = _read(folder / name)
        renamed |= {row["id"]: f"{row['id']}-else" for row in rows if _is_future(name, row, war, day)}
    for name in TABLES:
        header, rows = _read(folder / name)
        future = [row for row in rows if _is_future(name, row, war, day)]
        past = [row for row in rows if not _is_future(name, row, war, day)]
        for row in future:
            _scramble(name, row, chance)
        for row in rows:
            for column in ("id", *_REFERENCES):
                if row.get(column) in renamed:
                    row[column] = renamed[row[column]]
            if name in _SHOWN_SO_FAR and row not in future and _is_under_way(name, row, war, day):
                end = dt.date.fromisoformat(_last_day(row["end_date"]))
                row["end_date"] = (end + dt.timedelta(days=4)).isoformat()
                row.update({column: chance.choice(["held", "broken"]) for column in ("outcome",) if column in row})
                row.update({column: "something else" for column in ("agreement", "note") if column in row})
                changed += 1
            if row.get("until", "") > day.isoformat():
                row["until"] = (dt.date.fromisoformat(row["until"]) + dt.timedelta(days=3)).isoformat()
                row["how"] = "otherwise"
                changed += 1
        changed += len(future)
        # Shuffled among the known rows, whose own order stays.
        places = sorted(chance.sample(range(len(rows)), len(past)))
        chance.shuffle(future)
        mixed = [past.pop(0) if place in places else future.pop(0) for place in range(len(rows))]
        _write(folder / name, header, mixed)
    changed += _change_series(folder, war, day, lambda value: str(chance.randrange(1, 1000)), keep_rows=True)
    if "end" in war and war["end"].get("known_on", war["end"]["date"]) > day:
        war["end"] |= {"date": war["end"]["date"] + dt.timedelta(days=7), "outcome": "actor_ceases"}
        changed += 1
        if "known_on" in war["end"]:
            war["end"]["known_on"] += dt.timedelta(days=9)
    for aim in war.get("objectives", []):
        if aim["measured_on"] > day:
            aim |= {"remaining": aim["remaining"] * 3, "measured_on": aim["measured_on"] + dt.timedelta(days=5)}
            changed += 1
    war["default_as_of"] = day + dt.timedelta(days=17)
    _write_war(folder, war)
    return changed


def _scramble(name: str, row: Row, chance: random.Random) -> None:
    fields = TABLES[name].model_fields
    later = 0 if name in ("support.csv", "front.csv") else 2
    for column, cell in row.items():
        if not cell or column in ("id", "source", "date_precision", *_REFERENCES):
            continue
        annotation = fields[column].annotation
        kinds = [annotation, *get_args(annotation)]
        if dt.date in kinds:
            if len(cell) == 10:
                row[column] = (dt.date.fromisoformat(cell) + dt.timedelta(days=later)).isoformat()
        elif float in kinds or int in kinds:
            row[column] = str(chance.randrange(1, 100))
        elif column.startswith(("name_", "place_", "target_")) or column in ("note", "how", "agreement"):
            row[column] = "something else"
        elif column in ("kind", "outcome") and name != "support.csv":  # there kind tells rows of one month apart
            choices = [
                choice for kind in kinds for choice in ([*get_args(kind)] or [kind]) if isinstance(choice, str)
            ]
            row[column] = chance.choice(choices)
    bounds = [column for column in ("low", "value", "high") if row.get(column)]
    for column, number in zip(bounds, sorted(int(row[column]) for column in bounds), strict=True):
        row[column] = str(number)


def _is_future(name: str, row: Row, war: dict[str, Any], day: dt.date) -> bool:
    plain: dict[str, Any] = {column: cell for column, cell in row.items() if cell}
    if len(plain["date"]) < 10:
        plain["date_precision"] = "month" if len(plain["date"]) == 7 else "year"
        plain["date"] += "-01" if len(plain["date"]) == 7 else "-01-01"
    if "end_date" in plain:
        plain["end_date"] = _last_day(plain["end_date"])
    model = TABLES[name]
    for column in ("parties", "issues"):
        plain.pop(column, None)
    lag = war.get("publication_lag_days", {}).get(name, 0)
    if name == "front.csv":
        lag = war["front"].get("publication_lag_days", 0)
    return model.model_validate(plain).became_known(lag) > day


def _last_day(written: str) -> str:
    """The last day of a month or year that an ``end_date`` names."""
    if len(written) == 7:
        first = dt.date.fromisoformat(f"{written}-01")
        return ((first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)).isoformat()
    return f"{written}-12-31" if len(written) == 4 else written


def _is_under_way(name: str, row: Row, war: dict[str, Any], day: dt.date) -> bool:
    """Whether a known row tells of an end that was not known yet."""
    end, known_on = _last_day(row.get("end_date", "")), row.get("known_on", "")
    lag = dt.timedelta(days=war.get("publication_lag_days", {}).get(name, 0))
    return bool(end and known_on) and known_on < end and dt.date.fromisoformat(end) + lag > day


def _change_series(
    folder: Path, war: dict[str, Any], day: dt.date, change: Callable[[str], str], *, keep_rows: bool
) -> int:
    changed = 0
    for file in {series["file"] for series in war.get("series", [])}:
        header, rows = _read(folder / file)
        described = [series for series in war["series"] if series["file"] == file]
        kept = []
        for row in rows:
            later = [series for series in described if _known_on(row["date"], series) > day]
            for series in later:
                if row[series["column"]]:
                    row[series["column"]] = change(row[series["column"]])
                    changed += 1
            if keep_rows or len(later) < len(described):
                kept.append(row)
        _write(folder / file, header, kept)
    return changed


def _known_on(date: str, series: dict[str, Any]) -> dt.date:
    last = dt.date.fromisoformat(date if len(date) == 10 else f"{date}-01")
    if series.get("every", "day") == "month":
        last = (last.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return last + dt.timedelta(days=series["publication_lag_days"])


# --- files ------------------------------------------------------------------------------------------------


def _day(as_of: dt.date | str) -> dt.date:
    return dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of


def _read(path: Path) -> tuple[list[str], list[Row]]:
    if not path.is_file():
        return [], []
    with io.StringIO(path.read_text(encoding="utf-8-sig"), newline="") as stream:
        reader = csv.DictReader(stream)
        rows = list(reader)
        return list(reader.fieldnames or []), rows


def _write(path: Path, header: list[str], rows: list[Row]) -> None:
    if header:
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, header, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _read_war(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "war.toml").read_text(encoding="utf-8"))


def _write_war(folder: Path, war: dict[str, Any]) -> None:
    lines = [f"{json.dumps(key)} = {_toml(value)}" for key, value in war.items()]
    (folder / "war.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    if isinstance(value, dt.date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
