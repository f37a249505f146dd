"""The compiled lanes against the plain player, and that nothing depends on how wars are shared out."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from armistice.bargaining.game import State
from armistice.simulation.play import Played, play
from armistice.simulation.rules import Violence, rules_of
from tests.simulation.games import all_violence, every_mechanism, only_the_front, solved
from tests.simulation.reference_player import play_plain

START = State(front=2, talks="suspended", aid_a=True, stock_b=1)
ARRAYS = ("ended", "front", "death_sums", "histogram")


def same(a, b):
    assert a.n_wars == b.n_wars
    for name in ARRAYS:
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    for name in ("ending", "month", "deaths"):
        assert getattr(a.wars, name).tobytes() == getattr(b.wars, name).tobytes(), name


def every_rule(violence, reopen):
    return rules_of(solved(every_mechanism()), START, violence, deals_reopen=reopen)


@pytest.mark.parametrize("reopen", [False, True])
@pytest.mark.parametrize("violence", [Violence(), *(all_violence(kind) for kind in ("aimed", "area", "mean"))])
def test_lanes_play_as_the_plain_player(violence, reopen):
    rules = every_rule(violence, reopen)
    plain = play_plain(rules, n_wars=2_000, months=40, seed=3, keep_wars=True)
    same(plain, play(rules, n_wars=2_000, months=40, seed=3, keep_wars=True))
    # the case reaches what it is meant to reach
    reached = plain.ended[:, 1:].clip(0).sum(axis=1) > 0
    assert reached[:2].all()
    assert reached[2:4].all() or violence.forces
    if violence.forces:
        assert reached[4] or reached[5]
    if reopen:
        assert np.bincount(plain.wars.ending, minlength=8)[:2].sum() < plain.ended[:2].clip(0).sum()


def test_lanes_play_as_the_plain_player_when_mechanisms_are_off():
    game = only_the_front(front_cells=5, mobility=0.5, advance_chance=0.6)
    rules = rules_of(solved(game), State(front=2, talks="suspended"))
    same(*(one(rules, n_wars=700, months=30, seed=8, keep_wars=True) for one in (play_plain, play)))


def test_wars_of_high_numbers_are_played_alike():
    rules = every_rule(all_violence(), True)
    for first in (2**32 - 100, 5 * 2**32):
        same(
            *(
                one(rules, n_wars=300, months=12, seed=3, first_war=first, keep_wars=True)
                for one in (play_plain, play)
            )
        )


@pytest.mark.parametrize("batch", [1, 7, 4096])
def test_results_do_not_depend_on_batches(batch):
    rules, n = every_rule(all_violence(), True), 60 if batch == 1 else 6_000
    whole = play(rules, n_wars=n, months=24, seed=1, first_war=40, keep_wars=True)
    parts = [
        play(rules, n_wars=min(batch, n - begin), months=24, seed=1, first_war=40 + begin, keep_wars=True)
        for begin in range(0, n, batch)
    ]
    same(whole, Played.merged(parts))
    assert whole.deaths.tobytes() == Played.merged(parts[::-1]).deaths.tobytes()


_THREADS = """
import hashlib, sys
from tests.simulation.test_play_lanes import every_rule, ARRAYS
from tests.simulation.games import all_violence
from armistice.simulation.play import play
p = play(every_rule(all_violence(), True), n_wars=9_000, months=24, seed=1, keep_wars=True)
parts = [getattr(p, name) for name in ARRAYS] + [p.wars.ending, p.wars.month, p.wars.deaths]
print(hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest())
"""


def test_results_do_not_depend_on_threads():
    found = set()
    for threads in ("1", "2", "3"):
        run = subprocess.run(
            [sys.executable, "-c", _THREADS], env=os.environ | {"NUMBA_NUM_THREADS": threads}, text=True,
            capture_output=True, check=True, cwd=os.path.dirname(os.path.dirname(os.path.dirname(__file__))),
        )  # fmt: skip
        found.add(run.stdout)
    assert len(found) == 1


def test_another_seed_plays_other_wars():
    rules = every_rule(Violence(), False)
    one, other = (play(rules, n_wars=500, months=24, seed=seed, keep_wars=True) for seed in (1, 2))
    assert (one.wars.ending != other.wars.ending).any()


def test_a_mechanism_beside_the_game_changes_only_what_it_touches():
    """Forces that cannot break, and strikes that suspend nothing, leave every war's course as it was."""
    quiet = every_rule(Violence(), False)
    forces = replace(all_violence().forces, break_point=(0.0, 0.0))
    strikes = replace(all_violence().strikes, suspends_talks=0.0)
    loud = every_rule(Violence(forces=forces, strikes=strikes), False)
    one, other = (play(rules, n_wars=3_000, months=24, seed=1, keep_wars=True) for rules in (quiet, loud))
    assert np.array_equal(one.ended, other.ended)
    assert np.array_equal(one.front, other.front)
    assert one.wars.ending.tobytes() == other.wars.ending.tobytes()
    assert one.deaths.sum() == 0 < other.deaths.sum()


def test_shorter_play_is_the_beginning_of_longer_play():
    rules = every_rule(all_violence(), True)
    short, long = (play(rules, n_wars=2_000, months=months, seed=1) for months in (12, 24))
    assert np.array_equal(short.chances([3, 12]), long.chances([3, 12]))
    assert np.array_equal(short.front, long.front[:13])
    assert np.array_equal(short.deaths, long.deaths[:13])
    assert np.array_equal(short.deaths_quantiles(6, [0.1, 0.9]), long.deaths_quantiles(6, [0.1, 0.9]))
