"""Intervals and direction on exact times: ends where the ratio reaches its limit, planted answers claimed, backgrounds not."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import ParameterError
from armistice.escalation.hawkes_events import Background, TimedEvents
from armistice.escalation.hawkes_model import TimesSettings, layout_of
from armistice.escalation.retaliation_times import TimesFit, fit_retaliation_times
from armistice.escalation.retaliation_times_background import times_direction
from armistice.escalation.retaliation_times_profile import profile_intervals, times_ratio

ONE_WAY = ((0.2, 0.0), (0.4, 0.2))


def drawn(
    branching: tuple[tuple[float, float], tuple[float, float]],
    decay: float,
    seed: int,
    *,
    background: float = 0.0,
    days: int = 500,
) -> TimedEvents:
    """Two series with 1.5 events a day; a latent background moves both baselines from day to day."""
    rng = np.random.default_rng(seed)
    matrix = np.array(branching)
    latent = np.empty(days)
    latent[0] = rng.standard_normal()
    for t in range(1, days):
        latent[t] = 0.9 * latent[t - 1] + np.sqrt(0.19) * rng.standard_normal()
    level = np.log((np.eye(2) - matrix) @ np.full(2, 1.5)) - background**2 / 2
    theta = np.concatenate(
        [
            np.column_stack([level, np.full(2, background)]).ravel(),
            np.log(np.maximum(matrix, 1e-12)).ravel(),
            [np.log(decay)],
        ]
    )
    layout = layout_of(TimesSettings(), np.ones((2, 2), dtype=bool), 2, has_talks=False)
    ground = Background(np.arange(days + 1.0), np.column_stack([np.ones(days), latent]), np.empty((days, 0)))
    like = TimedEvents(np.array([0.1, 0.2]), np.zeros(2), np.array([0, 1], dtype=np.int8), 0.0, float(days), 2)
    return TimesFit(like, ground, layout, theta, np.eye(len(theta)), 0.0).simulate(rng)


def fitted(events: TimedEvents) -> TimesFit:
    return fit_retaliation_times([events.times[events.series == j] for j in range(2)], window=(0.0, events.end))


def test_the_ends_of_an_interval_are_where_the_ratio_reaches_its_limit() -> None:
    fit = fitted(drawn(ONE_WAY, 1.5, 1))
    lower, upper = profile_intervals(fit)
    assert lower[1, 0] < 0.4 < upper[1, 0]
    for end in (lower[1, 0], upper[1, 0], upper[0, 1]):
        place = (1, 0) if end != upper[0, 1] else (0, 1)
        assert times_ratio(fit, *place, float(end)) == pytest.approx(3.841, abs=0.05)
    assert lower[0, 1] == 0
    assert times_ratio(fit, 1, 0, float(fit.branching[1, 0])) == pytest.approx(0, abs=1e-3)


def test_holding_an_entry_at_0_is_the_model_without_the_pair() -> None:
    events = drawn(ONE_WAY, 1.5, 2)
    fit = fitted(events)
    without = fit_retaliation_times(
        [events.times[events.series == j] for j in range(2)], window=(0.0, events.end), pairs=[[1, 1], [0, 1]]
    )
    expected = 2 * (fit.log_likelihood - without.log_likelihood)
    assert times_ratio(fit, 1, 0, 0.0) == pytest.approx(expected, abs=0.02)


def test_a_planted_answer_is_claimed_and_swaps_with_the_series() -> None:
    fit = fitted(drawn(ONE_WAY, 1.5, 3))
    found = times_direction(fit, 0, 1, np.random.default_rng(4), n_draws=20)
    assert found.verdict == "second answers first"
    assert found.p_second_answers < 0.01
    swapped = times_direction(fit, 1, 0, np.random.default_rng(4), n_draws=20)
    assert swapped.verdict == "first answers second"
    assert swapped.root_first_answers == pytest.approx(found.root_second_answers)
    assert swapped.p_first_answers < 0.01


def test_a_background_in_common_is_no_direction() -> None:
    fit = fitted(drawn(((0.2, 0.0), (0.0, 0.2)), 1.5, 5, background=0.7))
    found = times_direction(fit, 0, 1, np.random.default_rng(6), n_draws=20)
    assert min(found.root_first_answers, found.root_second_answers) > 2
    assert found.common > 0.2
    assert found.verdict == "background or both"


def test_what_cannot_be_asked_is_said() -> None:
    events = drawn(ONE_WAY, 1.5, 7, days=120)
    fit = fitted(events)
    with pytest.raises(ParameterError, match="at least 20"):
        times_direction(fit, 0, 1, np.random.default_rng(1), n_draws=5)
    with pytest.raises(ParameterError, match="between two series"):
        times_direction(fit, 0, 0, np.random.default_rng(1))
    times = [events.times[events.series == j] for j in range(2)]
    talks = fit_retaliation_times(times, window=(0.0, events.end), talk_times=[50.0])
    with pytest.raises(ParameterError, match="knows no talks"):
        times_direction(talks, 0, 1, np.random.default_rng(1))
    one_way = fit_retaliation_times(times, window=(0.0, events.end), pairs=[[1, 0], [1, 1]])
    with pytest.raises(ParameterError, match="does not answer"):
        times_ratio(one_way, 0, 1, 0.1)
    assert np.isnan(profile_intervals(one_way)[0][0, 1])
    two = fit_retaliation_times(times, window=(0.0, events.end), settings=TimesSettings(n_exponentials=2))
    with pytest.raises(ParameterError, match="sums of exponentials"):
        times_ratio(two, 1, 0, 0.1)
