"""Levers: paired on draws and chance, honest with few draws, silent where nothing can be moved."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import stdtrit

import armistice.studies._levers_effects as effects_module
from armistice.assessment import run_study
from armistice.estimate import Estimate, NotObserved
from armistice.record.load import load_war
from armistice.record.skeleton import new_war
from armistice.studies import study_named
from armistice.studies._bargain_assumptions import ranges_of
from armistice.studies._bargain_inputs import observe
from armistice.studies._levers_effects import effects_of, spread_of
from armistice.studies._levers_list import LEVERS, Lever, levers_for
from armistice.text import Text
from tests.record.future import delete_future

STUDY = study_named("levers")
FEW = {"draws": 3, "of": 5, "wars": 400}


@pytest.fixture(scope="module")
def record():
    return load_war("ukraine").as_of("2025-06-03")


@pytest.fixture(scope="module")
def result(record):
    return run_study(STUDY, record, seed=1, **FEW).result


def test_quantities_are_those_promised(result):
    assert {key.partition("[")[0] for key in result.quantities} == set(STUDY.quantities)
    assert {key for key in result.quantities if key.startswith("effect[")} == {
        f"effect[{lever.key}]" for lever in LEVERS
    }
    for which in ("stops", "doubles"):
        assert result.quantities[f"aid_effect[{which}]"] == result.quantities[f"effect[aid_{which}]"]


def test_the_strongest_leads(result):
    shown = [row[0].en for row in result.tables[0].rows]
    effects = {lever.names.en: result.quantities[f"effect[{lever.key}]"].value for lever in LEVERS}
    assert shown == sorted(shown, key=lambda name: -abs(effects[name]))
    assert shown[0] in result.headline.en
    for text in (result.headline, *result.sentences, *result.caveats):
        assert text.en != text.nl


def test_a_change_that_changes_nothing_has_no_effect(record, monkeypatch):
    """Same draws, same wars, same chance: the difference is exactly 0, not noise around it."""
    nothing = Lever("nothing", Text(en="nothing", nl="niets"), {}, {"cost": 1.0})
    dearer = Lever("dearer", Text(en="dearer", nl="duurder"), {"cost": (1.0, 1.0)}, {})
    monkeypatch.setattr(effects_module, "levers_for", lambda observed: (nothing, dearer))
    found = effects_of(record, seed=1, draws=3, of=4, wars=2000, precision=100.0)
    assert found.added["nothing"][1].tolist() == [0.0, 0.0, 0.0]
    assert np.abs(found.added["dearer"][1]).max() > 0
    assert ((found.base >= 0) & (found.base <= 1)).all()


def test_the_same_seed_gives_the_same_answer(record, result):
    assert (
        run_study(STUDY, load_war("ukraine").as_of("2025-06-03"), seed=1, **FEW).result.to_json() == result.to_json()
    )


def test_the_future_changes_nothing(tmp_path):
    day = "2024-08-06"
    folder = new_war(tmp_path / "ukraine", from_war="ukraine")
    delete_future(folder, day)
    a, b = (run_study(STUDY, load_war(war).as_of(day), seed=1, **FEW).result.to_json() for war in ("ukraine", folder))
    assert a == b


def test_few_draws_leave_wide_intervals():
    values = np.array([0.01, 0.03, 0.02, 0.06])
    found = spread_of(values, level=0.9)
    half = stdtrit(3, 0.95) * values.std(ddof=1) * np.sqrt(1.25)
    assert (found.value, found.upper - found.value) == pytest.approx((0.03, half))
    assert spread_of(np.array([0.1, np.nan, 0.2]), level=0.9) is None
    assert spread_of(np.array([0.01, 0.9, 0.02]), level=0.95, least=0.0).lower == 0.0


def test_the_interval_holds_one_more_draw():
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(2000):
        *seen, new = rng.normal(0.02, 0.05, 7)
        found = spread_of(np.array(seen), level=0.9)
        held += found.lower <= new <= found.upper
    assert held / 2000 == pytest.approx(0.9, abs=0.02)


def test_a_draw_taken_again_is_no_other_draw():
    """One of six draws weighs three times as much: the interval still holds nine in ten of the draws to come."""
    rng = np.random.default_rng(3)
    taken = np.array([0, 0, 0, 1, 2, 3, 4, 5])
    held = 0
    for _ in range(4000):
        effects = rng.normal(0.02, 0.05, 7)
        found = spread_of(effects[taken], level=0.9, taken=taken)
        held += found.lower <= effects[6] <= found.upper
    assert found.n == 6
    assert held / 4000 == pytest.approx(0.9, abs=0.02)
    assert spread_of(np.array([0.1, 0.1, 0.1, 0.2]), level=0.9, taken=np.array([4, 4, 4, 7])) is None


def test_draws_that_agree_are_still_many():
    assert spread_of(np.zeros(6), level=0.9, taken=np.arange(6)).n == 6


def test_repeats_do_not_make_many_draws():
    """Sixty places filled by twenty draws are told as twenty: by the t distribution."""
    effects = np.random.default_rng(4).normal(0.0, 0.1, 20)
    taken = np.repeat(np.arange(20), 3)
    again, once = spread_of(effects[taken], level=0.95, taken=taken), spread_of(effects, level=0.95)
    assert (again.lower, again.upper, again.n) == pytest.approx((once.lower, once.upper, 20))


def test_many_draws_speak_for_themselves():
    values = np.random.default_rng(2).gamma(0.5, 0.1, 400)  # far from normal
    found = spread_of(values, level=0.95)
    assert (found.lower, found.upper) == pytest.approx(tuple(np.quantile(values, [0.025, 0.975])))


def test_ranges_stay_within_what_they_may_be(record):
    ranges = ranges_of(record, observe(record), ["guarantee=0.6..0.8"])
    lever = Lever(
        "more", Text(en="more", nl="meer"), {"mediator_price": (0.05, 0.1)}, {"guarantee": 2.0, "cost": 2.0}
    )
    assert lever.changed(ranges) == (
        f"cost_a=0.0..{2 * ranges['cost_a'].high}", f"cost_b=0.0..{2 * ranges['cost_b'].high}", "guarantee=1.0..1.0",
        "mediator_price=0.05..0.1",
    )  # fmt: skip


def test_without_patrons_nobody_stops_aid():
    record = load_war("ethiopia_eritrea").as_of("2000-03-01")
    assert not any(observe(record).has_patron)
    assert {lever.key for lever in levers_for(observe(record))} == {
        lever.key for lever in LEVERS if not lever.needs_patron
    }
    found = run_study(STUDY, record, seed=1, **FEW).result
    assert isinstance(found.quantities["aid_effect[stops]"], NotObserved)
    assert isinstance(found.quantities["effect[guarantor]"], Estimate)


def test_a_war_that_is_over_has_no_levers():
    assert run_study(STUDY, load_war("korea").as_of("1953-08-01"), seed=1, **FEW).result.status == "not_observed"
