"""The war of 1998-2000 between Eritrea and Ethiopia: what its sources say, both sides alike, and nothing too early."""

import datetime as dt
import json
import shutil

import jsonschema
import numpy as np
import pytest

from armistice.assessment import assess
from armistice.claims import read_claims
from armistice.json_schema import assessment_schema
from armistice.record.check import check_war
from armistice.record.load import load_war, war_folder_path
from armistice.record.reference import OUTCOMES, reference_episodes
from tests.record.future import delete_future, scramble_future
from tests.record.same import plain

WAR = "ethiopia_eritrea"
#: After the last row: everything is known.
LATE = "2025-01-01"
#: A month into the war; after the front at Badme was broken; at the height of the last offensive.
DAYS = ("1998-06-20", "1999-03-20", "2000-05-29")
TABLES = ("talks", "events", "figures", "exchanges", "leaders", "opinion", "support")


@pytest.fixture(scope="module")
def war():
    return load_war(WAR)


@pytest.fixture(scope="module")
def whole(war):
    return war.as_of(LATE)


@pytest.fixture(scope="module")
def assessed(war):
    return {day: assess(war.as_of(day), seed=1).to_json_text() for day in DAYS}


def _ids(rows):
    return {row.id for row in rows}


def _figures(record, subject, quantity):
    return {
        (row.claimed_by, row.value, row.low, row.high)
        for row in record.figures
        if (row.subject, row.quantity) == (subject, quantity)
    }


# --- the folder -------------------------------------------------------------------------------------------


def test_the_folder_passes_every_check():
    assert check_war(war_folder_path(WAR)) == []


def test_every_row_of_the_files_is_in_the_late_record(whole):
    counts = {"talks": 37, "events": 40, "figures": 81, "exchanges": 9, "leaders": 9, "opinion": 0, "support": 0}
    assert {name: len(getattr(whole, name)) for name in TABLES} == counts


def test_every_row_has_an_address_and_a_short_note(whole):
    for name in TABLES:
        for row in getattr(whole, name):
            assert len(row.note) <= 120
            for source in row.source.split(" ; "):
                assert source.startswith("http") or source in whole.sources


def test_readers_find_names_in_both_languages(whole):
    for row in (*whole.talks, *whole.events):
        assert row.name_en
        assert row.name_nl
        assert row.name_en != row.name_nl
    assert all(bool(row.place_en) == bool(row.place_nl) for row in whole.talks)
    assert all(claim.statement.en != claim.statement.nl for claim in read_claims(whole.claims_toml))


# --- talks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("talk", "day"),
    [
        ("us-rwanda-plan", "1998-06-03"),
        ("ethiopia-accepts-us-rwanda", "1998-06-04"),
        ("air-moratorium", "1998-06-14"),
        ("ethiopia-accepts-framework", "1998-11-09"),
        ("eritrea-accepts-framework", "1999-02-27"),
        ("eritrea-accepts-modalities", "1999-07-14"),
        ("ethiopia-accepts-modalities", "1999-07-21"),
        ("technical-arrangements", "1999-08-06"),
        ("algiers-proximity-1", "2000-04-29"),
        ("eritrea-accepts-cessation", "2000-06-09"),
        ("ethiopia-accepts-cessation", "2000-06-14"),
        ("cessation-of-hostilities", "2000-06-18"),
        ("algiers-treaty", "2000-12-12"),
    ],
)
def test_a_step_of_the_talks_is_known_from_its_day(war, talk, day):
    first = dt.date.fromisoformat(day)
    assert talk not in _ids(war.as_of(first - dt.timedelta(days=1)).talks)
    found = next(row for row in war.as_of(dt.date(2001, 1, 1)).talks if row.id == talk)
    assert found.date == first
    assert found.date_precision == "day"


