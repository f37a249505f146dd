"""A record played forward: what is read of violence, what is drawn, and what scenarios change."""

from __future__ import annotations

import datetime as dt
import shutil

import numpy as np
import pytest
from pydantic import ValidationError

from armistice.errors import DataError, ParameterError
from armistice.estimate import Estimate, NotIdentified, NotObserved
from armistice.record.load import load_war
from armistice.simulation.endings import ENDINGS
from armistice.studies._simulation_draws import draw_violence, violence_parameters
from armistice.studies._simulation_inputs import Claim, see_violence
from armistice.studies._simulation_pages import simulation_result
from armistice.studies._simulation_runs import read_scenarios, simulate
from armistice.studies._simulation_strikes import StrikeCounts, counted, levels_of
from armistice.studies.outlook import OutlookParameters
from tests.record.future import delete_future, scramble_future
from tests.record.small_war import FILES

MONTH = 30.4375


@pytest.fixture(scope="module")
def ukraine():
    return load_war("ukraine").as_of("2025-06-03")


@pytest.fixture(scope="module")
def korea():
    return load_war("korea").as_of("1952-07-15")


@pytest.fixture
def scenario(tmp_path):
    def write(record, body, name="mine"):
        file = tmp_path / f"{name}.toml"
        head = 'names = { en = "Mine", nl = "Mijn" }\ndescription = { en = "Mine.", nl = "Mijn." }\n'
        file.write_text(head + body, encoding="utf-8")
        return read_scenarios(record, [file])[0]

    return write


# --- what the record says --------------------------------------------------------------------------------


def test_claims_become_persons_a_month(ukraine):
    russia, ukrainian = see_violence(ukraine).deaths
    by_claimant = {(claim.who, claim.counts): claim for claim in russia}
    # CSIS: up to 250,000 dead by 3 June 2025, 1,195 days after the war began.
    months = (dt.date(2025, 6, 3) - dt.date(2022, 2, 24)).days / MONTH
    assert by_claimant["CSIS", "killed"].high == pytest.approx(250_000 / months)
    # The enemy's daily claims count the wounded too; the past year of them.
    losses = ukraine.series("russian_losses_claimed").usable()
    past_year = losses.values[losses.dates > losses.dates[-1] - np.timedelta64(365, "D")]
    assert by_claimant["General Staff of Ukraine", "losses"].low == pytest.approx(np.nanmean(past_year) * MONTH)
    csis = next(claim for claim in ukrainian if claim.who == "CSIS" and claim.counts == "killed")
    assert (csis.low, csis.high) == (pytest.approx(60_000 / months), pytest.approx(100_000 / months))


def test_a_stretch_counts_as_long_as_it_lasted(korea):
    north, south = see_violence(korea).deaths
    # 4,648 killed in March 1952, as Eighth Army counted; a month of 31 days.
    march = next(claim for claim in north if claim.who == "Eighth Army" and claim.counts == "killed")
    assert march.low == pytest.approx(4648 / 31 * MONTH)
    # Members of a side are added up: South Koreans and Americans killed since the war began.
    members = next(claim for claim in south if ";" in claim.who)
    since = [(dt.date(1952, 5, 13) - dt.date(1950, 6, 25)).days + 1]
    assert members.low == pytest.approx((27_690 + 18_980) / (since[0] / MONTH))


def test_old_claims_and_single_months_give_way_to_younger_ones(korea):
    # The first year of movement, and May 1951 alone, say little of July 1952 while March 1952 is counted ...
    assert [claim.who for claim in see_violence(korea).deaths[0]] == ["Eighth Army"]
    # ... but in December 1951 they are what there is, the year before the single month.
    assert [c.who.split(" (")[0] for c in see_violence(load_war("korea").as_of("1951-12-15")).deaths[0]] == [
        "UN agent general for relief"
    ]


def test_what_was_not_known_yet_is_not_claimed(ukraine):
    day = dt.date(2024, 12, 1)
    earlier = see_violence(load_war("ukraine").as_of(day))
    everything = [*earlier.deaths[0], *earlier.deaths[1], *earlier.strength[0], *earlier.strength[1]]
    assert "CSIS" not in {claim.who for claim in everything}
    assert {claim.who for claim in see_violence(ukraine).deaths[0]} > {"CSIS"}
    # A claim of the South's dead known only in 2009 does not reach 1952.
    assert "South Korea" not in {c.who for c in see_violence(load_war("korea").as_of("1952-07-15")).deaths[1]}


