"""How fast are wars played, by the rules of a solved game of a million states, and against Mesa on the same rules?

    python benchmarks/simulation.py            # writes docs/performance-simulation.md
    python benchmarks/simulation.py --wars 100000 --mesa-wars 500 --out /tmp/page.md

The solved policies are packed once and kept in a temporary file, so that a second run plays at once. Mesa needs
``pip install "armistice[oracles]"``. CPU seconds are those of all threads together.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import os
import pickle
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from armistice.bargaining.equilibrium import solve
from armistice.bargaining.game import Game, State
from armistice.simulation import beside, kernels
from armistice.simulation.endings import CONTINUES, ENDINGS
from armistice.simulation.play import Played, play
from armistice.simulation.policy import limits
from armistice.simulation.rules import Forces, Rules, Strikes, Violence, rules_of
from bargaining_game import large_game

MONTHS = 60
FORCES = Forces(
    "aimed", (0.004, 0.005), (500_000.0, 450_000.0), noise=0.5, push_losses=(0.3, 0.3), pushed_losses=(0.2, 0.2),
    replenished=(1_500.0, 1_200.0), replenished_with_aid=(300.0, 600.0), killed_share=(0.3, 0.3), break_point=(0.7, 0.7),
)  # fmt: skip
STRIKES = Strikes(
    (0.15, 0.1), (0.3, 0.35), retaliation=(1.0, 0.8), around_talks=(0.5, 0.3),
    deaths=((10.0, 80.0, 400.0), (20.0, 120.0, 600.0)), suspends_talks=0.2,
)  # fmt: skip
EVERYTHING = Violence(forces=FORCES, strikes=STRIKES, lull=0.002)
START = {"talks": "suspended", "aid_a": True, "aid_b": True}


def lasting(game: Game) -> Game:
    """The same game where the sides rarely meet, so that many of its wars last five years."""
    return game.with_values(talks_open=0.01, talks_suspended=0.3)


def solved_rules(game: Game, front: int) -> Rules:
    """The game's rules, from a temporary file where an earlier run left them."""
    name = hashlib.sha256(repr(game).encode()).hexdigest()[:16]
    kept = Path(tempfile.gettempdir()) / f"armistice-benchmark-{name}.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())  # written by this script
    started = time.process_time()
    found = rules_of(solve(game, precision=100.0, certify=False, path_ratio=2.0), State(front=front, **START))  # type: ignore[arg-type]
    print(f"solved {game.n_states:,} states in {time.process_time() - started:.0f} CPU s", flush=True)
    kept.write_bytes(pickle.dumps(found))
    return found


