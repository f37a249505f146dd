"""Profiles of past wars: what could be said of each in any month of it, statement by statement.

``reference_sets/profiles`` holds one statement a row, with its source, how sure it is and from which month of the war it
could be known. A :class:`Profile` answers "what was known of this field in month m"; nothing else reads the table, so
that a fact from after a war can never describe it before. A missing statement means that nobody read it, never "no".

The wars were chosen as company for a long war with a settlement. They are no sample: no rate may be taken from them.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

from armistice.errors import RecordError
from armistice.record.as_of import Record
from armistice.text import Text

__all__ = [
    "AFTER",
    "FIELDS",
    "MONTH_DAYS",
    "PROFILES",
    "Profile",
    "Statement",
    "own_profile",
    "profiles_of_others",
    "read_profiles",
]

_Read = TypeVar("_Read")

MONTH_DAYS: Final = 30.4375
#: The folder that comes with the package.
PROFILES: Final = Path(__file__).parent / "reference_sets" / "profiles"
#: Facts that an ending makes; never known before it.
AFTER: Final = ("end_month", "how_ended", "treaty_month", "ending_held_5y", "deaths_low", "deaths_high")
#: Fields that can change during a war: of several rows the latest known counts, whatever its confidence.
_CHANGING: Final = ("static_front", "partial_deals", "mediator", "leader_change", "talks_while_fighting")
_CONFIDENCE: Final = ("low", "medium", "high")
_PRECISIONS: Final = ("day", "about", "start_year")
_SIDES: Final = ("none", "a", "b", "both")
_YES_NO: Final = ("yes", "no")
_ENDINGS: Final = ("armistice", "ceasefire", "peace_agreement", "victory_a", "victory_b", "low_activity")
#: Values a field may have; an empty tuple stands for a number above 0 (or 0).
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "patron_a": _YES_NO, "patron_b": _YES_NO, "nuclear_belligerent": _SIDES, "nuclear_patron": _SIDES,
    "territorial_stake": _YES_NO, "regime_stake": _YES_NO, "months_of_manoeuvre": (),
    "static_front": ("yes", "no", "partly"), "first_talks_month": (), "talks_while_fighting": _YES_NO,
    "partial_deals": _YES_NO, "mediator": _YES_NO, "strength_ratio": (), "contiguous": _YES_NO, "leader_change": _YES_NO,
    "deaths_low": (), "deaths_high": (), "how_ended": _ENDINGS, "end_month": (), "treaty_month": ("never",),
    "ending_held_5y": _YES_NO, "initiator": ("a", "b", "disputed"),
}  # fmt: skip
#: Fields that are numbers, or may be.
_NUMBERS: Final = tuple(name for name, values in FIELDS.items() if not values or values == ("never",))
_WAR_COLUMNS: Final = (
    "war_id", "name_en", "name_nl", "start_date", "end_date", "date_precision", "side_a", "side_b",
    "ucdp_conflict_ids", "source",
)  # fmt: skip
_COLUMNS: Final = ("war_id", "field", "value", "known_from_month", "confidence", "source", "note")
#: Months are written with one decimal.
_ROUNDING: Final = 0.06
#: A folder and a profile without a shared conflict id are the same war if named alike, or begun this close.
_SAME_START: Final = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says of one field.

    Parameters
    ----------
    field, value : str
        Of :data:`FIELDS`.
    known_from : float
        Months from the start of the war; 0 where known from the start.
    confidence : {"low", "medium", "high"}
    source, note : str
    """

    field: str
    value: str
    known_from: float
    confidence: str
    source: str
    note: str

    @property
    def number(self) -> float:
        """The value as a number; NaN where it is a word."""
        return float(self.value) if self.field in _NUMBERS and self.value != "never" else math.nan


