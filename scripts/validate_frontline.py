"""How often the front line's intervals hold the truth, and whether its stalemate probabilities come true.

    python scripts/validate_frontline.py --paths 500 --out docs/validation-frontline.md

Fronts are made up day by day: a pace that wanders, stands still or jumps, plus daily changes with heavy tails, a map that
is edited in lumps, corrected later and read with error on four days of five. The study sees two years; the truth is the pace on
the last day, the mean pace of each year, and the mean pace over the six months that follow. The last table is real: Ukraine as of
each month, against what the map showed six months later.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from armistice.frontline import (
    Changes,
    change_between,
    changes_over,
    draw_pace,
    mean_pace,
    pace_difference,
    phases,
    recent_slope,
    stalemate_probability,
)
from armistice.frontline.changes import MONTH_DAYS

Floats = npt.NDArray[np.float64]
DAYS_SEEN, DAYS_AHEAD = 731, 183
THRESHOLD = 150.0
FIRST_DAY = np.datetime64("2023-01-01")


@dataclass(frozen=True)
class World:
    """How a made-up front behaves; paces are per month, lumps in the unit of the front.

    Parameters
    ----------
    wander : float
        Standard deviation of the pace's change over a month.
    jump : float
        Added to the pace from ``jump_before_end`` days before the last day on.
    lumps : float
        Edits of the map a month, each of 30 to 120; half of them are taken back within three weeks.
    breakthroughs : float
        Share of the ground that is gained in rare leaps: real movement that looks like lumps.
    """

    name: str
    wander: float
    jump: float = 0.0
    jump_before_end: int = 120
    lumps: float = 0.0
    breakthroughs: float = 0.0


WORLDS = (
    World("steady pace, heavy tails", 0.0),
    World("wandering pace, heavy tails", 60.0),
    World("wandering pace, lumpy map", 60.0, lumps=0.6),
    World("jump of 250 four months ago, lumpy map", 0.0, jump=250.0, lumps=0.6),
    World("jump of 250 one month ago, lumpy map", 0.0, jump=250.0, jump_before_end=30, lumps=0.6),
    World("half of the ground in leaps", 0.0, breakthroughs=0.5),
)


@dataclass(frozen=True, eq=False)
class MadeUp:
    """A front as the map shows it, and the pace behind it."""

    dates: npt.NDArray[np.datetime64]
    values: Floats
    pace: Floats  # by day, per month, ahead included


def made_up(world: World, rng: np.random.Generator) -> MadeUp:
    """One front: the days seen, and the pace on those and the days ahead."""
    n = DAYS_SEEN + DAYS_AHEAD
    pace = rng.normal(0, 200) + np.cumsum(rng.normal(0, world.wander / np.sqrt(MONTH_DAYS), n))
    pace[DAYS_SEEN - world.jump_before_end :] += world.jump
    spread = rng.uniform(4, 15)
    daily = pace / MONTH_DAYS * (1 - world.breakthroughs) + spread * rng.standard_t(3, n) / np.sqrt(3)
    if world.breakthroughs:
        leaps = rng.random(n) < 1 / 45
        daily += np.where(leaps, rng.exponential(1, n) * 45, 0) * pace / MONTH_DAYS * world.breakthroughs
    shown = np.cumsum(daily)
    for day in np.flatnonzero(rng.random(n) < world.lumps / MONTH_DAYS):
        lump = rng.choice([-1, 1]) * rng.uniform(30, 120)
        shown[day:] += lump
        if rng.random() < 0.5:
            shown[day + int(rng.integers(3, 21)) :] -= lump
    seen = np.flatnonzero(rng.random(DAYS_SEEN) < 0.8)
    return MadeUp(FIRST_DAY + seen, (shown + rng.normal(0, 5, n))[seen], pace)


@dataclass
class Tally:
    """What came of the paths of one world."""

    now: list[bool]
    year: list[bool]
    difference: list[bool]
    ahead: list[bool]
    width: list[float]
    chance: list[float]
    stood_still: list[bool]
    phases: list[int]


def tally(world: World, paths: int, rng: np.random.Generator) -> Tally:
    """Run the study's methods on ``paths`` fronts of one world."""
    out = Tally([], [], [], [], [], [], [], [])
    for _ in range(paths):
        front = made_up(world, rng)
        weeks = changes_over(front.dates, front.values)
        recent = Changes(weeks.ends[-104:], weeks.days[-104:], weeks.change[-104:])
        draws = draw_pace(recent, rng)
        last_day = int((front.dates[-1] - FIRST_DAY).astype(int))
        low, high = np.quantile(draws.pace[:, -1], [0.025, 0.975])
        out.now.append(bool(low <= front.pace[last_day] <= high))
        out.width.append(float(high - low))
        ahead, truth = draws.mean_ahead(6, rng), float(front.pace[last_day + 1 : last_day + 184].mean())
        low, high = np.quantile(ahead, [0.025, 0.975])
        out.ahead.append(bool(low <= truth <= high))
        out.chance.append(stalemate_probability(ahead, THRESHOLD)[0])
        out.stood_still.append(abs(truth) < THRESHOLD)
        half = weeks.ends[-1] - np.timedelta64(365, "D")
        later, earlier = mean_pace(weeks.since(half)), mean_pace(weeks.until(half))
        border = last_day - 365
        true_later, true_earlier = front.pace[border:last_day].mean(), front.pace[:border].mean()
        difference = pace_difference(later, earlier)
        out.year.append(bool(later.lower <= true_later <= later.upper))
        out.difference.append(bool(difference.lower <= true_later - true_earlier <= difference.upper))
        out.phases.append(len(phases(weeks)))
    return out


