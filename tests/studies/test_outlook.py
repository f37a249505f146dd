"""The study of the outlook: what it promises, what it knows, and how history and simulation come together."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace

import numpy as np
import pytest

from armistice.assessment import run_study
from armistice.errors import DataError
from armistice.estimate import Estimate, NotObserved
from armistice.outlook.chances import incidence_by_month, monthly_from_incidence
from armistice.outlook.weights import LearntWeights
from armistice.record.load import load_war
from armistice.record.skeleton import new_war
from armistice.studies import study_named
from armistice.studies._outlook_lessons import Taught, lessons_for, read_lessons
from armistice.studies._outlook_methods import Said, history_says
from armistice.studies._outlook_played import expected_deaths
from armistice.studies._outlook_pooled import Pooled, learnt_weights, months_until_half, pool
from armistice.studies._outlook_ways import AHEAD, GRID, MONTHS, WAYS, ways_of_codings, ways_of_endings
from armistice.studies._outlook_words import change_sentence, points
from armistice.text import EN, NL
from tests.record.future import delete_future, scramble_future

STUDY = study_named("outlook")
FEW = {"draws": 4, "wars": 1200}


def run(record, **parameters):
    return run_study(STUDY, record, seed=1, **(FEW | parameters)).result


@pytest.fixture(scope="module")
def ukraine():
    return run(load_war("ukraine").as_of("2025-06-03"))


# --- what it promises ------------------------------------------------------------------------------------


def test_quantities_are_those_promised(ukraine):
    names = {key.partition("[")[0] for key in ukraine.quantities}
    assert names == set(STUDY.quantities)
    assert json.dumps(ukraine.to_json(), allow_nan=False)


def test_chances_cohere(ukraine):
    value = {key: q.value for key, q in ukraine.quantities.items() if isinstance(q, Estimate)}
    for name in (
        "settled_within",
        "ends_within",
        "history_settled_within",
        "simulation_settled_within",
        "deaths_within",
    ):
        line = [value[f"{name}[{months}]"] for months in AHEAD]
        assert line == sorted(line)
        assert line[0] < line[-1]
    for months in (12, 60):
        ways = {way: value[f"way_within_{months}_months[{way}]"] for way in WAYS}
        assert sum(ways.values()) == pytest.approx(value[f"ends_within[{months}]"])
        assert ways["armistice"] + ways["peace_agreement"] == pytest.approx(value[f"settled_within[{months}]"])
    assert value["weight[history]"] + value["weight[simulation]"] == pytest.approx(1)


def test_the_pool_lies_between_its_methods(ukraine):
    for months in AHEAD:
        pooled, *alone = (
            ukraine.quantities[f"{name}settled_within[{months}]"].value for name in ("", "history_", "simulation_")
        )
        assert min(alone) <= pooled <= max(alone)


def test_both_languages_speak(ukraine):
    texts = [ukraine.headline, *ukraine.sentences, *ukraine.caveats, *(chart.says for chart in ukraine.charts)]
    for text in texts:
        assert text.en.strip()
        assert text.nl.strip()
        assert text.en != text.nl
    assert {chart.name for chart in ukraine.charts} >= {"settlement", "front-fan"}
    assert {table.name for table in ukraine.tables} >= {"settled", "ways", "deaths", "check", "calibration-check"}


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(ukraine):
    record = load_war("ukraine").as_of("2025-06-03")
    assert run(record).to_json() == ukraine.to_json()
    assert run_study(STUDY, record, seed=2, **FEW).result.to_json() != ukraine.to_json()


# --- what it knows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("war", "day"), [("ukraine", "2024-08-06"), ("korea", "1952-02-01")])
def test_the_future_changes_nothing(war, day, tmp_path):
    whole = run(load_war(war).as_of(day)).to_json()
    for change in (delete_future, scramble_future):
        (tmp_path / change.__name__).mkdir()
        folder = new_war(tmp_path / change.__name__ / war, from_war=war)
        change(folder, day)
        assert run(load_war(folder).as_of(day)).to_json() == whole


BARE = """
schema_version = 1
id = "bare"
names = { en = "A war of which little is known", nl = "Een oorlog waarvan weinig bekend is" }
start = 2015-03-01
start_source = "archive"
default_as_of = 2018-06-30
type_of_conflict = "interstate"
incompatibility = "territory"

[side_a]
id = "north"
names = { en = "North", nl = "Noord" }

