"""Can a game of a million states, every mechanism on, be solved while somebody waits? And does every draw converge?

    python benchmarks/bargaining_game.py            # writes docs/performance-bargaining.md and the draws beside it
    python benchmarks/bargaining_game.py --draws 20 --no-large --out /tmp/page.md
    python benchmarks/bargaining_game.py --only-large   # that section of the page anew

Every draw is solved with its certificate, which starts again from "all fight" and from "all settle": where these end
elsewhere, the game has several equilibria, and the page says in how many draws. A draw that does not converge is
counted as unknown, with its reason. The single-agent analogue (one side's effort, no talks) is solved by quantecon's value and policy iteration in the
same run, to say what a general solver takes on a comparable problem.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import os
import platform
import resource
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from armistice.bargaining.equilibrium import Equilibrium, solve
from armistice.bargaining.game import Game, Issue, State
from armistice.bargaining.reading import deal_gains
from armistice.errors import NotConvergedError

RANGES = {
    "a_office_rent": (0.0, 1.0), "b_office_rent": (0.0, 1.0), "a_expected_share": (0.4, 0.7),
    "b_expected_share": (0.4, 0.7), "a_cost": (0.05, 0.5), "b_cost": (0.05, 0.5), "a_aid_income": (0.0, 0.2),
    "b_aid_income": (0.0, 0.2), "armistice_reopening": (0.002, 0.1), "treaty_reopening": (0.0005, 0.02),
    "mobility": (0.1, 0.8), "stock_strength": (0.1, 0.8),
}  # fmt: skip
SEVERAL = 1e-5  # values further apart than this, from two starts, are two equilibria
COLUMNS = (
    "draw", "precision", *RANGES, "converged", "reason", "residual", "value_error", "gap_a", "gap_b", "spread",
    "all_fight_converged", "all_settle_converged", "sweeps", "cpu_seconds",
)  # fmt: skip


def large_game() -> Game:
    """1,010,880 states: three partial deals, mediator, patrons, leaders and stocks on both sides, 66 front cells."""
    issues = (Issue("prisoners", 0.02, 0.02), Issue("children", 0.01, 0.015), Issue("energy", 0.02, 0.01, 0.05))
    return Game(front_cells=66, issues=issues)


def drawn_game(values: dict[str, float]) -> Game:
    """4,608 states, every mechanism on."""
    return Game(front_cells=7).with_values(
        **values, a_stock_levels=2, b_stock_levels=2, a_security_levels=2, b_security_levels=2,
        a_signing_risk=(0.9, 0.3), b_signing_risk=(0.9, 0.3),
    )  # fmt: skip


def solve_draws(n_draws: int, seed: int, precision: float, path_ratio: float) -> list[dict[str, object]]:
    """One row per draw, in the columns of ``COLUMNS``; the same seed draws the same games at every precision."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(n_draws):
        values = {name: float(rng.uniform(*ends)) for name, ends in RANGES.items()}
        row: dict[str, object] = {"draw": number, "precision": precision}
        row |= {name: round(value, 4) for name, value in values.items()}
        started = time.process_time()
        try:
            found = solve(drawn_game(values), precision=precision, path_ratio=path_ratio)
            row |= certified(found)
        except NotConvergedError as error:
            row |= {"converged": "no", "reason": str(error)}
        row["cpu_seconds"] = round(time.process_time() - started, 2)
        rows.append(row)
        if number % 20 == 19:
            print(f"precision {precision:g}: {number + 1} draws", flush=True)
    return rows


def certified(found: Equilibrium) -> dict[str, object]:
    """A solved draw's columns."""
    proof = found.certificate
    assert proof is not None
    return {
        "converged": "yes",
        "residual": f"{proof.residual:.1e}",
        "value_error": f"{proof.value_error:.1e}",
        "gap_a": round(proof.exploitability_a, 5),
        "gap_b": round(proof.exploitability_b, 5),
        "spread": f"{proof.spread:.1e}",
        "all_fight_converged": "no" if proof.starts["all_fight"] is None else "yes",
        "all_settle_converged": "no" if proof.starts["all_settle"] is None else "yes",
        "sweeps": found.sweeps,
    }