@pytest.mark.parametrize(("name", "day"), [("ukraine", "2024-08-06"), ("korea", "1951-11-27")])
@pytest.mark.parametrize("change", [delete_future, scramble_future])
def test_nothing_later_reaches_what_is_played(tmp_path, name, day, change):
    before = load_war(name)
    folder = shutil.copytree(before.path, tmp_path / name)
    assert change(folder, day) > 0
    drawn = []
    for war in (before, load_war(folder)):
        record = war.as_of(day)
        seen = see_violence(record)
        drawn.append(
            (seen.deaths, seen.strength, seen.civilians, seen.fading, draw_violence(record, seen, 12, 1).violence)
        )
    assert drawn[0] == drawn[1]


def test_the_dead_of_both_sides_together_are_split_within_a_stated_range():
    record = load_war("iran_iraq").as_of("1988-06-30")
    seen = see_violence(record)
    assert seen.deaths == ((), ())
    (sipri,) = seen.deaths_together  # more than 300,000 from September 1980 to March 1984
    assert sipri.low == pytest.approx(300_000 / (((dt.date(1984, 3, 11) - dt.date(1980, 9, 22)).days + 1) / MONTH))
    drawn = draw_violence(record, seen, 200, 1).values
    share = drawn["deaths_a"] / (drawn["deaths_a"] + drawn["deaths_b"])
    assert 0.25 <= share.min() < 0.3 < 0.7 < share.max() <= 0.75
    assert "for both sides together" in " ".join(text.en for text in seen.missing)


def test_levels_are_thirds_and_steps_are_counted_by_hand():
    weekly = np.array([1.0, 1, 9, 9, 5, 5, 5, 1, 9, 1, 5, 9])
    level = levels_of(weekly)
    assert level.tolist() == [0, 0, 2, 2, 1, 1, 1, 0, 2, 0, 1, 2]
    theirs = np.array([2.0, 0, 0, 0, 2, 0, np.nan, 2, 0, 0, 0, 0])
    found = counted(weekly, level, theirs, "by hand")
    # Steps of four weeks: 0>1 0>1 2>1 2>0 1>2 1>0 1>1 0>2; with the other's level 2 0 0 0 2 0 ? 2.
    assert (found.rises, found.could_rise) == (4 / 4, 6 / 4)
    assert (found.falls, found.could_fall) == (3 / 4, 4 / 4)
    assert (found.rises_at_surge, found.at_surge) == (3 / 4, 3 / 4)
    assert found.relative == pytest.approx((1 / 5, 5 / 5, 9 / 5))
    assert found.now == 1  # weeks 2 0 1 2


def test_no_answer_is_told_from_no_record(ukraine, korea):
    assert see_violence(korea).strikes == (None, None)
    assert draw_violence(korea, see_violence(korea), 4, 1).violence[0].strikes is None
    seen = see_violence(ukraine)
    answers = draw_violence(ukraine, seen, 400, 1).values["retaliation_b"]
    # A share of the association, from none of it to all, is an answer: zero is never excluded.
    assert np.quantile(answers, 0.1) < 0.05
    assert np.quantile(answers, 0.9) > 0.2


def test_fading_is_counted_in_wars_known_by_the_day(ukraine):
    early, late = (
        see_violence(load_war(war).as_of(day)).fading for war, day in (("korea", "1952-07-15"), ("ukraine", None))
    )
    assert early.months < late.months or not early.same_type
    drawn = draw_violence(ukraine, see_violence(ukraine), 400, 1).values["lull"]
    fading = see_violence(ukraine).fading
    assert drawn.mean() == pytest.approx((fading.faded + 0.5) / fading.months, rel=0.02)


# --- what is drawn ---------------------------------------------------------------------------------------


def test_draws_lie_between_the_lowest_and_the_highest_claim(ukraine):
    seen = see_violence(ukraine)
    drawn = draw_violence(ukraine, seen, 300, 1).values
    for suffix, claims in zip(("_a", "_b"), seen.deaths, strict=True):
        share = drawn[f"killed_share{suffix}"]
        weights = [np.ones(300) if claim.counts == "killed" else share for claim in claims]
        low = np.min([claim.low * weight for claim, weight in zip(claims, weights, strict=True)], axis=0)
        high = np.max([claim.high * weight for claim, weight in zip(claims, weights, strict=True)], axis=0)
        assert (drawn[f"deaths{suffix}"] >= low * 0.999999).all()
        assert (drawn[f"deaths{suffix}"] <= high * 1.000001).all()
        places = np.log(drawn[f"deaths{suffix}"] / low) / np.log(high / low)
        assert sorted(np.floor(places * 300).astype(int)) == list(range(300))  # evenly, in logarithms
    strengths = [claim.high for claim in seen.strength[1]]
    assert min(strengths) <= drawn["force_b"].min() < 300_000
    assert 800_000 < drawn["force_b"].max() <= max(strengths)


