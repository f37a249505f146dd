"""The outlook month by month: kept, compared, scored against base rates."""

from __future__ import annotations

import csv
import datetime as dt
import io

import numpy as np
import pytest

import armistice.studies._outlook_months as months_module
from armistice.errors import DataError, ParameterError
from armistice.estimate import Estimate, NotIdentified
from armistice.history import aalen_johansen
from armistice.outlook.weights import LearntWeights
from armistice.record.load import load_war
from armistice.record.reference import OUTCOMES, reference_episodes
from armistice.studies._outlook_backtest import backtest_csv, base_rates, run_war_backtest, war_backtest_result
from armistice.studies._outlook_methods import Said
from armistice.studies._outlook_months import Month, MonthSettings, first_of_months, months_say
from armistice.studies._outlook_pooled import pool
from armistice.studies._outlook_track import track_csv, track_of, track_result
from armistice.studies._outlook_ways import GRID, MONTHS, ways_of_codings

FEW = MonthSettings(wars=600, draws=3)
EVEN = LearntWeights(np.array([0.5, 0.5]), np.full((10, 2), 0.5), np.inf, (), np.empty((0, 4)))
DAYS = [dt.date(1952, 1, 1), dt.date(1952, 7, 1)]


@pytest.fixture(scope="module")
def korea():
    return load_war("korea").as_of("1953-06-30")


# --- months ----------------------------------------------------------------------------------------------


def test_first_days_of_months():
    assert first_of_months(dt.date(1951, 7, 1), dt.date(1951, 9, 30), 1) == [dt.date(1951, m, 1) for m in (7, 8, 9)]
    assert first_of_months(dt.date(1951, 12, 2), dt.date(1952, 2, 1), 1) == [dt.date(1952, 1, 1), dt.date(1952, 2, 1)]
    assert first_of_months(dt.date(1951, 7, 2), dt.date(1951, 7, 30), 1) == []
    with pytest.raises(ParameterError, match="1 month or more"):
        first_of_months(dt.date(1951, 7, 1), dt.date(1951, 9, 30), 0)


def test_each_month_is_what_its_own_record_says(korea):
    """Following the line from 1953 or asking on the day itself gives the same."""
    (later,) = months_say(korea, DAYS[:1], FEW)
    (then,) = months_say(load_war("korea").as_of(DAYS[0]), DAYS[:1], FEW)
    assert later.pooled.drawn.tobytes() == then.pooled.drawn.tobytes()


def test_days_after_the_end_are_left_out():
    record = load_war("korea").as_of("1954-01-01")
    assert [m.as_of for m in months_say(record, [dt.date(1953, 7, 1), dt.date(1953, 9, 1)], FEW)] == [
        dt.date(1953, 7, 1)
    ]


def test_finished_months_are_found_again(korea, tmp_path, monkeypatch):
    seen = []
    first = months_say(korea, DAYS, FEW, folder=tmp_path, on_progress=lambda *count: seen.append(count))
    assert seen == [(1, 2), (2, 2)]
    files = sorted(tmp_path.glob("*.npz"))
    assert [file.name[:10] for file in files] == ["1952-01-01", "1952-07-01"]
    assert not list(tmp_path.glob("*.part"))
    files[1].write_bytes(files[1].read_bytes()[:100])  # as a crash would leave it
    asked = []
    whole = months_module._say

    def spied(record, *rest):
        asked.append(record.as_of)
        return whole(record, *rest)

    monkeypatch.setattr(months_module, "_say", spied)
    again = months_say(korea, DAYS, FEW, folder=tmp_path)
    assert asked == [DAYS[1]]  # the damaged one only
    for a, b in zip(first, again, strict=True):
        assert a.pooled.drawn.tobytes() == b.pooled.drawn.tobytes()
    months_say(korea, DAYS[:1], MonthSettings(wars=600, draws=3, seed=2), folder=tmp_path)
    assert asked == [DAYS[1], DAYS[0]]  # other settings are another month


def test_a_folder_that_cannot_be_made_is_named(korea, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ParameterError, match="Cannot keep months in"):
        months_say(korea, DAYS[:1], FEW, folder=tmp_path / "file" / "below")


# --- the line --------------------------------------------------------------------------------------------