def draws_column(rows: list[dict[str, object]]) -> list[str]:
    """What the summary table says of one precision."""
    good = [row for row in rows if row["converged"] == "yes"]

    def numbers(*names: str) -> np.ndarray:
        return np.array([max(float(str(row[name])) for name in names) for row in good])

    def quantiles(values: np.ndarray, form: str) -> str:
        middle, high, top = np.quantile(values, (0.5, 0.95, 1.0))
        return f"{middle:{form}} / {high:{form}} / {top:{form}}"

    spread = numbers("spread")
    apart = spread[spread > SEVERAL]
    cpu = np.array([float(str(row["cpu_seconds"])) for row in rows])
    return [
        f"{len(good)} of {len(rows)}",
        str(len(rows) - len(good)),
        quantiles(numbers("residual"), ".1e"),
        quantiles(numbers("value_error"), ".1e"),
        quantiles(numbers("gap_a", "gap_b"), ".4f"),
        f"{len(apart)} of {len(good)}",
        quantiles(apart, ".2f") if apart.size else "none",
        str(sum(row["all_fight_converged"] == "no" for row in good)),
        str(sum(row["all_settle_converged"] == "no" for row in good)),
        quantiles(cpu, ".2f"),
    ]


LABELS = (
    "converged", "unknown: did not converge", "residual", "values against those of the printed policies",
    "best-response gap, the larger of both sides", "several equilibria: the starts end more than 1e-5 apart",
    "how far apart, where several", "start from all-fight did not converge", "start from all-settle did not converge",
    "CPU seconds with certificate",
)  # fmt: skip


def draws_section(by_precision: dict[float, list[dict[str, object]]], path_ratio: float, csv_name: str) -> list[str]:
    """The summary of all draws."""
    heads = [f"precision {precision:g}" for precision in by_precision]
    columns = [draws_column(rows) for rows in by_precision.values()]
    states = drawn_game({}).n_states
    lines = [
        "## Draws from the stated ranges",
        "",
        f"Games of {states:,} states, every mechanism on; the same draws at every precision, uniform in "
        f"{', '.join(f'`{name}` {low:g} to {high:g}' for name, (low, high) in RANGES.items())}. Precision rises by a "
        f"factor {path_ratio:.3g} a step. Three numbers are the median, the 95 % quantile and the largest. Gaps and "
        f"distances are in stakes. One row per draw: [{csv_name}]({csv_name}).",
        "",
        f"| | {' | '.join(heads)} |",
        f"|---|{'---|' * len(heads)}",
        *(f"| {label} | {' | '.join(cells)} |" for label, *cells in zip(LABELS, *columns, strict=True)),
        "",
    ]
    reasons = [
        f"* precision {precision:g}, draw {row['draw']}: {row['reason']}"
        for precision, rows in by_precision.items() for row in rows if row["converged"] == "no"
    ]  # fmt: skip
    return [*lines, *(["Unknown, with the reason:", "", *reasons, ""] if reasons else [])]


