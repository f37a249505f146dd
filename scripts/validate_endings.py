"""Coverage of the intervals for how wars end, on made-up wars whose truth is known.

    python scripts/validate_endings.py --sets 2000 --out docs/validation-endings.md

Wars end by one of three causes, at rates that fall after two years and in shares that change then. Some come
under observation late, all are watched for a limited time, and in the second world wars of one conflict share
a tendency to last (gamma frailty). Asked for: the share ended by the first cause, and by any, within 12 and 60
months of having lasted 36. The truth is in closed form.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from armistice.history import bootstrap_shares, ending_shares

Floats = npt.NDArray[np.float64]
EARLY, LATE, TURN = np.array([0.012, 0.006, 0.016]), np.array([0.008, 0.015, 0.010]), 24.0
LANDMARK, AHEAD = 36.0, np.array([12.0, 60.0])
GROUPS = np.array([[1, 0, 0], [1, 1, 1]])
NAMES = ("one cause", "all causes")


@dataclass(frozen=True)
class World:
    """How alike wars of one conflict are: variance of the frailty, largest number of wars in a conflict."""

    name: str
    frailty: float
    largest: int


WORLDS = (World("wars apart", 0.0, 1), World("conflicts of 1 to 3 wars, frailty variance 0.5", 0.5, 3))


def cumulative_hazard(t: Floats) -> Floats:
    """Total hazard up to ``t`` for a war of frailty 1."""
    return EARLY.sum() * np.minimum(t, TURN) + LATE.sum() * np.maximum(t - TURN, 0.0)


def survival(t: Floats, world: World) -> Floats:
    """Share of wars lasting beyond ``t``."""
    h = cumulative_hazard(t)
    return np.exp(-h) if world.frailty == 0 else (1 + world.frailty * h) ** (-1 / world.frailty)


def truth(world: World) -> Floats:
    """Conditional cumulative incidence, shape (ahead, groups). The landmark lies after the turn."""
    start = survival(np.array(LANDMARK), world)
    ended = (start - survival(LANDMARK + AHEAD, world)) / start
    return ended[:, None] * (GROUPS @ (LATE / LATE.sum()))


def draw(n: int, world: World, rng: np.random.Generator) -> tuple[Floats, npt.NDArray[np.int64], Floats, npt.NDArray[np.int64]]:
    """Durations, causes, entries and conflicts of ``n`` observed wars."""
    lasted, cause, entry, conflict = [], [], [], []
    label = 0
    while len(lasted) < n:
        frailty = rng.gamma(1 / world.frailty, world.frailty) if world.frailty else 1.0
        for _ in range(rng.integers(1, world.largest + 1)):
            hazard = rng.exponential() / frailty
            turn = EARLY.sum() * TURN
            t = hazard / EARLY.sum() if hazard < turn else TURN + (hazard - turn) / LATE.sum()
            enter = rng.uniform(0, 48) if rng.random() < 0.2 else 0.0
            watched = enter + rng.uniform(0, 240)
            if t <= enter:
                continue  # never seen
            share = EARLY if t < TURN else LATE
            lasted.append(min(t, watched))
            cause.append(1 + rng.choice(3, p=share / share.sum()) if t <= watched else 0)
            entry.append(enter)
            conflict.append(label)
        label += 1
    return np.array(lasted[:n]), np.array(cause[:n]), np.array(entry[:n]), np.array(conflict[:n])


def row(world: World, n: int, sets: int, rng: np.random.Generator, *, with_bootstrap: bool) -> dict[str, Floats | float]:
    """Coverage, misses on either side and width over ``sets`` made-up reference sets."""
    target = truth(world)
    below, above, width, boot, used, risk = (np.zeros(target.shape) for _ in range(6))
    empty, boots = 0, 0
    for index in range(sets):
        lasted, cause, entry, conflict = draw(n, world, rng)
        if not ((lasted > LANDMARK) & (entry <= LANDMARK)).any():
            empty += 1
            continue
        found = ending_shares(
            lasted, cause, AHEAD, n_causes=3, groups=GROUPS, clusters=conflict, entry=entry, landmark=LANDMARK
        )
        below += found.lower > target
        above += found.upper < target
        width += found.upper - found.lower
        used += 1
        risk += found.at_risk
        if with_bootstrap and index < sets // 2:
            draws = bootstrap_shares(
                lasted, cause, AHEAD, n_causes=3, rng=rng, n_draws=400, clusters=conflict, entry=entry, landmark=LANDMARK
            )
            low, high = np.quantile(draws @ GROUPS.T, [0.025, 0.975], axis=0)
            boot += (low <= target) & (target <= high)
            boots += 1
    return {
        "covered": 1 - (below + above) / used,
        "below": below / used,
        "above": above / used,
        "width": width / used,
        "bootstrap": boot / max(boots, 1),
        "at_risk": float((risk / used)[0, 0]),
        "empty": empty / sets,
    }


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20251124)
    parser.add_argument("--out", type=Path, default=None)
    chosen = parser.parse_args()
    rng, began = np.random.default_rng(chosen.seed), time.perf_counter()
    lines = [
        "| world | wars | at risk (mean) | share ended | truth | covered by the 95% interval | truth below it | truth above it | mean width | covered by the bootstrap |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    empties = []
    for world in WORLDS:
        target = truth(world)
        for n in (10, 30, 100, 400):
            result = row(world, n, chosen.sets, rng, with_bootstrap=True)
            if result["empty"]:
                empties.append(f"{result['empty']:.1%} of the sets of {n} wars ({world.name})")
            for a, months in enumerate(AHEAD):
                for g, name in enumerate(NAMES):
                    cells = [result[key][a, g] for key in ("covered", "below", "above", "width", "bootstrap")]
                    lines.append(
                        f"| {world.name} | {n} | {result['at_risk']:.1f} | {name}, {months:.0f} months | {target[a, g]:.3f} | "
                        f"{cells[0]:.1%} | {cells[1]:.1%} | {cells[2]:.1%} | {cells[3]:.2f} | {cells[4]:.1%} |"
                    )
                    print(lines[-1], flush=True)
    half = 1.96 * np.sqrt(0.95 * 0.05 / chosen.sets)
    text = [
        "# How often the intervals of the study of endings hold the truth",
        "",
        "Made by `python scripts/validate_endings.py`, which says how the wars are made up.",
        f"{chosen.sets:,} reference sets per row, seed {chosen.seed}; a true 95% would show as {0.95 - half:.1%} to {0.95 + half:.1%}.",
        "Asked for: the share ended within 12 and 60 months of having lasted 36 months, with late entry, censoring and competing causes.",
        f"The last column is the percentile interval of a Bayesian bootstrap over conflicts (400 draws, {chosen.sets // 2:,} sets), for comparison.",
        "",
        *lines,
        "",
        "Read: the interval errs on the side of width where few wars are at risk, by design (it is of the Clopper-Pearson kind);",
        "the bootstrap there is far too narrow, which is why it is not what the study prints.",
    ]
    if empties:
        text += ["", f"Nobody at risk at the landmark, hence no answer, in {'; '.join(empties)}."]
    if chosen.out:
        chosen.out.write_text("\n".join(text) + "\n", encoding="utf-8")
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