def test_one_claim_alone_is_widened_and_a_silent_side_follows_the_other():
    from dataclasses import replace

    record = load_war("korea").as_of("1952-07-15")
    alone = replace(
        see_violence(record), deaths=((Claim(3000.0, 3000.0, "killed", "one", "x"),), ()), deaths_together=()
    )
    drawn = draw_violence(record, alone, 500, 1).values
    assert (drawn["deaths_a"].min(), drawn["deaths_a"].max()) == (
        pytest.approx(2000, rel=0.01),
        pytest.approx(4500, rel=0.01),
    )
    ratio = drawn["deaths_b"] / drawn["deaths_a"]
    assert (ratio.min(), ratio.max()) == (pytest.approx(1 / 3, rel=0.02), pytest.approx(3, rel=0.02))


def test_all_laws_give_todays_losses_at_todays_forces(ukraine):
    drawn = draw_violence(ukraine, see_violence(ukraine), 60, 1)
    laws = set()
    for i, violence in enumerate(drawn.violence):
        forces = violence.forces
        laws.add(forces.losses)
        a, b = forces.persons
        scale = {"aimed": (b, a), "area": (a * b, a * b), "mean": (1, 1)}[forces.losses]
        for side, suffix in enumerate(("_a", "_b")):
            # Half of the months have a push of the side, half one of the other.
            monthly = (
                forces.rate[side]
                * scale[side]
                * (1 + 0.5 * forces.push_losses[side] + 0.5 * forces.pushed_losses[side])
            )
            assert monthly * forces.killed_share[side] == pytest.approx(drawn.values[f"deaths{suffix}"][i])
    assert laws == {"aimed", "area", "mean"}


def test_a_scenario_changes_what_it_names_and_nothing_else(ukraine, scenario):
    seen = see_violence(ukraine)
    before = draw_violence(ukraine, seen, 24, 1).values
    changed = scenario(ukraine, '[set]\ndeaths_b = "x0.5"\nlull = [0.1, 0.2]\ncost_a = 0.1\n')
    after = draw_violence(ukraine, seen, 24, 1, changed).values
    np.testing.assert_allclose(after["deaths_b"], before["deaths_b"] / 2)
    assert (after["lull"].min(), after["lull"].max()) == (
        pytest.approx(0.1, abs=0.005),
        pytest.approx(0.2, abs=0.005),
    )
    for name in before:
        if name not in ("deaths_b", "lull"):
            np.testing.assert_array_equal(after[name], before[name], err_msg=name)


@pytest.mark.parametrize(
    ("off", "holds"),
    [
        ("losses", lambda v: v.forces is None and v.strikes is not None),
        ("replacement", lambda v: v.forces.replenished == v.forces.replenished_with_aid == (0, 0)),
        ("collapse", lambda v: v.forces.break_point == (0, 0)),
        ("strikes", lambda v: v.strikes is None and v.forces is not None),
        ("retaliation", lambda v: v.strikes.retaliation == (0, 0) and v.strikes.around_talks != (0, 0)),
        ("strikes_around_talks", lambda v: v.strikes.around_talks == (0, 0) and v.strikes.retaliation != (0, 0)),
        ("lull", lambda v: v.lull == 0),
    ],
)
def test_each_mechanism_of_violence_has_its_switch(ukraine, scenario, off, holds):
    seen = see_violence(ukraine)
    before = draw_violence(ukraine, seen, 6, 1)
    after = draw_violence(ukraine, seen, 6, 1, scenario(ukraine, f'[mechanisms]\noff = ["{off}"]\n'))
    assert all(holds(violence) for violence in after.violence)
    assert not any(holds(violence) for violence in before.violence)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('[set]\nbreak_point_a = "x3"', "[set] break_point_a: x3 would make it "),
        (
            '[set]\nsigning_risk_a = "x2"',
            "[set] signing_risk_a: x2 would make it 0.2 to 1.8; it must lie from 0 to 1.",
        ),
        ("[set]\naid_a = 0.1", "[set] aid_a: there is no such parameter"),  # Russia has no patron on record
    ],
)
def test_a_multiple_that_means_nothing_is_refused(ukraine, scenario, body, message):
    with pytest.raises(ParameterError) as error:
        simulate(ukraine, [scenario(ukraine, body)], wars=24, draws=2, months=3)
    assert message in str(error.value)
    assert "mine.toml: " in str(error.value)


