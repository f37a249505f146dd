"""Can a game of a million states, every mechanism on, be solved while somebody waits? And does every draw converge?

    python benchmarks/bargaining_game.py            # writes docs/performance-bargaining.md
    python benchmarks/bargaining_game.py --draws 20 --no-large

The single-agent analogue (one side's effort, no talks) is solved by quantecon's value and policy iteration in the
same run, to say what a general solver takes on a comparable problem.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import time
from pathlib import Path

import numpy as np

from armistice.bargaining.equilibrium import solve
from armistice.bargaining.game import Game, Issue
from armistice.errors import NotConvergedError

RANGES = {
    "a_office_rent": (0.0, 1.0), "b_office_rent": (0.0, 1.0), "a_expected_share": (0.4, 0.7),
    "b_expected_share": (0.4, 0.7), "a_cost": (0.05, 0.5), "b_cost": (0.05, 0.5), "a_aid_income": (0.0, 0.2),
    "b_aid_income": (0.0, 0.2), "armistice_reopening": (0.002, 0.1), "treaty_reopening": (0.0005, 0.02),
    "mobility": (0.1, 0.8), "stock_strength": (0.1, 0.8),
}  # fmt: skip


def large_game() -> Game:
    """1,010,880 states: three partial deals, mediator, patrons, leaders and stocks on both sides, 66 front cells."""
    issues = (Issue("prisoners", 0.02, 0.02), Issue("children", 0.01, 0.015), Issue("energy", 0.02, 0.01, 0.05))
    return Game(front_cells=66, issues=issues)


def draws_table(n_draws: int, seed: int, precision: float, most_seconds: float) -> tuple[list[str], list[str]]:
    """Solve that many draws of a small game, every mechanism on, with the best-response gap of each."""
    rng = np.random.default_rng(seed)
    rows, solved, gaps, residuals, seconds, failures = [], 0, [], [], [], []
    began = time.perf_counter()
    for number in range(n_draws):
        if time.perf_counter() - began > most_seconds:
            n_draws = number
            failures.append(f"Stopped after {number} draws: the time allowed ran out.")
            break
        values = {name: float(rng.uniform(*ends)) for name, ends in RANGES.items()}
        game = Game(front_cells=7, a=Game().a, b=Game().b).with_values(
            **values, a_stock_levels=2, b_stock_levels=2, a_security_levels=2, b_security_levels=2,
            a_signing_risk=(0.9, 0.3), b_signing_risk=(0.9, 0.3),
        )  # fmt: skip
        started = time.process_time()
        try:
            found = solve(game, precision=precision)
        except NotConvergedError as error:
            failures.append(f"draw {number}: {error}")
            rows.append(f"| {number} | no | | | | {time.process_time() - started:.1f} |")
            continue
        solved += 1
        proof = found.certificate
        assert proof is not None
        took = time.process_time() - started
        gaps.append(max(proof.exploitability_a, proof.exploitability_b))
        residuals.append(proof.residual)
        seconds.append(took)
        print(f"draw {number}: {took:.1f} CPU s", flush=True)
        rows.append(f"| {number} | yes | {proof.residual:.1e} | {gaps[-1]:.4f} | {proof.spread:.1e} | {took:.1f} |")
    summary = [
        f"{solved} of {n_draws} draws converged at precision {precision:g}; games of {game.n_states:,} states.",
        f"Residual: at most {max(residuals):.1e}. Best-response gap: median {np.median(gaps):.4f}, largest "
        f"{max(gaps):.4f} of the stake. CPU seconds per draw with its certificate: median {np.median(seconds):.2f}, "
        f"largest {max(seconds):.2f}.",
        *failures,
    ]
    return summary, rows


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
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--large", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--out", type=Path, default=Path("docs/performance-bargaining.md"))
    parser.add_argument("--precision", type=float, default=500.0)
    parser.add_argument("--draws-precision", type=float, default=500.0)
    parser.add_argument("--draws-seconds", type=float, default=3600.0)
    options = parser.parse_args()
    page = [
        "# How fast the bargaining game is solved",
        "",
        f"Generated by `benchmarks/bargaining_game.py` on {dt.date.today()}; {os.cpu_count()} cores "
        f"({platform.machine()}), Python {platform.python_version()}. Load of the machine at the start: "
        f"{os.getloadavg()[0]:.1f}, so CPU seconds say more than elapsed ones.",
        "",
    ]
    if options.large:
        solve(Game(front_cells=4), precision=50, certify=False)
        game = large_game()
        started, cpu = time.perf_counter(), time.process_time()
        found = solve(game, precision=options.precision, certify=False)
        page += [
            "## A million states",
            "",
            f"{game.n_states:,} states, every mechanism on, precision {options.precision:g} (offers and answers; ten "
            f"times that for efforts), rising "
            f"precision with Anderson acceleration (8): residual {found.residual:.1e}, {found.sweeps:.0f} sweeps, "
            f"{time.perf_counter() - started:.1f} s elapsed, {time.process_time() - cpu:.1f} CPU s, "
            "policies included, certificate not. Target: 15 s elapsed on 2 idle cores.",
            "",
        ]
        print(page[-2], flush=True)
    page += ["## The single-agent analogue", "", "One side's effort problem, 2,000 front cells.", ""]
    page += ["| solver | CPU s | difference of values |", "|---|---|---|", *single_agent(), ""]
    summary, rows = draws_table(
        options.draws, seed=7, precision=options.draws_precision, most_seconds=options.draws_seconds
    )
    page += ["## Draws from the stated ranges", "", *summary, ""]
    page += [
        "| draw | converged | residual | best-response gap | spread over starts | CPU s |",
        "|---|---|---|---|---|---|",
    ]
    options.out.write_text("\n".join([*page, *rows, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
