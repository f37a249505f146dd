"""The table of war profiles keeps its own rules: keys, values, sources, and nothing known before its time."""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from collections import Counter
from importlib.resources import files

import pytest

SETS = files("armistice.record") / "reference_sets"
YES_NO = {"yes", "no"}
SIDES = {"none", "a", "b", "both"}
ALLOWED: dict[str, set[str]] = {
    "patron_a": YES_NO,
    "patron_b": YES_NO,
    "nuclear_belligerent": SIDES,
    "nuclear_patron": SIDES,
    "territorial_stake": YES_NO,
    "regime_stake": YES_NO,
    "initiator": {"a", "b", "disputed"},
    "contiguous": YES_NO,
    "static_front": {"yes", "no", "partly"},
    "talks_while_fighting": YES_NO,
    "partial_deals": YES_NO,
    "mediator": YES_NO,
    "leader_change": YES_NO,
    "how_ended": {"armistice", "ceasefire", "peace_agreement", "victory_a", "victory_b", "low_activity"},
    "ending_held_5y": YES_NO,
}
NUMBERS = {
    "strength_ratio",
    "months_of_manoeuvre",
    "first_talks_month",
    "end_month",
    "treaty_month",
    "deaths_low",
    "deaths_high",
}
AFTER = {"deaths_low", "deaths_high", "how_ended", "end_month", "treaty_month", "ending_held_5y"}
WORDS_FOR_A_SOURCE = {"definition"}
DAYS_PER_MONTH = 30.4375
HALF_A_ROUNDED_TENTH = 0.0500001

Row = dict[str, str]


def _rows(name: str) -> list[Row]:
    text = (SETS / "profiles" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="module")
def wars() -> dict[str, Row]:
    return {row["war_id"]: row for row in _rows("wars.csv")}


@pytest.fixture(scope="module")
def cells() -> list[Row]:
    return _rows("profiles.csv")


def _length(war: Row) -> float | None:
    if not war["end_date"]:
        return None
    days = (dt.date.fromisoformat(war["end_date"]) - dt.date.fromisoformat(war["start_date"])).days
    return days / DAYS_PER_MONTH


def _known(row: Row) -> float:
    return float(row["known_from_month"] or 0)


def _broken(rows: list[Row]) -> list[tuple[str, ...]]:
    return [(row["war_id"], row["field"], row["value"], row["known_from_month"], row["source"]) for row in rows]


def test_thirty_wars_with_a_start_before_the_end(wars: dict[str, Row]) -> None:
    assert len(wars) >= 30
    assert len(wars) == len(_rows("wars.csv"))
    assert [war for war, row in wars.items() if (_length(row) or 1) <= 0] == []
    assert {row["date_precision"] for row in wars.values()} == {"day", "about"}
    for row in wars.values():
        assert all(row[column] for column in ("name_en", "name_nl", "side_a", "side_b", "source")), row["war_id"]


def test_only_the_current_war_has_no_end(wars: dict[str, Row]) -> None:
    assert [war for war, row in wars.items() if not row["end_date"]] == ["ukraine_2022"]


def test_each_ucdp_id_is_in_the_bundled_terminations(wars: dict[str, Row]) -> None:
    text = (SETS / "ucdp_terminations.csv").read_text(encoding="utf-8")
    known = {row["conflict_id"] for row in csv.DictReader(text.splitlines())}
    named = {number for row in wars.values() for number in row["ucdp_conflict_ids"].split(";") if number}
    assert named - known == set()
    assert len(named) >= 20


def test_keys_are_unique_and_wars_exist(wars: dict[str, Row], cells: list[Row]) -> None:
    keys = Counter((r["war_id"], r["field"], r["value"], r["known_from_month"], r["source"]) for r in cells)
    assert [key for key, count in keys.items() if count > 1] == []
    assert {row["war_id"] for row in cells} == set(wars)


def test_values_are_the_coded_ones(cells: list[Row]) -> None:
    assert {row["field"] for row in cells} <= set(ALLOWED) | NUMBERS
    assert (
        _broken([row for row in cells if row["field"] in ALLOWED and row["value"] not in ALLOWED[row["field"]]]) == []
    )
    for row in cells:
        if row["field"] in NUMBERS and not (row["field"] == "treaty_month" and row["value"] == "never"):
            assert float(row["value"]) >= 0, row