def month(day, settled, *, methods=("history", "simulation"), spread=0.5, talks=None):
    """A month in which both methods put a settlement within 60 months near ``settled``, some draws lower, some higher."""
    level = settled * np.exp(spread * np.linspace(-1, 1, 20))
    ways = np.stack([0.7 * level, 0.3 * level, np.full(20, 0.05), np.full(20, 0.05)], axis=1)
    drawn = ways[:, None] * (np.array(GRID) / MONTHS)[:, None]
    one = Said(drawn.mean(axis=0), drawn, np.full(20, 0.05), np.ones(4, dtype=bool), 20, np.arange(20))
    said = dict.fromkeys(methods, one)
    return Month(day, said, "", EVEN, pool(said, EVEN, seed=1) if said else None, talks)


LINE = [dt.date(1952, m, 1) for m in (1, 2, 3, 4)]


def test_a_fall_that_every_draw_shares_is_a_verdict(korea):
    track = track_of(korea, [month(day, level) for day, level in zip(LINE, (0.3, 0.2, 0.25, 0.16), strict=True)])
    assert track.change.verdict == "further"
    assert track.days[track.change.against] == LINE[1]
    result = track_result(track)
    assert "further away than in any month before" in result.headline.en
    assert "verder weg dan in enige maand daarvoor" in result.headline.nl
    assert "February 1952" in result.headline.en
    change = result.quantities["change_since_lowest"]
    assert change.upper < 0
    line = track.lines["pooled"]
    assert change.value == pytest.approx(line[3, 0] - line[1, 0])
    assert {mark.label.en for mark in result.charts[0].marks} <= {talk.name_en for talk in korea.talks}


def test_a_line_that_stays_gives_no_verdict(korea):
    track = track_of(korea, [month(day, 0.2) for day in LINE])
    assert track.change.value == pytest.approx(0)
    assert track.change.verdict == "cannot_tell"
    assert "nobody could tell" in track_result(track).headline.en
    risen = track_of(korea, [month(day, level) for day, level in zip(LINE, (0.1, 0.2, 0.2, 0.3), strict=True)])
    assert risen.change.verdict == "not_further"


def test_months_with_other_methods_are_not_compared(korea):
    told = [month(LINE[0], 0.05, methods=("history",)), month(LINE[1], 0.2), month(LINE[2], 0.1)]
    track = track_of(korea, told)
    assert track.days[track.change.against] == LINE[1]  # the lowest of those alike, not the first
    assert np.isnan(track.lines["simulation"][0]).all()
    assert any("only one method" in each.en for each in track_result(track).sentences)


def test_open_talks_are_told_apart(korea):
    track = track_of(
        korea, [month(LINE[0], 0.1, talks=False), month(LINE[1], 0.2, talks=True), month(LINE[2], 0.3, talks=True)]
    )
    told = " ".join(each.en for each in track_result(track).sentences)
    assert "In the 2 months in which the record counts talks as open" in told
    assert "in the other 1" in told
    assert [m.talks_open for m in months_say(korea, DAYS, FEW)] == [True, True]


def test_one_month_has_nothing_to_compare_with(korea):
    result = track_result(track_of(korea, [month(LINE[0], 0.2), month(LINE[1], 0.2, methods=())]))
    assert isinstance(result.quantities["change_since_lowest"], NotIdentified)
    assert isinstance(result.quantities[f"settled_within_12_months[{LINE[0]}]"], Estimate)
    with pytest.raises(DataError, match="korea: on none of these days"):
        track_of(korea, [month(LINE[0], 0.2, methods=())])


def test_the_line_as_csv(korea):
    track = track_of(korea, [month(LINE[0], 0.05, methods=("history",)), month(LINE[1], 0.2)])
    rows = list(csv.DictReader(io.StringIO(track_csv(track))))
    assert [row["as_of"] for row in rows] == ["1952-01-01", "1952-02-01"]
    assert rows[0]["simulation_value"] == ""
    assert float(rows[1]["pooled_lower"]) < float(rows[1]["pooled_value"]) < float(rows[1]["pooled_upper"])


# --- scores ----------------------------------------------------------------------------------------------


