"""Iran and Iraq, 1980-88: printed totals come out, both sides stand alike, and nothing is known too early."""

import csv
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
from armistice.record.reference import OUTCOMES, TERMINATIONS_CSV, reference_episodes
from tests.record.future import delete_future, scramble_future
from tests.record.same import plain

WAR = "iran_iraq"
#: After the last row: everything is known.
LATE = "2026-06-30"
#: Before the first rounds had failed; the moratorium on towns broken; a week before Iran accepted resolution 598.
DAYS = ("1981-03-15", "1985-06-30", "1988-07-10")
TABLES = ("talks", "events", "figures", "exchanges", "leaders", "support", "opinion")


@pytest.fixture(scope="module")
def war():
    return load_war(WAR)


@pytest.fixture(scope="module")
def whole(war):
    return war.as_of(LATE)


@pytest.fixture(scope="module")
def assessed(war):
    made = {}

    def assessment(day):
        if day not in made:
            made[day] = assess(war.as_of(day), seed=1).to_json_text()
        return made[day]

    return assessment


def _talk(record, name):
    return next(row for row in record.talks if row.id == name)


def _figures(record, subject, quantity):
    return [row for row in record.figures if (row.subject, row.quantity) == (subject, quantity)]


# --- the folder -------------------------------------------------------------------------------------------


def test_the_folder_passes_every_check():
    assert check_war(war_folder_path(WAR)) == []


def test_every_row_of_the_files_is_in_the_late_record(whole):
    for name in TABLES:
        path = war_folder_path(WAR) / f"{name}.csv"
        written = 0
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                written = sum(1 for _ in csv.DictReader(file))
        assert len(getattr(whole, name)) == written
        assert (written == 0) == (name == "opinion")


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


# --- the war as UCDP codes it -----------------------------------------------------------------------------


def test_sides_and_ending_are_those_of_ucdp(war):
    with TERMINATIONS_CSV.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["dyad_id"] == "707" and row["dyadterm"] == "1"]
    last = max(rows, key=lambda row: row["ependdate"])
    known = war.as_of(LATE).war
    assert known.ucdp_conflict_ids == (int(last["conflict_id"]),)
    assert (last["side_a"], last["side_b"]) == ("Government of Iran", "Government of Iraq")
    assert known.side_ids == ("iran", "iraq")
    assert known.end.date == dt.date.fromisoformat(last["ependdate"])
    assert known.end.outcome == OUTCOMES[int(last["outcome"]) - 1] == "ceasefire"


def test_the_war_is_left_out_of_its_own_reference_set(war):
    late = dt.date(2020, 1, 1)
    elsewhere = reference_episodes(load_war("korea").as_of(late))
    own = reference_episodes(war.as_of(late))
    assert np.count_nonzero(elsewhere.conflict_id == 324) >= 1
    assert np.count_nonzero(own.conflict_id == 324) == 0


def test_the_end_is_known_on_its_day_and_not_before(war):
    assert war.as_of("1988-08-19").war.end is None
    assert war.as_of("1988-08-20").war.end.date == dt.date(1988, 8, 20)


# --- talks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("talk", "day"),
    [
        ("resolution-479", "1980-09-28"),
        ("palme-appointed", "1980-11-11"),
        ("iraq-withdrawal-offer", "1982-06-20"),
        ("resolution-514", "1982-07-12"),
        ("resolution-540", "1983-10-31"),
        ("cities-moratorium", "1984-06-12"),
        ("resolution-582", "1986-02-24"),
        ("resolution-588", "1986-10-08"),
        ("resolution-598", "1987-07-20"),
        ("iran-accepts-598", "1988-07-18"),
        ("ceasefire", "1988-08-20"),
        ("geneva-august-1988", "1988-08-25"),
    ],
)
def test_a_step_of_the_talks_is_known_from_its_day(war, talk, day):
    first = dt.date.fromisoformat(day)
    assert talk not in {row.id for row in war.as_of(first - dt.timedelta(days=1)).talks}
    assert _talk(war.as_of(first), talk).date == first