def coarse_coverage(paths: int, n: int, rng: np.random.Generator, *, wander: float) -> tuple[float, float]:
    """Coverage and mean width of the slope's interval for ``n`` coarse positions in three months.

    Positions are anywhere in ranges 10 to 40 wide; the line itself may also wander about its slope, and the truth is then
    the mean pace of the line from the first position to the last.
    """
    from scipy.special import stdtrit

    held, width = 0, 0.0
    for _ in range(paths):
        before = np.sort(rng.choice(90, n, replace=False)).astype(float)
        slope = rng.normal(0, 10)
        ranges = rng.uniform(10, 40, n)
        wandering = np.cumsum(np.diff(before, prepend=0) ** 0.5 * rng.normal(0, wander / np.sqrt(MONTH_DAYS), n))
        # The middle of a range is off by up to half of its width.
        line = -slope * before / MONTH_DAYS + wandering
        truth = (line[0] - line[-1]) / (before[-1] - before[0]) * MONTH_DAYS
        values = line + rng.uniform(-0.5, 0.5, n) * ranges
        found = recent_slope(before, values, values - ranges / 2, values + ranges / 2)
        assert found is not None
        reach = float(stdtrit(max(found.n - 2, 1), 0.975)) * found.standard_error
        held += abs(found.value - truth) <= reach
        width += 2 * reach
    return held / paths, width / paths


def reliability(chance: Sequence[float], happened: Sequence[bool]) -> list[tuple[str, int, float, float]]:
    """Per class of stated probability: its name, paths, mean stated and share that stood still."""
    said, came = np.array(chance), np.array(happened)
    rows = []
    for low, high in ((0.0, 0.05), (0.05, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.95), (0.95, 1.01)):
        inside = (said >= low) & (said < high)
        if inside.any():
            name = f"{100 * low:.0f} to {100 * min(high, 1):.0f}%"
            rows.append((name, int(inside.sum()), float(said[inside].mean()), float(came[inside].mean())))
    return rows


def stalemate_table(title: str, chance: list[float], happened: list[bool]) -> list[str]:
    """Reliability and Brier score, as Markdown."""
    out = ["", f"{title}:", "", "| stated | fronts | mean stated | stood still |", "|---|---|---|---|"]
    out += [
        f"| {name} | {n} | {100 * said:.0f}% | {100 * came:.0f}% |"
        for name, n, said, came in reliability(chance, happened)
    ]
    brier = float(np.mean((np.array(chance) - np.array(happened)) ** 2))
    base = float(np.mean(happened))
    scored = f"Brier score {brier:.3f}; of always stating the base rate ({100 * base:.0f}%), {base * (1 - base):.3f}."
    return [*out, "", scored]


