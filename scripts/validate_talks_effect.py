"""How often the study of violence around talks is right: writes docs/validation.md.

    python scripts/validate_talks_effect.py [--series 1000] [--processes 1] [--seed 1] [--out docs/validation.md]

1,000 self-exciting series per scenario, once without an effect and once with the windows' intensity multiplied by
1.6. A test at the nominal 5 % must reject 33 to 68 times of 1,000 without an effect, and an interval at 95 % must
hold the planted ratio 932 to 967 times: the 99 % binomial bands. Minutes per scenario on one core.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from armistice.escalation.synthetic_talks import SelfExciting
from armistice.escalation.talks_calibration import Calibration, Scenario, calibrate
from armistice.escalation.talks_effect import Settings

ROOT = Path(__file__).resolve().parents[1]
RATIO = 1.6
STEEPNESS = 6.0

#: What the issue asks for; every answer but the unmatched one to talks called after violence must be in the band.
REQUIRED = [
    Scenario("6 rounds"),
    Scenario("2 rounds", n_rounds=2),
    Scenario("10 rounds", n_rounds=10),
    Scenario("6 rounds, 10 % of days missing", missing=0.1),
    Scenario("6 rounds, a truce inside a window", truce_days=3),
    Scenario("6 rounds called after violent weeks", steepness=STEEPNESS),
    Scenario("2 rounds called after violent weeks", n_rounds=2, steepness=STEEPNESS),
    Scenario("10 rounds called after violent weeks", n_rounds=10, steepness=STEEPNESS),
]
FURTHER = [
    Scenario("1 round", n_rounds=1),
    Scenario(
        "2 rounds 17 days apart, the last one the day before the last day known, 640 days",
        n_rounds=2,
        n_days=640,
        pair=True,
        known_days_after_last=1,
    ),
    Scenario(
        "the same, with twenty-fold growth of the level",
        n_rounds=2,
        n_days=640,
        pair=True,
        known_days_after_last=1,
        process=SelfExciting(level=6.0, growth=20.0),
    ),
    Scenario("2 rounds, the last one the day before the last day known", n_rounds=2, known_days_after_last=1),
    Scenario("6 rounds, the last one the day before the last day known", known_days_after_last=1),
    Scenario("6 rounds, two of them 17 days apart", pair=True),
    Scenario("6 rounds, the window after", side="after"),
    Scenario("6 rounds, few and bursty counts", process=SelfExciting(level=3.0, dispersion=0.7)),
    Scenario(
        "6 rounds called with 8 days' notice, matched on the weeks that the callers saw",
        steepness=STEEPNESS,
        notice_days=8,
        settings=Settings(level_gap_days=8),
    ),
    Scenario(
        "6 rounds called with 8 days' notice, matched on the four weeks before the round",
        steepness=STEEPNESS,
        notice_days=8,
    ),
]


def band(n_series: int, chance: float) -> tuple[int, int]:
    """Counts allowed: the 99 % binomial band, 33 to 68 (or 932 to 967) of 1,000."""
    from scipy.stats import binom

    low, high = int(binom.ppf(0.005, n_series, 0.05)), int(binom.ppf(0.995, n_series, 0.05)) - 1
    return (low, high) if chance < 0.5 else (n_series - high, n_series - low)


def _one(task: tuple[Scenario, int, int]) -> tuple[list[Calibration], float]:
    scenario, n_series, seed = task
    begun = time.perf_counter()
    return calibrate(scenario, n_series=n_series, seed=seed, ratio=RATIO), time.perf_counter() - begun


def _row(found: Calibration, rejections: tuple[int, int], coverage: tuple[int, int]) -> str:
    def marked(count: int, limits: tuple[int, int]) -> str:
        return f"{count}" if limits[0] <= count <= limits[1] else f"**{count}**"

    return (
        f"| {found.scenario} | {found.estimator} | {'matched' if found.matched else 'unmatched'} "
        f"| {marked(found.rejections, rejections)} | {marked(found.covered, coverage)} | {found.found} "
        f"| {found.detectable:.2f} | {found.bias:+.3f} |"
    )


def _verdict(results: list[tuple[list[Calibration], float]], n_series: int) -> str:
    """How many of the cells that must lie in the bands do, and on which side the others lie."""
    size, coverage = band(n_series, 0.05), band(n_series, 0.95)
    bold = few = many = cells = 0
    for scenario, (found, _) in zip(REQUIRED, results, strict=False):
        for one in found:
            if scenario.steepness and not one.matched:
                continue
            for count, (low, high), cautious in (
                (one.rejections, size, one.rejections < size[0]),
                (one.covered, coverage, one.covered > coverage[1]),
            ):
                cells += 1
                bold += not low <= count <= high
                few += cautious
    many = bold - few
    return (
        f"{cells - bold} of {cells} cells that must lie in the bands do (all but the unmatched answers to talks called after "
        f"violence); {few} lie outside on the cautious side, {many} on the other. With an exact method about one in a hundred "
        "would lie outside by chance."
    )


def _page(results: list[tuple[list[Calibration], float]], n_series: int, seed: int) -> str:
    size, coverage = band(n_series, 0.05), band(n_series, 0.95)
    head = [
        "| scenario | estimator | placebos | rejected | covered | found | smallest detectable | bias of log ratio |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines = [
        "# Is the study of violence around talks right as often as it says?",
        "",
        "Made by `scripts/validate_talks_effect.py`; do not edit. "
        f"{dt.date.today():%Y-%m-%d}, {n_series:,} series per row, seed {seed}, {os.cpu_count()} cores "
        f"({platform.machine()}, Python {platform.python_version()}), "
        f"{sum(seconds for _, seconds in results) / 60:.0f} minutes of computing.",
        "",
        "Each series has 900 days of self-exciting counts (negative-binomial INGARCH, weekdays, drift). *Rejected*: tests "
        f"at 5 % that found an effect where there is none; allowed {size[0]} to {size[1]}. *Covered*: 95 % intervals that "
        f"hold a planted ratio of {RATIO}; allowed {coverage[0]} to {coverage[1]}. Both are the 99 % binomial bands; what lies "
        "outside stands in bold. *Found*: tests that found the planted effect. *Smallest detectable*: the ratio that the "
        "method itself says it would find with 80 % power, geometric mean over the series without an effect.",
        "",
        "`plain` weighs the comparison days alike; `model` by weekday and by the memory of the series. Both are held to the "
        "same bands, so the last but one column says what the model is worth.",
        "",
        "What it took to get there, each found by this table when it was missing: placebo sets centred on the dates away from "
        "themselves, as the rounds are; the spread learnt in the same way; both corrected for the dates that a set takes out; "
        "placebos with the same comparison days as their round, on one side where the round has one; a hypothesised ratio taken "
        "out of the level that rounds are matched on; the wider scatter of contrasts after violent weeks; and intervals that know "
        "that larger counts are less noisy.",
        "",
        "## What was asked for",
        "",
        "Rounds called after violent weeks: drawn with a chance proportional to the mean count of the four weeks before, to the "
        f"power {STEEPNESS:g}. There the unmatched answer is wrong, and matching must repair it.",
        "",
        _verdict(results, n_series),
        "",
        *head,
    ]
    for found, _ in results[: len(REQUIRED)]:
        lines += [_row(one, size, coverage) for one in found]
    if len(results) <= len(REQUIRED):
        return "\n".join(lines) + "\n"
    lines += [
        "",
        "## Further",
        "",
        "The last row shows the limit of matching: it repairs a selection on the weeks that the callers looked at. Matched on "
        "other weeks, it makes things worse."
        if len(results) == len(REQUIRED + FURTHER)
        else f"This run was cut short after {len(results)} of {len(REQUIRED + FURTHER)} scenarios; the others are in the script.",
        "",
        *head,
    ]
    for found, _ in results[len(REQUIRED) :]:
        lines += [_row(one, size, coverage) for one in found]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "validation.md")
    options = parser.parse_args()
    tasks = [(scenario, options.series, options.seed + 1000 * i) for i, scenario in enumerate(REQUIRED + FURTHER)]
    results: list[tuple[list[Calibration], float]] = []
    with ProcessPoolExecutor(options.processes) as pool:
        for found, seconds in pool.map(_one, tasks):
            results.append((found, seconds))
            size, coverage = band(options.series, 0.05), band(options.series, 0.95)
            print("\n".join(_row(one, size, coverage) for one in found), f"   {seconds:.0f} s", flush=True)
            # Written after every scenario, so that a run cut short leaves what it found.
            options.out.write_text(_page(results, options.series, options.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