[side_b]
id = "south"
names = { en = "South", nl = "Zuid" }
"""
SOURCES = """
[archive]
title = "Archive"
licence = "CC0-1.0"
citation = "Archive (2021)"
"""


@pytest.fixture
def bare(tmp_path):
    """A folder that holds the start and the type of a war, and nothing else."""
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "war.toml").write_text(BARE, encoding="utf-8")
    (folder / "SOURCES.toml").write_text(SOURCES, encoding="utf-8")
    return load_war(folder).as_of()


def test_a_record_of_nothing_falls_back_on_history(bare):
    found = run(bare)
    assert found.status == "ok"
    history, alone = (found.quantities[f"{name}settled_within[12]"] for name in ("history_", ""))
    assert alone.value == pytest.approx(history.value)
    assert "simulation_settled_within[12]" not in found.quantities
    assert "weight[history]" not in found.quantities
    why = found.quantities["deaths_within[12]"]
    assert isinstance(why, NotObserved)
    for text, en, nl in ((why.reason, "cannot be played forward", "niet vooruit te spelen"),
                         (found.sentences[0], "Only history has something to say", "Alleen de geschiedenis")):  # fmt: skip
        assert en in text.en
        assert nl in text.nl
    assert {chart.name for chart in found.charts} == {"settlement"}


def test_levers_need_something_to_play(bare):
    found = run_study(study_named("levers"), bare, seed=1, draws=3).result
    assert found.status == "not_observed"
    assert "nothing to play the war from" in found.reason.en


def test_a_war_that_is_over_has_no_outlook():
    found = run(load_war("korea").as_of("1953-08-01"))
    assert found.status == "not_observed"
    assert "armistice backtest korea" in found.reason.en


def test_a_young_war_has_no_year_ago():
    found = run(load_war("korea").as_of("1951-01-01"))
    assert isinstance(found.quantities["change_in_a_year"], NotObserved)
    assert change_sentence(found.quantities) is found.quantities["change_in_a_year"].reason


# --- history and simulation together ---------------------------------------------------------------------


def said(settled, *, n=50, spread=0.0, weights=None, speaks=(True,) * 4, seed=0):
    """A method that puts a settlement within 60 months at ``settled`` and other endings at a tenth, evenly by month."""
    rng = np.random.default_rng(seed)
    level = np.clip(settled + spread * rng.standard_normal(n), 0.01, 0.88)
    ways = np.stack([0.7 * level, 0.3 * level, np.full(n, 0.05), np.full(n, 0.05)], axis=1)
    drawn = ways[:, None] * (np.array(GRID) / MONTHS)[:, None]
    weight = np.full(n, 1 / n) if weights is None else np.asarray(weights)
    return Said(
        np.einsum("d,dgw->gw", weight, drawn), drawn, weight, np.array(speaks), n, np.arange(n, dtype=np.int64)
    )


HALF = LearntWeights(np.array([0.5, 0.5]), np.full((10, 2), 0.5), np.inf, (), np.empty((0, 4)))


def test_two_methods_alike_are_each_of_them():
    one = said(0.4)
    found = pool({"history": one, "simulation": one}, HALF, seed=1)
    own = incidence_by_month(monthly_from_incidence(one.incidence, GRID))
    assert found.incidence[:, :2] == pytest.approx(own[:, :2], rel=1e-9)
    assert found.drawn[0, :, :2] == pytest.approx(own[:, :2], rel=1e-9)


def test_one_method_speaks_for_itself():
    one = said(0.4)
    found = pool({"history": one}, HALF, seed=1)
    assert found.methods == ("history",)
    assert found.incidence[-1, :2].sum() == pytest.approx(one.incidence[-1, :2].sum())


def test_the_form_of_a_settlement_is_historys():
    history, simulation = said(0.3), said(0.3)
    swapped = simulation.drawn[..., [1, 0, 2, 3]]
    other = Said(
        simulation.incidence[..., [1, 0, 2, 3]], swapped, simulation.weights, simulation.speaks, 50, simulation.ids
    )
    found = pool({"history": history, "simulation": other}, HALF, seed=1)
    assert found.incidence[-1, 0] / found.incidence[-1, :2].sum() == pytest.approx(0.7)
    assert found.incidence[-1, :2].sum() == pytest.approx(0.3, rel=1e-6)


def test_draws_are_picked_by_weight():
    weights = np.array([0.5, 0.3, 0.2, 0.0])
    one = said(0.3, n=4, weights=weights)
    share = np.bincount(one.picked(40_000, seed=3), minlength=4) / 40_000
    assert share == pytest.approx(weights, abs=4 * np.sqrt(0.25 / 40_000))


def test_two_days_pick_the_same_draws_where_weights_allow():
    a = said(0.3, n=20, weights=np.linspace(1, 2, 20) / np.linspace(1, 2, 20).sum())
    b = said(0.3, n=20, weights=np.linspace(1.1, 1.9, 20) / np.linspace(1.1, 1.9, 20).sum())
    assert (a.picked(1000, seed=5) == b.picked(1000, seed=5)).mean() > 0.9
    # A gap (a game that was not solved) does not shift the others.
    kept = np.delete(np.arange(20), 7)
    c = Said(a.incidence, a.drawn[kept], a.weights[kept], a.speaks, 20, kept)
    first, second = a.picked(1000, seed=5), kept[c.picked(1000, seed=5)]
    assert (first == second)[first != 7].all()


def test_half_is_reached_within_a_month():
    assert months_until_half(np.array([[[0.2, 0.2], [0.3, 0.3]], [[0.1, 0.1], [0.1, 0.2]]])).tolist() == [1.5, np.inf]


def test_codings_and_endings_become_the_four_ways():
    # peace_agreement, ceasefire, victory_a, victory_b, low_activity, actor_ceases
    assert ways_of_codings(np.array([1, 2, 4, 8, 16, 32.0])).tolist() == [2, 1, 12, 48]
    # armistice, peace_agreement, victory_a, victory_b, collapse_a, collapse_b, low_activity, continues
    assert ways_of_endings(np.array([1, 2, 4, 8, 16, 32, 64, 999.0])).tolist() == [1, 2, 60, 64]


# --- deaths ----------------------------------------------------------------------------------------------


def test_expected_deaths_are_a_months_deaths_over_the_chance_of_fighting():
    """600 of A and 200 of B die each month of war; half the wars end in month 1, none after."""
    n, fighting = 1000, np.full(MONTHS + 1, 500)
    fighting[0] = 1000
    deaths = np.zeros((MONTHS + 1, 2, 3), dtype=np.int64)
    deaths[1:, 0, 0] = np.cumsum(600 * fighting[:-1])
    deaths[1:, 1, 0] = np.cumsum(200 * fighting[:-1])
    played = SimpleNamespace(death_sums=deaths, front=fighting[:, None], n_wars=n)
    outcome = SimpleNamespace(counts_deaths=True, played=(played, played))
    simulation = SimpleNamespace(outcome=outcome, said=SimpleNamespace(weights=np.array([0.5, 0.5])))
    incidence = np.zeros((MONTHS, 4))
    incidence[:, 0] = 0.2  # by the pool a fifth has ended after the first month
    pooled = Pooled(incidence, np.stack([incidence, incidence]), np.array([0, 1]), ("history", "simulation"))
    found = expected_deaths(simulation, pooled, level=0.95)
    months = 1 + 0.8 * (np.array(AHEAD) - 1)
    assert found[:, 0, 0] == pytest.approx(600 * months)
    assert found[:, 2, 0] == pytest.approx(800 * months)
    assert (found[..., 1] <= found[..., 0]).all()
    assert expected_deaths(SimpleNamespace(outcome=SimpleNamespace(counts_deaths=False)), pooled, level=0.95) is None


def test_deaths_of_later_months_are_those_of_the_wars_that_reach_them():
    """Costly wars that soon end do not make later months costly: with the pool the simulation's own, its mean deaths come out."""
    played, died = [], []
    for a_month, chance in ((10_000, 0.6), (1000, 0.01)):
        fighting = np.rint(1e6 * (1 - chance) ** np.arange(MONTHS + 1)).astype(np.int64)
        deaths = np.zeros((MONTHS + 1, 2, 3), dtype=np.int64)
        deaths[1:, 0, 0] = np.cumsum(a_month * fighting[:-1])
        died.append(deaths[:, 0, 0] / 1e6)
        played.append(SimpleNamespace(death_sums=deaths, front=fighting[:, None], n_wars=1_000_000))
    weights = np.array([0.7, 0.3])
    simulation = SimpleNamespace(
        outcome=SimpleNamespace(counts_deaths=True, played=tuple(played)), said=SimpleNamespace(weights=weights)
    )
    gone = np.stack([1 - one.front[1:, 0] / 1e6 for one in played])
    drawn = np.zeros((2, MONTHS, 4))
    drawn[..., 0] = gone
    pooled = Pooled(np.tensordot(weights, drawn, axes=1), drawn, np.array([0, 1]), ("simulation",))
    found = expected_deaths(simulation, pooled, level=0.95)
    assert found[:, 0, 0] == pytest.approx([weights @ [each[months] for each in died] for months in AHEAD])


