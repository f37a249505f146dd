"""The whole method: it finds what is there, says when it cannot tell, and is right as often as it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armistice.errors import DataError, ParameterError
from armistice.escalation.inversion import partially_pooled
from armistice.escalation.synthetic_talks import SelfExciting, plant, simulate_counts, spaced_dates
from armistice.escalation.talks_calibration import Scenario, calibrate
from armistice.escalation.talks_effect import (
    Settings,
    detectable_ratio_by_number,
    difference_between,
    effect_around_announcements,
    effect_around_rounds,
    effect_of_truces,
)

QUICK = Settings(n_draws=400)


@pytest.fixture(scope="module")
def series() -> tuple[np.ndarray, np.ndarray]:
    """One self-exciting series and its intensities."""
    counts, intensities = simulate_counts(SelfExciting(), n_series=1, n_days=700, rng=np.random.default_rng(8))
    return counts[0], intensities[0]


ROUNDS = [120, 240, 360, 480, 600]


def _flags(days: list[int]) -> np.ndarray:
    flags = np.zeros(700, dtype=bool)
    for day in days:
        flags[day - 7 : day] = True
    return flags


@pytest.mark.parametrize("estimator", ["plain", "model"])
def test_a_threefold_rise_is_found_before_and_not_after(series, estimator) -> None:
    counts, intensities = series
    planted = plant(counts, intensities, _flags(ROUNDS), ratio=3.0, rng=np.random.default_rng(2))
    before, after = (
        effect_around_rounds(
            planted, ROUNDS, side=side, rng=np.random.default_rng(1), estimator=estimator, settings=QUICK
        ).matched
        for side in ("before", "after")
    )
    assert before.lower < 3.0 < before.upper
    assert before.lower > 1
    assert before.p_value < 0.01
    assert after.lower < 1 < after.upper


def test_interval_and_p_value_agree(series) -> None:
    counts, intensities = series
    for ratio in (1.0, 1.3, 1.6, 2.0):
        planted = plant(counts, intensities, _flags(ROUNDS), ratio=ratio, rng=np.random.default_rng(3))
        effect = effect_around_rounds(planted, ROUNDS, side="before", rng=np.random.default_rng(1), settings=QUICK)
        for pooled in (effect.matched, effect.unmatched):
            assert pooled.lower <= pooled.ratio <= pooled.upper
            if abs(pooled.p_value - 0.05) > 0.01:  # the ratios of the inversion stand on a grid
                assert (pooled.p_value <= 0.05) == (not pooled.lower <= 1 <= pooled.upper)


def test_same_seed_same_answer(series) -> None:
    counts, _ = series
    answers = [
        effect_around_rounds(
            counts, ROUNDS, side="before", rng=np.random.default_rng(seed), settings=QUICK
        ).matched.p_value
        for seed in (1, 1, 2)
    ]
    assert answers[0] == answers[1] != answers[2]


def test_multiplying_a_window_multiplies_its_ratio() -> None:
    rng = np.random.default_rng(4)
    counts = rng.poisson(4000, size=500).astype(float)
    doubled = counts.copy()
    doubled[243:250] *= 2
    ratios = [
        effect_around_rounds(y, [250], side="before", rng=np.random.default_rng(1), settings=QUICK).unmatched.ratio
        for y in (counts, doubled)
    ]
    assert ratios[1] / ratios[0] == pytest.approx(2.0, rel=1e-3)


def test_truces_are_their_own_term(series) -> None:
    counts, intensities = series
    truce = np.zeros(700, dtype=bool)
    truce[354:358] = True
    quiet = plant(counts, intensities, truce, ratio=0.05, rng=np.random.default_rng(5))
    kept, ignored = (
        effect_around_rounds(
            quiet, [360], side="before", rng=np.random.default_rng(1), truce=flags, settings=QUICK
        ).rounds[0]
        for flags in (truce, None)
    )
    assert kept.n_window == 3 if kept.unusable else kept.n_window == 4
    assert ignored.ratio < 0.7
    own = effect_of_truces(quiet, [354], [357], rng=np.random.default_rng(1), round_starts=[360], settings=QUICK)
    assert own.unmatched.upper < 1
    assert own.unmatched.lower < 0.05 < own.unmatched.upper
    assert own.rounds[0].n_window == 4


def test_a_window_without_any_count_has_a_bounded_ratio() -> None:
    counts = np.random.default_rng(6).poisson(20, size=500).astype(float)
    counts[243:250] = 0
    found = effect_around_rounds(counts, [250], side="before", rng=np.random.default_rng(1), settings=QUICK).unmatched
    assert found.ratio < 0.05
    assert found.lower == 0.0
    assert found.upper < 0.3


def test_a_round_on_the_last_day_known_has_nothing_after_it(series) -> None:
    counts, _ = series
    before = effect_around_rounds(counts, [699], side="before", rng=np.random.default_rng(1), settings=QUICK)
    after = effect_around_rounds(counts, [699], side="after", rng=np.random.default_rng(1), settings=QUICK)
    assert before.rounds[0].sides == 1
    assert before.rounds[0].unusable is None
    assert after.rounds[0].unusable == "window not observed"
    assert after.matched is None
    assert np.isnan(after.rounds[0].ratio)


def test_rounds_that_are_not_asked_about_stay_out_of_the_comparison(series) -> None:
    counts, _ = series
    wild = counts.copy()
    wild[113:120] += 5000
    effect = effect_around_rounds(
        wild, [100, 120, 360], side="before", rng=np.random.default_rng(1), settings=QUICK, only=[2]
    )
    assert len(effect.rounds) == 1
    assert effect.unmatched.n_rounds == 1
    assert effect.unmatched.ratio < 3


def test_more_rounds_show_smaller_effects(series) -> None:
    counts, _ = series
    by_number = detectable_ratio_by_number(
        counts, numbers=(1, 2, 6), rng=np.random.default_rng(1), estimator="plain", settings=QUICK
    )
    assert by_number[1] > by_number[2] > by_number[6] > 1


def test_stated_power_is_the_power(series) -> None:
    """Planting the stated smallest detectable ratio is found about four times out of five."""
    rng = np.random.default_rng(9)
    counts, intensities = simulate_counts(SelfExciting(), n_series=120, n_days=700, rng=rng)
    found = []
    for y, intensity in zip(counts, intensities, strict=True):
        null = effect_around_rounds(y, ROUNDS, side="before", rng=rng, estimator="plain", settings=QUICK)
        planted = plant(y, intensity, _flags(ROUNDS), ratio=null.unmatched.detectable_above, rng=rng)
        test = effect_around_rounds(planted, ROUNDS, side="before", rng=rng, estimator="plain", settings=QUICK)
        found.append(test.unmatched.p_value <= 0.05)
    # 99.9 % binomial band of 0.8 with 120 trials.
    assert 80 <= sum(found) <= 111


def test_size_and_coverage_on_simulated_series() -> None:
    """A small version of scripts/validate_talks_effect.py, in the 99.9 % binomial band of 150 series."""
    from scipy.stats import binom

    scenario = Scenario("6 rounds", settings=QUICK)
    low, high = binom.ppf([0.0005, 0.9995], 150, 0.05)
    for found in calibrate(scenario, n_series=150, seed=21, estimators=("model",)):
        assert low <= found.rejections <= high
        assert 150 - high <= found.covered <= 150 - low
        assert found.unusable == 0
        assert found.found > 75


def test_matching_repairs_rounds_called_after_violence() -> None:
    scenario = Scenario("called", steepness=9.0, settings=QUICK)
    matched, unmatched = calibrate(scenario, n_series=120, seed=5, estimators=("plain",))
    assert matched.matched
    assert unmatched.bias > 0.08
    assert abs(matched.bias) < 0.6 * unmatched.bias
    assert matched.rejections < unmatched.rejections


def test_partial_pooling_by_hand() -> None:
    own, variances = np.array([0.0, 1.0]), np.array([0.1, 0.1])
    between, shrunk = partially_pooled(own, variances)
    # Q = 10 * 0.25 * 2 = 5, excess 4, scale 20 - 200 / 20 = 10: variance between rounds 0.4.
    assert between == pytest.approx(np.sqrt(0.4))
    assert shrunk == pytest.approx([0.5 - 0.8 * 0.5, 0.5 + 0.8 * 0.5])
    alike, pulled = partially_pooled(np.array([0.0, 0.1]), variances)
    assert alike == 0.0
    assert pulled == pytest.approx([0.05, 0.05])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_any_series_gives_ordered_bounds(seed: int, n_rounds: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.negative_binomial(0.8, 0.1, size=300).astype(float)
    counts[rng.random(300) < 0.2] = np.nan
    dates = spaced_dates(n_rounds, 300, apart=3, rng=rng)
    quick = replace(QUICK, n_draws=200)
    effect = effect_around_rounds(counts, dates, side="before", rng=rng, settings=quick)
    assert len(effect.rounds) == n_rounds
    for row in effect.rounds:
        assert (row.unusable is None) == np.isfinite(row.p_value)
        if row.unusable is None:
            assert 0 <= row.lower <= row.ratio <= row.upper
    for pooled in (effect.matched, effect.unmatched):
        if pooled is not None:
            assert 0 <= pooled.lower <= pooled.ratio <= pooled.upper
            assert 0 < pooled.p_value <= 1
            assert pooled.detectable_above > 1 > pooled.detectable_below


def test_wrong_input_says_what_is_wrong(series) -> None:
    counts, _ = series
    rng = np.random.default_rng(1)
    with pytest.raises(DataError, match="inside the series"):
        effect_around_rounds(counts, [900], side="before", rng=rng)
    with pytest.raises(DataError, match="must increase"):
        effect_around_rounds(counts, [200, 200], side="before", rng=rng)
    with pytest.raises(DataError, match="whole numbers"):
        effect_around_rounds(counts - 500, [200], side="before", rng=rng)
    with pytest.raises(ParameterError, match="n_draws"):
        Settings(n_draws=10)
    with pytest.raises(ParameterError, match="regime_factor"):
        Settings(regime_factor=1.0)
    with pytest.raises(ParameterError, match="level must lie"):
        Settings(level=1.5)


def test_a_rise_since_the_announcement_is_found_there_and_not_before_it(series) -> None:
    counts, intensities = series
    flags = np.zeros(700, dtype=bool)
    for day in ROUNDS:
        flags[day - 5 : day] = True
    planted = plant(counts, intensities, flags, ratio=3.0, rng=np.random.default_rng(2))
    heard = [day - 6 for day in ROUNDS]
    since, before = (
        effect_around_announcements(
            planted, ROUNDS, ROUNDS, heard, side=side, rng=np.random.default_rng(1), settings=QUICK
        ).matched
        for side in ("since", "before")
    )
    assert since.lower < 3.0 < since.upper
    assert since.lower > 1
    assert before.lower < 1 < before.upper


def test_only_rounds_with_a_known_announcement_are_judged_by_their_position(series) -> None:
    counts, _ = series
    effect = effect_around_announcements(
        counts,
        ROUNDS,
        ROUNDS,
        [None, 230, None, 474, None],
        side="before",
        rng=np.random.default_rng(1),
        settings=QUICK,
    )
    assert [row.position for row in effect.rounds] == [1, 3]
    assert effect.matched.n_rounds == 2
    nothing = effect_around_announcements(
        counts, ROUNDS, ROUNDS, [None] * 5, side="before", rng=np.random.default_rng(1), settings=QUICK
    )
    assert nothing.matched is None
    with pytest.raises(DataError, match="announced"):
        effect_around_announcements(
            counts, ROUNDS, ROUNDS, [None, 241, None, None, None], side="since", rng=np.random.default_rng(1)
        )


def test_a_round_announced_before_one_that_is_held_earlier_keeps_its_place(series) -> None:
    counts, _ = series
    effect = effect_around_announcements(
        counts, [200, 300], [200, 300], [190, 100], side="before", rng=np.random.default_rng(1), settings=QUICK
    )
    apart = effect_around_announcements(
        counts, [200, 300], [200, 300], [None, 100], side="before", rng=np.random.default_rng(1), settings=QUICK
    )
    assert [row.position for row in effect.rounds] == [0, 1]
    # Days 93 to 99, with nothing else near: the same count whether or not the other round is judged.
    assert effect.rounds[1].counted == apart.rounds[0].counted == counts[93:100].mean()


def test_pooled_only_gives_the_same_matched_answer(series) -> None:
    counts, _ = series
    whole = effect_around_rounds(counts, ROUNDS, side="before", rng=np.random.default_rng(1), settings=QUICK)
    rng = np.random.default_rng(1)
    assert whole.unmatched is not None
    alone = effect_around_rounds(counts, ROUNDS, side="before", rng=rng, settings=QUICK, pooled_only=True)
    assert alone.unmatched is None
    # Other draws of placebo sets (no unmatched ones were drawn first), the same rounds and the same dates to draw from.
    assert (alone.matched.n_rounds, alone.matched.n_dates) == (whole.matched.n_rounds, whole.matched.n_dates)
    assert np.log(alone.matched.ratio) == pytest.approx(np.log(whole.matched.ratio), abs=0.05)


def test_two_sets_of_rounds_differ_by_the_ratio_of_their_ratios(series) -> None:
    counts, _ = series
    pooled = effect_around_rounds(counts, ROUNDS, side="before", rng=np.random.default_rng(1), settings=QUICK).matched
    normal = np.random.default_rng(3).normal(0, 0.2, size=4000)
    one = replace(pooled, observed=np.log(3.0), draws=normal, n_rounds=4)
    other = replace(pooled, observed=np.log(1.5), draws=normal[::-1].copy(), n_rounds=5)
    found = difference_between(one, other, np.random.default_rng(1), QUICK)
    assert found.ratio == pytest.approx(2.0)
    # The difference of two independent normals: standard deviation 0.2 times the root of 2.
    assert np.log(found.upper / found.ratio) == pytest.approx(1.96 * 0.2 * np.sqrt(2), rel=0.06)
    assert found.n_rounds == (4, 5)
    assert found.p_value == pytest.approx(0.0143, abs=0.008)