def peak_memory() -> float:
    """Most memory that this process has held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9


def timed(rules: Rules, n_wars: int, repeats: int = 1) -> tuple[Played, float, float]:
    """What was played, CPU seconds and elapsed seconds, the least of the repeats."""
    play(rules, n_wars=kernels.LANES, months=2, seed=1)
    cpu, elapsed = float("inf"), float("inf")
    for _ in range(repeats):
        started, began = time.process_time(), time.perf_counter()
        played = play(rules, n_wars=n_wars, months=MONTHS, seed=1)
        cpu = min(cpu, time.process_time() - started)
        elapsed = min(elapsed, time.perf_counter() - began)
    return played, cpu, elapsed


def war_months(played: Played) -> int:
    """Months that were fought: a war that ends in its first month counts one."""
    return int(played.front[:-1].sum())


# The same rules in Mesa: a war is an agent, and the model steps all of them each month.


def mesa_model(rules: Rules, n_wars: int, seed: int) -> Any:
    """A Mesa model of these rules, written as Mesa's own examples are."""
    import mesa

    c, v = rules.chances, rules.violence
    assert v.forces is not None
    assert v.strikes is not None
    policy = memoryview(limits(rules.policy).astype(np.int32)).cast("B").cast("i")
    shape = rules.shape
    # plain lists: reading one number from a NumPy array takes Python several times as long
    tables = {
        name: getattr(c, name).tolist()
        for name in ("advances", "stock_a", "stock_b", "security_a", "security_b", "aid_a", "aid_b", "talks")
    }
    numbers = beside.beside_of(v)
    aimed, noise, replenished = (
        numbers.aimed.T.reshape(2, 2, 3).tolist(),
        numbers.noise.tolist(),
        numbers.replenished.tolist(),
    )
    killed, least, strike_moves = numbers.killed.tolist(), numbers.least.tolist(), numbers.strike_moves.tolist()
    strike_deaths, lull = v.strikes.deaths, v.lull
    cells, top_a, top_b = rules.front_cells, shape[5] - 1, shape[6] - 1

    class War(mesa.Agent):  # type: ignore[misc]
        """One war."""

        def __init__(self, model: Any) -> None:
            super().__init__(model)
            (self.mask, self.talks, self.proposer, self.aid_a, self.aid_b, self.level_a, self.level_b, self.stock_a,
             self.stock_b, cell) = rules.start  # fmt: skip
            self.held = cell + 1
            self.force_a, self.force_b = v.forces.persons  # type: ignore[union-attr, misc]
            self.deaths_a = self.deaths_b = 0.0
            self.strikes_a, self.strikes_b = v.strikes.start  # type: ignore[union-attr]

        def position(self) -> int:
            at = self.mask
            for length, value in zip(
                shape[1:],
                (self.talks, self.proposer, self.aid_a, self.aid_b, self.level_a, self.level_b, self.stock_a,
                 self.stock_b, self.held - 1),
                strict=True,
            ):  # fmt: skip
                at = at * length + value
            return 8 * at

        def end(self, ending: int) -> None:
            self.model.ended[ending][self.model.month] += 1
            self.remove()

        def step(self) -> None:
            draw = self.random.random
            at, u = self.position(), draw() * 65536
            if u < policy[at + 4]:
                number = next(n for n in range(5) if u < policy[at + n])
                if number < 2:
                    self.end(number)
                    return
                self.mask |= 1 << (number - 2)
                at = self.position()
            push = draw() * 65536 < policy[at + 5]
            answer = draw() * 65536 < policy[at + (7 if push else 6)]
            push_a, push_b = (push, answer) if self.proposer == 0 else (answer, push)
            u = draw() * 2**32
            if u < c.moves:
                ours = (
                    u
                    < tables["advances"][self.mask][self.aid_a][self.aid_b][push_a][push_b][self.stock_a][
                        self.stock_b
                    ]
                )
                width = 2 if draw() * 65536 < c.wide else 1
                self.held = min(max(self.held + (width if ours else -width), 0), cells)
            self.stock_a = moved(self.stock_a, draw() * 65536, tables["stock_a"][self.aid_a][push_a][self.stock_a])
            self.stock_b = moved(self.stock_b, draw() * 65536, tables["stock_b"][self.aid_b][push_b][self.stock_b])
            keep, on_a, on_b = aimed[push_a][push_b]
            a, b = self.force_a, self.force_b
            lost_a = min((a - (keep * a - on_a * b)) * self.random.choice(noise), a)
            lost_b = min((b - (keep * b - on_b * a)) * self.random.choice(noise), b)
            self.force_a += replenished[0][self.aid_a] - lost_a
            self.force_b += replenished[1][self.aid_b] - lost_b
            self.deaths_a += killed[0] * lost_a + strike_deaths[1][self.strikes_b]
            self.deaths_b += killed[1] * lost_b + strike_deaths[0][self.strikes_a]
            if self.held in (0, cells):
                self.end(2 if self.held else 3)
                return
            if self.force_a < least[0] or self.force_b < least[1]:
                self.end(4 if self.force_a * least[1] < self.force_b * least[0] else 5)
                return
            if draw() < lull:
                self.end(6)
                return
            level = moved(self.level_a, draw() * 65536, tables["security_a"][self.held - 1][self.level_a])
            self.level_a = top_a if level < 0 else level
            level = moved(self.level_b, draw() * 65536, tables["security_b"][self.held - 1][self.level_b])
            self.level_b = top_b if level < 0 else level
            talks, meeting = self.talks, self.talks > 0
            self.aid_a ^= draw() * 65536 < tables["aid_a"][talks][self.aid_a]
            self.aid_b ^= draw() * 65536 < tables["aid_b"][talks][self.aid_b]
            u = draw() * 2**32
            suspended, open_talks = tables["talks"][talks]
            self.talks = 0 if u < suspended else 1 if u < open_talks else 2
            self.proposer ^= draw() * 65536 < c.switches
            x, y = self.strikes_a, self.strikes_b
            if (x == 2 or y == 2) and draw() * 65536 < numbers.suspends:
                self.talks = 0
            self.strikes_a = moved(x, draw() * 65536, strike_moves[0][y == 2][meeting][x])
            self.strikes_b = moved(y, draw() * 65536, strike_moves[1][x == 2][meeting][y])

    def moved(level: int, draw: float, pair: list[int]) -> int:
        return level - 1 if draw < pair[0] else level + 1 if draw < pair[1] else level

    class Wars(mesa.Model):  # type: ignore[misc]
        """All wars."""

        def __init__(self) -> None:
            super().__init__(rng=seed)
            self.month = 0
            self.ended = [[0] * (MONTHS + 1) for _ in ENDINGS]
            self.months_fought = 0
            War.create_agents(self, n_wars)

        def step(self) -> None:
            self.month += 1
            self.months_fought += len(self.agents)
            self.agents.do("step")

    return Wars()