def path_section(n_draws: int, seed: int, precisions: Iterable[float]) -> list[str]:
    """Does the equilibrium reported depend on how small the steps of precision are?"""
    ratios, state = (2.0, 2**0.5, 2**0.25, 2**0.125), State(front=3)
    lines = [
        "## Which of several equilibria is reported",
        "",
        f"The first {n_draws} of the same draws, solved with precision rising in larger and smaller steps, against the "
        f"smallest (a factor {ratios[-1]:.3g}): the share of draws whose values agree to {SEVERAL:g} in every state, and "
        f"the share in which the same deals are open and the same side blocks the others at one state (A holds 3 of 7 "
        f"cells, talks open).",
        "",
        "| precision | step | same values everywhere | same deals open and blocked | sweeps per mask |",
        "|---|---|---|---|---|",
    ]
    for precision in precisions:
        rng = np.random.default_rng(seed)
        same, read, sweeps, known = np.zeros(len(ratios)), np.zeros(len(ratios)), np.zeros(len(ratios)), 0
        for _ in range(n_draws):
            game = drawn_game({name: float(rng.uniform(*ends)) for name, ends in RANGES.items()})
            try:
                found = [solve(game, precision=precision, path_ratio=ratio, certify=False) for ratio in ratios]
            except NotConvergedError:
                continue
            known += 1
            verdicts = [[gain.blocked_by for gain in deal_gains(one, state)] for one in found]
            for number, one in enumerate(found):
                apart = max(
                    np.abs(one.value_a - found[-1].value_a).max(), np.abs(one.value_b - found[-1].value_b).max()
                )
                same[number] += apart < SEVERAL
                read[number] += verdicts[number] == verdicts[-1]
                sweeps[number] += one.sweeps
        lines += [
            f"| {precision:g} | {ratio:.3g} | {same[k] / known:.0%} | {read[k] / known:.0%} | {sweeps[k] / known:.0f} |"
            for k, ratio in enumerate(ratios)
        ]
        print(f"path at precision {precision:g}: {known} draws", flush=True)
    return [*lines, ""]


