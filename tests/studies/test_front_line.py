"""The study of the front line on bundled and made-up wars."""

from __future__ import annotations

import csv
import datetime as dt
import json

import numpy as np
import pytest

from armistice.estimate import Estimate, NotIdentified
from armistice.record.load import load_war
from armistice.studies import study_named

STUDY = study_named("front-line")
FRONT = '[front]\nmeasure = "{measure}"\nside = "north"\nnames = {{ en = "area held", nl = "bezet gebied" }}\nclaimed_by = "Mappers"\nsource = "maps"\n'
THEATRE = '[theatre]\nnames = { en = "The valley", nl = "De vallei" }\narea_km2 = 10000\nsource = "maps"\n'


def run(record, seed=1, **parameters):
    return STUDY.run(record, STUDY.parameters(**parameters), np.random.default_rng(seed))


@pytest.fixture
def war(tmp_path):
    """``war(rows, as_of, measure=..., more=..., losses=None)``: rows are (date, value) or (date, value, low, high)."""

    def made(rows, as_of="2025-01-01", *, measure="area_km2", more=THEATRE, losses=None):
        (tmp_path / "war.toml").write_text(
            'schema_version = 1\nid = "made-up"\nnames = { en = "A war", nl = "Een oorlog" }\nstart = 2023-01-01\n'
            'default_as_of = 2025-01-01\ntype_of_conflict = "interstate"\nincompatibility = "territory"\n'
            'side_a = { id = "north", names = { en = "North", nl = "Noord" } }\n'
            'side_b = { id = "south", names = { en = "South", nl = "Zuid" } }\n'
            + FRONT.format(measure=measure)
            + more,
            encoding="utf-8",
        )
        (tmp_path / "SOURCES.toml").write_text(
            '[maps]\ntitle = "Maps"\nlicence = "CC0"\ncitation = "Maps"\n', encoding="utf-8"
        )
        lines = ["date,value,low,high,source"]
        lines += [
            ",".join([str(row[0]), *(str(cell) for cell in row[1:]), *[""] * (4 - len(row)), "maps"]) for row in rows
        ]
        (tmp_path / "front.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        if losses is not None:
            (tmp_path / "series").mkdir(exist_ok=True)
            text = "\n".join(f"{day},{value}" for day, value in losses)
            (tmp_path / "series" / "losses.csv").write_text("date,dead\n" + text + "\n", encoding="utf-8")
        return load_war(tmp_path).as_of(as_of)

    return made


def daily(pace_a_day, days=731, noise=1.0, start=1000.0, seed=1):
    """A map of every day that ends on 1 January 2025."""
    rng = np.random.default_rng(seed)
    values = start + np.cumsum(pace_a_day + noise * rng.standard_t(4, days))
    first = dt.date(2025, 1, 1) - dt.timedelta(days=days - 1)
    return [(first + dt.timedelta(days=i), round(float(v), 3)) for i, v in enumerate(values)]


# --- Ukraine --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ukraine():
    return run(load_war("ukraine").as_of("2025-06-03"))


def test_ukraine_moved_faster_than_the_year_before(ukraine):
    later, earlier = (ukraine.quantities[f"pace_{name}_12_months"] for name in ("last", "previous"))
    # Design: 337 against -6 with the map of 3 June itself, which became known a day later.
    assert later.value == pytest.approx(337, abs=5)
    assert earlier.value == pytest.approx(-6, abs=5)
    change = ukraine.quantities["pace_change_12_months"]
    assert change.value == pytest.approx(later.value - earlier.value)
    assert change.lower > 0
    assert (later.n, earlier.n) == (52, 52)


def test_ukraine_changed_little_as_a_share_of_the_country(ukraine):
    share, change = ukraine.quantities["area_change_12_months_share"], ukraine.quantities["change_12_months"]
    assert share.value == pytest.approx(change.value / load_war("ukraine").as_of("2025-06-03").war.theatre.area_km2)
    assert 0.0065 < share.value < 0.0070
    assert share.upper < 0.02


def test_ukraine_by_month_is_449_in_may_2025_and_june_is_not_known_yet(ukraine):
    months = next(table for table in ukraine.tables if table.name == "months")
    assert len(months.rows) == 13
    assert (months.rows[0][0].en, round(months.rows[0][1])) == ("May 2025", 449)
    assert (months.rows[0][0].nl, months.rows[-1][0].en) == ("mei 2025", "May 2024")
    july = run(load_war("ukraine").as_of("2025-07-01"))
    rows = next(table for table in july.tables if table.name == "months").rows
    assert [round(change) for _, change in rows[:2]] == pytest.approx([557, 449], abs=1)


def test_cost_of_ground_names_who_states_the_losses(ukraine):
    gain = ukraine.quantities["gain_per_thousand_losses[russian_losses_claimed]"]
    assert 7 < gain.value < 10
    assert "General Staff" in gain.method
    assert any("General Staff" in sentence.en for sentence in ukraine.sentences)


def test_ukraine_says_how_the_stalemate_hangs_on_the_threshold(ukraine):
    rows = next(table for table in ukraine.tables if table.name == "stalemate").rows
    chances = [row[1] for row in rows]
    assert chances == sorted(chances)
    assert chances[0] < 0.1 < 0.9 < chances[-1]
    assert any("302 km²" in sentence.en and "302 km²" in sentence.nl for sentence in ukraine.sentences)


def test_the_future_of_the_map_does_not_count(ukraine):
    later = run(load_war("ukraine").as_of("2025-06-20"))
    assert later.quantities["pace_now"].to_json() != ukraine.quantities["pace_now"].to_json()
    assert max(ukraine.charts[0].columns["date"]) <= "2025-06-03"


# --- Korea ----------------------------------------------------------------------------------------------


def test_korea_moved_then_stood():
    war = load_war("korea")
    chance = {
        day: run(war.as_of(day)).quantities["stalemate_probability"].value
        for day in ("1950-08-10", "1951-01-20", "1951-04-10", "1951-11-27", "1953-06-30")
    }
    assert chance["1950-08-10"] < 0.05
    assert chance["1951-01-20"] < 0.05
    assert 0.05 < chance["1951-04-10"] < 0.8
    assert chance["1951-11-27"] > 0.9
    assert chance["1953-06-30"] > 0.9


def test_korea_speaks_of_kilometres_and_claims_no_years_of_a_map():
    found = run(load_war("korea").as_of("1951-11-27"))
    assert found.quantities["pace_now"].unit == "km per month"
    assert "km²" not in json.dumps(found.to_json(), ensure_ascii=False)
    assert isinstance(found.quantities["pace_change_12_months"], NotIdentified)
    assert isinstance(found.quantities["gain_per_thousand_losses[us_deaths]"], NotIdentified)


def test_korea_on_its_first_days_cannot_tell():
    found = run(load_war("korea").as_of("1950-06-26"))
    assert (found.status, dict(found.quantities)) == ("not_identified", {})


# --- made-up wars ---------------------------------------------------------------------------------------


def test_no_front_is_not_observed(war):
    assert run(war([])).status == "not_observed"


def test_eight_weeks_of_a_map_cannot_tell_and_a_year_ago_is_not_now(war):
    assert run(war(daily(1.0)[-56:])).status == "not_identified"
    assert run(war([row for row in daily(1.0) if row[0] < dt.date(2024, 5, 1)])).status == "not_identified"


def test_a_map_that_nobody_edits_is_not_a_stalemate(war):
    found = run(war([(day, 500.0) for day, _ in daily(0.0)]))
    assert found.status == "not_identified"
    assert "731" in found.reason.en


def test_pace_and_share_of_a_steady_gain(war):
    found = run(war(daily(2.0))).quantities
    now = found["pace_now"]
    assert now.lower < 2 * 30.4375 < now.upper
    assert now.lower > 40
    # 730 km² gained in a year of 10,000.
    assert found["area_change_12_months_share"].value == pytest.approx(0.073, abs=0.005)


def test_a_steady_gain_is_mostly_one_phase(war):
    # One steady front in about thirty falls apart by chance (docs/decisions/0015).
    phases = [run(war(daily(2.0, seed=seed))).quantities["current_phase_days"] for seed in range(1, 6)]
    assert sum(isinstance(days, NotIdentified) for days in phases) >= 4


def test_years_to_objectives_of_both_sides(war):
    aims = "".join(
        f'[[objectives]]\nid = "{name}"\nnames = {{ en = "the {name}", nl = "de {name}" }}\nside = "{side}"\n'
        f'remaining = {left}\nmeasured_on = 2024-01-02\nsource = "maps"\n'
        for name, side, left in (("river", "north", 3000), ("hill", "south", 3000), ("bridge", "north", 100))
    )
    found = run(war(daily(2.0), more=THEATRE + aims))
    # 730 of the 3,000 were gained since: 2,270 at 730 a year.
    years = found.quantities["years_to_objective[river]"]
    assert years.value == pytest.approx(2270 / 730, rel=0.12)
    assert years.lower < years.value < years.upper
    assert found.quantities["never_reaches[hill]"].value > 0.95
    assert isinstance(found.quantities["years_to_objective[bridge]"], NotIdentified)
    assert "years_to_objective[whole_theatre]" not in found.quantities
    assert any("the river" in sentence.en and "de river" in sentence.nl for sentence in found.sentences)


def test_losses_not_reported_are_not_zero(war):
    series = (
        '[[series]]\nid = "dead"\nfile = "series/losses.csv"\ncolumn = "dead"\nnames = { en = "dead", nl = "doden" }\n'
        'measures = "deaths"\nside = "north"\nunit = { en = "people", nl = "mensen" }\nzero_means = { en = "none", nl = "geen" }\n'
        'claimed_by = "Graves"\npublication_lag_days = 0\nsource = "maps"\n'
    )
    rows = daily(2.0)
    losses = [(day, "" if day.day == 1 else 10) for day, _ in rows]
    gain = run(war(rows, more=THEATRE + series, losses=losses)).quantities["gain_per_thousand_losses[dead]"]
    assert isinstance(gain, Estimate)
    # 730 km² for 3,650 dead, the twelve days not reported taken at the mean of the others.
    assert gain.value == pytest.approx(730 / 3.65, rel=0.05)
    assert "3650 losses" in gain.method


def test_without_a_theatre_there_is_a_pace_but_no_share(war):
    found = run(war(daily(2.0), more="")).to_json()["quantities"]
    assert found["pace_now"]["status"] == "estimated"
    assert found["stalemate_probability"]["status"] == "not_observed"
    assert found["area_change_12_months_share"]["status"] == "not_observed"


def test_two_coarse_positions_give_a_wide_interval(war):
    rows = [("2024-11-01", 10, 0, 20), ("2024-12-20", 30, 20, 40)]
    now = run(war(rows, measure="position_km", more="")).quantities["pace_now"]
    assert now.upper - now.lower > 100


def test_every_quantity_was_promised_and_every_sentence_is_in_two_languages(ukraine):
    for result in (ukraine, run(load_war("korea").as_of("1951-11-27"))):
        assert {key.split("[")[0] for key in result.quantities} <= set(STUDY.quantities)
        assert all(text.en and text.nl and text.en != text.nl for text in (*result.sentences, *result.caveats))


def test_same_seed_same_answer():
    record = load_war("ukraine").as_of("2024-03-01")
    one, two = (json.dumps(run(record, seed=3).to_json()) for _ in range(2))
    assert one == two


def test_areas_are_those_of_the_source(shared, ukraine):
    with open(shared / "data" / "ukraine" / "occupied_area_daily.csv", encoding="utf-8") as file:
        source = {row["date"]: row["occupied_total_km2"] for row in csv.DictReader(file)}
    drawn = ukraine.charts[0].columns
    last = drawn["date"][-1]
    assert drawn["value"][-1] == pytest.approx(float(source[last]), abs=0.01)
    year_before = str(dt.date(2024, 6, 3))
    assert float(source["2025-06-03"]) - float(source[year_before]) == pytest.approx(4039.17, abs=0.01)