def real_months() -> list[tuple[str, float, float, float, float]]:
    """Ukraine as of the first of each month: interval of the pace over six months, and the pace that came."""
    from armistice.record.load import load_war

    war, rows = load_war("ukraine"), []
    later = war.as_of("2025-06-30").front
    assert later is not None
    for month in np.arange(np.datetime64("2023-01"), np.datetime64("2025-01")):
        day = month.astype("datetime64[D]")
        front = war.as_of(day.astype(dt.date)).front
        assert front is not None
        weeks = changes_over(front.dates, front.values)
        recent = Changes(weeks.ends[-104:], weeks.days[-104:], weeks.change[-104:])
        rng = np.random.default_rng(1)
        low, middle, high = np.quantile(draw_pace(recent, rng).mean_ahead(6, rng), [0.025, 0.5, 0.975])
        came = change_between(later.dates, later.values, day, day + np.timedelta64(182, "D"), stale_days=7)
        if came is not None:
            rows.append((str(month), float(low), float(middle), float(high), came / 182 * MONTH_DAYS))
    return rows


def page(paths: int, seed: int) -> str:
    """The tables, as Markdown."""
    share = lambda held: f"{100 * np.mean(held):.1f}%"  # noqa: E731
    reach = 100 * 1.96 * np.sqrt(0.95 * 0.05 / paths)
    out = [
        "# How often the front line's intervals hold the truth",
        "",
        "Made by `python scripts/validate_frontline.py`, which says how the fronts are made up.",
        f"{dt.date.today():%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}, Python {platform.python_version()}).",
        f"{paths} fronts per row, seed {seed}; a true 95% would show as {95 - reach:.1f}% to {min(95 + reach, 100):.1f}%.",
        "Drawn by 200 chains of 120 steps; the study itself takes 60 of 400 (decision 20), which differ by a few per cent in the bounds.",
        "The six months ahead are judged by the mean of the pace behind the map, not by what the map happened to show.",
        "",
        "| world | pace now | mean width | six months ahead | mean of the last year | change from the year before | more than one phase found |",
        "|---|---|---|---|---|---|---|",
    ]
    results = []
    for number, world in enumerate(WORLDS):
        results.append((world, tally(world, paths, np.random.default_rng([seed, number]))))
        print(f"{world.name}: done", file=sys.stderr, flush=True)
    for world, found in results:
        out.append(
            f"| {world.name} | {share(found.now)} | {np.mean(found.width):.0f} | {share(found.ahead)} | {share(found.year)} "
            f"| {share(found.difference)} | {share(np.array(found.phases) > 1)} |"
        )
    out += ["", f"Probability of a stalemate: mean pace of the next six months below {THRESHOLD:g} either way."]
    for title, chosen in (("First four rows", results[:4]), ("All rows", results)):
        out += stalemate_table(
            title, [c for _, r in chosen for c in r.chance], [s for _, r in chosen for s in r.stood_still]
        )
    out += [
        "",
        "Fronts known only at a few positions in ranges (2,000 per row): coverage of the slope's 95% interval.",
        "",
        "| positions in three months | the line | covered | mean width, km a month |",
        "|---|---|---|---|",
    ]
    rng = np.random.default_rng([seed, len(WORLDS)])
    for n in (2, 3, 5, 8, 20):
        for wander, name in ((0.0, "straight"), (5.0, "wanders by 5 km a month")):
            covered, width = coarse_coverage(2000, n, rng, wander=wander)
            out.append(f"| {n} | {name} | {100 * covered:.1f}% | {width:.0f} |")
    real = real_months()
    held = sum(low <= came <= high for _, low, _, high, came in real)
    out += [
        "",
        "Ukraine, as of the first of each month: pace over the next six months as stated then (km² a month), and as the map had it "
        f"six months later. Inside the 95% interval: {held} of {len(real)}; the stretches overlap, so these are about "
        f"{len(real) // 6} independent ones.",
        "",
        "| as of | lower | middle | upper | came | inside |",
        "|---|---|---|---|---|---|",
    ]
    out += [
        f"| {month} | {low:.0f} | {middle:.0f} | {high:.0f} | {came:.0f} | {'yes' if low <= came <= high else 'no'} |"
        for month, low, middle, high, came in real
    ]
    return "\n".join(out) + "\n"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paths", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20251124)
    parser.add_argument("--out", type=Path, default=Path("docs/validation-frontline.md"))
    arguments = parser.parse_args()
    started = time.perf_counter()
    text = page(arguments.paths, arguments.seed)
    arguments.out.write_text(text, encoding="utf-8")
    print(f"{arguments.out}: {arguments.paths} fronts per row in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