def test_each_paper_waited_for_the_other_side(whole):
    """The Framework: Ethiopia first, Eritrea after its defeat. The Technical Arrangements: the other way round."""
    days = {row.id: row.date for row in whole.talks}
    assert days["ethiopia-accepts-framework"] < days["eritrea-accepts-framework"]
    assert (days["eritrea-accepts-framework"] - dt.date(1999, 2, 26)).days == 1
    assert days["eritrea-accepts-technical"] < days["ethiopia-objects-technical"]
    assert not any("accepts-technical" in row.id and row.parties == ("Ethiopia",) for row in whole.talks)


def test_the_two_sides_never_met_before_the_signing(whole):
    before = [row for row in whole.talks if row.date < dt.date(2000, 6, 18)]
    assert {row.kind for row in before} == {"proposal", "indirect_round", "sectoral_deal", "other"}


def test_the_end_is_known_with_the_peace_agreement_not_with_the_guns_silent(war):
    assert war.as_of("2000-06-18").war.end is None
    assert war.as_of("2000-12-11").war.end is None
    end = war.as_of("2000-12-12").war.end
    assert (end.date, end.outcome) == (dt.date(2000, 6, 18), "peace_agreement")


def test_the_ending_is_coded_as_ucdp_codes_it_and_is_not_in_its_own_reference_set(war):
    late = dt.date(2020, 1, 1)
    elsewhere = reference_episodes(load_war("korea").as_of(late))
    (place,) = np.flatnonzero((elsewhere.conflict_id == 409) & (elsewhere.first_year == 1998))
    assert OUTCOMES[elsewhere.outcome[place] - 1] == war.as_of(late).war.end.outcome
    assert elsewhere.end_earliest[place] <= np.datetime64("2000-06-18") <= elsewhere.end_latest[place]
    own = reference_episodes(war.as_of(late))
    assert 409 not in own.conflict_id
    assert 235 in own.conflict_id, "only its own episodes are left out"


# --- figures ----------------------------------------------------------------------------------------------


def test_each_side_s_dead_are_stated_by_that_side_and_by_others(whole):
    assert _figures(whole, "eritrea", "military_deaths") == {("President of Eritrea", 19_000, None, None)}
    (ethiopian,) = _figures(whole, "ethiopia", "military_deaths")
    assert ethiopian[1:] == (None, 34_000, 60_000)
    assert {value for _, value, *_ in _figures(whole, "war", "military_deaths")} == {100_000, None}


def test_nobody_knows_the_dead_of_the_war_before_they_were_stated(war):
    assert _figures(war.as_of("2001-06-19"), "eritrea", "military_deaths") == set()
    assert _figures(war.as_of("2001-06-20"), "eritrea", "military_deaths") != set()
    assert _figures(war.as_of("2000-06-17"), "war", "military_deaths") == {
        ("diplomats and military analysts", None, 10_000, 20_000)
    }


@pytest.mark.parametrize(
    ("battle", "quantity", "claimant", "value"),
    [
        ("tsorona", "ethiopians_killed", "Eritrea", 10_000),
        ("tsorona", "eritreans_killed_or_wounded", "Ethiopia", 9_000),
        ("tsorona", "ethiopian_dead_seen", "Reuters correspondent", 300),
        ("badme-february-1999", "eritreans_killed_or_wounded", "Ethiopia", 7_000),
        ("badme-february-1999", "ethiopians_killed", "Eritrea", 1_500),
        ("badme-may-1999", "eritreans_killed", "Ethiopia", 400),
        ("badme-may-1999", "ethiopians_killed", "Eritrea", 380),
        ("badme-june-1999", "ethiopians_out_of_action", "Eritrea", 18_000),
        ("badme-june-1999", "eritreans_out_of_action", "Ethiopia", 8_200),
        ("offensive-2000", "ethiopians_killed_or_wounded", "Eritrea", 25_000),
    ],
)
def test_losses_of_a_battle_are_what_the_other_side_says(whole, battle, quantity, claimant, value):
    assert (claimant, value, None, None) in _figures(whole, battle, quantity)


