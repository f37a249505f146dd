"""What if one side does not know what the war costs the other: from drawn games to the three courses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from armistice.bargaining.classics import coase_screening
from armistice.bargaining.equilibrium import solve
from armistice.estimate import Estimate, NotIdentified
from armistice.record.load import load_war
from armistice.studies import _bargain_unsure as unsure
from armistice.studies import study_named
from armistice.studies._bargain_assumptions import ranges_of
from armistice.studies._bargain_game import draw_assumptions, games_at
from armistice.studies._bargain_inputs import observe
from armistice.studies._bargain_shares import share_of


@pytest.fixture(scope="module")
def ukraine():
    return load_war("ukraine").as_of("2025-06-03")


def drawn(record, n, *given):
    observed = observe(record)
    ranges = ranges_of(record, observed, given)
    return games_at(draw_assumptions(observed, ranges, n, np.random.default_rng(5)), observed), ranges


def test_uniform_gains_from_below_zero_are_the_coase_conjecture_for_those_who_gain():
    """A third of the types gain nothing: of the others, each month settles the closed form's part."""
    least_of_other = np.linspace(0.7, 0.4, 33)  # gains 1 - 0.4 - least: -0.1 to 0.2
    settled, gain, lost = unsure._screened(0.4, least_of_other, 0.97)
    limit = coase_screening.limit_screening(discount=0.97)
    months = np.array([0, 3, 12])
    np.testing.assert_allclose(settled[months], 2 / 3 * (1 - limit.cut_off ** (months + 1)), atol=1e-4)
    assert gain == pytest.approx(2 / 3 * 0.1)
    assert 0 < lost < 0.2


def test_a_side_that_can_gain_by_no_type_never_agrees():
    settled, gain, lost = unsure._screened(0.7, np.linspace(0.6, 0.35, 33), 0.99)
    assert settled.tolist() == [0.0] * len(settled)
    assert (gain, lost) == (0.0, 0.0)


def test_what_a_month_of_war_costs_a_type_is_what_a_game_with_that_cost_says(ukraine):
    """Least shares of the types come from two solutions and a straight line: hold them against games solved anew.

    Both sides' war is made dearer in one solution, and the other's efforts answer that a little: up to 0.04 of the change.
    """
    games, _ = drawn(ukraine, 4)
    for game, state in games:
        war = unsure._to_the_finish(game, state, 100.0)
        for side, name in enumerate("ab"):
            own = getattr(game, name)
            for cost in (0.0, 0.3):
                line = unsure._least(
                    game, state, side, war.flow[side] - war.weight[side] * np.array([cost - own.cost])
                )
                other = unsure._to_the_finish(game.with_values(**{f"{name}_cost": cost}), state, 100.0)
                exact = unsure._least(game, state, side, other.flow[side : side + 1])
                assert line == pytest.approx(exact, abs=0.02)


def test_without_office_and_reopening_the_least_share_is_the_worth_of_fighting_to_the_finish(ukraine):
    games, _ = drawn(ukraine, 3, "office_rent_a=0", "office_rent_b=0", "treaty_reopening=0")
    for game, state in games:
        war = game.without("talks")
        found = solve(war, precision=100.0, certify=False)
        at = war.index(replace(state, talks="suspended"))
        flows = unsure._to_the_finish(game, state, 100.0).flow
        for side, value in enumerate((found.value_a[at], found.value_b[at])):
            least = unsure._least(game, state, side, flows[side : side + 1])[0]
            assert least == pytest.approx(min(max(value, 0.0), 1.0), abs=2e-3)


def test_doubt_never_makes_agreement_more_likely_than_the_types_that_gain(ukraine):
    games, ranges = drawn(ukraine, 12)
    found = unsure.what_if_unsure(games, ranges, precision=100.0)
    assert found is not None
    assert found.n_drawn == len(found.least) == 12
    for course in (*found.unsure, found.standing_firm):
        assert (np.diff(course.settled, axis=1) >= -1e-12).all()
        assert course.settled.min() >= 0
        assert course.settled.max() <= 1 + 1e-9
        assert ((course.lost >= 0) & (course.lost <= 1)).all()
        assert (course.settled[course.gain == 0] == 0).all()
    # to screen month by month is to settle with every type that gains, in the end; to stand firm is not
    asked = found.unsure[0].settled[:, -1].mean()
    assert found.standing_firm.settled[:, -1].mean() < asked
    assert found.standing_firm.lost_in_all > found.unsure[0].lost_in_all


def test_relabelling_the_sides_mirrors_every_course(ukraine):
    games, ranges = drawn(ukraine, 3)
    turned = [
        (
            game.mirrored(),
            replace(
                state, front=game.front_cells - state.front, aid_a=state.aid_b, aid_b=state.aid_a,
                security_a=state.security_b, security_b=state.security_a, proposer="b",
            ),
        )
        for game, state in games
    ]  # fmt: skip
    swapped = dict(ranges) | {"cost_a": ranges["cost_b"], "cost_b": ranges["cost_a"]}
    one = unsure.what_if_unsure(games, ranges, precision=100.0)
    other = unsure.what_if_unsure(turned, swapped, precision=100.0)
    np.testing.assert_allclose(one.least, other.least[:, ::-1], atol=2e-3)
    np.testing.assert_allclose(one.unsure[0].settled[:, 12], other.unsure[1].settled[:, 12], atol=0.03)
    np.testing.assert_allclose(one.standing_firm.settled[:, 12], other.standing_firm.settled[:, 12], atol=0.02)


def test_where_the_costs_are_set_there_is_nothing_to_be_unsure_of(ukraine):
    study = study_named("bargain")
    found = study.run(ukraine, study.parameters(draws=12, set=("cost_b=0.1",)), np.random.default_rng(1))
    numbers = found.quantities
    assert isinstance(numbers["agreement_within_a_year_if_unsure[russia]"], NotIdentified)
    assert isinstance(numbers["agreement_within_a_year_if_unsure[ukraine]"], Estimate)
    assert isinstance(numbers["agreement_within_a_year_if_both_stand_firm"], NotIdentified)
    (table,) = [each for each in found.tables if each.name == "unsure"]
    assert table.rows[1][1:] == (None,) * 5


@pytest.mark.parametrize("shape", [(0.5, 0.5), (2.0, 1.0), (8.0, 0.5)])
def test_the_interval_of_a_mean_of_chances_covers(shape):
    rng = np.random.default_rng(4)
    chances = rng.beta(*shape, size=(4000, 24))
    truth = shape[0] / sum(shape)
    held = [low <= truth <= high for _, low, high in (share_of(float(row.sum()), 24, level=0.95) for row in chances)]
    assert np.mean(held) >= 0.95