def test_nothing_can_be_multiplied_where_nothing_is_on_record(korea, scenario):
    with pytest.raises(ParameterError, match=r"\[set\] strikes_rise_a: nothing is on record to multiply"):
        draw_violence(korea, see_violence(korea), 4, 1, scenario(korea, '[set]\nstrikes_rise_a = "x2"'))


# --- what is played --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def played(ukraine):
    scenarios = read_scenarios(ukraine, ["no-talks", "aid-stops"])
    return simulate(ukraine, scenarios, wars=2400, draws=6, months=24, engine="serial")


def test_chances_add_up_and_carry_the_spread_of_the_draws(played):
    result = simulation_result(played)
    for months in (3, 6, 12, 24):
        chances = [result.quantities[f"chance[as-is,{ending},{months}]"] for ending in ENDINGS]
        assert sum(chance.value for chance in chances) == pytest.approx(1)
        by_draw = played.as_is.chances([months])[:, 0, ENDINGS.index("continues")]
        assert chances[-1].value == pytest.approx(by_draw.mean())
        assert chances[-1].lower == pytest.approx(min(np.quantile(by_draw, 0.1), by_draw.mean()))
        assert chances[-1].n == 6
    # The spread is that of the assumptions, not of a finite number of wars: 400 wars a draw would give 0.06 at most.
    goes_on = result.quantities["chance[as-is,continues,12]"]
    assert goes_on.upper - goes_on.lower > 0.1
    assert result.quantities["chance[no-talks,settled,24]"].value == 0


def test_scenarios_meet_the_same_draws_and_random_numbers(ukraine, scenario):
    same = scenario(ukraine, "", "same")
    other = scenario(ukraine, "[set]\nlull = 0\n", "other")
    found = simulate(ukraine, [same, other], wars=600, draws=4, months=12, engine="serial")
    result = simulation_result(found)
    change = result.quantities["change[same,ended,12]"]
    assert (change.value, change.lower, change.upper) == (0, 0, 0)
    # Without fading, wars that faded go on or end otherwise; all others end as they did.
    for before, after in zip(found.as_is.played, found.outcomes[2].played, strict=True):
        faded = before.chances([12])[0, ENDINGS.index("low_activity")]
        assert after.chances([12])[0, ENDINGS.index("continues")] <= before.chances([12])[0, -1] + faded + 1e-12
        assert (
            after.ended[: ENDINGS.index("low_activity")].sum(axis=1)
            >= before.ended[: ENDINGS.index("low_activity")].sum(axis=1)
        ).all()


def test_deals_take_their_time(ukraine, scenario):
    slow = scenario(ukraine, "[set]\ndeal_pace = 0.01\n", "slow")
    quick = scenario(ukraine, '[mechanisms]\noff = ["slow_deals"]\n', "quick")
    found = simulate(ukraine, [slow, quick], wars=600, draws=4, months=6, engine="serial")
    settled = [result.chances([6])[:, 0, :2].sum(axis=1).mean() for result in found.outcomes]
    assert settled[1] < settled[0] < settled[2]
    start = found.outcomes[2].games.solved.rules[0]
    from armistice.simulation.policy import limits
    from armistice.studies._simulation_runs import played_rules

    full = played_rules(start, found.outcomes[2].violence, 0)
    tenth = played_rules(start, found.outcomes[1].violence, 0)
    np.testing.assert_array_equal(full.policy, start.policy)
    np.testing.assert_allclose(limits(tenth.policy[:, 1]), 0.01 * limits(start.policy[:, 1]), atol=1)
    np.testing.assert_array_equal(tenth.policy[:, 5:], start.policy[:, 5:])


def test_the_same_seed_gives_the_same_answer_on_any_engine(ukraine, played):
    scenarios = read_scenarios(ukraine, ["no-talks", "aid-stops"])
    again = simulate(ukraine, scenarios, wars=2400, draws=6, months=24, engine="processes", workers=2)
    assert simulation_result(again).to_json() == simulation_result(played).to_json()