# --- lessons ---------------------------------------------------------------------------------------------


def taught(war="elsewhere", conflicts=(9999,), known="1980-01-01", ended="1979-06-01", as_of="1978-06-01"):
    incidence = np.tile(np.array(GRID)[:, None] * np.array([0.002, 0.001, 0.001, 0.001]), (2, 1, 1))
    day = dt.date.fromisoformat
    return Taught(war, conflicts, day(known), day(ended), 0, day(as_of), incidence)


def test_a_war_teaches_once_its_end_is_known_and_never_itself():
    record = load_war("iran_iraq").as_of("1985-01-01")
    assert [lesson.war for lesson in lessons_for(record, [taught()])] == ["elsewhere"]
    assert lessons_for(record, [taught(known="1985-01-02")]) == []
    assert lessons_for(record, [taught(war="iran_iraq")]) == []
    assert lessons_for(record, [taught(conflicts=(324,))]) == []  # a copy of it under another name


def test_a_lesson_counts_months_to_the_end():
    (lesson,) = lessons_for(
        load_war("ukraine").as_of("2025-06-03"),
        [taught(as_of="1978-06-01"), taught(as_of="1979-05-15"), taught(as_of="1970-01-01")],
    )
    assert lesson.lasted.tolist() == [60, 12, 1]  # more than nine years: watched for 60 months
    assert lesson.way.tolist() == [-1, 0, 0]
    assert lesson.monthly.shape == (2, 3, MONTHS, len(WAYS))


