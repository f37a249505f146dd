"""Vietnam, 1965-75: what its sources say, secret talks hidden until they were revealed, and nothing too early."""

import csv
import datetime as dt
import json

import jsonschema
import numpy as np
import pytest

from armistice.assessment import assess
from armistice.claims import read_claims
from armistice.json_schema import assessment_schema
from armistice.record.check import check_war
from armistice.record.load import load_war, war_folder_path
from armistice.record.reference import TERMINATIONS_CSV
from armistice.record.skeleton import new_war
from tests.record.future import delete_future, scramble_future

WAR = "vietnam"
#: After the last row: everything is known.
LATE = "2025-01-01"
#: Before any talks; days before the secret talks were revealed; after the accords.
DAYS = ("1967-06-30", "1972-01-20", "1974-06-30")
TABLES = ("talks", "events", "figures", "exchanges", "leaders", "opinion", "support")
REVEALED = dt.date(1972, 1, 25)


@pytest.fixture(scope="module")
def war():
    return load_war(WAR)


@pytest.fixture(scope="module")
def whole(war):
    return war.as_of(LATE)


@pytest.fixture(scope="module")
def assessed(war):
    """Assessments by day, each made once."""
    made = {}

    def assessment(day):
        if day not in made:
            made[day] = assess(war.as_of(day), seed=1).to_json_text()
        return made[day]

    return assessment


def _ids(rows):
    return {row.id for row in rows}


def _figures(record, subject, quantity):
    return {
        row.claimed_by: (row.value, row.low, row.high)
        for row in record.figures
        if (row.subject, row.quantity) == (subject, quantity)
    }


def _by_year(series):
    years = series.dates.astype("datetime64[Y]").astype(int) + 1970
    return {int(year): int(series.values[years == year].sum()) for year in np.unique(years)}


# --- the folder -------------------------------------------------------------------------------------------


def test_the_folder_passes_every_check():
    assert check_war(war_folder_path(WAR)) == []