def test_both_sides_are_heard_about_each_battle_with_claims(whole):
    claims = [row for row in whole.figures if row.quantity.startswith(("eritreans_", "ethiopians_"))]
    assert len(claims) > 12
    for row in claims:
        sufferer = "Eritre" if row.quantity.startswith("eritreans_") else "Ethiopia"
        assert not row.claimed_by.startswith(sufferer), "a side is quoted on the other side's losses"
    for battle in ("tsorona", "badme-february-1999", "badme-june-1999", "operation-sunset", "offensive-2000"):
        claimants = {row.claimed_by.split(",")[0].split()[0] for row in claims if row.subject == battle}
        assert claimants == {"Eritrea", "Ethiopia"} or claimants == {"Eritrea", "Eritrean", "Ethiopia"}


def test_a_disputed_distance_stands_twice(whole):
    distances = _figures(whole, "barentu", "km_inside_eritrea")
    assert {(claimant, value) for claimant, value, *_ in distances} == {
        ("AP", 40),
        ("Reuters", 70),
        ("Washington Post", 37),
    }


def test_prisoners_go_both_ways(whole):
    returned = {
        side: sum(row.persons for row in whole.exchanges if row.to_side == side) for side in ("eritrea", "ethiopia")
    }
    assert returned == {"eritrea": 359 + 23 + 60 + 1225, "ethiopia": 1000 + 1414 + 360 + 25 + 279}


# --- nothing too early ------------------------------------------------------------------------------------


def test_a_record_of_june_1998_shows_nothing_later(war):
    day = dt.date(1998, 6, 20)
    record = war.as_of(day)
    for name in TABLES:
        for row in getattr(record, name):
            assert row.date <= day
            assert row.known_on is None or row.known_on <= day
    assert _ids(record.talks) == {
        "us-rwanda-plan",
        "ethiopia-accepts-us-rwanda",
        "oau-summit-1998",
        "air-moratorium",
        "oau-visit-june-1998",
    }
    assert record.war.end is None
    assert not [row for row in record.leaders if row.until]
    text = json.dumps(plain(record)["talks"] + plain(record)["events"] + plain(record)["figures"])
    assert not [word for word in ("Framework", "Algiers", "Sunset", "Barentu", "1999", "2000-") if word in text]


def test_that_the_halt_to_air_strikes_did_not_last_is_not_known_in_1998(war):
    moratorium = next(row for row in war.as_of("1998-06-20").talks if row.id == "air-moratorium")
    assert moratorium.outcome == "partial_deal"
    assert "air-moratorium-left" not in _ids(war.as_of("1999-02-07").events)
    assert "air-moratorium-left" in _ids(war.as_of("1999-02-08").events)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("change", [delete_future, scramble_future])
def test_the_future_reaches_no_record(war, tmp_path, day, change):
    copy = shutil.copytree(war.path, tmp_path / "copy")
    assert change(copy, day) > 0, "a test that changes nothing cannot fail"
    assert plain(load_war(copy).as_of(day)) == plain(war.as_of(day))


@pytest.mark.parametrize(("day", "change"), [*((day, delete_future) for day in DAYS), (DAYS[1], scramble_future)])
def test_the_future_changes_no_byte_of_an_assessment(war, assessed, tmp_path, day, change):
    copy = shutil.copytree(war.path, tmp_path / "copy")
    assert change(copy, day) > 0
    assert assess(load_war(copy).as_of(day), seed=1).to_json_text() == assessed[day]


@pytest.mark.parametrize("day", DAYS)
def test_assessments_follow_the_schema_and_say_what_is_missing(assessed, day):
    found = json.loads(assessed[day])
    jsonschema.Draft202012Validator(assessment_schema()).validate(found)
    assert found["war"]["as_of"] == day
    for name in ("front-line", "around-talks"):
        assert found["studies"][name]["status"] == "not_observed"
        assert found["studies"][name]["reason"]["en"]
        assert found["studies"][name]["reason"]["nl"]