@dataclass(frozen=True, slots=True)
class Profile:
    """A war and the statements about it, those of a later day cut away.

    Parameters
    ----------
    war_id : str
        As in the table, ``korea_1950``.
    key : str
        Without the year where that leaves no doubt, ``korea``.
    names : Text
    start : date
    end : date or None
        None where the war goes on, or went on as far as was known.
    date_precision : {"day", "about", "start_year"}
    side_a, side_b : str
    ucdp_conflict_ids : tuple of int
    statements : tuple of Statement
    """

    war_id: str
    key: str
    names: Text
    start: dt.date
    end: dt.date | None
    date_precision: str
    side_a: str
    side_b: str
    ucdp_conflict_ids: tuple[int, ...]
    source: str
    statements: tuple[Statement, ...]

    @property
    def end_month(self) -> float:
        """Months from start to end; infinite where it goes on."""
        return math.inf if self.end is None else (self.end - self.start).days / MONTH_DAYS

    def cell(self, field: str, month: float) -> Statement | None:
        """What was known of a field in a month of the war, or None.

        Of several statements the surest counts, then the latest; of fields that change, the latest, then the surest.
        """
        known = [s for s in self.statements if s.field == field and s.known_from <= month]
        if not known:
            return None
        if field in _CHANGING:
            return max(known, key=lambda s: (s.known_from, _CONFIDENCE.index(s.confidence)))
        return max(known, key=lambda s: (_CONFIDENCE.index(s.confidence), s.known_from))

    def before_the_end(self, field: str, month: float) -> Statement | None:
        """As :meth:`cell`, from facts of the war itself: what is known only from its end on does not count.

        For a war that ended by ``month`` its last month is read. That nothing of a kind happened during a whole war
        (a "no" known from its end) was so in each month of it, and counts in all.
        """
        if field in AFTER:
            return None
        never = [s for s in self.statements if s.field == field and s.value == "no" and field in _CHANGING]
        if self.end is not None and never and not any(s.field == field and s.value != "no" for s in self.statements):
            return never[0]
        last = self.end_month - _ROUNDING
        kept = replace(self, statements=tuple(s for s in self.statements if s.known_from < last))
        return kept.cell(field, min(month, last))

    def known_on(self, day: dt.date) -> Profile:
        """The war as it could be described on a day: later statements and a later end cut away."""
        month = (day - self.start).days / MONTH_DAYS
        return replace(
            self,
            end=self.end if self.end is not None and self.end <= day else None,
            statements=tuple(s for s in self.statements if s.known_from <= month),
        )


def profiles_of_others(record: Record) -> tuple[Profile, ...]:
    """Profiles of other wars that had begun by the record's day, cut at that day unless it has hindsight.

    The war itself, and wars in conflicts that ``ucdp_conflict_ids`` names as part of it, are left out either way.
    """
    everyone = read_profiles()
    own = _own(record, everyone)
    ours = set(record.war.ucdp_conflict_ids)
    others = [p for p in everyone if p is not own and not ours & set(p.ucdp_conflict_ids)]
    if record.hindsight:
        return tuple(others)
    return tuple(p.known_on(record.as_of) for p in others if p.start <= record.as_of)


def own_profile(record: Record) -> Profile | None:
    """The profile of the record's war as it could be described on the record's day, if the table has one."""
    own = _own(record, read_profiles())
    return None if own is None else own.known_on(record.as_of)


def _own(record: Record, profiles: Iterable[Profile]) -> Profile | None:
    war = record.war
    ids = set(war.ucdp_conflict_ids)
    for profile in profiles:
        named = war.id in (profile.war_id, profile.key)
        near = abs(profile.start - war.start) <= _SAME_START
        if near and (named or ids & set(profile.ucdp_conflict_ids)):
            return profile
    return None


# --- reading ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def read_profiles(folder: Path = PROFILES) -> tuple[Profile, ...]:
    """The profiles in a folder (``wars.csv`` and ``profiles.csv``), complete, in the order of ``wars.csv``.

    Raises
    ------
    RecordError
        With every finding: file, row, what was found and what may stand there.
    """
    problems: list[str] = []
    wars = _rows(folder / "wars.csv", _WAR_COLUMNS, problems)
    rows = _rows(folder / "profiles.csv", _COLUMNS, problems)
    found: dict[str, Profile] = {}
    for place, row in wars:
        profile = _war(place, row, problems)
        if profile is None:
            continue
        if profile.war_id in found:
            problems.append(f"{place}: war_id {profile.war_id!r} occurs twice.")
        found[profile.war_id] = profile
    statements: dict[str, list[Statement]] = {war_id: [] for war_id in found}
    for place, row in rows:
        if row["war_id"] not in found:
            problems.append(f"{place}: war_id {row['war_id']!r} is not in wars.csv.")
            continue
        statement = _statement(place, row, found[row["war_id"]], problems)
        if statement is not None:
            statements[row["war_id"]].append(statement)
    if problems:
        raise RecordError(problems)
    stems = [_stem(war_id) for war_id in found]
    return tuple(
        replace(
            profile,
            key=_stem(war_id) if stems.count(_stem(war_id)) == 1 else war_id,
            statements=tuple(statements[war_id]),
        )
        for war_id, profile in found.items()
    )


