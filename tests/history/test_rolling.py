"""Rolling forecasts on made-up wars: nothing later is used, and using it would show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.history.endings_model import NO_RATIOS, STRENGTHS, LandmarkData, Settings
from armistice.history.landmarks import going_on
from armistice.history.rolling import AHEAD, METHODS, EndingsPanel, rolling_forecasts
from armistice.history.scores import brier_scores

FEW = ("aalen_johansen", "constant", "model")


def first_day(year):
    return float(np.datetime64(f"{year}-01-01").astype("datetime64[D]").astype(float))


def made_up(seed=1, n=500, effect=1.2):
    """Wars from 1950 to 2019 that end by two causes; one covariate says how likely each is, one says nothing."""
    rng = np.random.default_rng(seed)
    starts = rng.uniform(first_day(1950), first_day(2018), n)
    tells, mute = rng.integers(0, 2, n).astype(float), rng.standard_normal(n)
    rate = np.column_stack([0.12 * np.exp(effect * tells), 0.3 * np.exp(-effect * tells)]) / 365.25
    lasted = rng.exponential(1 / rate.sum(axis=1))
    cause = 1 + (rng.random(n) > rate[:, 0] / rate.sum(axis=1)).astype(int)
    end = first_day(2020)
    cause = np.where(starts + lasted < end, cause, 0)
    ends = np.minimum(starts + lasted, end)
    conflicts = np.arange(n) // 2
    wars, days = [], []
    for year in range(1950, 2020):
        on = first_day(year)
        here = np.flatnonzero(going_on(starts[None], ends[None], np.arange(n), np.full(n, on))[0])
        wars.append(here)
        days.append(np.full(len(here), on))
    war, on = np.concatenate(wars), np.concatenate(days)
    data = LandmarkData(
        on, (on - starts[war]) / 365.25, np.column_stack([tells[war], mute[war]]), (2,),
        {"conflict": conflicts[war], "type": np.zeros(len(war), dtype=int), "war": tells[war].astype(int)},
    )  # fmt: skip
    return EndingsPanel(starts[None], ends[None], cause, 2, conflicts, war, data, 1.0, end, agreement_columns=(1,))


def forecasts(panel, years=range(1990, 2006), until=lambda year: first_day(year - 1), methods=FEW):
    return rolling_forecasts(panel, years, coded_until=until, first_scored=years[0], methods=methods)


def brier(found, method, months=12):
    at = found.ahead.index(months)
    return float(brier_scores(found.forecasts[method], found.happened).sum(axis=2)[:, at].mean())


def test_every_method_speaks_of_every_war_and_sums_to_one_at_most():
    panel = made_up(n=200)
    found = rolling_forecasts(
        panel, range(1985, 1996), coded_until=lambda year: first_day(year - 1), first_scored=1990
    )
    assert set(found.forecasts) == set(METHODS)
    n = len(found.rows)
    assert found.happened.shape == (n, len(AHEAD), 2)
    assert (found.years >= 1990).all()
    for name, said in found.forecasts.items():
        assert said.shape == (n, len(AHEAD), 2), name
        assert (said >= 0).all(), name
        assert (said.sum(axis=2) <= 1 + 1e-9).all(), name
        assert (np.diff(said, axis=1) >= -1e-12).all(), name
    assert set(found.chosen) == set(range(1985, 1996))


def test_a_covariate_that_tells_is_learnt():
    found = forecasts(made_up())
    assert brier(found, "model") < 0.93 * brier(found, "aalen_johansen")
    assert brier(found, "model", 24) < 0.90 * brier(found, "aalen_johansen", 24)


def test_covariates_that_say_nothing_cost_next_to_nothing():
    found = forecasts(made_up(effect=0.0))
    assert brier(found, "model") < 1.02 * brier(found, "aalen_johansen")


def test_what_happens_after_the_cut_changes_no_forecast():
    """Every ending coded after the day is scrambled: the forecasts of that day stay the same to the last bit."""
    panel = made_up()
    year = 1995
    until = first_day(year - 1)
    rng = np.random.default_rng(5)
    later = panel.ends[0] > until
    ends = np.where(
        later, np.maximum(panel.ends[0], first_day(year) + 1) + rng.uniform(0, 900, len(later)), panel.ends[0]
    )
    other = replace(
        panel, ends=ends[None], causes=np.where(later, rng.integers(1, 3, len(later)), panel.causes),
        observed_until=first_day(2030),
    )  # fmt: skip
    one, two = (forecasts(some, years=range(year, year + 1)) for some in (panel, other))
    shared = np.isin(one.rows, two.rows), np.isin(two.rows, one.rows)
    assert shared[0].sum() > 5
    for name in FEW:
        np.testing.assert_array_equal(one.forecasts[name][shared[0]], two.forecasts[name][shared[1]])
    assert not np.array_equal(one.happened[shared[0]], two.happened[shared[1]])


def test_a_leak_would_show():
    """Codings from the future make the same methods look better: the cut matters."""
    panel = made_up()
    honest, leaky = forecasts(panel), forecasts(panel, until=lambda year: panel.observed_until)
    assert brier(leaky, "model") < brier(honest, "model")
    assert brier(leaky, "aalen_johansen", 60) < brier(honest, "aalen_johansen", 60)


def test_aalen_johansen_in_the_panel_is_aalen_johansen():
    from armistice.history import aalen_johansen

    panel = made_up(n=150)
    rows = np.flatnonzero(panel.years == 1990)[:4]
    until = first_day(1989)
    found = panel.aalen_johansen(rows, until, [12.0, 60.0])
    month = 365.25 / 12
    begun = panel.starts[0] < until
    lasted = (np.minimum(panel.ends[0], until) - panel.starts[0])[begun] / month
    cause = np.where(panel.ends[0] <= until, panel.causes, 0)[begun]
    for said, row in zip(found, rows, strict=True):
        landmark = min(panel.data.elapsed_years[row] * 12, np.nextafter(lasted.max(), 0))
        assert said == pytest.approx(
            aalen_johansen(lasted, cause, n_causes=2, landmark=landmark).at([12.0, 60.0]), abs=1e-12
        )


def test_constant_hazards_in_closed_form():
    panel = made_up(n=100)
    until = first_day(1990)
    months = np.clip(np.minimum(panel.ends, until) - panel.starts, 0, None).sum() / (365.25 / 12)
    seen = [((panel.ends <= until) & (panel.causes == k)).sum() for k in (1, 2)]
    rate = sum(seen) / months
    assert panel.constant(until, [10.0])[0] == pytest.approx([(1 - np.exp(-10 * rate)) * k / sum(seen) for k in seen])


def test_leaving_a_conflict_out_leaves_it_out():
    panel = made_up()
    until = panel.observed_until
    conflict = int(panel.conflicts[panel.wars[np.flatnonzero(panel.years == 1990)[0]]])
    mine = panel.conflicts == conflict
    moved = replace(panel, causes=np.where(mine & (panel.causes > 0), 3 - panel.causes, panel.causes))
    some = panel.data.select(np.arange(20))
    one, two = (each.fit(until, without=[conflict]).incidence(some, [12.0]) for each in (panel, moved))
    np.testing.assert_array_equal(one, two)
    kept = [each.fit(until).incidence(some, [12.0]) for each in (panel, moved)]
    assert not np.array_equal(*kept)


def test_ratios_move_groups_towards_what_they_did():
    """Wars of one group end twice as often as its covariates say: its ratio says so, others' do not."""
    panel = made_up(effect=0.0)
    groups = dict(panel.data.groups) | {"type": (panel.wars % 5 == 0).astype(int)}
    fast = (np.arange(len(panel.causes)) % 5 == 0)[None]
    ends = np.where(fast, panel.starts + (panel.ends - panel.starts) / 3, panel.ends)
    panel = replace(panel, ends=ends, data=replace(panel.data, groups=groups))
    fitted = panel.fit(panel.observed_until)
    here = LandmarkData(
        np.zeros(3), np.ones(3), np.zeros((3, 2)), (2,),
        {"conflict": np.array([-1, -1, -1]), "type": np.array([1, 0, -1]), "war": np.array([-1, -1, -1])},
    )  # fmt: skip
    ratio = np.exp(fitted.corrections(here, Settings(kind=3.0)))
    assert (ratio[0] > 1.3).all()
    assert (ratio[1] < 1).all()
    assert ratio[2].tolist() == [1, 1]
    assert np.exp(fitted.corrections(here, NO_RATIOS)).tolist() == [[1, 1]] * 3
    drawn = np.exp(fitted.corrections(here, Settings(kind=3.0), 4000, np.random.default_rng(1)))
    assert drawn.mean(axis=0)[:2] == pytest.approx(ratio[:2], rel=0.03)


