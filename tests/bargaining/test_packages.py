"""Packages of issues against brute force, hand-worked cases and properties that any deal must have."""

from __future__ import annotations

import math
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armistice.bargaining.classics.leaders_office import Leaders, blocking_rent, deal_values, war_values
from armistice.bargaining.classics.reopening import (
    deal_value,
    gain_split,
    largest_acceptable_rebuilding,
    largest_acceptable_reopening,
    smallest_acceptable_share,
)
from armistice.bargaining.classics.slantchev2003 import fight_to_the_finish
from armistice.bargaining.package_survey import survey_packages
from armistice.bargaining.packages import (
    Verdict,
    issues_on_the_table,
    levers,
    package_gains,
    package_members,
    verdicts,
)
from armistice.errors import DataError, ParameterError

GOLDEN = tomllib.loads((Path(__file__).parents[1] / "golden" / "partial_deals.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def story():
    """Prisoners and a ceasefire in Slantchev's war, computed from the war up."""
    war = {"n_positions": 6, "discount": 0.9, "benefit_1": 0.3}
    now = fight_to_the_finish(p=0.5, **war)[3]
    after = np.array([fight_to_the_finish(p=p, **war)[3] for p in (0.5 - 0.2, 0.5 + 0.2)])
    deal = {"share": 0.5, "discount": 0.9}
    values = deal_value(war_after=after, reopening=0.1, **deal)
    split = gain_split(war_now=now, war_after=after, reopening=0.1, **deal)
    issues = issues_on_the_table(
        ["prisoners", "ceasefire"],
        [[0.02, 0.02], split.frozen],
        strength=[[0.0, 0.0], split.strength],
    )
    return {"war": war, "now": now, "after": after, "values": values, "deal": deal, "issues": issues}


def test_partial_deals_come_out_to_the_digits_given(story):
    now, after, deal = story["now"], story["after"], story["deal"]
    gains = package_gains(story["issues"])
    least = levers(story["issues"], gains)
    flip = largest_acceptable_rebuilding(
        lambda r: fight_to_the_finish(p=0.5 - r, **story["war"])[..., 3], reopening=0.1, largest=0.5, **deal
    )
    found = {
        "war_now": now,
        "war_after_a": after[0],
        "war_after_b": after[1],
        "ceasefire_a": story["values"][0],
        "ceasefire_b": story["values"][1],
        "gain_a": gains.a[0, 2],
        "gain_b": gains.b[0, 2],
        "prisoners_gain": gains.a[0, 1],
        "rebuilding_flip": flip,
        "reopening_flip": largest_acceptable_reopening(war_now=now, war_after=after[0], **deal),
        "transfer": least.side_payment[0, 2],
        "joint_surplus": gains.a[0, 2] + gains.b[0, 2],
        "share_a_needs": smallest_acceptable_share(war_now=now, war_after=after[0], discount=0.9, reopening=0.1),
        "prisoner_value_that_opens_the_package": -gains.a[0, 2],
    }
    for name, expected in GOLDEN["expected"].items():
        assert float(found[name]) == pytest.approx(expected, abs=GOLDEN["tolerance"]), name


def test_the_three_notions_of_open_differ_on_the_ceasefire(story):
    issues = story["issues"]
    gains = package_gains(issues)
    prisoners, ceasefire, both = 1, 2, 3
    alone = verdicts(gains)[0]
    assert alone[prisoners] == Verdict.OPEN_ALONE
    assert alone[ceasefire] == Verdict.BLOCKED_BY_A
    assert alone[both] == Verdict.BLOCKED_BY_A  # .02 for the prisoners does not make up for .0468
    assert verdicts(gains, transfer_cap=0.0468)[0, ceasefire] == Verdict.BLOCKED_BY_A
    assert verdicts(gains, transfer_cap=0.0469)[0, ceasefire] == Verdict.OPEN_WITH_TRANSFER


@pytest.mark.parametrize(("worth", "opens"), [(0.0468, False), (0.0469, True)])
def test_prisoners_worth_enough_open_the_package_though_not_the_ceasefire(story, worth, opens):
    values = story["issues"].values.copy()
    values[0, 0] = worth
    issues = issues_on_the_table(["prisoners", "ceasefire"], values, strength=story["issues"].strength)
    verdict = verdicts(package_gains(issues))[0]
    assert verdict[2] == Verdict.BLOCKED_BY_A
    assert bool(verdict[3] == Verdict.OPEN_ALONE) is opens
    assert survey_packages(issues).open_only_in_a_package.tolist() == [0.0, float(opens)]


def test_reopening_at_the_same_strength_never_changes_acceptance():
    rho = np.linspace(0, 1, 21)
    for share, taken in ((0.45, True), (0.38, False)):
        value = deal_value(share=share, war_after=0.3928662420, discount=0.9, reopening=rho)
        assert ((value >= 0.3928662420) == taken).all()


def by_brute_force(values, strength, pairs, office, mask):
    """One package's gain for one side, written out term by term."""
    members = [j for j in range(len(values)) if mask >> j & 1]
    gain = sum(values[j] + strength[j] for j in members)
    gain += sum(pairs[i, j] for i, j in combinations(members, 2))
    rent, margin, spread, concessions = office
    signed = margin + sum(concessions[j] for j in members)
    lost = [1 / (1 + math.exp(m / spread)) for m in (margin, signed)]
    return gain - rent * (lost[1] - lost[0])


def random_table(rng, n, draws, **changes):
    table = {
        "values": rng.normal(0, 0.05, (draws, n, 2)),
        "strength": rng.normal(0, 0.05, (draws, n, 2)),
        "pairs": np.triu(rng.normal(0, 0.02, (draws, 2, n, n)), 1).transpose(0, 2, 3, 1),
        "concessions": -rng.uniform(0, 0.05, (draws, n, 2)),
        "office_rent": rng.uniform(0, 0.5, (draws, 2)),
        "office_margin": rng.normal(0, 0.05, (draws, 2)),
        "office_spread": rng.uniform(0.02, 0.1, (draws, 2)),
    } | changes
    return table, issues_on_the_table([f"issue {j}" for j in range(n)], **table)


def test_gains_match_brute_force():
    n, draws = 5, 7
    table, issues = random_table(np.random.default_rng(3), n, draws)
    gains = package_gains(issues)
    for side, found in enumerate((gains.a, gains.b)):
        for d in range(draws):
            office = (
                *(table[f"office_{k}"][d, side] for k in ("rent", "margin", "spread")),
                table["concessions"][d, :, side],
            )
            for mask in range(2**n):
                expected = by_brute_force(
                    table["values"][d, :, side],
                    table["strength"][d, :, side],
                    table["pairs"][d, ..., side],
                    office,
                    mask,
                )
                assert found[d, mask] == pytest.approx(expected, abs=1e-14)


def test_chosen_draws_and_packages_are_those_of_the_whole():
    _, issues = random_table(np.random.default_rng(4), 4, 9)
    whole = package_gains(issues)
    part = package_gains(issues, draws=slice(2, 6), masks=[3, 9])
    np.testing.assert_array_equal(part.a, whole.a[2:6][:, [3, 9]])
    np.testing.assert_array_equal(part.margin_b, whole.margin_b[2:6][:, [3, 9]])


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_each_lever_is_just_enough(seed):
    """At the lever's amount the losers are indifferent; a thousandth less leaves someone losing."""
    rng = np.random.default_rng(seed)
    table, issues = random_table(rng, 3, 6)
    gains = package_gains(issues)
    least = levers(issues, gains)
    losing = (gains.a < -1e-9) | (gains.b < -1e-9)

    def worst(new_issues):
        new = package_gains(new_issues)
        return np.minimum(new.a, new.b)

    for d, mask in np.argwhere(losing):
        guarantee = least.guarantee[d, mask]
        for g, enough in ((guarantee, True), (guarantee - 1e-3, False)):
            if np.isfinite(guarantee):
                _, guarded = random_table(rng, 3, 6, **table | {"strength": table["strength"] * (1 - g)})
                assert bool(worst(guarded)[d, mask] >= -1e-9) is enough
        shift = least.expectation[d, mask]
        for t, enough in ((shift, True), (shift - 1e-3, False)):
            if np.isfinite(shift):
                # The public's view of this package only: the shift counts as a smaller concession.
                eased = table["concessions"].copy()
                first = next(j for j in range(3) if mask >> j & 1)
                eased[d, first] += t
                _, softened = random_table(rng, 3, 6, **table | {"concessions": eased})
                assert bool(worst(softened)[d, mask] >= -1e-9) is enough
    # With no cap, transfers open exactly the packages with a joint gain, at the loser's gap.
    opened = verdicts(gains, transfer_cap=10.0) <= Verdict.OPEN_WITH_TRANSFER
    np.testing.assert_array_equal(opened, np.isfinite(least.side_payment))
    np.testing.assert_array_equal(np.isfinite(least.side_payment), gains.a + gains.b >= -1e-12)
    paid = np.isfinite(least.side_payment)
    expected = np.maximum(0, -np.minimum(gains.a, gains.b))[paid]
    np.testing.assert_allclose(least.side_payment[paid], expected, atol=1e-12)
    np.testing.assert_allclose(least.outside_payment, np.maximum(-gains.a, 0) + np.maximum(-gains.b, 0), atol=1e-12)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_relabelling_the_sides_mirrors_the_result(seed):
    rng = np.random.default_rng(seed)
    table, issues = random_table(rng, 4, 5)
    _, mirrored = random_table(rng, 4, 5, **{name: array[..., ::-1] for name, array in table.items()})
    cap = rng.uniform(0, 0.1, 5)
    verdict = verdicts(package_gains(issues), transfer_cap=cap)
    seen_from_b = verdicts(package_gains(mirrored), transfer_cap=cap)
    swap = np.array([0, 1, Verdict.BLOCKED_BY_B, Verdict.BLOCKED_BY_A, 4])
    np.testing.assert_array_equal(seen_from_b, swap[verdict])
    assert len(np.unique(verdict)) >= 4  # the draws reach nearly all verdicts


@given(seed=st.integers(0, 10_000), more=st.floats(0.0, 0.3))
@settings(max_examples=25, deadline=None)
def test_a_higher_office_rent_never_opens_a_package_of_concessions(seed, more):
    rng = np.random.default_rng(seed)
    table, issues = random_table(rng, 3, 5)
    _, dearer = random_table(rng, 3, 5, **table | {"office_rent": table["office_rent"] + more})
    before, after = package_gains(issues), package_gains(dearer)
    assert (after.a <= before.a + 1e-12).all()
    assert (after.b <= before.b + 1e-12).all()


def test_an_exchange_that_is_no_concession_costs_no_office():
    issues = issues_on_the_table(
        ["prisoners", "ceasefire"],
        [[0.02, 0.02], [0.05, 0.05]],
        concessions=[[0.0, 0.0], [-0.1, 0.0]],
        office_rent=0.4,
    )
    gains = package_gains(issues)
    assert gains.a[0, 1] == pytest.approx(0.02, abs=1e-15)
    assert gains.b[0, 3] == pytest.approx(0.07, abs=1e-15)
    # By hand: the risk goes from 1/2 to 1 / (1 + e^-2).
    assert gains.a[0, 2] == pytest.approx(0.05 - 0.4 * (1 / (1 + math.exp(-2)) - 0.5), abs=1e-14)


def test_one_issue_with_leaders_is_the_leaders_model():
    """With the risk of war equal to the risk at today's margin, packages and classics agree."""
    leaders = Leaders(0.5, 0.1, 0.1, rent=0.12, expected_share=0.55, war_risk=0.2, spread=0.03)
    margin = 0.03 * math.log((1 - 0.2) / 0.2)
    issues = issues_on_the_table(
        ["even split"],
        [[0.1, 0.1]],
        concessions=[[(0.5 - 0.55) - margin] * 2],
        office_rent=leaders.rent,
        office_margin=margin,
        office_spread=0.03,
    )
    gain = package_gains(issues).a[0, 1]
    assert gain == pytest.approx(deal_values(leaders, 0.5)[0] - war_values(leaders)[0], abs=1e-14)
    assert gain == pytest.approx(0.1 * (1 - leaders.rent / blocking_rent(leaders, 0.5)), abs=1e-14)


def test_survey_adds_up_what_the_parts_say_whatever_the_blocks():
    rng = np.random.default_rng(8)
    _, issues = random_table(rng, 4, 50)
    cap = rng.uniform(0, 0.05, 50)
    survey = survey_packages(issues, transfer_cap=cap, draws_per_block=7)
    gains = package_gains(issues)
    verdict, least = verdicts(gains, transfer_cap=cap), levers(issues, gains)
    for code in Verdict:
        np.testing.assert_allclose(survey.verdict_shares[:, code], (verdict == code).mean(axis=0))
    np.testing.assert_allclose(survey.verdict_shares.sum(axis=1), 1)
    for name, shares in survey.lever_shares.items():
        amount = getattr(least, name)
        finite = np.isfinite(amount)
        np.testing.assert_allclose(shares, finite.mean(axis=0))
        mean = [
            np.mean(column[keep]) if keep.any() else np.nan for column, keep in zip(amount.T, finite.T, strict=True)
        ]
        np.testing.assert_allclose(survey.lever_means[name], mean)
    opened = verdict <= 1
    for j in range(4):
        holds = [mask for mask in range(16) if mask >> j & 1]
        expected = np.mean(~opened[:, 1 << j] & opened[:, holds].any(axis=1))
        assert survey.open_only_in_a_package[j] == pytest.approx(expected)
    assert survey.any_open == pytest.approx(opened[:, 1:].any(axis=1).mean())


def test_members_of_a_package():
    issues = issues_on_the_table(["prisoners", "children", "energy"], np.full((3, 2), 0.01))
    assert package_members(issues, 5) == ("prisoners", "energy")
    with pytest.raises(ParameterError, match="mask must lie from 0 to 7, got 8"):
        package_members(issues, 8)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"values": [[0.1, 0.1], [0.0, 0.0]]}, ParameterError, "no side values issue 'ceasefire'"),
        ({"names": ["prisoners", "prisoners"]}, ParameterError, "names must differ"),
        ({"values": [[0.1, np.nan], [0.1, 0.1]]}, DataError, "values must hold finite numbers"),
        ({"values": [0.1, 0.2]}, DataError, r"values must have shape \(2, 2\)"),
        ({"pairs": np.ones((2, 2, 2))}, DataError, "pairs must be 0 on and below the diagonal"),
        ({"concessions": np.ones((2, 2))}, ParameterError, "concessions need office_rent"),
        ({"office_rent": -0.1}, ParameterError, "office_rent must be at least 0, got -0.1"),
        ({"office_rent": 0.1, "office_spread": 0.0}, ParameterError, "office_spread must be positive"),
        ({"strength": np.ones((3, 2, 2)), "values": np.ones((4, 2, 2))}, DataError, "values 4, strength 3"),
        (
            {"names": [str(j) for j in range(13)], "values": np.ones((13, 2))},
            ParameterError,
            "1 to 12 issues, got 13",
        ),
    ],
)
def test_bad_input_names_the_parameter(change, error, message):
    given_ = {"names": ["prisoners", "ceasefire"], "values": [[0.1, 0.1], [0.1, 0.1]]} | change
    with pytest.raises(error, match=message):
        issues_on_the_table(given_.pop("names"), given_.pop("values"), **given_)


def test_a_negative_transfer_cap_is_refused():
    issues = issues_on_the_table(["prisoners"], [[0.1, 0.1]])
    with pytest.raises(ParameterError, match="transfer_cap must be at least 0"):
        verdicts(package_gains(issues), transfer_cap=-1.0)