def mesa_section(rules: dict[str, Rules], n_mesa: int, n_ours: int) -> list[str]:
    """War-months per CPU second of both, and whether their endings agree."""
    import mesa
    from scipy.stats import chi2_contingency

    lines = [
        "## Against Mesa",
        "",
        f"Mesa {mesa.__version__}, one agent a war, on the same rules and every mechanism on: policies read from the same "
        f"table, forces by aimed fire, strikes, lulls. {n_mesa:,} wars of at most {MONTHS} months in Mesa, {n_ours:,} here, "
        "in one run. Deaths are added up in both; Mesa collects nothing else. p is that of a chi-square test on endings "
        "by twelve-month periods. A check on 2026-11-24 on the smaller table, "
        "its five seeds and its cells fixed beforehand: 100,000 wars in Mesa against 10,000,000, p = .75. Seven runs before it, with other seeds: .003, .30, .41, .57, .40, .02, .78.",
        "",
        "| policy table | Mesa, war-months per CPU s | armistice, war-months per CPU s | ratio | endings alike: p |",
        "|---|---|---|---|---|",
    ]
    for name, one in rules.items():
        random.seed(1)
        model = mesa_model(one, n_mesa, seed=1)
        started = time.process_time()
        for _ in range(MONTHS):
            model.step()
        slow = model.months_fought / (time.process_time() - started)
        played, cpu, _ = timed(one, n_ours, repeats=3)
        fast = war_months(played) / cpu
        tables = []
        for ended, left in (
            (np.array(model.ended), len(model.agents)),
            (played.ended, int(played.ended[CONTINUES, MONTHS])),
        ):
            periods = ended[:CONTINUES, 1:].reshape(CONTINUES, MONTHS // 12, 12).sum(axis=2).ravel()
            tables.append(np.append(periods, left))
        both = np.array(tables)
        enough = both[1] * (n_mesa / n_ours) >= 5  # by what is expected, not by what Mesa happened to give
        common, rest = both[:, enough], both[:, ~enough].sum(axis=1)
        table = np.column_stack([common, rest]) if rest.any() else common
        p = chi2_contingency(table).pvalue
        lines.append(f"| {name} | {slow:,.0f} | {fast:,.0f} | {fast / slow:.0f} | {p:.2f} |")
        print(lines[-1], flush=True)
    return [*lines, ""]


def large_section(rules: Rules, n_wars: int) -> list[str]:
    """Time and memory of ten million wars."""
    lines = [
        "## Ten million wars of five years",
        "",
        f"{n_wars:,} wars of at most {MONTHS} months, policies of a solved game of "
        f"{int(np.prod(rules.shape)):,} states ({rules.policy.nbytes / 1e6:.0f} MB). Target: 10 s elapsed on 2 idle cores, "
        'that is 20 CPU s, and 4 GB. "If none ended" scales CPU seconds to all '
        f"{MONTHS} months of every war.",
        "",
        "| played | CPU s | elapsed s | war-months, share of all | per war-month | if none ended, CPU s | peak memory so far |",
        "|---|---|---|---|---|---|---|",
    ]
    cases = {
        "the game alone": Violence(),
        "with forces": Violence(forces=FORCES),
        "with strikes": Violence(strikes=STRIKES),
        "everything on": EVERYTHING,
    }
    for name, violence in cases.items():
        played, cpu, elapsed = timed(replace(rules, violence=violence), n_wars)
        fought = war_months(played)
        lines.append(
            f"| {name} | {cpu:.1f} | {elapsed:.1f} | {fought / n_wars / MONTHS:.2f} | {cpu / fought * 1e9:.1f} ns | "
            f"{cpu / fought * n_wars * MONTHS:.1f} | {peak_memory():.2f} GB |"
        )
        print(lines[-1], flush=True)
    lines += [
        "",
        "Memory is that of playing; solving such a game takes more ([performance-bargaining.md](performance-bargaining.md)), "
        "once.",
        "",
        "Where the time goes (`perf`, 2026-11-24, everything on): random numbers 18 %, fetching a state's thresholds from the "
        "table 15 %, each of some thirty loops over the lanes 4 % or less. What made the difference, in order: every index of a "
        "loop counting from 0, so that Philox runs on eight wars at once (14 to 2.4 ns a call); lookups in loops of their own "
        "(39 to 27 ns a war-month); thresholds of 16 bits, 16 bytes a state. Lanes of 256 to 2,048 wars differ by a sixth.",
    ]
    return [*lines, ""]


_FIRST = """
import time
started = time.process_time()
from armistice.bargaining.equilibrium import solve
from armistice.bargaining.game import Game, State
from armistice.simulation.play import play
from armistice.simulation.rules import rules_of
rules = rules_of(solve(Game(front_cells=4).without("aid", "security", "stocks"), certify=False), State(front=2))
started = time.process_time()
play(rules, n_wars=1, months=1, seed=1)
print(time.process_time() - started)
"""


def first_section() -> list[str]:
    """What the first play costs on a machine that has compiled nothing yet."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [sys.executable, "-c", _FIRST], env=os.environ | {"NUMBA_CACHE_DIR": folder}, text=True, capture_output=True,
            check=True,
        )  # fmt: skip
    return ["## First time", "", f"The first play on a machine compiles: {float(run.stdout):.0f} CPU s, once.", ""]


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wars", type=int, default=10_000_000)
    parser.add_argument("--mesa-wars", type=int, default=20_000)
    parser.add_argument("--out", type=Path, default=Path("docs/performance-simulation.md"))
    options = parser.parse_args()
    load = os.getloadavg()[0]
    large = solved_rules(lasting(large_game()), front=33)
    small = solved_rules(lasting(Game(front_cells=9)), front=4)
    page = [
        "# How fast wars are played",
        "",
        f"Generated by `benchmarks/simulation.py` on {dt.date.today()}; {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}. Load of the machine at the start: {load:.1f}; where that is above 0, CPU "
        "seconds say more than elapsed ones, and they too are longer than on an idle machine.",
        "",
    ]
    page += large_section(large, options.wars)
    tables = {
        f"{int(np.prod(one.shape)):,} states, {one.policy.nbytes / 1e6:.1f} MB": replace(one, violence=EVERYTHING)
        for one in (small, large)
    }
    page += mesa_section(tables, options.mesa_wars, min(options.wars, 1_000_000))
    page += first_section()
    options.out.write_text("\n".join(page).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