def test_the_moratorium_on_towns_is_pending_until_it_broke(war):
    assert _talk(war.as_of("1984-12-31"), "cities-moratorium").outcome == "pending"
    assert _talk(war.as_of("1985-03-31"), "cities-moratorium").outcome == "broken"


def test_the_two_sides_sat_at_one_table_only_after_the_ceasefire(whole):
    direct = [row.date for row in whole.talks if row.kind == "direct_round"]
    assert len(direct) >= 5
    assert min(direct) > _talk(whole, "ceasefire").date


def test_every_round_during_the_war_went_through_a_third_party(whole):
    rounds = [row for row in whole.talks if row.kind == "indirect_round"]
    assert len(rounds) >= 10
    assert all(set(row.parties) - {"Iran", "Iraq"} for row in rounds)


# --- events -----------------------------------------------------------------------------------------------


def test_an_answer_comes_after_what_it_answers(whole):
    days = {row.id: row.date for row in whole.events}
    answers = [row for row in whole.events if row.answers is not None]
    assert len(answers) >= 15
    assert all(days[row.answers] <= row.date for row in answers)


def test_both_sides_act_and_answer(whole):
    for side in ("iran", "iraq"):
        assert sum(row.actor == side for row in whole.events) >= 20
        assert sum(row.actor == side and row.answers is not None for row in whole.events) >= 4


# --- figures: totals that were printed elsewhere ----------------------------------------------------------


@pytest.mark.parametrize(
    ("patron", "first_part", "second_part"),
    [
        ("soviet_union", 5468, 13940),
        ("france", 1645, 3182),
        ("china", 217, 4952),
        ("united_states", 0, 200),
        ("egypt", 129, 392),
    ],
)
def test_yearly_arms_add_up_to_the_totals_printed_under_them(whole, patron, first_part, second_part):
    """The table prints sums for 1980-82 and 1983-88 of its own; the rows were typed year by year."""
    by_year = {
        row.date.year: row.amount
        for row in whole.support
        if (row.patron, row.to_side, row.kind) == (patron, "iraq", "military")
    }
    assert sorted(by_year) == list(range(1980, 1989))
    assert sum(by_year[year] for year in (1980, 1981, 1982)) == first_part
    assert sum(by_year[year] for year in range(1983, 1989)) == second_part


def test_yearly_battle_deaths_add_up_to_the_total_quoted_elsewhere(whole):
    """A page that quotes the data set says more than 600,000; the yearly rows come from a copy of the file."""
    rows = [row for row in _figures(whole, "war", "battle_deaths") if "PRIO" in row.claimed_by]
    assert [row.date.year for row in rows] == list(range(1980, 1989))
    assert 600_000 < sum(row.value for row in rows) < 700_000
    assert all(row.low <= row.value <= row.high for row in rows)
    # The shape that shows a total divided by years, as SOURCES.toml says.
    assert len({row.value for row in rows}) == 3


def test_the_dead_of_both_sides_have_several_claimants(whole):
    for side in ("iran", "iraq"):
        rows = [row for quantity in ("deaths", "military_deaths") for row in _figures(whole, side, quantity)]
        assert len({row.claimed_by for row in rows}) >= 4
        stated = [row.value if row.value is not None else row.low for row in rows]
        assert max(stated) > 2 * min(stated)


def test_counts_of_the_dead_made_later_are_not_known_during_the_war(war):
    assert _figures(war.as_of("1988-08-20"), "iran", "military_deaths") == []
    assert len(_figures(war.as_of("1988-10-01"), "iran", "military_deaths")) == 1


def test_occupied_ground_is_half_as_large_to_the_un_as_to_iran(whole):
    said = {row.claimed_by: row.value for row in _figures(whole, "iraq", "area_occupied") if row.date.year == 1990}
    assert said["Iran"] == pytest.approx(773 * 1.609344**2, abs=1)
    assert said["United Nations"] == pytest.approx(said["Iran"] / 2)