def test_a_lesson_scores_what_is_pooled():
    """A simulation that signs treaties only is taught with history's forms, two thirds of them armistices."""
    one = taught()
    incidence = one.incidence.copy()
    incidence[1, :, :2] = incidence[1, :, :2].sum(axis=-1, keepdims=True) * [0.0, 1.0]
    other = Taught(one.war, one.conflicts, one.known_on, one.ended_on, one.way, one.as_of, incidence)
    record = load_war("ukraine").as_of("2025-06-03")
    (found,), (plain,) = lessons_for(record, [other]), lessons_for(record, [one])
    assert found.monthly == pytest.approx(plain.monthly)


def test_the_shipped_lessons_are_of_wars_that_are_over():
    shipped = read_lessons()
    assert len({one.war for one in shipped}) >= 4
    for one in shipped:
        assert one.as_of < one.ended_on <= one.known_on
        assert (np.diff(one.incidence, axis=1) >= -1e-6).all()
        assert (one.incidence.sum(axis=2) <= 1 + 1e-5).all()
    assert learnt_weights(load_war("korea").as_of("1952-07-01"), 1).wars == ()
    assert set(learnt_weights(load_war("ukraine").as_of("2025-06-03"), 1).wars) == {one.war for one in shipped}


# --- words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "lower", "upper", "en", "nl"),
    [
        (
            -0.05,
            -0.09,
            -0.01,
            "further away than a year ago: its chance within 12 months changed by −5",
            "verder weg dan",
        ),
        (0.05, 0.01, 0.09, "nearer than a year ago", "dichterbij dan"),
        (0.01, -0.09, 0.09, "cannot be told", "niet te zeggen"),
    ],
)
def test_the_verdict_on_a_year_follows_the_interval(value, lower, upper, en, nl):
    quantity = Estimate(value, lower, upper, level=0.95, n=10, method="m", source="s")
    found = change_sentence({"change_in_a_year": quantity})
    assert en in found.en
    assert nl in found.nl


def test_points_carry_their_sign():
    assert [points(value, EN) for value in (0.104, -0.0312, 0.0001)] == ["+10", "−3.1", "0"]
    assert points(-0.0312, NL) == "−3,1"
    assert change_sentence({}) is None


def test_history_alone_is_the_endings_model():
    record = load_war("korea").as_of("1952-07-01")
    endings = run_study(study_named("endings"), record, seed=1).result.quantities
    ours = history_says(record, seed=1)
    # Dates known to the year are drawn anew, so equal but for that.
    for months in (12, 24, 60):
        theirs = endings[f"model_settled_within[{months}]"].value
        assert ours.incidence[GRID.index(months), :2].sum() == pytest.approx(theirs, rel=0.15)


def test_nothing_to_say_at_all_says_so(monkeypatch):
    import armistice.studies.outlook as module

    monkeypatch.setattr(module, "learn", lambda *args, **kwargs: None)
    monkeypatch.setattr(
        module, "simulation_says", lambda *args, **kwargs: module.Text(en="No play.", nl="Geen spel.")
    )
    found = run(load_war("korea").as_of("1952-07-01"))
    assert found.status == "not_identified"
    assert "history has nothing to say" in found.reason.en
    assert "No play." in found.reason.en


def test_an_error_in_playing_is_not_told_as_a_gap_in_the_record(monkeypatch):
    import armistice.studies._outlook_methods as module

    def fails(*args, **kwargs):
        raise DataError("something else is wrong")

    monkeypatch.setattr(module, "simulate", fails)
    with pytest.raises(DataError, match="something else is wrong"):
        module.simulation_says(load_war("korea").as_of("1952-07-01"), seed=1, wars=100, draws=2, precision=100.0)