def test_a_scenario_may_be_shorter(ukraine, scenario):
    found = simulate(ukraine, [scenario(ukraine, "months = 4\n")], wars=60, draws=3, months=12, engine="serial")
    result = simulation_result(found)
    assert "chance[mine,ended,3]" in result.quantities
    assert "chance[mine,ended,6]" not in result.quantities
    assert found.outcomes[1].months == 4


# --- records that say little -------------------------------------------------------------------------------


def test_an_empty_folder_is_refused_and_says_what_to_add(tmp_path):
    files = {
        "war.toml": FILES["war.toml"][: FILES["war.toml"].index("[end]")],
        "SOURCES.toml": FILES["SOURCES.toml"],
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    war = load_war(tmp_path)
    with pytest.raises(DataError, match=r"no front, talks, series, figures or support were on record .* Add one"):
        simulate(war.as_of(None), wars=24, draws=2, months=3)


def test_a_record_without_series_or_front_is_wider_and_says_what_is_missing():
    bare = load_war("ethiopia_eritrea").as_of("1999-05-01")
    assert bare.front is None
    assert not bare.all_series
    result = simulation_result(simulate(bare, wars=240, draws=6, months=12, engine="serial"))
    said = " ".join(text.en for text in result.caveats)
    assert "No front with a known extent is on record" in said
    assert "No series of losses is on record" in said
    assert "Half a year of daily strikes by either side is not on record" in said
    assert all(text.nl and text.nl != text.en for text in result.caveats)


def test_where_nobody_counts_the_dead_there_is_no_number(ukraine, scenario):
    found = simulate(
        ukraine, [scenario(ukraine, '[mechanisms]\noff = ["losses", "strikes"]')], wars=60, draws=2, months=6
    )
    quantities = simulation_result(found).quantities
    assert isinstance(quantities["deaths[mine]"], NotObserved)
    assert isinstance(quantities["deaths[as-is,6]"], Estimate)
    assert not any(key.startswith("mean_deaths[mine") for key in quantities)


def test_a_war_that_goes_on_has_no_median(ukraine):
    found = simulate(ukraine, read_scenarios(ukraine, ["no-talks"]), wars=240, draws=3, months=6, engine="serial")
    median = simulation_result(found).quantities["median_months[no-talks]"]
    assert isinstance(median, NotIdentified)
    assert "6" in median.reason.en


def test_a_war_that_is_over_is_not_played():
    with pytest.raises(DataError, match=r"the war ended on 1953-07-27; .* --as-of"):
        simulate(load_war("korea").as_of("1954-01-01"))


def test_draws_whose_rules_are_not_kept_are_refused_before_they_are_solved(ukraine):
    with pytest.raises(ParameterError, match="draws must lie from 2 to 2000"):
        simulate(ukraine, wars=5000, draws=2001)
    assert OutlookParameters(draws=2000)
    with pytest.raises(ValidationError):
        OutlookParameters(draws=2001)


def test_two_scenarios_of_one_name_are_refused(ukraine):
    with pytest.raises(ParameterError, match="another scenario given is called aid-stops too"):
        read_scenarios(ukraine, ["aid-stops", "aid-stops"])


def test_no_scenario_takes_the_name_of_the_war_as_it_stands(ukraine, scenario):
    """Its numbers would stand under the same keys."""
    with pytest.raises(ParameterError, match="as-is is what the war as it stands is called"):
        scenario(ukraine, "", name="as-is")


def test_every_parameter_has_words_and_bounds(ukraine):
    from armistice.studies._simulation_draws import described

    for name, bounds in violence_parameters().items():
        assert bounds.least < bounds.most
        text = described(name, ukraine)
        assert "{" not in text.en + text.nl
        assert text.en != text.nl


def test_counts_that_say_nothing_leave_the_prior():
    empty = StrikeCounts(0, 0, 0, 0, float("nan"), float("nan"), (1, 1, 1), 1, "none")
    from armistice.studies._simulation_draws import _association

    assert _association(empty) is None
    # One in two rises with a surge, one in eight without: half a case is added to each.
    some = StrikeCounts(2, 10, 0, 0, 1, 2, (1, 1, 1), 1, "some")
    centre, error = _association(some)
    assert centre == pytest.approx(np.log(1.5 * 7.5 / (1.5 * 1.5)))
    assert error == pytest.approx(np.sqrt(1 / 1.5 + 1 / 1.5 + 1 / 1.5 + 1 / 7.5))
