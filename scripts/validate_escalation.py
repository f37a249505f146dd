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
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from armistice.escalation.change_points import find_steps
from armistice.escalation.forecast_scores import Scored, crps_of_draws, mixed, rolling_forecasts
from armistice.escalation.next_days import METHODS, forecast_paths, memory_paths
from armistice.escalation.past_misses import as_wide_as_missed
from armistice.escalation.regimes import RegimeSettings, draw_weeks, find_phases, phase_changes
from armistice.escalation.symbolic import AnswerSettings, answer_probability, responses
from armistice.escalation.synthetic_talks import SelfExciting, plant, simulate_counts, spaced_dates
from armistice.escalation.talks_calibration import Scenario, calibrate
from armistice.escalation.talks_effect import Settings
from armistice.estimate import Estimate
from armistice.record.as_of import Series
from armistice.record.load import load_war
from armistice.studies._phases_words import verdict
from armistice.studies.next_days import STUDY as NEXT_DAYS

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


# --- around talks, asked in other ways ------------------------------------------------------------------

_DRAWS = 500
_LATE = Scenario(
    "",
    n_rounds=2,
    n_days=640,
    pair=True,
    known_days_after_last=1,
    announced_days=5,
    settings=Settings(n_draws=_DRAWS),
)
ASKED = [
    Scenario("windows of 3 days", settings=Settings(window_days=3, n_draws=_DRAWS)),
    Scenario("windows of 14 days", settings=Settings(window_days=14, n_draws=_DRAWS)),
    Scenario("expected level from 14 days a side", settings=Settings(comparison_days=14, n_draws=_DRAWS)),
    Scenario("expected level from 56 days a side", settings=Settings(comparison_days=56, n_draws=_DRAWS)),
    Scenario("before the announcement", announced_days=5, settings=Settings(n_draws=_DRAWS)),
    Scenario("from announcement to round", announced_days=5, side="since", settings=Settings(n_draws=_DRAWS)),
    replace(_LATE, name="2 late rounds, before the announcement"),
    replace(_LATE, name="2 late rounds, from announcement to round", side="since"),
]  # fmt: skip


def asked_row(scenario: Scenario, n_sets: int, seed: int) -> str:
    found = next(c for c in calibrate(scenario, n_series=n_sets, seed=seed, estimators=("model",)) if c.matched)
    n = n_sets - found.unusable
    return (
        f"| {scenario.name} | {scenario.n_rounds} | {in_band(found.rejections, n, 0.05)} | {in_band(found.covered, n, 0.95)} | "
        f"{found.found / n:.2f} | {found.detectable:.2f} | {found.unusable} |"
    )


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
    Answers("no answers, two series, 25 % of days missing", n_series=2, missing=0.25),
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


HORIZONS = (7, 30, 90)
SHOWN: tuple[Scored, ...] = (*METHODS, "mixture")
YEAR: tuple[Scored, ...] = ("memory", "mixture", "no memory", "last value", "same weekday")
NAMED: dict[Scored, str] = {"memory": "memory (published before)", "mixture": "mixture (published)"}


def totals_of(y: np.ndarray, n_paths: int, rng: np.random.Generator) -> dict[tuple[Scored, int], np.ndarray]:
    """Draws of the totals after the last day of a series, by method and horizon."""
    origin, longest = len(y), max(HORIZONS)
    rolling = rolling_forecasts(y, horizons=HORIZONS, rng=rng, days_back=1)
    assert rolling is not None
    memory = memory_paths(y, np.array([origin]), horizon=longest, n_paths=n_paths, rng=rng)[0]
    plain: dict[Scored, np.ndarray] = {
        method: forecast_paths(y, [origin], method=method, horizon=longest, n_paths=n_paths, rng=rng)[0]
        for method in METHODS
        if not method.startswith("memory")
    }
    totals: dict[tuple[Scored, int], np.ndarray] = {}
    for h in HORIZONS:
        misses = as_wide_as_missed(memory, rolling.past, origin=origin, horizon=h, rng=rng)
        mixture = mixed(misses, plain["same weekday"][:, :h], rolling.weight(h, origin))
        paths: dict[Scored, np.ndarray] = {**plain, "memory": memory, "memory and misses": misses, "mixture": mixture}
        totals |= {(method, h): paths[method][:, :h].sum(axis=1) for method in SHOWN}
    return totals


