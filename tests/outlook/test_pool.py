"""The logarithmic pool against closed forms, and the properties it was chosen for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armistice.errors import DataError, ParameterError
from armistice.outlook.chances import incidence_by_month
from armistice.outlook.pool import log_pool, pool_monthly

chance = st.floats(0.001, 0.45)


@given(chance, chance)
def test_two_chances_at_half_weight(p, q):
    ends, stays = np.sqrt(p * q), np.sqrt((1 - p) * (1 - q))
    assert log_pool([[p, 1 - p], [q, 1 - q]], [0.5, 0.5])[0] == pytest.approx(ends / (ends + stays))
    assert pool_monthly([[[p]], [[q]]], [0.5, 0.5])[0, 0] == pytest.approx(ends / (ends + stays))


def test_unequal_weights_over_two_ways():
    # .2^.75 .05^.25 : .1^.75 .4^.25 : .7^.75 .55^.25, scaled.
    raw = np.array([0.2**0.75 * 0.05**0.25, 0.1**0.75 * 0.4**0.25, 0.7**0.75 * 0.55**0.25])
    found = pool_monthly([[[0.2, 0.1]], [[0.05, 0.4]]], [0.75, 0.25])
    assert found[0] == pytest.approx((raw / raw.sum())[:2])
    assert log_pool([[0.2, 0.1, 0.7], [0.05, 0.4, 0.55]], [0.75, 0.25]) == pytest.approx(raw / raw.sum())


def test_two_methods_that_agree_are_each_of_them():
    monthly = np.random.default_rng(1).uniform(0.001, 0.2, (60, 4))
    assert pool_monthly([monthly, monthly], [0.3, 0.7]) == pytest.approx(monthly)


def test_all_weight_on_one_method_is_that_method():
    a, b = np.random.default_rng(2).uniform(0.001, 0.2, (2, 12, 3))
    assert pool_monthly([a, b], [1, 0]) == pytest.approx(a)


@given(st.lists(chance, min_size=24, max_size=24), st.floats(0, 1))
def test_the_pool_lies_between_the_methods(values, weight):
    a, b = np.array(values).reshape(2, 12, 1)
    by_month = incidence_by_month(pool_monthly([a, b], [weight, 1 - weight]))[:, 0]
    low = incidence_by_month(np.minimum(a, b))[:, 0]
    high = incidence_by_month(np.maximum(a, b))[:, 0]
    assert (by_month >= low - 1e-12).all()
    assert (by_month <= high + 1e-12).all()


def test_pooling_then_waiting_is_waiting_then_pooling():
    a, b = np.random.default_rng(3).uniform(0.001, 0.1, (2, 24, 2))
    whole = incidence_by_month(pool_monthly([a, b], [0.4, 0.6]))
    later = (whole[23] - whole[11]) / (1 - whole[11].sum())
    assert incidence_by_month(pool_monthly([a[12:], b[12:]], [0.4, 0.6]))[-1] == pytest.approx(later)


def test_a_method_without_a_way_takes_the_others_word_for_it():
    a = np.array([[0.10, 0.05]])
    b = np.array([[0.30, 0.00]])  # knows no second way
    speaks = [[True, True], [True, False]]
    found = pool_monthly([a, b], [0.5, 0.5], speaks)
    expected = log_pool([[0.10, 0.05, 0.85], [0.30, 0.05, 0.65]], [0.5, 0.5])
    assert found[0] == pytest.approx(expected[:2])
    # Silence is not a veto: taken at its word of 0 the way would all but vanish.
    assert pool_monthly([a, b], [0.5, 0.5])[0, 1] < 0.05 * found[0, 1]


def test_a_way_that_only_a_method_without_weight_speaks_of_keeps_its_word():
    found = pool_monthly([[[0.1, 0.05]], [[0.3, 0.0]]], [0.0, 1.0], [[True, True], [True, False]])
    assert found[0] == pytest.approx(np.array([0.3, 0.05]))


def test_one_weight_for_each_draw():
    a, b = np.random.default_rng(4).uniform(0.001, 0.1, (2, 5, 6, 2))
    weights = np.random.default_rng(5).dirichlet([1, 1], 5)
    together = pool_monthly([a, b], weights)
    for draw in range(5):
        assert together[draw] == pytest.approx(pool_monthly([a[draw], b[draw]], weights[draw]))


def test_forms_of_one_thing_are_pooled_as_one_first():
    a = np.array([[0.18, 0.02, 0.1]])
    b = np.array([[0.02, 0.18, 0.1]])  # agrees on the sum of the first two, not on which
    found = pool_monthly([a, b], [0.5, 0.5], groups=((0, 1), (2,)))
    assert found[0] == pytest.approx(np.array([0.1, 0.1, 0.1]))
    assert pool_monthly([a, b], [0.5, 0.5])[0, :2].sum() < 0.15  # pooled apart, both are thought unlikely
    # Unequal: .3 against .1 over .6 and .8, split by the forms' own pool.
    c = np.array([[0.05, 0.05, 0.1]])
    d = np.array([[0.1, 0.2, 0.1]])
    whole = log_pool([[0.1, 0.1, 0.8], [0.3, 0.1, 0.6]], [0.25, 0.75])
    forms = log_pool([[0.5, 0.5], [1 / 3, 2 / 3]], [0.25, 0.75])
    found = pool_monthly([c, d], [0.25, 0.75], groups=((0, 1), (2,)))
    assert found[0] == pytest.approx(np.array([whole[0] * forms[0], whole[0] * forms[1], whole[1]]))
    with pytest.raises(DataError, match="each of the 3 ways"):
        pool_monthly([a, b], [0.5, 0.5], groups=((0, 1),))


def test_a_chance_of_nought_does_not_veto():
    found = incidence_by_month(pool_monthly([np.zeros((60, 1)), np.full((60, 1), 0.02)], [0.5, 0.5]))[-1, 0]
    assert 0.001 < found < 0.1


@pytest.mark.parametrize("weights", [[0.5], [0.6, 0.6], [1.2, -0.2], [np.nan, 1.0]])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ParameterError):
        pool_monthly(np.full((2, 3, 1), 0.1), weights)


def test_chances_that_are_none_are_refused():
    with pytest.raises(DataError, match="at most 1"):
        pool_monthly([[[0.7, 0.7]], [[0.1, 0.1]]], [0.5, 0.5])
    with pytest.raises(DataError, match="every way a method"):
        pool_monthly(np.full((2, 3, 2), 0.1), [0.5, 0.5], [[True, False], [True, False]])
    with pytest.raises(DataError, match="add up to 1"):
        log_pool([[0.5, 0.6], [0.5, 0.5]], [0.5, 0.5])
    with pytest.raises(DataError, match="rule out"):
        log_pool([[1.0, 0.0], [0.0, 1.0]], [0.5, 0.5])
