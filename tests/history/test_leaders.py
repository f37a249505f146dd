"""Shares and odds of what became of leaders, against closed forms and an independent implementation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from armistice.errors import DataError, ParameterError
from armistice.history import clustered_share, penalised_logit


def test_separate_wars_give_clopper_and_pearson():
    from scipy.stats import beta

    found = clustered_share([1] * 7 + [0] * 13, np.arange(20))
    assert (found.value, found.n, found.n_clusters, found.events) == (0.35, 20, 20, 7)
    assert (found.lower, found.upper) == pytest.approx((beta.ppf(0.025, 7, 14), beta.ppf(0.975, 8, 13)))


def test_leaders_of_one_war_count_for_less():
    came = [1, 1, 0, 0] * 5
    apart, together = clustered_share(came, np.arange(20)), clustered_share(came, np.repeat(np.arange(10), 2))
    assert apart.value == together.value == 0.5
    # Ten pairs that agree: as wide as ten leaders.
    ten = clustered_share([1, 0] * 5, np.arange(10))
    assert (together.lower, together.upper) == pytest.approx((ten.lower, ten.upper))


def test_nobody_counts_each_war_once_and_unknown_is_not_no():
    none = clustered_share([0, 0, 0, np.nan], [1, 1, 2, 3])
    assert (none.value, none.n, none.n_clusters) == (0, 3, 2)
    assert none.upper == pytest.approx(1 - 0.025 ** (1 / 2))
    with pytest.raises(DataError, match="not known of anybody"):
        clustered_share([np.nan], [1])
    with pytest.raises(DataError, match="1, 0 or NaN"):
        clustered_share([0.5], [1])


def test_the_share_covers_when_leaders_of_one_war_fare_alike():
    rng = np.random.default_rng(11)
    covered = []
    for _ in range(400):
        war = np.repeat(np.arange(30), rng.integers(1, 5, 30))
        chance = rng.beta(1.2, 1.8, 30)[war]
        found = clustered_share(rng.random(len(war)) < chance, war)
        covered.append(found.lower <= 0.4 <= found.upper)
    assert np.mean(covered) >= 0.93


def test_one_yes_no_feature_without_a_pull_is_the_odds_ratio_of_the_table():
    came = [1] * 12 + [0] * 8 + [1] * 5 + [0] * 15
    feature = [1] * 20 + [0] * 20
    (found,) = penalised_logit(came, np.array(feature)[:, None], ["lost"], clusters=range(40), prior_scale=np.inf)
    assert found.value == pytest.approx(12 * 15 / (8 * 5))
    assert found.lower < found.value < found.upper
    assert (found.n, found.n_clusters) == (40, 40)


def test_agrees_with_statsmodels_with_clusters_and_no_pull():
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(4)
    table = np.column_stack([rng.integers(0, 2, 200), rng.normal(size=200)])
    came = rng.random(200) < 1 / (1 + np.exp(0.5 - table @ [1.0, -0.7]))
    war = rng.integers(0, 60, 200)
    mine = penalised_logit(came, table, ["a", "b"], clusters=war, prior_scale=np.inf)
    fitted = sm.Logit(came.astype(float), sm.add_constant(table)).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": war, "use_correction": False}
    )
    assert [m.value for m in mine] == pytest.approx(np.exp(fitted.params[1:]), rel=1e-6)
    groups = len(np.unique(war))
    from scipy.stats import t

    widths = t.ppf(0.975, groups - 1) * fitted.bse[1:] * math.sqrt(groups / (groups - 1))
    assert [math.log(m.upper / m.value) for m in mine] == pytest.approx(widths, rel=1e-5)


def test_the_pull_is_that_of_a_normal_prior_and_tames_separation():
    from scipy.optimize import minimize

    came, feature = np.array([0, 0, 0, 1, 1, 1.0]), np.array([0, 0, 0, 1, 1, 1.0])
    (found,) = penalised_logit(came, feature[:, None], ["lost"], clusters=range(6), prior_scale=1.5)

    def loss(beta):
        z = beta[0] + beta[1] * (feature - 0.5)
        return np.sum(np.logaddexp(0, z) - came * z) + beta[1] ** 2 / (2 * 1.5**2)

    best = minimize(loss, [0.0, 0.0], tol=1e-12).x
    assert math.log(found.value) == pytest.approx(best[1], abs=1e-4)


def test_the_model_covers_the_odds_ratio():
    rng = np.random.default_rng(12)
    covered = []
    for _ in range(200):
        war = np.repeat(np.arange(80), 2)
        lost = np.tile([1.0, 0.0], 80)
        length = rng.normal(size=80)[war]
        chance = 1 / (1 + np.exp(0.6 - 0.9 * lost + 0.3 * length))
        found, _ = penalised_logit(
            rng.random(160) < chance, np.column_stack([lost, length]), ["lost", "length"], clusters=war
        )
        covered.append(found.lower <= math.exp(0.9) <= found.upper)
    assert np.mean(covered) >= 0.92


@pytest.mark.parametrize(
    ("came", "table", "says"),
    [
        ([1, 0, 1, 0], [[1], [1], [1], [1]], "Feature lost never varies"),
        ([1, 1, 1, 1], [[1], [0], [1], [0]], "to all or to none"),
        ([1, 0], [[1], [0]], "at least 3 leaders in 2 wars, got 2"),
        ([1, 0, 1], [[1], [0]], "3 rows and 1 columns"),
    ],
)
def test_what_cannot_be_told_is_said(came, table, says):
    with pytest.raises(DataError, match=says):
        penalised_logit(came, table, ["lost"], clusters=range(len(came)))
    with pytest.raises(ParameterError, match="prior_scale"):
        penalised_logit([1, 0, 1, 0], [[1], [0], [0], [1]], ["lost"], clusters=range(4), prior_scale=0)