def next_days_rows(scenario: Coming, n_sets: int, rng: np.random.Generator) -> list[str]:
    held: dict[tuple[Scored, int], int] = {}
    crps: dict[tuple[Scored, int], list[float]] = {}
    origin = N_DAYS - max(HORIZONS)
    for _ in range(n_sets):
        counts, _ = simulate_counts(scenario.process, n_series=1, n_days=N_DAYS, rng=rng)
        y = counts[0]
        for key, draws in totals_of(y[:origin], 300, rng).items():
            came = float(y[origin : origin + key[1]].sum())
            low, high = np.quantile(draws, [0.05, 0.95])
            held[key] = held.get(key, 0) + int(low <= came <= high)
            crps.setdefault(key, []).append(crps_of_draws(draws, came))
    return [
        f"| {scenario.name} | {NAMED.get(method, method)} | "
        + " | ".join(
            f"{in_band(held[method, h], n_sets, 0.9)} | {np.mean(crps[method, h]) / np.mean(crps['same weekday', h]):.2f}"
            for h in HORIZONS
        )
        + " |"
        for method in SHOWN
    ]


def past_year_rows(seed: int) -> list[str]:
    """The forecasts of the year before, on the bundled wars: what was held, and the CRPS relative to same weekday."""
    rows = []
    held: dict[tuple[Scored, int], list[bool]] = {}
    for war, one in daily_series():
        counts = one.values[: int(np.flatnonzero(np.isfinite(one.values))[-1]) + 1]
        rolling = rolling_forecasts(counts, horizons=HORIZONS, rng=np.random.default_rng(seed))
        if rolling is None:
            continue
        by = {(score.method, score.horizon): score for score in rolling.scores}
        for method in YEAR:
            cells: list[str] = []
            for h in HORIZONS:
                score, plain = by.get((method, h)), by.get(("same weekday", h))
                if score is None or plain is None:
                    cells += ["", ""]
                    continue
                held.setdefault((method, h), []).extend(score.held_by_origin.tolist())
                inside = int(score.held_by_origin.sum())
                cells += [f"{inside} of {score.n_origins}", f"{score.crps / plain.crps:.2f}"]
            rows.append(f"| {war}: {one.description.names.en} | {NAMED.get(method, method)} | {' | '.join(cells)} |")
    for method in YEAR:
        shares = " | ".join(f"{np.mean(held[method, h]):.2f} | " for h in HORIZONS)
        rows.append(f"| all series together | {NAMED.get(method, method)} | {shares} |")
    return rows


def daily_series() -> list[tuple[str, Series]]:
    """Daily counts of the two wars that have them, at the default day of each."""
    found = []
    for war in ("ukraine", "korea"):
        record = load_war(war).as_of(None)
        found += [
            (record.war.id.capitalize(), series.usable())
            for series in record.all_series.values()
            if series.description.every == "day" and series.description.is_count
        ]
    return found


def ahead_rows(seed: int) -> list[str]:
    """The forecast itself from 2025-06-03, beside what is on record of the days after."""
    record = load_war("ukraine").as_of("2025-06-03")
    later = load_war("ukraine").as_of("2025-12-31")
    result = NEXT_DAYS.run(record, NEXT_DAYS.parameters(), np.random.default_rng(seed))
    rows = []
    for one in record.all_series.values():
        names, cells = one.description.names.en, []
        for h in HORIZONS:
            total = result.quantities.get(f"total_{h}[{one.id}]")
            if isinstance(total, Estimate):
                cells.append(f"{total.value:,.0f} ({total.lower:,.0f} to {total.upper:,.0f})")
        if len(cells) == len(HORIZONS):
            after = later.all_series[one.id]
            days = (after.dates > np.datetime64(record.as_of)) & (after.dates <= np.datetime64(record.as_of) + 7)
            came = after.values[days]
            known = f"{came.sum():,.0f}" if len(came) == 7 and np.isfinite(came).all() else "not on record"
            rows.append(f"| {names} | {' | '.join(cells)} | {known} |")
    return rows


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


@dataclass(frozen=True)
class Judged:
    """What both methods said of one set, and the truth."""

    new_phase: float
    last_year: float
    verdict: str
    is_new: bool


