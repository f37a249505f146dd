"""How often symbolic strikes, next days and phases are right: writes docs/validation-escalation.md.

    python scripts/validate_escalation.py [--sets 200] [--seed 1] [--out docs/validation-escalation.md]

Series with a known answer, forecast or change of phase; minutes per part on one core. What lies outside the 99 %
binomial band stands in bold.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from armistice.escalation.forecast_scores import crps_of_draws
from armistice.escalation.next_days import METHODS, Method, forecast_paths
from armistice.escalation.regimes import RegimeSettings, draw_weeks, find_phases, phase_changes
from armistice.escalation.symbolic import AnswerSettings, answer_probability, responses
from armistice.escalation.synthetic_talks import SelfExciting, plant, simulate_counts, spaced_dates

ROOT = Path(__file__).resolve().parents[1]
N_DAYS = 640
N_ACTS = 9
N_WEEKS = 160


def band(n: int, chance: float) -> tuple[int, int]:
    """The 99 % binomial band of a count out of ``n``."""
    from scipy.stats import binom

    return int(binom.ppf(0.005, n, chance)), int(binom.ppf(0.995, n, chance))


def in_band(count: int, n: int, chance: float) -> str:
    """A share as text, bold where the count lies outside its band."""
    low, high = band(n, chance)
    text = f"{count / n:.3f}"
    return text if low <= count <= high else f"**{text}**"


# --- symbolic strikes -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answers:
    """Acts of which a share is answered by a rise of the series."""

    name: str
    share: float = 0.0
    ratio: float = 1.0
    days: int = 14
    n_series: int = 1
    missing: float = 0.0


ANSWERS = [
    Answers("no answers, one series"),
    Answers("no answers, two series", n_series=2),
    Answers("no answers, two series, 10 % of days missing", n_series=2, missing=0.1),
    Answers("30 % answered threefold for 14 days", 0.3, 3.0, n_series=2),
    Answers("60 % answered threefold for 14 days", 0.6, 3.0, n_series=2),
    Answers("60 % answered sixfold for 14 days", 0.6, 6.0, n_series=2),
    Answers("60 % answered fourfold for 3 days", 0.6, 4.0, 3, n_series=2),
    Answers("60 % answered twofold for 14 days", 0.6, 2.0, n_series=2),
]


def symbolic_row(scenario: Answers, n_sets: int, rng: np.random.Generator) -> str:
    p_values: list[float] = []
    seen_of_answered: list[bool] = []
    covered = below = n_pooled = 0
    values = []
    for _ in range(n_sets):
        counts, intensity = simulate_counts(SelfExciting(), n_series=scenario.n_series, n_days=N_DAYS, rng=rng)
        acts = 60 + spaced_dates(N_ACTS, N_DAYS - 80, apart=20, rng=rng)
        answered = rng.random(N_ACTS) < scenario.share
        flags = np.zeros(N_DAYS, dtype=bool)
        for act, is_answered in zip(acts, answered, strict=True):
            if is_answered:
                flags[act + 1 : act + 1 + scenario.days] = True
        series = {}
        for i in range(scenario.n_series):
            y = plant(counts[i], intensity[i], flags, ratio=scenario.ratio, rng=rng)
            y[rng.random(N_DAYS) < scenario.missing] = np.nan
            series[f"series {i}"] = y
        found = responses(series, acts, AnswerSettings())
        for one, is_answered in zip(found, answered, strict=True):
            if one.counts and is_answered:
                seen_of_answered.append(one.outcome == "answered")
            elif one.counts:
                p_values.append(one.p_value)
        pooled = answer_probability(found)
        if pooled is not None:
            n_pooled += 1
            values.append(pooled.value)
            covered += pooled.lower <= scenario.share <= pooled.upper
            below += pooled.upper < scenario.share
    p = np.array(p_values)
    quiet = scenario.share == 0
    shares = [
        in_band(int((p <= c).sum()), len(p), c) if quiet else f"{np.mean(p <= c):.3f}" for c in (0.05, 0.1, 0.2, 0.5)
    ]
    seen = f"{np.mean(seen_of_answered):.2f}" if seen_of_answered else ""
    coverage = f"{covered / n_pooled:.3f}"
    coverage = coverage if covered >= band(n_pooled, 0.95)[0] else f"**{coverage}**"
    return f"| {scenario.name} | {' | '.join(shares)} | {seen} | {np.mean(values):.2f} | {coverage} | {below} |"


# --- next days ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coming:
    """A series whose next days are forecast."""

    name: str
    process: SelfExciting


COMING = [
    Coming("level with memory, threefold growth", SelfExciting()),
    Coming("steady level, no drift", SelfExciting(growth=1.0, swing=0.0)),
    Coming("twentyfold growth", SelfExciting(level=6.0, growth=20.0)),
    Coming("few and bursty", SelfExciting(level=3.0, dispersion=0.7)),
]


def next_days_rows(scenario: Coming, n_sets: int, rng: np.random.Generator) -> list[str]:
    horizons = (7, 30, 90)
    held: dict[tuple[Method, int], int] = {}
    crps: dict[tuple[Method, int], list[float]] = {}
    for _ in range(n_sets):
        counts, _ = simulate_counts(scenario.process, n_series=1, n_days=N_DAYS, rng=rng)
        y, origin = counts[0], N_DAYS - 90
        for method in METHODS:
            paths = forecast_paths(y[:origin], [origin], method=method, horizon=90, n_paths=300, rng=rng)[0]
            for h in horizons:
                draws, came = paths[:, :h].sum(axis=1), float(y[origin : origin + h].sum())
                low, high = np.quantile(draws, [0.05, 0.95])
                key = (method, h)
                held[key] = held.get(key, 0) + int(low <= came <= high)
                crps.setdefault(key, []).append(crps_of_draws(draws, came))
    return [
        f"| {scenario.name} | {method} | "
        + " | ".join(
            f"{in_band(held[method, h], n_sets, 0.9)} | {np.mean(crps[method, h]) / np.mean(crps['same weekday', h]):.2f}"
            for h in horizons
        )
        + " |"
        for method in METHODS
    ]


# --- phases ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """Weeks with or without a change of level ``weeks_ago``."""

    name: str
    weeks_ago: int = 0
    step: tuple[float, ...] = (0.0, 0.0, 0.0)
    inertia: float = 0.5
    drift: float = 0.0
    walk: float = 0.0
    curve: float = 0.0
    n_curved: int = 1

    @property
    def is_new(self) -> bool:
        return self.weeks_ago > 0


CHANGES = [
    Change("one phase, inertia 0.3", inertia=0.3),
    Change("one phase, inertia 0.7", inertia=0.7),
    Change("one phase, inertia 0.9", inertia=0.9),
    Change("steady growth, 2 logs over the record", drift=2.0),
    Change("random walk in one column, 0.15 logs a week", walk=0.15),
    Change("gradual growth in one column over the last year, 2 logs", curve=2.0),
    Change("gradual growth in all columns over the last year, 1 log", curve=1.0, n_curved=3),
    Change("step of 1.5 scales in all columns, 30 weeks ago", 30, (0.6, 0.6, 0.6)),
    Change("step of 3 scales in all columns, 30 weeks ago", 30, (1.2, 1.2, 1.2)),
    Change("step of 3 scales in one column, 30 weeks ago", 30, (1.2, 0.0, 0.0)),
    Change("step of 3 scales in all columns, 8 weeks ago", 8, (1.2, 1.2, 1.2)),
    Change("step of 3 scales in all columns, 30 weeks ago, and steady growth", 30, (1.2, 1.2, 1.2), drift=1.0),
]


def weeks_of(change: Change, rng: np.random.Generator) -> np.ndarray:
    path = np.zeros(N_WEEKS, dtype=np.int64)
    if change.is_new:
        path[-change.weeks_ago :] = 1
    inertia, scale = np.full(3, change.inertia), np.full(3, 0.4)
    weeks = draw_weeks(np.array([(0.0, 0.0, 0.0), change.step]), inertia, scale, path, rng)
    weeks += np.linspace(0, change.drift, N_WEEKS)[:, None]
    weeks[:, 0] += np.cumsum(change.walk * rng.standard_normal(N_WEEKS))
    weeks[:, : change.n_curved] += change.curve * np.clip((np.arange(N_WEEKS)[:, None] - 100) / 52, 0, 1)
    return weeks


def phases_row(change: Change, n_sets: int, rng: np.random.Generator, judged: list[tuple[float, bool]]) -> str:
    values, claims, denials, errors, held = [], 0, 0, [], []
    for _ in range(n_sets):
        found = find_phases(weeks_of(change, rng), rng, RegimeSettings())
        values.append(found.new_phase)
        claims += found.lower > 0.5
        denials += found.upper < 0.5
        judged.append((found.new_phase, change.is_new))
        changes = phase_changes(found.best)
        if change.is_new and changes:
            true = N_WEEKS - change.weeks_ago
            nearest = min(changes, key=lambda c: abs(c.week - true))
            errors.append(abs(nearest.week - true))
            held.append(nearest.earliest <= true <= max(nearest.latest, nearest.week))
    dates = f"{np.median(errors):.0f} | {np.mean(held):.2f}" if errors else " | "
    return f"| {change.name} | {'yes' if change.is_new else 'no'} | {np.mean(values):.2f} | {claims / n_sets:.2f} | {denials / n_sets:.2f} | {dates} |"


def reliability(judged: list[tuple[float, bool]]) -> list[str]:
    p, new = np.array([j[0] for j in judged]), np.array([j[1] for j in judged])
    rows = []
    for low, high in ((0.0, 0.05), (0.05, 0.5), (0.5, 0.95), (0.95, 1.0001)):
        chosen = (p >= low) & (p < high)
        if chosen.any():
            rows.append(
                f"| {low:g} to {min(high, 1):g} | {int(chosen.sum())} | {p[chosen].mean():.3f} | {new[chosen].mean():.3f} |"
            )
    return rows


# --- the page -------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=200)
    parser.add_argument("--phase-sets", type=int, default=80)
    parser.add_argument(
        "--keep", type=Path, default=None, help="JSON of parts done before with the same seed; made if new."
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "validation-escalation.md")
    options = parser.parse_args()
    n = options.sets
    seeds = np.random.SeedSequence(options.seed).spawn(3)
    parts: dict[str, list[str]] = {}
    if options.keep is not None and options.keep.exists():
        parts = json.loads(options.keep.read_text(encoding="utf-8"))
    if "symbolic" not in parts:
        rng = np.random.default_rng(seeds[0])
        parts["symbolic"] = [_shown(symbolic_row(s, n, rng)) for s in ANSWERS]
    if "next" not in parts:
        rng = np.random.default_rng(seeds[1])
        parts["next"] = [_shown(row) for s in COMING for row in next_days_rows(s, n, rng)]
    if "phases" not in parts:
        rng = np.random.default_rng(seeds[2])
        judged: list[tuple[float, bool]] = []
        parts["phases"] = [_shown(phases_row(c, options.phase_sets, rng, judged)) for c in CHANGES]
        parts["reliability"] = reliability(judged)
    if options.keep is not None:
        options.keep.write_text(json.dumps(parts), encoding="utf-8")
    options.out.write_text(_page(parts, n, options.phase_sets, options.seed), encoding="utf-8")


def _shown(row: str) -> str:
    print(row, flush=True)
    return row


def _page(parts: dict[str, list[str]], n: int, n_phase: int, seed: int) -> str:
    lines = [
        "# Are the studies of symbolic strikes, next days and phases right as often as they say?",
        "",
        "Made by `scripts/validate_escalation.py`; do not edit. "
        f"{dt.date.today():%Y-%m-%d}, {n} simulated sets per row ({n_phase} for phases), seed {seed}, one of {os.cpu_count()} cores "
        f"({platform.machine()}, Python {platform.python_version()}). "
        "Bold: outside the 99 % binomial band (for coverage: below it).",
        "",
        "## Symbolic strikes",
        "",
        f"Self-exciting counts over {N_DAYS} days with weekdays and drift; {N_ACTS} acts on random days. Of acts without an "
        "answer, the share with a p-value of at most 0.05, 0.1, 0.2 and 0.5 is to be that number. *Found*: share of the answered "
        "acts that stand out at 0.1. *Estimate*: mean pooled probability. *Covered*: 95 % intervals that hold the true share of "
        "answered acts; *too low*: intervals that lie below it. An answer that is too weak to stand out cannot be counted, so the "
        "interval is one for visible answers: where *found* is well below 1, it lies too low.",
        "",
        "| scenario | 0.05 | 0.1 | 0.2 | 0.5 | found | estimate | covered | too low |",
        "|---|---|---|---|---|---|---|---|---|",
        *parts["symbolic"],
        "",
        "## Next days",
        "",
        "Share of the totals over 7, 30 and 90 days that the 90 % range holds, and the mean CRPS relative to that of `same "
        "weekday` (below 1 is better). Methods are fitted to the days before only. The series are of another make than any of the "
        "methods (they drift, and a multiplicative level carries the memory), as real ones are.",
        "",
        "| series | method | 7 days | CRPS | 30 days | CRPS | 90 days | CRPS |",
        "|---|---|---|---|---|---|---|---|",
        *parts["next"],
        "",
        "## Phases",
        "",
        f"{N_WEEKS} weeks of three columns (noise 0.4 logs a week). *Claimed*: the interval of the probability of a new phase lies "
        "above 0.5; without a change that is a false alarm, with one it is the power. *Denied*: it lies below 0.5. *Error*: median "
        "distance in weeks between the true change and the nearest one found; *held*: its range holds the true week.",
        "",
        "| weeks | change | mean probability | claimed | denied | error | held |",
        "|---|---|---|---|---|---|---|",
        *parts["phases"],
        "",
        "Over all rows together: when the study says a probability, how often is there a change?",
        "",
        "| probability said | sets | mean said | share with a change |",
        "|---|---|---|---|",
        *parts["reliability"],
        "",
        "Gradual growth over the last year is what looks most like a change of phase, so a drift that may bend once stands in the "
        "study as a rival. The price is power: a change that is recent, small or in one column only is often left undecided.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
