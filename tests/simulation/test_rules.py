"""Rules, violence and what play returns: bad input, digests, sums and quantiles."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from armistice.bargaining.game import State
from armistice.errors import ParameterError
from armistice.simulation.endings import CONTINUES, ENDINGS
from armistice.simulation.play import HISTOGRAM_MONTHS, Played, play
from armistice.simulation.rules import Forces, Strikes, Violence, rules_of
from tests.simulation.games import all_violence, every_mechanism, solved


@pytest.fixture(scope="module")
def rules():
    return rules_of(solved(every_mechanism()), State(front=2), all_violence())


@pytest.fixture(scope="module")
def played(rules):
    return play(rules, n_wars=3_000, months=30, seed=1, keep_wars=True)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Forces("mixed", (1, 1)), "losses must be one of aimed, area, mean"),
        (lambda: Forces("aimed", (0.1, 0.1)), "persons is needed for aimed fire"),
        (lambda: Forces("mean", (1, 1), break_point=(0.1, 0)), "break_point needs forces.persons"),
        (lambda: Forces("mean", (-1, 1)), "forces.rate must be 0 or more, got -1"),
        (lambda: Forces("mean", (1, 1), persons=(0, 5)), "persons must be positive"),
        (lambda: Forces("mean", (1, 1), killed_share=(1.5, 0)), "killed_share must lie from 0 to 1"),
        (lambda: Strikes((1.2, 0), (0, 0)), "strikes.rise must lie from 0 to 1"),
        (lambda: Strikes((0.1, 0), (0, 0), start=(3, 0)), "start must be 0, 1 or 2"),
        (lambda: Strikes((0.1, 0), (0, 0), retaliation=(np.inf, 0)), "retaliation must be a finite"),
        (lambda: Violence(lull=-0.1), "violence.lull"),
        (lambda: Violence(hazards=(("peace", 0.1),)), "'peace' is no ending; there are armistice"),
        (lambda: Violence(lull=0.6, hazards=(("armistice", 0.6),)), "add up to 1.2"),
    ],
)
def test_bad_violence_is_refused_by_name(make, words):
    with pytest.raises(ParameterError, match=words):
        make()


@pytest.mark.parametrize(
    "wrong", [{"n_wars": 0}, {"months": 0}, {"months": 5000}, {"seed": -1}, {"seed": 2**32}, {"first_war": -1}]
)
def test_bad_numbers_are_refused_by_name(rules, wrong):
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        play(rules, **{"n_wars": 10, "months": 5, "seed": 1} | wrong)


def test_a_state_that_does_not_exist_is_refused():
    with pytest.raises(ParameterError, match="front must lie from 1 to 3"):
        rules_of(solved(every_mechanism()), State(front=4))


def test_digest_is_the_same_after_a_journey_and_differs_with_every_part(rules):
    there = pickle.loads(pickle.dumps(rules))
    assert there.content_hash() == rules.content_hash()
    others = [
        replace(rules, violence=Violence()),
        replace(rules, violence=replace(rules.violence, lull=0.011)),
        replace(rules, deals_reopen=True),
        replace(rules, start=(0, 1, 1, 0, 0, 2, 1, 1, 2, 1)),
        replace(rules, policy=np.where(np.arange(8) == 0, rules.policy + 1, rules.policy).astype(np.uint16)),
        replace(rules, chances=replace(rules.chances, moves=rules.chances.moves + 1)),
    ]
    assert len({rules.content_hash(), *(other.content_hash() for other in others)}) == 7


def test_sums_agree_with_the_wars_themselves(played):
    wars = played.wars
    ended = wars.ending != CONTINUES
    table = np.zeros_like(played.ended)
    np.add.at(table, (wars.ending[ended], wars.month[ended]), 1)
    table[CONTINUES, 30] = (~ended).sum()
    assert np.array_equal(table, played.ended)
    fighting = [(~ended | (wars.month > month)).sum() for month in range(31)]
    assert played.front.sum(axis=1).tolist() == fighting
    total = wars.deaths.astype(np.float64)
    assert played.deaths[30, :, 0] == pytest.approx(total.sum(axis=0), rel=1e-5)
    assert played.deaths[30, :, 1] == pytest.approx((total**2).sum(axis=0), rel=1e-5)
    assert (np.diff(played.deaths[..., 0], axis=0) >= 0).all()


def test_chances_add_up_and_grow(played):
    chances = played.chances([0, 6, 12, 30])
    assert chances.sum(axis=1) == pytest.approx(1)
    assert chances[0].tolist() == [0] * 7 + [1]
    assert (np.diff(chances[:, :CONTINUES], axis=0) >= 0).all()
    assert chances[-1, CONTINUES] == played.ended[CONTINUES, 30] / 3_000
    assert len(ENDINGS) == chances.shape[1]
    with pytest.raises(ParameterError, match="30 months played, got 31"):
        played.chances([31])


def test_quantiles_of_deaths_lie_within_a_64th(played):
    assert played.histogram_months == (*(month for month in HISTOGRAM_MONTHS if month < 30), 30)
    total = np.rint(played.wars.deaths.astype(np.float64)).sum(axis=1)
    wanted = np.array([0.01, 0.25, 0.5, 0.9, 1.0])
    exact = np.quantile(total, wanted, method="inverted_cdf")
    found = played.deaths_quantiles(30, wanted)
    assert np.abs(found - exact).max() > 0
    assert (np.abs(found - exact) <= exact / 64 + 1).all()
    assert (played.histogram.sum(axis=1) == 3_000).all()
    with pytest.raises(ParameterError, match="month 7 is not kept; there are 3, 6, 12, 24, 30"):
        played.deaths_quantiles(7, [0.5])
    with pytest.raises(ParameterError, match="probabilities must lie from 0 to 1"):
        played.deaths_quantiles(30, [1.5])


def test_parts_that_do_not_fit_are_not_merged(rules, played):
    with pytest.raises(ParameterError, match="at least one part"):
        Played.merged([])
    with pytest.raises(ParameterError, match="same months"):
        Played.merged([played, play(rules, n_wars=5, months=29, seed=1)])
    assert Played.merged([played, play(rules, n_wars=5, months=30, seed=1)]).wars is None
