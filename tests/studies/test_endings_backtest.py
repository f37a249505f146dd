"""The back-test of endings on the bundled rows: few origins, the same claims as the full run."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from armistice.errors import ParameterError
from armistice.history.rolling import HORIZONS
from armistice.record import reference
from armistice.record.reference import OUTCOMES, TERMINATIONS_CSV, all_episodes
from armistice.report.result_page import result_html
from armistice.studies._endings_backtest import LEAKS, run_backtest
from armistice.studies._endings_backtest_pages import backtest_result
from armistice.studies._endings_panel import endings_panel, first_day
from armistice.text import Text


@pytest.fixture(scope="module")
def found():
    return run_backtest(first=1996, last=2003, date_draws=4, score_draws=200, methods=("constant", "model"))


def test_the_model_is_better_than_counting_by_length_alone(found):
    for months in HORIZONS:
        assert found.brier["model", months].value > 0, months
        assert found.brier["model", months].score < found.brier["constant", months].score
    assert found.brier["aalen_johansen", 12].value == 0
    assert found.integrated["model"].value > 0
    assert found.causes[12].sum(axis=1) == pytest.approx(
        [found.brier["model", 12].reference_score, found.brier["model", 12].score]
    )


def test_knowing_later_codings_scores_better_so_the_cut_matters(found):
    for months in HORIZONS:
        assert found.leaks[LEAKS[0], months].value > found.brier["model", months].value + 0.005, months
        assert found.leaks[LEAKS[2], months].value > 0.005, months


def test_wars_between_states_are_told_apart(found):
    said, was = found.interstate.settled[12]
    assert 0.05 < said < was < 0.3
    assert found.interstate.n_wars > 20


def test_what_the_panel_learns_is_what_the_cut_allows():
    """The back-test cuts inside one set of all episodes; a set cut by the record's own rule gives the same forecast."""
    year = 1990
    rows = reference._dyad_years(TERMINATIONS_CSV)
    cut = reference._cut(rows, dt.date(year, 1, 1), hindsight=False, without=frozenset())
    until = first_day(year - 1)
    assert until == float(np.datetime64(cut.last_day).astype(float)) + 1
    everything = all_episodes()
    whole, part = (
        endings_panel(_face_value(episodes), np.random.default_rng(1), n_draws=1) for episodes in (everything, cut)
    )
    # The moment within a day is drawn apart in the two; take it from the one.
    position = {name: i for i, name in enumerate(everything.episode_id.tolist())}
    at = np.array([position[name] for name in cut.episode_id.tolist()])
    starts = whole.starts[:, at]
    lasted = {
        (w, on): years
        for w, on, years in zip(whole.wars, whole.data.on, whole.data.elapsed_years, strict=True)
    }  # fmt: skip
    years = np.array([lasted[at[w], on] for w, on in zip(part.wars, part.data.on, strict=True)])
    part = replace(
        part, starts=starts, ends=np.where(cut.outcome > 0, whole.ends[:, at], until),
        data=replace(part.data, elapsed_years=years),
    )  # fmt: skip
    one, two = whole.fit(until), part.fit(until)
    assert one.data.n == two.data.n
    assert one.observed.sum(axis=0) == pytest.approx(two.observed.sum(axis=0))
    here = whole.data.select(np.flatnonzero(whole.years == year))
    assert here.n > 60
    # Conflicts have other codes in the two sets, so compare without them.
    here = replace(here, groups=here.groups | {"conflict": np.full(here.n, -1)})
    a, b = (each.incidence(here, [12.0, 60.0]) for each in (one, two))
    assert a == pytest.approx(b, abs=1e-9)
    known = [
        {
            (e.episode_id[w], on): row
            for w, on, row in zip(p.wars, p.data.on, p.data.features, strict=True)
            if on < until
        }
        for e, p in ((everything, whole), (cut, part))
    ]
    assert known[0].keys() == known[1].keys()
    for key, row in known[0].items():
        np.testing.assert_array_equal(row, known[1][key])


def _face_value(episodes):
    """Every date on the last day that it may be, so that hardly anything is drawn."""
    return replace(
        episodes,
        start_earliest=episodes.start_latest,
        end_earliest=np.maximum(episodes.end_latest, episodes.start_latest),
    )


def test_landmarks_know_nothing_of_how_their_war_ends():
    """A covariate that told of the ending itself would correlate with it far beyond what such things can."""
    panel = endings_panel(all_episodes(), np.random.default_rng(1), n_draws=1)
    settled = np.isin(panel.causes[panel.wars], (1, 2)).astype(float)
    for column in panel.data.features.T:
        if column.std() > 0:
            assert abs(np.corrcoef(column, settled)[0, 1]) < 0.4


def test_victories_cluster_in_short_conflicts():
    """Kreutz (2010): among conflicts dated to the day, those of under a year are won more often than longer ones."""
    e = all_episodes()
    used = e.dates_are_precise & (e.outcome > 0)
    days = (e.end_latest - e.start_earliest).astype(float)
    won = np.isin(e.outcome, [OUTCOMES.index("victory_a") + 1, OUTCOMES.index("victory_b") + 1])
    short, long = used & (days <= 365), used & (days > 3 * 365)
    assert short.sum() > 100
    assert long.sum() > 50
    assert won[short].mean() > 2 * won[long].mean()


def test_words_in_both_languages_and_a_page(found):
    result = backtest_result(found)
    texts = [result.headline, *result.sentences, *result.caveats]
    for table in result.tables:
        texts += [table.title, *table.columns, *([table.note] if table.note else [])]
        texts += [cell for row in table.rows for cell in row if isinstance(cell, Text)]
    for text in texts:
        assert bool(text.en) == bool(text.nl)
        assert "{" not in text.en + text.nl
    # A decimal comma in Dutch, and a true minus sign.
    assert "," in result.tables[0].rows[0][1].nl
    assert "-" not in result.tables[0].rows[0][1].en
    for language in ("en", "nl"):
        page = result_html(result, title=Text("Title", "Titel"), command="armistice backtest", language=language)
        assert page.count("<figure") == len(result.charts)
        assert "http:" not in page.replace("http://www.w3.org", "")
        assert "https:" not in page
        assert page.count("<h2") >= len(result.tables)


def test_years_that_cannot_be_checked_are_refused():
    with pytest.raises(ParameterError, match="Origins must lie from 1960 to 2014"):
        run_backtest(first=1990, last=2016)
    with pytest.raises(ParameterError, match="got 1990 to 1980"):
        run_backtest(first=1990, last=1980)
