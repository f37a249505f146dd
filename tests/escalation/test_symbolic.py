"""Responses to marked acts: planted answers are found, none are invented, and bad input is named."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import DataError, ParameterError
from armistice.escalation.symbolic import AnswerSettings, Response, _residuals, answer_probability, responses
from armistice.escalation.synthetic_talks import SelfExciting, plant, simulate_counts, spaced_dates

N_DAYS = 640
ACTS = [150, 250, 350, 450, 550]


@pytest.fixture(scope="module")
def calm() -> tuple[np.ndarray, np.ndarray]:
    counts, intensity = simulate_counts(SelfExciting(), n_series=1, n_days=N_DAYS, rng=np.random.default_rng(4))
    return counts[0], intensity[0]


def _answered(calm: tuple[np.ndarray, np.ndarray], first: int, past: int, ratio: float = 5.0) -> np.ndarray:
    counts, intensity = calm
    flags = np.zeros(N_DAYS, dtype=bool)
    for act in ACTS:
        flags[act + first : act + past] = True
    return plant(counts, intensity, flags, ratio=ratio, rng=np.random.default_rng(5))


def test_fivefold_answers_are_seen_with_their_delay_and_size(calm) -> None:
    found = responses({"drones": _answered(calm, 1, 15)}, ACTS)
    assert [r.outcome for r in found] == ["answered"] * 5
    assert all(r.p_value <= 0.1 and r.delay_days is not None for r in found)
    middle = float(np.exp(np.mean([np.log(r.after["drones"].ratio) for r in found])))
    assert 3.5 < middle < 7.0
    late = responses({"drones": _answered(calm, 10, 12, ratio=12.0)}, ACTS)
    assert [r.delay_days for r in late if r.outcome == "answered"]
    assert {r.delay_days for r in late if r.outcome == "answered"} <= {10, 11}


def test_days_before_an_act_and_the_day_itself_are_no_answer(calm) -> None:
    found = responses({"drones": _answered(calm, -6, 1, ratio=4.0)}, ACTS)
    assert sum(r.outcome == "answered" for r in found) <= 1


def test_restraint_is_an_outcome_and_missing_days_are_not(calm) -> None:
    counts = calm[0].copy()
    counts[251:265] = np.nan
    counts[calm[0].size - 30 :] = np.nan
    found = responses({"drones": counts}, [250, 450, 600])
    assert [r.outcome for r in found] == ["not observed", "restraint", "not yet observed"]
    assert [r.counts for r in found] == [False, True, False]
    assert np.isnan(found[0].p_value)


def test_acts_before_the_series_are_not_observed(calm) -> None:
    assert responses({"drones": calm[0]}, [-40, 300])[0].outcome == "not observed"


def test_acts_that_share_a_window_are_flagged_and_count_once(calm) -> None:
    found = responses({"drones": calm[0]}, [200, 208, 400])
    assert [r.shares_window for r in found] == [True, True, False]
    assert [r.counts for r in found] == [True, False, True]
    probability = answer_probability(found)
    assert probability is not None
    assert probability.n == 2


def test_an_answer_in_either_series_is_an_answer(calm) -> None:
    other = np.random.default_rng(9).negative_binomial(2, 2 / 8, size=N_DAYS).astype(float)
    both = responses({"drones": _answered(calm, 1, 15, ratio=6.0), "missiles": other}, ACTS)
    assert sum(r.outcome == "answered" for r in both) >= 4
    assert set(both[0].after) == {"drones", "missiles"}


def test_probability_by_hand() -> None:
    yes, no = (Response(outcome, 0.5, None, False, True, {}) for outcome in ("answered", "restraint"))
    left_out = Response("answered", 0.01, 1, True, False, {})
    found = answer_probability([yes, yes, yes, no, left_out], chance=0.2)
    assert found is not None
    # Clopper-Pearson of 3 of 4 is 0.1941 to 0.9937; less the 20 % that chance gives, over the 80 % left.
    assert found.value == pytest.approx((0.75 - 0.2) / 0.8)
    assert found.lower == 0.0
    assert found.upper == pytest.approx((0.993691 - 0.2) / 0.8, abs=1e-5)
    assert answer_probability([left_out]) is None
    none = answer_probability([no, no], chance=0.1)
    assert none is not None
    assert (none.value, none.lower) == (0.0, 0.0)
    assert none.upper == pytest.approx((0.841886 - 0.1) / 0.9, abs=1e-5)


def test_p_values_are_about_uniform_without_any_answer() -> None:
    rng = np.random.default_rng(11)
    p_values = []
    for _ in range(25):
        counts, _ = simulate_counts(SelfExciting(), n_series=1, n_days=N_DAYS, rng=rng)
        acts = 60 + spaced_dates(8, N_DAYS - 80, apart=20, rng=rng)
        p_values += [r.p_value for r in responses({"s": counts[0]}, acts) if r.counts]
    # 200 acts: 99 % binomial band of 10 % and of 50 %.
    assert len(p_values) > 190
    assert 9 <= np.sum(np.array(p_values) <= 0.1) <= 34
    assert 0.4 <= np.mean(np.array(p_values) <= 0.5) <= 0.6


@pytest.mark.parametrize(
    ("series", "acts", "says"),
    [
        ({"s": np.r_[np.ones(300), -1.0]}, [100], "whole numbers"),
        ({"s": np.full(300, 0.5)}, [100], "whole numbers"),
        ({"s": np.ones(300)}, [100, 100], "must increase"),
        ({"s": np.ones(300)}, [120, 100], "must increase"),
        ({"s": np.ones(300)}, [300], "beyond the series"),
        ({"s": np.ones(40)}, [10], "shorter than"),
        ({"s": np.ones(300), "t": np.ones(299)}, [100], "same length"),
        ({}, [1], "at least one series"),
    ],
)
def test_bad_input_is_named(series, acts, says) -> None:
    with pytest.raises(DataError, match=says):
        responses(series, acts)


def test_all_missing_is_not_observed_rather_than_restraint() -> None:
    found = responses({"s": np.full(300, np.nan)}, [100])
    assert found[0].outcome in ("not observed", "not yet observed")
    assert answer_probability(found) is None


def test_settings_say_what_is_wrong() -> None:
    with pytest.raises(ParameterError, match="chance"):
        AnswerSettings(chance=1.0)
    with pytest.raises(ParameterError, match="regime_factor"):
        AnswerSettings(regime_factor=0.9)


def test_each_date_is_measured_from_the_line_through_the_others() -> None:
    rng = np.random.default_rng(2)
    n, window, start = 80, 5, 70
    level = rng.normal(size=n)
    values = 0.8 * level + rng.normal(size=n)
    dates = np.ones(n, dtype=bool)
    dates[start - window : start + window + 1] = False
    chosen = np.flatnonzero(dates)
    away = np.abs(chosen[:, None] - chosen[None, :]) > window
    found = _residuals(values, level, dates, start, away.astype(float))

    def by_hand(target: int, others: np.ndarray) -> tuple[float, float]:
        slope, base = np.polyfit(level[others], values[others], 1)
        spread = np.std(values[others] - base - slope * level[others])
        distance = values[target] - base - slope * level[target]
        return distance, distance / spread

    assert (found.own, found.own_height) == pytest.approx(by_hand(start, chosen))
    for row in (0, 17, 40, len(chosen) - 1):
        expected = by_hand(int(chosen[row]), chosen[away[row]])
        assert (found.others[row], found.heights[row]) == pytest.approx(expected)


def test_acts_without_answers_stand_out_as_often_as_they_should() -> None:
    # Two series with holes: lines fitted through the dates themselves made 7.5 % of such acts stand out at 0.05.
    rng, p_values = np.random.default_rng(21), []
    for _ in range(60):
        counts, _ = simulate_counts(SelfExciting(), n_series=2, n_days=N_DAYS, rng=rng)
        acts = 60 + spaced_dates(9, N_DAYS - 80, apart=20, rng=rng)
        counts[rng.random(counts.shape) < 0.1] = np.nan
        found = responses({"a": counts[0], "b": counts[1]}, acts)
        p_values += [one.p_value for one in found if one.counts]
    shares = [np.mean(np.array(p_values) <= level) for level in (0.05, 0.1, 0.2)]
    # About 510 acts; the 99 % binomial bands, a little wider because acts of one series are not independent.
    assert 0.02 <= shares[0] <= 0.085
    assert 0.06 <= shares[1] <= 0.145
    assert 0.14 <= shares[2] <= 0.26