def test_hindsight_is_told(korea):
    """A line that lets other wars' later endings count does not say that each day could have seen it."""
    told = [month(day, 0.2) for day in LINE]
    as_seen = track_result(track_of(korea, told))
    afterwards = track_result(track_of(load_war("korea").as_of("1953-06-30", hindsight=True), told))
    assert as_seen.caveats[0].en.startswith("Each point uses only what was known on its day")
    assert afterwards.caveats[0].en.startswith("With hindsight")
    assert afterwards.caveats[0].nl.startswith("Met kennis achteraf")
    for shown in (*afterwards.tables, *afterwards.charts):
        assert "could have seen" not in shown.title.en
        assert "kon zien" not in shown.title.nl
    day = f"settled_within_12_months[{LINE[0]}]"
    assert afterwards.quantities[day].method == as_seen.quantities[day].method + ", other wars with hindsight"


def test_base_rates_are_aalen_johansen_and_constant_hazards():
    record = load_war("iran_iraq").as_of("1987-01-01")
    episodes = reference_episodes(record)
    # Dates known to the year are drawn; here each is taken at its middle, so that the check is approximate.
    middle = (
        (episodes.end_earliest.astype(float) + episodes.end_latest.astype(float))
        - (episodes.start_earliest.astype(float) + episodes.start_latest.astype(float))
    ) / 2
    months = np.maximum(middle, 1) / (365.25 / 12)
    curve = aalen_johansen(
        months, episodes.outcome, n_causes=len(OUTCOMES), landmark=record.days_at_war / (365.25 / 12)
    )
    found = base_rates(record, seed=1)
    assert found["aalen_johansen"][[11, 23, 59]] == pytest.approx(ways_of_codings(curve.at([12, 24, 60])), abs=0.03)
    rate = np.array([(episodes.outcome == k + 1).sum() for k in range(len(OUTCOMES))]) / months.sum()
    share = ways_of_codings(rate / rate.sum())
    assert found["constant"][23] == pytest.approx((1 - np.exp(-24 * rate.sum())) * share, rel=0.03)


@pytest.fixture(scope="module")
def over():
    return load_war("korea").as_of("1960-01-01")  # ended on 27 July 1953 with an armistice


def test_scores_are_those_of_what_was_said(over):
    told = [month(dt.date(1952, 10, 1), 0.3), month(dt.date(1951, 7, 1), 0.3)]
    found = run_war_backtest(over, sorted(told, key=lambda each: each.as_of), seed=1)
    assert found.way == 0
    assert found.lasted == pytest.approx(np.array([757, 299]) / (365.25 / 12))
    said = found.curves["pooled"]
    # 12 months ahead: it came within a year of the second day, not of the first.
    expected = [(said[0, 11] ** 2).sum(), (said[1, 11] ** 2).sum() - 2 * said[1, 11, 0] + 1]
    assert found.brier["pooled", 12] == pytest.approx(np.mean(expected))
    ended = np.concatenate([[0.0], said[1].sum(axis=1)])
    fine = np.linspace(0, MONTHS, 600_001)
    square = (np.interp(fine, np.arange(MONTHS + 1), ended) - (fine >= found.lasted[1])) ** 2
    only = run_war_backtest(over, told[:1], seed=1)
    integral = ((square[1:] + square[:-1]) / 2 * np.diff(fine)).sum()
    assert only.crps["pooled"] == pytest.approx(integral, abs=1e-3)


def test_the_result_tells_line_and_scores(over):
    result = war_backtest_result(run_war_backtest(over, [month(day, 0.2) for day in LINE], seed=1))
    assert "27 July 1953" in result.headline.en
    assert "27 juli 1953" in result.headline.nl
    assert len(result.tables[0].rows) == 5
    assert len(result.tables[1].rows) == len(LINE)
    rows = list(csv.DictReader(io.StringIO(backtest_csv(run_war_backtest(over, [month(LINE[0], 0.2)], seed=1)))))
    assert float(rows[0]["pooled_settled"]) >= float(rows[0]["pooled_armistice"])
    assert float(rows[0]["months_to_the_end"]) == pytest.approx(18.8, abs=0.1)


def test_only_wars_that_are_over_are_scored(korea, over):
    with pytest.raises(DataError, match="the war's end is not on record"):
        run_war_backtest(korea, [month(LINE[0], 0.2)], seed=1)
    with pytest.raises(DataError, match="nothing could be said"):
        run_war_backtest(over, [month(dt.date(1955, 1, 1), 0.2)], seed=1)