def phases_row(change: Change, n_sets: int, rng: np.random.Generator, judged: list[Judged]) -> str:
    mine: list[Judged] = []
    errors: dict[str, list[int]] = {"phases": [], "steps": []}
    held: dict[str, list[bool]] = {"phases": [], "steps": []}
    denied_alone = 0
    true = N_WEEKS - change.weeks_ago
    for _ in range(n_sets):
        weeks = weeks_of(change, rng)
        found, steps = find_phases(weeks, rng, RegimeSettings()), find_steps(weeks)
        mine.append(Judged(found.new_phase, steps.last_year, verdict(found, steps), change.is_new))
        denied_alone += found.upper < 0.5
        dates: dict[str, list[tuple[int, int, int]]] = {
            "phases": [(c.week, c.earliest, max(c.latest, c.week)) for c in phase_changes(found.best)],
            "steps": [(s.week, s.earliest, s.latest) for s in steps.steps],
        }
        for name, each in dates.items():
            if change.is_new and each:
                week, earliest, latest = min(each, key=lambda c: abs(c[0] - true))
                errors[name].append(abs(week - true))
                held[name].append(earliest <= true <= latest)
    judged += mine
    said = {name: sum(one.verdict == name for one in mine) / n_sets for name in ("new", "same")}
    cells = [
        f"{np.median(errors[name]):.0f} | {np.mean(held[name]):.2f}" if errors[name] else " | " for name in errors
    ]
    return (
        f"| {change.name} | {'yes' if change.is_new else 'no'} | {np.mean([j.new_phase for j in mine]):.2f} | {said['new']:.2f} | "
        f"{denied_alone / n_sets:.2f} | {said['same']:.2f} | {cells[0]} | {np.mean([j.last_year for j in mine]):.2f} | {cells[1]} |"
    )


def verdicts(judged: list[Judged]) -> list[str]:
    """Of the sets with each verdict, how many had a change."""
    rows = []
    for name, says in (("new", "another phase"), ("cannot tell", "cannot tell"), ("same", "no other phase")):
        chosen = [one.is_new for one in judged if one.verdict == name]
        if chosen:
            rows.append(f"| {says} | {len(chosen)} | {np.mean(chosen):.3f} |")
    return rows


def reliability(judged: list[Judged]) -> list[str]:
    new = np.array([one.is_new for one in judged])
    rows = []
    for low, high in ((0.0, 0.05), (0.05, 0.5), (0.5, 0.95), (0.95, 1.0001)):
        cells = []
        for name in ("new_phase", "last_year"):
            p = np.array([getattr(one, name) for one in judged])
            chosen = (p >= low) & (p < high)
            cells.append(
                f"{int(chosen.sum())} | {p[chosen].mean():.3f} | {new[chosen].mean():.3f}"
                if chosen.any()
                else "0 | | "
            )
        rows.append(f"| {low:g} to {min(high, 1):g} | {' | '.join(cells)} |")
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
    parser.add_argument(
        "--only", nargs="*", default=None, help="Parts to make; the page is written when all are there."
    )
    parser.add_argument("--talk-sets", type=int, default=300)
    options = parser.parse_args()
    n, seed = options.sets, options.seed
    parts: dict[str, list[str]] = {}
    if options.keep is not None and options.keep.exists():
        parts = json.loads(options.keep.read_text(encoding="utf-8"))

    def rng(place: int) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(seed).spawn(place + 1)[place])

    def make(name: str, rows: Callable[[], Iterable[str]]) -> None:
        if name not in parts and (options.only is None or name in options.only):
            parts[name] = [_shown(row) for row in rows()]
            if options.keep is not None:
                options.keep.write_text(json.dumps(parts), encoding="utf-8")

    make("asked", lambda: (asked_row(s, options.talk_sets, seed + i) for i, s in enumerate(ASKED)))
    symbolic, coming, phases = rng(0), rng(1), rng(2)
    make("symbolic", lambda: (symbolic_row(s, n, symbolic) for s in ANSWERS))
    make("next", lambda: (row for s in COMING for row in next_days_rows(s, n, coming)))
    make("year", lambda: past_year_rows(seed))
    make("ahead", lambda: ahead_rows(seed))
    judged: list[Judged] = []
    make("phases", lambda: (phases_row(c, options.phase_sets, phases, judged) for c in CHANGES))
    make("verdicts", lambda: verdicts(judged))
    make("reliability", lambda: reliability(judged))
    if options.only is None:
        options.out.write_text(_page(parts, n, options.phase_sets, options.talk_sets, seed), encoding="utf-8")