def test_draws_centre_on_the_forecast_and_hold_it():
    panel = made_up()
    fitted = panel.fit(first_day(2000), clustered=True)
    here = panel.data.select(np.flatnonzero(panel.years == 2001)[:3])
    hazards = fitted.hazards.draws(here.design(), 2000, np.random.default_rng(2))
    assert hazards.mean(axis=0) == pytest.approx(fitted.hazards.log_hazards(here.design()), abs=0.02)
    value = fitted.incidence(here, [12.0, 60.0])
    drawn = fitted.drawn_incidence(here, [12.0, 60.0], 600, np.random.default_rng(3))
    assert drawn.shape == (600, *value.shape)
    # Ratios of few endings are skewed, so the draws of a chance need not have it as their mean; but they hold it.
    low, high = np.quantile(drawn, [0.2, 0.8], axis=0)
    assert ((low < value) & (value < high)).all()
    assert len(STRENGTHS) == 12


def test_what_cannot_be_done_is_told():
    panel = made_up(n=100)
    with pytest.raises(DataError, match="unknown methods oracle"):
        forecasts(panel, methods=("oracle",))
    with pytest.raises(DataError, match="reach beyond the last day coded"):
        forecasts(panel, years=range(2018, 2019))
    with pytest.raises(DataError, match="No war was going on"):
        forecasts(panel, years=range(1900, 1901))
    with pytest.raises(DataError, match="nothing to learn from"):
        panel.fit(first_day(1940))
