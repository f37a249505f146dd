"""Profiles of past wars: read with every finding named, and never told before they could be known."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from armistice.errors import RecordError
from armistice.record.load import load_war
from armistice.record.profiles import AFTER, FIELDS, own_profile, profiles_of_others, read_profiles

WARS = "war_id,name_en,name_nl,start_date,end_date,date_precision,side_a,side_b,ucdp_conflict_ids,source\n"
ROWS = "war_id,field,value,known_from_month,confidence,source,note\n"
#: Ends in month 24.0.
WAR = "hill_1960,Hill War,Heuveloorlog,1960-01-01,1961-12-31,day,North,South,7;8,archive\n"


@pytest.fixture
def table(tmp_path):
    def written(rows, wars=WAR):
        (tmp_path / "wars.csv").write_text(WARS + wars, encoding="utf-8")
        (tmp_path / "profiles.csv").write_text(ROWS + rows, encoding="utf-8")
        read_profiles.cache_clear()
        return read_profiles(tmp_path)

    return written


def test_a_cell_is_what_was_known_in_that_month(table):
    (war,) = table(
        "hill_1960,static_front,no,,high,a,\n"
        "hill_1960,static_front,yes,12.0,low,b,\n"
        "hill_1960,patron_a,no,,medium,a,\n"
        "hill_1960,patron_a,yes,3,low,b,\n"
        "hill_1960,how_ended,armistice,24.0,high,a,\n"
    )
    assert (war.key, round(war.end_month, 1), war.ucdp_conflict_ids) == ("hill", 24.0, (7, 8))
    # A front that changes: the latest known. A patron: the surest, whatever came later.
    assert [war.cell("static_front", m).value for m in (0, 11.9, 12.0, 99)] == ["no", "no", "yes", "yes"]
    assert war.cell("patron_a", 5).value == "no"
    assert war.cell("mediator", 99) is None
    assert war.cell("how_ended", 23.9) is None
    assert war.cell("how_ended", 24.1).value == "armistice"


def test_what_is_known_from_the_end_never_describes_the_war(table):
    (war,) = table(
        "hill_1960,strength_ratio,2.5,24.0,high,a,peak of the whole war\n"
        "hill_1960,leader_change,no,24.0,high,a,\n"
        "hill_1960,mediator,yes,20,high,a,\n"
        "hill_1960,how_ended,armistice,24.0,high,a,\n"
    )
    assert war.before_the_end("strength_ratio", 99) is None
    assert war.before_the_end("how_ended", 99) is None
    # That no leader changed in the whole war was so in each of its months; a mediator was there from month 20.
    assert war.before_the_end("leader_change", 5).value == "no"
    assert war.before_the_end("mediator", 19) is None
    assert war.before_the_end("mediator", 99).value == "yes"


def test_a_no_at_the_end_does_not_undo_a_yes(table):
    (war,) = table("hill_1960,leader_change,yes,5,high,a,\nhill_1960,leader_change,no,24.0,high,b,\n")
    assert war.before_the_end("leader_change", 4) is None
    assert war.before_the_end("leader_change", 6).value == "yes"


def test_the_war_as_known_on_a_day(table):
    (war,) = table("hill_1960,mediator,yes,20,high,a,\nhill_1960,how_ended,armistice,24.0,high,a,\n")
    early = war.known_on(dt.date(1961, 1, 1))
    assert (early.end, early.end_month, early.statements) == (None, math.inf, ())
    assert len(war.known_on(dt.date(1970, 1, 1)).statements) == 2


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("hill_1960,trench,yes,,high,a,\n", "row 2: field 'trench' is unknown; there are: patron_a"),
        ("hill_1960,patron_a,maybe,,high,a,\n", "row 2: patron_a must be yes, no, got 'maybe'"),
        ("hill_1960,end_month,soon,24,high,a,\n", "row 2: end_month must be a number from 0, got 'soon'"),
        ("hill_1960,treaty_month,later,24,high,a,\n", "treaty_month must be a number from 0 or never, got 'later'"),
        ("hill_1960,strength_ratio,0,,high,a,\n", "strength_ratio must be above 0"),
        ("hill_1960,mediator,yes,-3,high,a,\n", "known_from_month must be months from the start, or blank, got '-3'"),
        ("hill_1960,mediator,yes,3,sure,a,\n", "confidence must be one of low, medium, high, got 'sure'"),
        ("hill_1960,mediator,yes,3,high,,\n", "source is blank"),
        ("dale_1900,mediator,yes,3,high,a,\n", "war_id 'dale_1900' is not in wars.csv"),
        ("hill_1960,how_ended,armistice,3,high,a,\n", "how_ended is known only from the war's end .month 24.0."),
        ("hill_1960,deaths_low,5000,,high,a,\n", "deaths_low is known only from the war's end"),
    ],
)
def test_rows_that_cannot_be_are_named(table, row, says):
    with pytest.raises(RecordError, match=says):
        table(row)


@pytest.mark.parametrize(
    ("wars", "says"),
    [
        (WAR.replace("1961-12-31", "1959-12-31"), "hill_1960 ends on 1959-12-31, before it starts on 1960-01-01"),
        (WAR.replace("1961-12-31", "31-12-1961"), "end_date must be a day written as 1953-07-27, or blank"),
        (WAR.replace(",day,", ",month,"), "date_precision must be one of day, about, start_year"),
        (WAR + WAR, "war_id 'hill_1960' occurs twice"),
        (WAR.replace("7;8", "seven"), "ucdp_conflict_ids must be numbers with ';' between them"),
    ],
)
def test_wars_that_cannot_be_are_named(table, wars, says):
    with pytest.raises(RecordError, match=says):
        table("hill_1960,mediator,yes,3,high,a,\n" if "hill_1960" in wars else "", wars)


def test_a_missing_column_is_named(tmp_path):
    (tmp_path / "wars.csv").write_text("war_id,name\n", encoding="utf-8")
    with pytest.raises(RecordError, match=r"missing columns name_en.*found war_id, name"):
        read_profiles(tmp_path)


def test_two_wars_of_one_name_keep_their_years(table):
    second = WAR.replace("hill_1960", "hill_1950").replace("1960-", "1950-").replace("1961-", "1951-")
    assert [war.key for war in table("", WAR + second)] == ["hill_1960", "hill_1950"]


# --- the bundled table -----------------------------------------------------------------------------------------


def test_the_bundled_table_reads_and_tells_no_ending_early():
    wars = read_profiles()
    assert len({war.key for war in wars}) == len(wars) >= 21
    assert "korea" in {war.key for war in wars}
    for war in wars:
        for field in AFTER:
            assert war.cell(field, war.end_month - 0.1) is None
        for field in FIELDS:
            assert war.before_the_end(field, -1.0) is None or field in (
                "leader_change", "mediator", "partial_deals", "talks_while_fighting", "static_front",
            )  # fmt: skip


def test_a_record_finds_its_own_profile_and_never_among_the_others():
    korea = load_war("korea").as_of("1951-07-01")
    others = profiles_of_others(korea)
    assert own_profile(korea).key == "korea"
    assert "korea" not in {war.key for war in others}
    assert all(war.start <= korea.as_of for war in others)
    assert all(war.end is None or war.end <= korea.as_of for war in others)
    assert own_profile(korea).cell("leader_change", 99) is None  # month 30.9 had not come


def test_wars_on_the_same_ground_are_left_out_and_hindsight_lifts_the_day():
    ukraine = load_war("ukraine").as_of("2025-06-03")
    assert "donbas" not in {war.key for war in profiles_of_others(ukraine)}
    early, late = (load_war("korea").as_of("1951-07-01", hindsight=h) for h in (False, True))
    assert "iran_iraq" not in {war.key for war in profiles_of_others(early)}
    assert "iran_iraq" in {war.key for war in profiles_of_others(late)}
    assert own_profile(late).end is None  # hindsight is about other wars