def test_each_row_has_a_source_a_confidence_and_a_short_note(cells: list[Row]) -> None:
    keys = set(tomllib.loads((SETS / "profiles" / "SOURCES.toml").read_text(encoding="utf-8")))
    no_source = [
        r for r in cells if not r["source"].startswith("http") and r["source"] not in keys | WORDS_FOR_A_SOURCE
    ]
    assert _broken(no_source) == []
    assert {row["confidence"] for row in cells} == {"high", "medium", "low"}
    assert _broken([row for row in cells if not row["note"] or len(row["note"]) > 260]) == []


def test_an_outcome_is_never_known_before_the_end(wars: dict[str, Row], cells: list[Row]) -> None:
    for row in cells:
        if row["field"] in AFTER:
            length = _length(wars[row["war_id"]])
            assert length is not None, f"{row['war_id']} goes on and has no {row['field']}"
            assert row["known_from_month"], row
            assert _known(row) >= length - HALF_A_ROUNDED_TENTH, row


def test_an_ending_that_held_is_known_five_years_later(wars: dict[str, Row], cells: list[Row]) -> None:
    for row in cells:
        if row["field"] == "ending_held_5y" and row["value"] == "yes":
            length = _length(wars[row["war_id"]])
            assert length is not None
            assert _known(row) >= length + 60 - HALF_A_ROUNDED_TENTH, row


def test_a_month_in_a_value_is_not_known_before_that_month(cells: list[Row]) -> None:
    months = {"first_talks_month", "months_of_manoeuvre", "end_month", "treaty_month"}
    early = [r for r in cells if r["field"] in months and r["value"] != "never" and _known(r) < float(r["value"])]
    assert _broken(early) == []
    talks = [r for r in cells if r["field"] == "first_talks_month"]
    assert _broken([r for r in talks if _known(r) != float(r["value"])]) == []


def test_the_preferred_end_month_is_that_of_the_dates(wars: dict[str, Row], cells: list[Row]) -> None:
    for war, row in wars.items():
        length = _length(row)
        rows = [r for r in cells if r["war_id"] == war and r["field"] == "end_month"]
        rows.sort(key=lambda r: ("high", "medium", "low").index(r["confidence"]))
        assert length is None or abs(float(rows[0]["value"]) - length) <= HALF_A_ROUNDED_TENTH, (war, length)


def test_talks_and_fronts_do_not_contradict_themselves(cells: list[Row]) -> None:
    by_cell: dict[tuple[str, str], list[Row]] = {}
    for row in cells:
        by_cell.setdefault((row["war_id"], row["field"]), []).append(row)
    for (war, field), rows in by_cell.items():
        if field == "first_talks_month" and (war, "talks_while_fighting") in by_cell:
            assert any(r["value"] == "yes" for r in by_cell[war, "talks_while_fighting"]), war
        if field == "months_of_manoeuvre":
            assert any(r["value"] != "no" for r in by_cell.get((war, "static_front"), [])), war
        values = {r["value"] for r in rows}
        differ = len(values) > 1 and field not in {"static_front", "leader_change", "partial_deals"}
        if differ and field in ALLOWED and len({r["known_from_month"] for r in rows}) == 1:
            assert any("DISAGREES" in r["note"] or "ALT" in r["note"] for r in rows), (war, field)


def test_one_value_is_preferred(cells: list[Row]) -> None:
    rank = {"high": 0, "medium": 1, "low": 2}
    by_cell: dict[tuple[str, str, str], list[Row]] = {}
    for row in cells:
        by_cell.setdefault((row["war_id"], row["field"], row["known_from_month"]), []).append(row)
    for key, rows in by_cell.items():
        top = min(rank[row["confidence"]] for row in rows)
        preferred = {row["value"] for row in rows if rank[row["confidence"]] == top}
        assert len(preferred) == 1 or (top == rank["low"] and key[1] in NUMBERS), (key, preferred)


def test_no_nuclear_arms_before_1945(wars: dict[str, Row], cells: list[Row]) -> None:
    for row in cells:
        end = wars[row["war_id"]]["end_date"]
        if row["field"].startswith("nuclear") and end and end < "1945-07-16":
            assert (row["value"], row["source"]) == ("none", "definition"), row
