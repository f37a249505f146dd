"""Coverage counts what a record holds and names what it lacks."""

import datetime as dt
import json

import pytest

from armistice.record.coverage import coverage
from armistice.record.load import load_war
from armistice.record.skeleton import new_war


def test_series_count_missing_days_between_their_first_and_last_figure(small_war):
    found = {one.id: one for one in coverage(load_war(small_war).as_of("2020-06-30")).series}
    drones = found["drones"]
    days = (dt.date(2020, 6, 30) - dt.date(2020, 1, 1)).days + 1
    assert (drones.reported, drones.missing) == (3, days - 3)
    assert drones.missing_share == pytest.approx(179 / 182)
    assert (drones.first, drones.last) == (dt.date(2020, 1, 1), dt.date(2020, 6, 30))
    assert drones.claimed_by == "South"
    # The last known row of losses is blank: it counts as no figure, not as a missing day inside.
    losses = found["losses"]
    assert (losses.reported, losses.missing, losses.last) == (2, 0, dt.date(2020, 1, 2))
    # Months count as months: February is missing.
    sorties = found["sorties"]
    assert (sorties.every, sorties.reported, sorties.missing, sorties.missing_share) == (
        "month",
        2,
        1,
        pytest.approx(1 / 3),
    )


def test_tables_tell_rows_days_claimants_and_sources(small_war):
    found = {table.name: table for table in coverage(load_war(small_war).as_of("2020-06-30")).tables}
    assert [(name, table.rows) for name, table in found.items()] == [
        ("talks", 4), ("events", 4), ("figures", 3), ("exchanges", 2), ("opinion", 1), ("leaders", 2), ("support", 2), ("front", 2),
    ]  # fmt: skip
    assert found["talks"].sources == ("archive", "https://example.org/easter")
    assert found["figures"].claimed_by == ("Monitor", "North", "South")
    assert found["opinion"].claimed_by == ("Pollster",)
    assert (found["front"].first, found["front"].last) == (dt.date(2020, 1, 10), dt.date(2020, 2, 10))


def test_it_says_what_is_missing_altogether(small_war, tmp_path):
    assert coverage(load_war(small_war).as_of("2020-06-30")).sentence.en == (
        "Every table that a record can have holds at least one row."
    )
    early = coverage(load_war(small_war).as_of("2020-01-01")).sentence
    assert early.en == (
        "The record holds nothing on: talks, notable acts, stated figures, exchanges of prisoners and bodies, "
        "opinion polls, support from outside, the front line."
    )
    assert early.nl.startswith("Het dossier bevat niets over: gesprekken, ")
    assert "series of measurements" in coverage(load_war(new_war(tmp_path / "new")).as_of()).sentence.en


def test_it_is_plain_data_without_numbers_that_json_lacks(small_war, tmp_path):
    for folder in (small_war, new_war(tmp_path / "new")):
        found = coverage(load_war(folder).as_of()).to_json()
        assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["series"][0]["missing_share"] is None