def _shown(row: str) -> str:
    print(row, flush=True)
    return row


def _page(parts: dict[str, list[str]], n: int, n_phase: int, n_talks: int, seed: int) -> str:
    lines = [
        "# Are the studies of violence around talks, symbolic strikes, next days and phases right as often as they say?",
        "",
        "Made by `scripts/validate_escalation.py`; do not edit. "
        f"{dt.date.today():%Y-%m-%d}, {n} simulated sets per row ({n_phase} for phases, {n_talks} for talks), seed {seed}, one of {os.cpu_count()} cores "
        f"({platform.machine()}, Python {platform.python_version()}). "
        "Bold: outside the 99 % binomial band (for coverage: below it).",
        "",
        "## Around talks, asked in other ways",
        "",
        "The study asks its question with other windows and baselines too, and counts days from the announcement of a round. "
        "The method as published is tested in `docs/validation.md`; these are the other ways, by the same simulation: 900 days of "
        "self-exciting counts (640 for the late rounds, which lie 17 days apart, the last one the day before the last day known), "
        f"rounds announced 5 days before where so named, {_DRAWS} placebo sets. *Rejected*: tests at 5 % without an effect; *covered*: "
        "95 % intervals that hold a planted ratio of 1.6; *found*: tests that found it; *smallest detectable*: what the method itself says.",
        "",
        "| asked | rounds | rejected | covered | found | smallest detectable | no answer |",
        "|---|---|---|---|---|---|---|",
        *parts["asked"],
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
        "methods (they drift, and a multiplicative level carries the memory), as real ones are. `memory` takes its parameters and "
        "the level as known and held too little at 90 days; `memory and misses` is as wide as such forecasts missed before; the "
        "mixture of it and `same weekday`, weighed by earlier scores, is what the study publishes.",
        "",
        "| series | method | 7 days | CRPS | 30 days | CRPS | 90 days | CRPS |",
        "|---|---|---|---|---|---|---|---|",
        *parts["next"],
        "",
        "On the wars themselves, every two weeks over the year before: how many of the totals the 90 % range held, and the CRPS "
        "relative to `same weekday`. Each forecast, and its weight in the mixture, uses only the days before it. Forecasts overlap: "
        "those of 90 days from one year are about four independent ones.",
        "",
        "| series | method | 7 days | CRPS | 30 days | CRPS | 90 days | CRPS |",
        "|---|---|---|---|---|---|---|---|",
        *parts["year"],
        "",
        "The forecast from 3 June 2025: totals with their 90 % ranges, and what the record holds of the first seven days after.",
        "",
        "| series | 7 days | 30 days | 90 days | came in 7 days |",
        "|---|---|---|---|---|",
        *parts["ahead"],
        "",
        "## Phases",
        "",
        f"{N_WEEKS} weeks of three columns (noise 0.4 logs a week). *Said*: mean probability of another phase than a year before, by "
        "the hidden Markov model. *New*: its interval lies above 0.5; without a change that is a false alarm, with one it is the power. "
        "*Same alone*: its interval lies below 0.5; *same*: the change points see no change in the last year either, at any of three "
        "chances, and only then does the study say that nothing is new. *Error*: median distance in weeks between the true change and "
        "the nearest one found; *held*: its range holds the true week. *Changed*: mean probability of a change of level in the last "
        "year by change points, which take fast growth for a change.",
        "",
        "| weeks | change | said | new | same alone | same | error | held | changed | error | held |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        *parts["phases"],
        "",
        "Over all rows together: of the sets with each verdict, how many had a change?",
        "",
        "| verdict | sets | share with a change |",
        "|---|---|---|",
        *parts["verdicts"],
        "",
        "When each method says a probability, how often is there a change? Gradual growth counts as none.",
        "",
        "| probability said | by phases: sets | mean said | with a change | by change points: sets | mean said | with a change |",
        "|---|---|---|---|---|---|---|",
        *parts["reliability"],
        "",
        "Gradual growth over the last year is what looks most like a change of phase, so a drift that may bend once stands in both "
        "methods as a rival. The price for the phases is power: a change that is recent, small or in one column only is often left "
        "undecided. The change points find those and date them well, but call much fast growth a change; so they are used to check a "
        "denial, and to date, and not to claim.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
