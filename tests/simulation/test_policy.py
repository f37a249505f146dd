"""Policies as thresholds."""

import numpy as np
import pytest

from armistice.bargaining.game import State
from armistice.bargaining.reading import agreement_chances
from armistice.simulation.policy import AT_ARMISTICE, AT_ISSUES, AT_TREATY, FIRST, SECOND, limits, packed, thresholds
from tests.simulation.games import every_mechanism, solved


def test_certain_and_impossible_are_exact():
    assert limits(thresholds([0.0, 1.0])).tolist() == [0, 65536]


def test_every_chance_is_met_to_a_65536th():
    chances = np.concatenate([np.linspace(0, 1, 100_003), 0.5 + np.array([-1, 0, 1]) * 2.0**-17])
    assert np.abs(limits(thresholds(chances)) / 65536 - chances).max() <= 1.0 / 65536 + 1e-12
    # a sixty-fourth of this resolution would still be seen by the bound, so it says something
    assert np.abs(limits(thresholds(chances)) / 65536 - chances).max() > 0.25 / 65536


def test_thresholds_rise_with_chances():
    assert (np.diff(limits(thresholds(np.linspace(0, 1, 70_001)))) >= 0).all()


@pytest.mark.parametrize(
    "state",
    [
        State(front=2, talks="open"),
        State(front=1, talks="mediated", proposer="b", aid_a=True),
        State(front=3, talks="open", settled=("grain",), security_a=0),
        State(front=2, talks="suspended"),
    ],
)
def test_columns_hold_what_comes_of_the_talks(state):
    game, equilibrium = every_mechanism(), solved(every_mechanism())
    row = limits(packed(equilibrium)[np.ravel_multi_index(game.index(state), game.shape)]) / 65536
    wanted = agreement_chances(equilibrium, state)
    assert row[AT_ARMISTICE] == pytest.approx(wanted["armistice"], abs=2e-5)
    assert row[AT_TREATY] - row[AT_ARMISTICE] == pytest.approx(wanted["treaty"], abs=4e-5)
    for number, issue in enumerate(game.issues):
        assert row[AT_ISSUES + number] - row[AT_ISSUES + number - 1] == pytest.approx(wanted[issue.name], abs=4e-5)
    at = game.index(state)
    assert row[FIRST] == pytest.approx(equilibrium.policies.first[at], abs=2e-5)
    assert row[SECOND : SECOND + 2] == pytest.approx(equilibrium.policies.second[at], abs=2e-5)


def test_the_game_of_these_tests_has_every_kind_of_agreement():
    equilibrium = solved(every_mechanism())
    agreed = (equilibrium.policies.offers * equilibrium.policies.accepts).reshape(-1, len(equilibrium.tables.kind))
    assert (agreed[:, 1:].max(axis=0) > 0.01).sum() >= 5