# --- missiles ---------------------------------------------------------------------------------------------


def _days(record, name):
    series = record.series(name)
    return dict(zip(series.dates.astype(str).tolist(), series.values.tolist(), strict=True))


def _sum(days, first, last):
    return np.nansum([value for day, value in days.items() if first <= day <= last])


def test_daily_missiles_stay_below_the_sums_that_were_claimed(whole):
    """Days that were not read are blank, so sums may fall short of what a side said, never exceed it."""
    iraqi, iranian = _days(whole, "iraqi_missiles"), _days(whole, "iranian_missiles")
    for subject, days in (("iraq", iraqi), ("iran", iranian)):
        claims = [
            row
            for row in _figures(whole, subject, "missiles_fired_since_29_february")
            if row.claimed_by.lower() in (subject, "press reports")
        ]
        assert len(claims) >= 2
        for row in claims:
            assert 0 < _sum(days, "1988-02-29", row.end_date.isoformat()) <= row.value
    # Fifteen on Tehran from the 13th to the 15th of March, as one paper summed them up.
    assert _sum(iraqi, "1988-03-13", "1988-03-15") == 15


def test_no_missile_was_reported_on_the_full_day_of_the_truce(whole):
    truce = _talk(whole, "cities-truce-1988")
    day = (truce.date + dt.timedelta(days=1)).isoformat()
    assert _days(whole, "iraqi_missiles")[day] == _days(whole, "iranian_missiles")[day] == 0
    assert _days(whole, "iraqi_missiles")[truce.end_date.isoformat()] == 1


def test_days_that_were_not_read_are_not_zero(whole):
    assert np.isnan(_days(whole, "iraqi_missiles").get("1988-03-20", np.nan))


# --- the front --------------------------------------------------------------------------------------------


def test_the_front_is_static_for_six_years_within_its_zones(whole):
    front = whole.front
    static = (front.dates >= np.datetime64("1982-06-29")) & (front.dates < np.datetime64("1988-07-01"))
    moving = front.dates < np.datetime64("1982-06-29")
    assert static.sum() >= 10
    assert np.ptp(front.values[static]) <= 10
    assert np.ptp(front.values[moving]) >= 80


def test_the_strip_held_at_the_end_is_half_a_mile_to_three_miles_deep(whole):
    place = int(np.flatnonzero(whole.front.dates == np.datetime64("1988-08-20"))[0])
    assert whole.front.lower[place] == pytest.approx(0.5 * 1.609344, abs=0.05)
    assert whole.front.upper[place] == pytest.approx(3 * 1.609344, abs=0.05)


# --- nothing of the future --------------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS)
def test_the_future_reaches_no_record(day, war, tmp_path):
    for change in (delete_future, scramble_future):
        folder = shutil.copytree(war.path, tmp_path / change.__name__)
        assert change(folder, day) > 0, "a test that changes nothing cannot fail"
        assert plain(load_war(folder).as_of(day)) == plain(war.as_of(day))


@pytest.mark.parametrize("day", DAYS)
def test_deleting_the_future_changes_no_byte(day, war, assessed, tmp_path):
    folder = shutil.copytree(war.path, tmp_path / WAR)
    assert delete_future(folder, day) > 0
    assert assess(load_war(folder).as_of(day), seed=1).to_json_text() == assessed(day)


def test_scrambling_the_future_changes_no_byte(war, assessed, tmp_path):
    day = DAYS[1]
    folder = shutil.copytree(war.path, tmp_path / WAR)
    assert scramble_future(folder, day) > 0
    assert assess(load_war(folder).as_of(day), seed=1).to_json_text() == assessed(day)


@pytest.mark.parametrize("day", DAYS)
def test_what_is_missing_is_said_not_filled(day, assessed):
    plain = json.loads(assessed(day))
    jsonschema.Draft202012Validator(assessment_schema()).validate(plain)
    around = plain["studies"]["around-talks"]
    assert around["status"] == "not_observed"
    assert around["reason"]["en"]
    assert around["reason"]["nl"]
