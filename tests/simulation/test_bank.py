"""The bank: what it holds can be made again, its smoothing is right, and tampering is seen."""

from __future__ import annotations

import gzip
import re

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.simulation.abc import BoxPrior
from armistice.simulation.bank import (
    BANK_FILE,
    Bank,
    SmoothBank,
    bank_text,
    read_bank,
    simulate_bank,
    smoothing,
)
from armistice.simulation.war_class import GAME_CAUSES, GRID, PRIOR, WAR_RANGES, class_wars, war_incidence

SIMULATED = BoxPrior(PRIOR.lower[:5], PRIOR.upper[:5], PRIOR.logarithmic[:5])


def test_the_first_draws_of_the_bundled_bank_come_out_again():
    bank = read_bank(BANK_FILE)
    given = {name: int(re.search(rf"--{name} (\d+)", bank.command).group(1)) for name in ("draws", "wars", "seed")}
    assert len(bank.theta) == given["draws"]
    again = simulate_bank(given["draws"], given["wars"], given["seed"])
    for row in range(2):
        theta, incidence, failed = next(again)
        assert bank.theta[row] == pytest.approx(theta, rel=1e-3)  # four digits are kept
        # four decimals are kept, and solutions are good to 1e-6 in value
        assert bank.incidence[row] == pytest.approx(incidence, abs=2e-4)
        assert bank.failed[row] == failed


def test_the_bundled_bank_is_small_sound_and_covers_the_prior():
    bank = read_bank(BANK_FILE)
    assert BANK_FILE.stat().st_size < 300_000
    assert bank.failed.sum() < 0.02 * bank.wars * len(bank.theta)
    assert (np.diff(bank.incidence, axis=1) >= -1e-9).all()
    assert (bank.incidence.sum(axis=2) <= 1 + 2e-4).all()
    place = SIMULATED.place(bank.theta)
    assert place.min() < 0.01
    assert place.max() > 0.99


@pytest.mark.slow
def test_the_smoothing_that_ships_is_that_of_the_rows():
    bank = read_bank(BANK_FILE)
    theta = PRIOR.sample(500, np.random.default_rng(1))
    shipped = SmoothBank(bank.coefficients).game_chances(theta)
    anew = SmoothBank(smoothing(bank.theta, bank.incidence)).game_chances(theta)
    assert shipped == pytest.approx(anew, abs=1e-3)


def test_changed_numbers_are_seen(tmp_path):
    text = gzip.decompress(BANK_FILE.read_bytes()).decode()
    changed = tmp_path / "bank.csv.gz"
    at = text.rindex("\n", 0, 3000)
    changed.write_bytes(gzip.compress((text[:at] + text[at:].replace("1", "2", 1)).encode()))
    with pytest.raises(DataError, match="not those it was made with"):
        read_bank(changed)


def test_what_is_written_is_read(tmp_path):
    rng = np.random.default_rng(2)
    theta = SIMULATED.sample(9, rng)
    incidence = np.cumsum(rng.random((9, len(GRID), 2)) / 40, axis=1)
    bank = Bank(theta, incidence, np.arange(9), 7, "made by hand", 3.0, rng.standard_normal((56, len(GRID), 2)))
    path = tmp_path / "bank.csv.gz"
    path.write_bytes(gzip.compress(bank_text(bank).encode()))
    found = read_bank(path)
    assert found.theta == pytest.approx(theta, rel=1e-3)
    assert found.incidence == pytest.approx(incidence, abs=1e-4)
    assert found.coefficients == pytest.approx(bank.coefficients, rel=1e-5)
    assert (found.failed.tolist(), found.wars, found.command) == (list(range(9)), 7, "made by hand")


def test_smoothing_finds_the_logit_that_few_wars_blur():
    """Chances known in closed form, seen through the mean of two noisy wars: a regression of log-odds would be off."""
    rng = np.random.default_rng(3)
    theta = SIMULATED.sample(3000, rng)
    x = 2 * SIMULATED.place(theta) - 1
    odds = np.exp(np.stack([-2 + x[:, 0] - 0.8 * x[:, 2] ** 2, -2.5 + 1.5 * x[:, 1] * x[:, 3]], axis=1))
    chance = odds / (1 + odds.sum(axis=1, keepdims=True))
    ended = rng.multinomial(2, np.column_stack([chance, 1 - chance.sum(axis=1)]))[:, :2] / 2
    incidence = np.repeat(ended[:, None], len(GRID), axis=1)  # all in the first stretch, none later
    found = SmoothBank(smoothing(theta, incidence)).game_chances(theta)
    assert np.sqrt(((found[:, 0] - chance) ** 2).mean()) < 0.03
    # three standard errors of the mean of 6,000 wars
    assert (found[:, 0] - chance).mean(axis=0) == pytest.approx(0.0, abs=0.014)
    assert found[:, 1:].max() < 1e-6


def test_wars_of_a_class_lie_round_its_parameters():
    theta = np.array([0.7, 0.2, 2e-3, 0.08, 1.2])
    wars = class_wars(theta, 400, np.random.default_rng(4))
    cost = np.array([(war.game.a.cost, war.game.b.cost) for war in wars])
    low, high = WAR_RANGES["cost"]
    assert cost.mean() == pytest.approx(low + 0.7 * (high - low), rel=0.01)
    # a beta distribution of mean m and precision 4 has variance m (1 - m) / 5
    assert cost.std() == pytest.approx((high - low) * np.sqrt(0.7 * 0.3 / 5), rel=0.05)
    assert abs(np.corrcoef(cost.T)[0, 1]) < 0.2
    assert np.mean([war.game.a.office_rent for war in wars]) == pytest.approx(0.2, rel=0.02)
    talks = np.array([war.game.talks_open for war in wars])
    assert np.median(talks) == pytest.approx(0.08, rel=0.02)
    assert np.log(talks).std() == pytest.approx(1.2, rel=0.06)  # the largest are cut off at 0.95
    # a move is one cell of four, or two in a tenth of the moves: mean square 1.3 / 16
    moved = np.array([war.game.mobility for war in wars]) * 1.3 / 16
    assert np.median(moved) == pytest.approx(2e-3, rel=0.02)
    assert {war.state.talks for war in wars} == {"suspended"}


def test_a_war_ends_in_rising_shares():
    war = class_wars(np.array([0.9, 0.1, 0.01, 0.3, 1.0]), 1, np.random.default_rng(5))[0]
    found = war_incidence(war)
    assert found.shape == (len(GRID), len(GAME_CAUSES))
    assert (np.diff(found, axis=0) >= 0).all()
    assert 0.5 < found[-1].sum() <= 1