def test_every_row_of_the_files_is_in_the_late_record(whole):
    for name in TABLES:
        lines = (war_folder_path(WAR) / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        assert len(getattr(whole, name)) == len(lines) - 1 > 0


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


def test_sides_type_and_end_are_as_ucdp_codes_them(whole):
    with TERMINATIONS_CSV.open(encoding="utf-8", newline="") as file:
        last = max((row for row in csv.DictReader(file) if row["dyad_id"] == "633"), key=lambda row: int(row["year"]))
    sides = {"Government of South Vietnam": "south", "Government of Vietnam (North Vietnam)": "north"}
    war = whole.war
    assert (war.side_a.id, war.side_b.id) == (sides[last["side_a"]], sides[last["side_b"]])
    assert int(last["conflict_id"]) in war.ucdp_conflict_ids
    assert (war.end.date.isoformat(), war.end.outcome) == (last["ependdate"], {"4": "victory_b"}[last["outcome"]])
    assert (war.type_of_conflict, last["type_of_conflict"]) == ("interstate", "2")
    assert (war.incompatibility, last["incompatibility"]) == ("territory", "1")


# --- talks ------------------------------------------------------------------------------------------------


def test_secret_rounds_are_hidden_until_the_day_on_which_nixon_revealed_them(war, whole):
    secret = [talk for talk in whole.talks if talk.id.startswith("secret-") and talk.date < REVEALED]
    assert len([talk for talk in secret if talk.kind == "direct_round"]) >= 8
    hidden = _ids(talk for talk in secret if talk.known_on == REVEALED)
    assert {"secret-1969-08-04", "secret-1970-02-21", "secret-1971-08-16"} <= hidden
    assert not hidden & _ids(war.as_of("1972-01-24").talks)
    assert hidden <= _ids(war.as_of("1972-01-25").talks)


def test_the_draft_of_october_1972_is_known_only_when_hanoi_published_it(war):
    assert "october-draft" not in _ids(war.as_of("1972-10-25").talks)
    draft = next(talk for talk in war.as_of("1972-10-26").talks if talk.id == "october-draft")
    assert (draft.outcome, draft.date, draft.end_date) == (
        "partial_deal",
        dt.date(1972, 10, 8),
        dt.date(1972, 10, 12),
    )


def test_an_agreement_was_signed_and_the_war_went_on_to_victory(war, whole):
    signed = next(talk for talk in whole.talks if talk.kind == "treaty")
    assert (signed.date, signed.outcome) == (dt.date(1973, 1, 27), "deal")
    later = [event for event in whole.events if event.kind == "front" and event.date > signed.date]
    assert len(later) >= 5
    assert war.as_of("1975-04-29").war.end is None
    assert (whole.war.end.date - signed.date).days > 800


def test_the_ceasefire_of_1973_is_under_way_until_it_is_known_to_be_broken(war):
    def ceasefire(day):
        return next(talk for talk in war.as_of(day).talks if talk.id == "ceasefire-1973")

    assert ceasefire("1973-02-15").outcome == "pending"
    assert ceasefire("1973-03-29").outcome == "broken"


def test_bombing_pauses_brought_no_talks(whole):
    pauses = [talk for talk in whole.talks if talk.id.startswith("pause-")]
    assert [((talk.end_date - talk.date).days, talk.outcome) for talk in pauses] == [(5, "no_deal"), (38, "no_deal")]


# --- events, figures, exchanges ---------------------------------------------------------------------------


def test_my_lai_is_not_known_for_twenty_months(war):
    assert "my-lai" not in _ids(war.as_of("1969-11-11").events)
    assert "my-lai" in _ids(war.as_of("1969-11-12").events)
    assert _figures(war.as_of("1969-11-12"), "my-lai", "civilians_killed") == {
        "charge by the US Army": (109, None, None)
    }


def test_answers_point_to_what_they_answered(whole):
    answers = {event.id: event.answers for event in whole.events if event.answers}
    assert answers["flaming-dart"] == "pleiku"
    assert answers["mining-haiphong"] == "easter-offensive"
    dates = {event.id: event.date for event in whole.events}
    assert all(dates[event] >= dates[answered] for event, answered in answers.items())


def test_losses_of_december_1972_stand_as_each_side_claims_them(whole):
    lost = _figures(whole, "linebacker-ii", "b52s_lost")
    assert {who: value for who, (value, _, _) in lost.items()} == {"United States": 15, "North Vietnam": 34}
    assert len(_figures(whole, "lam-son-719", "north_vietnamese_killed")) == 2
    assert len(_figures(whole, "war", "vietnamese_killed")) == 3


def test_prisoners_still_held_are_counted_differently_by_each_side(war, whole):
    held = _figures(whole, "paris-accords", "southern_troops_held_by_the_north")
    assert {who: value for who, (value, _, _) in held.items()} == {
        "South Vietnam": 36603,
        "North Vietnam and the Viet Cong": 4785,
    }
    returned = {"north": 0, "south": 0}
    for row in war.as_of("1973-03-31").exchanges:
        if row.talk == "paris-accords":
            returned[row.to_side] += row.persons
    assert returned == {"north": 7000 + 1500, "south": 116 + 27 + 1032}


def test_us_deaths_by_year_add_up_to_the_file_less_the_years_outside_the_war(whole):
    yearly = {f.date.year: f.value for f in whole.figures if f.quantity == "us_military_deaths"}
    assert sorted(yearly) == list(range(1965, 1976))
    total = next(f.value for f in whole.figures if f.quantity == "us_military_deaths_all_years")
    outside = 415 + 7  # records dated before 1965 and after 1975, of 58,103 with a home state
    assert sum(yearly.values()) == 58_103 - outside
    assert 0.99 < sum(yearly.values()) / total < 1
    assert max(yearly, key=yearly.get) == 1968


def test_twelve_secret_meetings_are_a_figure_of_the_speech_itself(war):
    assert _figures(war.as_of("1972-01-24"), "nixon-reveals", "secret_meetings") == {}
    assert _figures(war.as_of("1972-01-25"), "nixon-reveals", "secret_meetings") == {
        "United States (Nixon)": (12, None, None)
    }


# --- series -----------------------------------------------------------------------------------------------


def test_us_combat_deaths_by_year(whole):
    deaths = _by_year(whole.series("us_combat_deaths"))
    assert deaths == {1966: 5008, 1967: 9378, 1968: 14592, 1969: 9414, 1970: 4221, 1971: 1380}
    # Combat and other deaths together stay below every death of the year on file, whose dates differ a little.
    others = _by_year(whole.series("us_non_combat_deaths"))
    yearly = {f.date.year: f.value for f in whole.figures if f.quantity == "us_military_deaths"}
    for year, combat in deaths.items():
        assert (combat + others[year]) / yearly[year] == pytest.approx(1, abs=0.05)


def test_troop_strength_peaks_in_april_1969(whole):
    troops = whole.series("us_troops")
    assert str(troops.dates[troops.values.argmax()].astype("datetime64[M]")) == "1969-04"
    peak = next(f.value for f in whole.figures if f.quantity == "us_troops" and f.date == dt.date(1969, 4, 30))
    assert troops.values.max() * 1000 == peak


def test_the_month_of_tet_is_the_deadliest_of_its_winter_on_both_sides_counts(whole):
    for name in ("us_combat_deaths", "south_vietnamese_combat_deaths"):
        series = whole.series(name)
        winter = (series.dates >= np.datetime64("1967-11-01")) & (series.dates <= np.datetime64("1968-04-30"))
        assert str(series.dates[winter][series.values[winter].argmax()].astype("datetime64[M]")) == "1968-02"


def test_incidents_of_the_last_month_are_missing_on_one_side_not_zero(whole):
    south = whole.series("incidents_begun_by_the_south")
    north = whole.series("incidents_begun_by_the_north")
    assert north.values[-1] > 0
    last = [
        value for date, value in zip(south.dates, south.values, strict=True) if date >= np.datetime64("1973-03-01")
    ]
    assert all(np.isnan(value) for value in last)


# --- assessment -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS)
def test_deleting_the_future_changes_no_byte(day, assessed, tmp_path):
    folder = new_war(tmp_path / WAR, from_war=WAR)
    assert delete_future(folder, day) > 0
    assert assess(load_war(folder).as_of(day), seed=1).to_json_text() == assessed(day)


def test_scrambling_the_future_changes_no_byte(assessed, tmp_path):
    folder = new_war(tmp_path / WAR, from_war=WAR)
    scramble_future(folder, "1972-01-20")
    assert assess(load_war(folder).as_of("1972-01-20"), seed=1).to_json_text() == assessed("1972-01-20")


@pytest.mark.parametrize("day", DAYS)
def test_assessments_follow_the_schema_and_say_what_is_missing(day, assessed):
    made = json.loads(assessed(day))
    jsonschema.Draft202012Validator(assessment_schema()).validate(made)
    assert made["studies"]["front-line"]["status"] == "not_observed"
    assert made["studies"]["around-talks"]["status"] == "not_observed"


def test_both_statements_are_supported_once_they_can_be_known(assessed):
    def verdicts(day):
        return {claim["id"]: claim["verdict"] for claim in json.loads(assessed(day))["claims"]}

    assert verdicts("1974-06-30") == {"secret-talks": "supported", "agreement-before-the-end": "supported"}
    assert verdicts("1972-01-20") == {}
