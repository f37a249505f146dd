"""Placebo sets: spacing, distance, matching, and centring written out for single draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armistice.escalation.placebo import clusters_of, draw_placebos, equal_tailed_p, separate_sets


def _draw(placebo: np.ndarray, starts: list[int], seed: int = 1, **options):
    return draw_placebos(
        placebo,
        np.array(starts),
        n_draws=options.pop("n_draws", 500),
        apart=15,
        together=28,
        rng=np.random.default_rng(seed),
        **options,
    )


def test_p_value_by_hand() -> None:
    draws = np.arange(1.0, 100.0)  # 99 draws
    assert equal_tailed_p(99.5, draws) == pytest.approx(2 * 1 / 100)
    assert equal_tailed_p(98.0, draws) == pytest.approx(2 * 3 / 100)
    assert equal_tailed_p(50.0, draws) == 1.0
    # Nineteen distinct sets cannot show more than 2 in 20, however often they are drawn.
    assert equal_tailed_p(99.5, draws, n_sets=19) == pytest.approx(0.1)


@given(st.floats(-5, 5), st.lists(st.floats(-5, 5), min_size=1, max_size=50))
def test_p_value_is_never_zero_and_mirrors(observed: float, draws: list[float]) -> None:
    p = equal_tailed_p(observed, np.array(draws))
    assert 2 / (1 + len(draws)) * 0.999 <= p <= 1
    assert p == equal_tailed_p(-observed, -np.array(draws))


def test_rounds_close_together_stay_together() -> None:
    assert [c.tolist() for c in clusters_of([3, 20, 60, 88, 200], closer_than=28)] == [[0, 1], [2, 3], [4]]
    # Each date's contrast is the date itself, so that a draw shows which dates it took.
    dates = np.arange(400.0)
    sets = _draw(np.tile(dates, (3, 1)), [100, 117, 300])
    first, second, third = sets.centred.T
    # Centres and scales differ little between members of one draw; the gap of 17 days survives them.
    assert np.median(second - first) == pytest.approx(17, abs=2.0)
    assert not np.allclose(np.median(third - first), 200, atol=5)


def test_centring_and_scale_of_a_draw_written_out() -> None:
    rng = np.random.default_rng(5)
    z = rng.normal(size=200)
    sets = draw_placebos(z[None, :], np.array([50]), n_draws=200, apart=15, together=28, rng=np.random.default_rng(2))
    chosen = np.random.default_rng(2).integers(200, size=200)
    for draw in (0, 7, 150):
        date = chosen[draw]
        away = z[np.abs(np.arange(200) - date) > 7]
        share = 1 - len(away) / 200
        expected = (z[date] - away.mean()) * z.std() / away.std() * np.sqrt(1 - share**2)
        assert sets.centred[draw, 0] == pytest.approx(expected)
    assert sets.centre[0] == pytest.approx(z.mean())


def test_matching_takes_the_level_out() -> None:
    rng = np.random.default_rng(3)
    level = rng.normal(size=600)
    z = 0.8 * level + rng.normal(0, 0.1, size=600)
    at_round = np.array([1.5])
    matched = _draw(z[None, :], [300], level=level, level_at_rounds=at_round)
    unmatched = _draw(z[None, :], [300])
    assert matched.slope[0] == pytest.approx(0.8, abs=0.02)
    assert matched.centre[0] + matched.slope[0] * 1.5 == pytest.approx(1.2, abs=0.05)
    assert matched.centred.std() < 0.15 < 0.6 < unmatched.centred.std()
    assert matched.n_dates[0] == 300
    assert unmatched.n_dates[0] == unmatched.n_sets == 600


def test_placebos_scatter_as_contrasts_do_at_the_level_of_the_round() -> None:
    rng = np.random.default_rng(8)
    level = rng.uniform(-1, 1, size=2000)
    z = rng.normal(0, np.sqrt(1 + 0.8 * level))
    calm, violent = (
        _draw(z[None, :], [300], level=level, level_at_rounds=np.array([at]), n_draws=4000).centred.std()
        for at in (-0.9, 0.9)
    )
    assert calm == pytest.approx(np.sqrt(max(1 - 0.72, 0.5)), rel=0.15)  # the variance is kept above half its middle
    assert violent == pytest.approx(np.sqrt(1.72), rel=0.1)


def test_only_admissible_dates_are_drawn_and_counted() -> None:
    z = np.full(300, np.nan)
    z[40:90] = np.linspace(0, 1, 50)
    z[200:210] = 5.0
    sets = _draw(z[None, :], [150])
    assert sets.n_dates[0] == 60
    assert sets.n_apart == 5  # 40, 55, 70, 85 and 200 lie at least 15 days apart
    empty = _draw(np.full((1, 300), np.nan), [150])
    assert len(empty.centred) == 0
    assert empty.n_dates[0] == 0


def test_same_seed_same_draws() -> None:
    z = np.random.default_rng(1).normal(size=(2, 400))
    one, two, other = (_draw(z, [100, 250], seed).centred for seed in (4, 4, 5))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_separate_sets_by_hand() -> None:
    placebo = np.full((3, 200), np.nan)
    placebo[:, 30:100] = 0.0
    # Singles: 30, 45, 60, 75, 90. The pair 17 days apart has first dates 30..82 and needs 32 days: 30, 62.
    found = separate_sets(placebo, np.array([5, 22, 150]), apart=15, together=28)
    assert found.tolist() == [2, 2, 5]


def test_crowding_is_reported() -> None:
    z = np.random.default_rng(1).normal(size=(6, 60))
    assert _draw(z, [0, 100, 200, 300, 400, 500]).overlapping > 0.5
    roomy = np.random.default_rng(1).normal(size=(2, 600))
    assert _draw(roomy, [0, 100]).overlapping == 0.0