def peak_memory() -> float:
    """Most memory that this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def large_section(precision: float, ratios: Iterable[float]) -> list[str]:
    """Time and memory of a million states."""
    solve(Game(front_cells=4), precision=50, certify=False)
    game = large_game()
    lines = [
        "## A million states",
        "",
        f"{game.n_states:,} states, every mechanism on, precision {precision:g} for offers and answers and ten times "
        f"that for efforts; policies included, certificate not. Load of the machine at the start: {os.getloadavg()[0]:.1f}. "
        "Target: 15 s elapsed on 2 idle cores.",
        "",
        "| precision rises by a factor | residual | sweeps per mask | CPU s | elapsed s |",
        "|---|---|---|---|---|",
    ]
    peak = 0.0
    for ratio in ratios:
        started, cpu = time.perf_counter(), time.process_time()
        found = solve(game, precision=precision, certify=False, path_ratio=ratio)
        cpu, elapsed = time.process_time() - cpu, time.perf_counter() - started
        lines.append(f"| {ratio:.3g} | {found.residual:.1e} | {found.sweeps:.0f} | {cpu:.1f} | {elapsed:.1f} |")
        peak = peak or peak_memory()
        print(lines[-1], flush=True)
    lines += [
        "",
        f"Peak memory of the process after the first: {peak:.0f} MB.",
        "",
        "A sweep takes first the states in which one side proposes, then those of the other, given the new values: where the "
        "sides propose in turn, that halves the sweeps, and more games settle. Most of the time goes into the sweeps, the "
        "rest into acceleration, whose memory is kept in single precision. Most sweeps are spent on a few dozen "
        "states whose choices chase one another. Tried on 2026-11-24 and left out: Newton steps with Krylov subspaces, "
        "which converge only close to a solution; beginning each mask at the solution of a fuller one (another "
        "equilibrium in 26 of 40 draws); at most 20 sweeps a step on the way (another equilibrium in 23 of 60); a path "
        "that begins at a precision of 6 or 12 (up to three times the sweeps).",
    ]
    return [*lines, ""]


def single_agent() -> list[str]:
    """quantecon's solvers on one side's effort problem, as a general decision problem with sparse transitions."""
    from quantecon.markov import DiscreteDP
    from scipy import sparse

    from armistice.bargaining.game import Side

    side = Side(effort_cost=10.0)
    cells = 2001
    game = Game(a=Side(), b=side, front_cells=cells).without(
        "talks", "aid", "stocks", "security", "mediator", "breakthroughs", "partial_deals"
    )
    solve(game.with_values(front_cells=10), precision=np.inf, certify=False)
    started = time.process_time()
    found = solve(game, precision=np.inf, certify=False)
    ours = time.process_time() - started
    table = found.tables
    n = cells - 1
    rows, columns, chances, rewards = [], [], [], []
    for k in range(n + 2):
        for effort in range(2):
            row = 2 * k + effort
            if k in (0, n + 1):
                value = table.lost[0, 0] if k == 0 else table.won[0, 0]
                rewards.append((1 - table.discount[0]) * value)
                rows.append(row), columns.append(k), chances.append(1.0)
                continue
            up = table.move * table.advance[0, 0, 0, effort, 0, 0, 0]
            rewards.append(table.flow[0, 0, k - 1] - effort * table.effort_flow[0])
            for to, chance in ((k + 1, up), (k - 1, table.move - up), (k, 1 - table.move)):
                rows.append(row), columns.append(to), chances.append(chance)
    matrix = sparse.csr_matrix((chances, (rows, columns)), shape=(2 * (n + 2), n + 2))
    states, actions = np.repeat(np.arange(n + 2), 2), np.tile([0, 1], n + 2)
    problem = DiscreteDP(np.array(rewards), matrix, float(table.discount[0]), states, actions)
    lines = [f"| this solver (both sides' values) | {ours:.3f} | |"]
    for method in ("value_iteration", "policy_iteration"):
        started = time.process_time()
        result = problem.solve(method=method, epsilon=1e-8, max_iter=20_000)
        took = time.process_time() - started
        gap = np.abs(result.v[1:-1] - found.value_a.reshape(2, -1)[0]).max()
        lines.append(f"| quantecon {method} | {took:.3f} | {gap:.1e} |")
    return lines


def main() -> None:
    """Measure and write the page and the draws."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--large", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--only-large", action="store_true", help="make only that section of the page anew")
    parser.add_argument("--out", type=Path, default=Path("docs/performance-bargaining.md"))
    parser.add_argument("--precision", type=float, default=500.0)
    parser.add_argument("--draws-precision", type=float, nargs="+", default=[100.0, 500.0])
    parser.add_argument("--path-draws", type=int, default=60)
    parser.add_argument("--path-ratio", type=float, default=2**0.25)
    options = parser.parse_args()
    if options.only_large:
        made = "\n".join(large_section(options.precision, (options.path_ratio, 2.0)))
        old = options.out.read_text(encoding="utf-8")
        before, _, rest = old.partition("## A million states\n")
        _, heading, after = rest.partition("## The single-agent analogue\n")
        options.out.write_text(before + made.rstrip() + "\n\n" + heading + after, encoding="utf-8")
        return
    page = [
        "# How fast the bargaining game is solved, and whether it converges",
        "",
        f"Generated by `benchmarks/bargaining_game.py` on {dt.date.today()}; {os.cpu_count()} cores "
        f"({platform.machine()}), Python {platform.python_version()}. Load of the machine at the start: "
        f"{os.getloadavg()[0]:.1f}; where that is above 0, CPU seconds say more than elapsed ones, and they too are "
        "longer than on an idle machine.",
        "",
    ]
    if options.large:
        page += large_section(options.precision, (options.path_ratio, 2.0))
    page += ["## The single-agent analogue", "", "One side's effort problem, 2,000 front cells.", ""]
    page += ["| solver | CPU s | difference of values |", "|---|---|---|", *single_agent(), ""]
    by_precision = {
        precision: solve_draws(options.draws, seed=7, precision=precision, path_ratio=options.path_ratio)
        for precision in options.draws_precision
    }
    table = options.out.with_name(f"{options.out.stem}-draws.csv")
    page += draws_section(by_precision, options.path_ratio, table.name)
    if options.path_draws:
        page += path_section(options.path_draws, 7, options.draws_precision)
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for rows in by_precision.values():
            writer.writerows(rows)
    options.out.write_text("\n".join(page).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
