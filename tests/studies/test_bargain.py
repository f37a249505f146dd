"""The study of bargaining: what it reads of a record, what it assumes, and what it concludes."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict

import numpy as np
import pytest

from armistice.errors import ParameterError
from armistice.estimate import Estimate, NotObserved
from armistice.record.load import load_war
from armistice.studies import study_named
from armistice.studies._bargain_assumptions import CATALOGUE, ranges_of
from armistice.studies._bargain_game import draw_assumptions, games_at, solve_games
from armistice.studies._bargain_inputs import FrontMoves, Spells, observe
from armistice.studies._bargain_issues import SORTS, survey, table_of

STUDY = study_named("bargain")


def run(record, seed=1, **parameters):
    return STUDY.run(
        record, STUDY.parameters(**{"draws": 12, "package_draws": 400} | parameters), np.random.default_rng(seed)
    )


@pytest.fixture(scope="module")
def ukraine():
    return load_war("ukraine").as_of("2025-06-03")


@pytest.fixture(scope="module")
def korea():
    return load_war("korea").as_of("1952-07-15")


# --- what the record says --------------------------------------------------------------------------------


def test_the_share_held_is_the_front_over_the_theatre(ukraine):
    seen = observe(ukraine)
    assert seen.share_a == pytest.approx(ukraine.front.values[-1] / 603628)
    assert len(seen.front.change) >= 12
    first = ukraine.front.values[-1] - seen.front.change.sum() * 603628
    recent = ukraine.front.dates >= np.datetime64(ukraine.as_of) - 365
    # The stretches end on the latest day and begin on one of the first three weeks of the year.
    assert np.abs(ukraine.front.values[recent][:21] - first).min() < 1e-6
    assert (seen.front.months >= 20 / 30.4375).all()


def test_a_line_becomes_a_share_of_the_way_between_its_ends(korea):
    low, high = korea.war.front.full_extent
    south = (korea.front.values[-1] - low) / (high - low)
    assert observe(korea).share_a == pytest.approx(1 - south)  # A is North Korea and China


def test_drift_and_mean_square_of_a_random_walk_come_back():
    # A's share drifts 0.002 a month with standard deviation 0.01: 400 months, unequal stretches.
    rng = np.random.default_rng(4)
    months = rng.uniform(0.7, 2.0, 400)
    change = 0.002 * months + 0.01 * np.sqrt(months) * rng.standard_normal(400)
    drift, square = FrontMoves(months, change).draws(400, np.random.default_rng(1))
    assert drift.mean() == pytest.approx(0.002, abs=3 * 0.01 / np.sqrt(months.sum()))
    assert square.mean() == pytest.approx(0.01**2 + 0.002**2, rel=0.15)
    assert drift.std() == pytest.approx(0.01 / np.sqrt(months.sum()), rel=0.35)


def test_chances_of_spells_follow_the_counts():
    stops, starts = Spells(True, stopped=3, months_on=40, started=0, months_off=9).draws(
        20_000, np.random.default_rng(1)
    )
    assert stops.mean() == pytest.approx(3.5 / 41, rel=0.02)
    assert starts.mean() == pytest.approx(0.5 / 10, rel=0.05)


def test_aid_by_the_year_is_aid_in_every_month_and_a_month_without_a_row_is_not_known(ukraine):
    # Iraq's suppliers are on record by the year, month by month nothing: aid went on, it did not stop eleven times a year.
    iraq = observe(load_war("iran_iraq").as_of("1987-07-01")).aid[1]
    assert iraq.now
    assert iraq.months_on > 60
    assert iraq.stopped <= 1
    # Kiel has a row for every month, zeros included: two spells of thin months, as before.
    kiel = observe(ukraine).aid[1]
    assert (kiel.stopped, kiel.started, kiel.months_on, kiel.months_off) == (1, 1, 32, 3)


def test_what_came_later_does_not_reach_the_inputs():
    early, late = (load_war("ukraine").as_of(day) for day in ("2025-05-01", "2025-06-03"))
    assert observe(early).talks.months_on < observe(late).talks.months_on
    assert {each.issue.id: each.last_date for each in table_of(early)}["prisoners"] <= dt.date(2025, 5, 1)


# --- what is assumed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("cost=0.1", "--set cost=0.1: there is no assumption of that name; there are cost_a, cost_b, office_rent_a"),
        ("cost_a=0.3..0.1", "--set cost_a=0.3..0.1: the lower end 0.3 is above the upper end 0.1. Swap them."),
        ("signing_risk_a=1.2", "--set signing_risk_a=1.2: signing_risk_a must lie from 0 to 1, got 1.2."),
        ("cost_a", "--set cost_a: write name=value or name=low..high, for example cost_a=0.1..0.3."),
        ("aid_a=0.1", "--set aid_a=0.1: side A has no patron in war.toml"),
    ],
)
def test_a_wrong_assumption_is_refused_by_name(ukraine, given, message):
    with pytest.raises(ParameterError) as error:
        run(ukraine, set=(given,))
    assert str(error.value).startswith(message)


def test_a_set_assumption_replaces_the_range(ukraine):
    ranges = ranges_of(ukraine, observe(ukraine), ["aid_b=0.07", "hope=2..3"])
    assert (ranges["aid_b"].low, ranges["aid_b"].high, ranges["aid_b"].origin) == (0.07, 0.07, "set")
    assert (ranges["hope"].low, ranges["hope"].high) == (2, 3)
    assert ranges["cost_a"].low == CATALOGUE["cost"].low


def test_every_range_is_drawn_evenly(ukraine):
    seen = observe(ukraine)
    drawn = draw_assumptions(seen, ranges_of(ukraine, seen, []), 20, np.random.default_rng(3))
    kind = CATALOGUE["office_rent"]
    slices = np.floor((drawn.values["office_rent_a"] - kind.low) / (kind.high - kind.low) * 20)
    assert sorted(slices) == list(range(20))
    assert not np.array_equal(drawn.values["office_rent_a"], drawn.values["office_rent_b"])


# --- what it concludes -----------------------------------------------------------------------------------


def test_people_come_home_and_concessions_do_not_come_for_nothing(ukraine):
    result = run(ukraine)
    for issue in ("prisoners", "children", "bodies"):
        assert result.quantities[f"issue_open[{issue}]"].value == 1
    assert result.quantities["issue_open[territory]"].value == 0
    armistice = result.quantities["armistice_open"]
    assert isinstance(armistice, Estimate)
    assert armistice.upper < 0.6  # a ceasefire along the line is blocked in most of the stated region
    assert armistice.value <= result.quantities["deal_exists"].value
    assert isinstance(result.quantities["aid_effect_on_settlement"], Estimate)


def test_cheap_office_and_dear_war_open_the_ceasefire(ukraine):
    closed = run(ukraine, set=("cost_a=0", "cost_b=0", "office_rent_a=1", "office_rent_b=1", "signing_risk_a=.9", "signing_risk_b=.9", "expected_gain_a=.2", "expected_gain_b=.2", "erosion_a=0", "erosion_b=0"))  # fmt: skip
    opened = run(ukraine, set=("cost_a=.3", "cost_b=.3", "office_rent_a=0", "office_rent_b=0"))
    assert closed.quantities["deal_exists"].value == 0
    assert opened.quantities["deal_exists"].value == 1
    least = "least_share[ukraine]"
    assert opened.quantities[least].value < closed.quantities[least].value


def test_korea_in_1952_is_blocked_over_prisoners(korea):
    table = {each.issue.id: each for each in table_of(korea)}
    assert table["agenda"].is_settled
    assert table["site"].is_settled
    assert table["political_conference"].is_settled
    assert not table["prisoners"].is_settled
    result = run(korea)
    assert result.quantities["issue_open[prisoners]"].value == 0


def test_a_settled_issue_is_not_priced_again(korea):
    seen = observe(korea)
    drawn = draw_assumptions(seen, ranges_of(korea, seen, []), 12, np.random.default_rng(1))
    solved = solve_games(games_at(drawn, seen), precision=100)
    found = survey(korea, drawn, solved, table_of(korea), 200, np.random.default_rng(1))
    assert {"agenda", "site"}.isdisjoint(each.issue.id for each in found.issues)
    assert np.allclose(found.alone.sum(axis=1), 1)
    assert np.allclose(found.pairs, found.pairs.T)
    assert np.allclose(np.diag(found.pairs), found.alone[:, 0])
    assert set(SORTS) == {"exchange", "sectoral", "procedure", "concession"}


def test_games_that_do_not_settle_stay_unknown(ukraine, monkeypatch):
    from armistice.errors import NotConvergedError
    from armistice.studies import _bargain_game

    real = _bargain_game.solve

    def sometimes(game, **options):
        if game.a.office_rent > 2 / 3:  # one draw in each twelfth of 0 to 1: four of the twelve
            raise NotConvergedError("the offers cycle with amplitude 0.1")
        return real(game, **options)

    monkeypatch.setattr(_bargain_game, "solve", sometimes)
    monkeypatch.setattr(_bargain_game, "_shared", OrderedDict())  # games solved by other tests stay out
    result = run(ukraine)
    solved = result.quantities["games_solved"].value
    assert solved <= 8  # others may fail by themselves
    assert result.quantities["deal_exists"].n == solved
    assert any("could not be solved" in sentence.en for sentence in result.sentences)
    (chart,) = [chart for chart in result.charts if chart.name == "map"]
    cells = zip(*(chart.columns[name] for name in ("across", "down", "value")), strict=True)
    shown = {across.en: value for across, down, value in cells if "unknown" in down.en}
    assert shown["as now"] == pytest.approx(1 - solved / 12)  # unknown, not without a deal


def test_a_war_without_patrons_or_polls_is_answered_with_wider_ranges(tmp_path):
    from tests.record.small_war import FILES

    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        text = text.replace(
            '[[side_a.patrons]]\nid = "empire"\nnames = { en = "The empire", nl = "Het keizerrijk" }\n', ""
        )
        (tmp_path / name).write_text(text.lstrip("\n"), encoding="utf-8")
    (tmp_path / "support.csv").unlink()
    result = run(load_war(tmp_path).as_of("2020-06-30"))
    assert result.status == "ok"
    assert isinstance(result.quantities["aid_effect_on_settlement"], NotObserved)
    assert any("drawn at random" in caveat.en for caveat in result.caveats)


def test_what_a_deal_needs_is_found_and_held_against_other_draws(ukraine):
    from armistice.studies._bargain_game import Solved
    from armistice.studies._bargain_pages import needs

    rng = np.random.default_rng(6)
    ranges = ranges_of(ukraine, observe(ukraine), [])
    names = list(ranges)
    draws = np.column_stack([rng.uniform(one.low, one.high, 400) for one in ranges.values()])
    column = {name: draws[:, i] for i, name in enumerate(names)}
    risk = sum(column[f"office_rent_{s}"] * column[f"signing_risk_{s}"] for s in "ab")
    deal = (risk < 0.4) | (column["cost_b"] > 0.25)
    known = np.arange(400) % 7 != 0
    armistice = np.where(deal, 0.1, -0.1)[:, None] * np.ones(2)
    nothing = np.zeros(400, dtype=bool)
    solved = Solved(known, armistice, nothing, np.zeros((400, 2, 2)), armistice, np.zeros(400), {})
    found = needs(names, draws, solved)
    assert {c.name for c in found.needs.conditions} == {"risk_both", "cost_b"}
    for condition in found.needs.conditions:
        threshold = {"risk_both": 0.4, "cost_b": 0.25}[condition.name]
        assert condition.is_at_most == (condition.name == "risk_both")
        assert condition.threshold == pytest.approx(threshold, rel=0.15)
    kept_back = np.flatnonzero(known)[1::2]
    assert found.n_met + found.needs.n_checked == len(kept_back)
    assert found.needs.n_exceptions <= 0.15 * found.needs.n_checked
    assert found.n_met_deals >= 0.85 * found.n_met


# --- games shared between studies ------------------------------------------------------------------------


def test_studies_of_one_assessment_solve_the_same_games_once(ukraine, monkeypatch):
    from armistice.studies import _bargain_game

    solved = []
    real = _bargain_game.solve
    monkeypatch.setattr(_bargain_game, "_shared", OrderedDict())
    monkeypatch.setattr(_bargain_game, "solve", lambda game, **o: solved.append(game) or real(game, **o))

    def stream(seed, study):  # as an assessment gives each study its own
        return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(study,)))

    first = _bargain_game.shared_games(ukraine, stream(1, 10), 12, 100.0)
    n_solved = len(solved)
    assert n_solved >= 12
    assert _bargain_game.shared_games(ukraine, stream(1, 20), 12, 100.0) is first
    assert len(solved) == n_solved
    other = _bargain_game.shared_games(ukraine, stream(2, 10), 12, 100.0)
    assert not np.array_equal(other.drawn.values["cost_a"], first.drawn.values["cost_a"])
    # What is changed in them leaves every other draw as it was.
    changed = _bargain_game.shared_games(ukraine, stream(1, 10), 12, 100.0, ("cost_a=.3",), without=("mediator",))
    assert (changed.drawn.values["cost_a"] == 0.3).all()
    np.testing.assert_array_equal(changed.drawn.values["cost_b"], first.drawn.values["cost_b"])
    np.testing.assert_array_equal(changed.drawn.mobility, first.drawn.mobility)
    assert {rules.shape[1] for rules in changed.solved.rules if rules is not None} == {2}  # no mediated talks


def test_the_memory_of_games_is_bounded(ukraine, monkeypatch):
    from armistice.studies import _bargain_game

    monkeypatch.setattr(_bargain_game, "_shared", OrderedDict())
    monkeypatch.setattr(_bargain_game, "_SETS_KEPT", 2)
    monkeypatch.setattr(_bargain_game, "solve_games", lambda games, **_: len(games))
    for seed in range(5):
        _bargain_game.shared_games(ukraine, np.random.default_rng(seed), 12, 100.0)
    assert len(_bargain_game._shared) == 2


def test_wars_are_played_on_from_where_the_sides_sit(ukraine, korea):
    from armistice.studies._bargain_game import todays_states

    for record, talks in ((ukraine, "mediated"), (korea, "open")):
        seen = observe(record)
        drawn = draw_assumptions(seen, ranges_of(record, seen, []), 40, np.random.default_rng(1))
        games = games_at(drawn, seen)
        states = todays_states(games, seen, np.random.default_rng(2))
        assert {state.talks for state in states} == {talks}
        assert {state.proposer for state in states} == {"a", "b"}
        for (game, _), state in zip(games, states, strict=True):
            game.index(state)


def test_without_a_mechanism_the_state_fits_the_smaller_game(ukraine):
    from armistice.studies._bargain_game import shared_games

    with pytest.raises(ParameterError, match="mechanism 'taks' is unknown; there are talks, partial_deals"):
        shared_games(ukraine, np.random.default_rng(1), 12, 100.0, without=("taks",))
    none = shared_games(ukraine, np.random.default_rng(1), 12, 100.0, without=("talks", "office", "stocks", "aid"))
    for rules in none.solved.rules:
        assert rules.shape[:9] == (1, 1, 2, 1, 1, 1, 1, 1, 1)


def test_other_starts_are_compared_only_if_asked_and_change_no_share(ukraine):
    plain = run(ukraine, draws=12)
    assert not [name for name in plain.quantities if "between_starts" in name]
    more = run(ukraine, draws=12, starts=3)
    assert more.quantities["deal_exists"] == plain.quantities["deal_exists"]
    differs, values = (more.quantities[f"{name}_between_starts"] for name in ("verdict_differs", "values_differ"))
    assert differs.n == values.n <= 12
    assert differs.value <= values.value  # another verdict needs other values
    assert "3 starts" in more.sentences[-1].en


def test_what_was_agreed_is_named_and_left_out(korea):
    told = [sentence.en for sentence in run(korea, draws=12).sentences if sentence.en.startswith("Not judged here")]
    assert len(told) == 1
    assert "agenda" in told[0]
    assert "prisoners" not in told[0]