def _stem(war_id: str) -> str:
    name, _, year = war_id.rpartition("_")
    return name if name and year.isdigit() else war_id


def _rows(path: Path, columns: tuple[str, ...], problems: list[str]) -> list[tuple[str, dict[str, str]]]:
    if not path.is_file():
        problems.append(f"{path.name} is missing in {path.parent.name}.")
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            found = ", ".join(reader.fieldnames or ()) or "nothing"
            problems.append(f"{path.name}: missing columns {', '.join(missing)}; found {found}.")
            return []
        return [
            (f"{path.name}, row {number}", {name: (row[name] or "").strip() for name in columns})
            for number, row in enumerate(reader, start=2)
        ]


def _war(place: str, row: Mapping[str, str], problems: list[str]) -> Profile | None:
    start = _read(
        place, problems, "start_date", row["start_date"], dt.date.fromisoformat, "a day written as 1950-06-25"
    )
    end = (
        _read(
            place,
            problems,
            "end_date",
            row["end_date"],
            dt.date.fromisoformat,
            "a day written as 1953-07-27, or blank",
        )
        if row["end_date"]
        else None
    )
    ids = _read(
        place,
        problems,
        "ucdp_conflict_ids",
        row["ucdp_conflict_ids"],
        lambda text: tuple(int(part) for part in text.split(";") if part.strip()),
        "numbers with ';' between them",
    )
    if row["date_precision"] not in _PRECISIONS:
        problems.append(
            f"{place}: date_precision must be one of {', '.join(_PRECISIONS)}, got {row['date_precision']!r}."
        )
    if start is None or ids is None or not row["war_id"]:
        return None
    if end is not None and end < start:
        problems.append(f"{place}: {row['war_id']} ends on {end}, before it starts on {start}.")
    return Profile(
        war_id=row["war_id"], key=row["war_id"], names=Text(en=row["name_en"], nl=row["name_nl"]), start=start, end=end,
        date_precision=row["date_precision"], side_a=row["side_a"], side_b=row["side_b"], ucdp_conflict_ids=ids,
        source=row["source"], statements=(),
    )  # fmt: skip


def _statement(place: str, row: Mapping[str, str], war: Profile, problems: list[str]) -> Statement | None:
    field, value = row["field"], row["value"]
    if field not in FIELDS:
        problems.append(f"{place}: field {field!r} is unknown; there are: {', '.join(FIELDS)}.")
        return None
    if value not in FIELDS[field]:
        number = _read(place, problems, field, value, _not_negative, _allowed(field)) if field in _NUMBERS else None
        if number is None:
            if field not in _NUMBERS:
                problems.append(f"{place}: {field} must be {_allowed(field)}, got {value!r}.")
            return None
        if field == "strength_ratio" and number == 0:
            problems.append(f"{place}: strength_ratio must be above 0.")
    if row["confidence"] not in _CONFIDENCE:
        problems.append(f"{place}: confidence must be one of {', '.join(_CONFIDENCE)}, got {row['confidence']!r}.")
    if not row["source"]:
        problems.append(f"{place}: source is blank; give an address or a key of SOURCES.toml.")
    known = 0.0
    if row["known_from_month"]:
        month = _read(
            place,
            problems,
            "known_from_month",
            row["known_from_month"],
            _not_negative,
            "months from the start, or blank",
        )
        if month is None:
            return None
        known = month
    if field in AFTER and known < war.end_month - _ROUNDING:
        problems.append(
            f"{place}: {field} is known only from the war's end (month {war.end_month:.1f}), not from month {known:g}."
        )
    return Statement(field, value, known, row["confidence"], row["source"], row["note"])


def _allowed(field: str) -> str:
    words = ", ".join(FIELDS[field])
    return ("a number from 0" if field in _NUMBERS else "") + (" or " if field in _NUMBERS and words else "") + words


def _not_negative(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(text)
    return value


def _read(
    place: str, problems: list[str], name: str, text: str, parse: Callable[[str], _Read], allowed: str
) -> _Read | None:
    """A cell, parsed; what it may be is added to the problems where it cannot be read."""
    try:
        return parse(text)
    except ValueError:
        problems.append(f"{place}: {name} must be {allowed}, got {text!r}.")
        return None
