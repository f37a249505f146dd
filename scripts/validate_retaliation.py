"""How often the study of retaliation is right: writes docs/validation-retaliation.md.

    python scripts/validate_retaliation.py [--sets 100] [--draws 49] [--seed 20261] [--settings 1,2] [--out FILE]

Data sets of two sides, with a planted answer one way or with a background in common and no answer at all. Intervals at
95 % must hold the planted branching, a planted direction should be claimed in at least 60 % of sets, and where there is
none at most 5 % of sets may claim one: each judged within the 99 % binomial band of the number of sets run. About three
seconds per set with intervals on one core, a third of a second without.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from armistice.errors import NotConvergedError, ParameterError
from armistice.escalation.retaliation_counts import fit_retaliation
from armistice.escalation.retaliation_inference import answer_test, branching_intervals
from armistice.escalation.shared_background import direction_verdict

ROOT = Path(__file__).resolve().parents[1]
N_DAYS = 900
LAGS = 28
BURN_IN = 200


@dataclass(frozen=True)
class Setting:
    """A way in which data sets are made."""

    name: str
    is_answer: bool
    has_intervals: bool = False
    branching: tuple[tuple[float, float], tuple[float, float]] = ((0.3, 0.0), (0.0, 0.3))
    decay: float = 0.2
    means: tuple[float, float] = (25.0, 25.0)
    dispersion: float = 4.0
    background: tuple[float, float] = (0.0, 0.0)
    memory: float = 0.9


SETTINGS = (
    Setting("the second side answers: 0.4, decay 0.2 a day", True, True, branching=((0.3, 0.0), (0.4, 0.3))),
    Setting("no answers, a background in common", False, background=(0.6, 0.6)),
    Setting("the second side answers, and is the larger: 17 and 24 a day", True, branching=((0.3, 0.0), (0.4, 0.3)), means=(17.0, 24.0)),
    Setting("no answers, the background stronger in the first side", False, background=(0.8, 0.3)),
)  # fmt: skip


@dataclass
class Found:
    """What the sets of one setting gave."""

    setting: Setting
    verdicts: Counter[str] = field(default_factory=Counter)
    covered: np.ndarray = field(default_factory=lambda: np.zeros((2, 2), dtype=int))
    estimates: list[np.ndarray] = field(default_factory=list)
    widths: list[np.ndarray] = field(default_factory=list)
    plain: int = 0
    without_fit: int = 0
    with_intervals: int = 0
    seconds: float = 0.0

    @property
    def sets(self) -> int:
        return sum(self.verdicts.values())

    @property
    def right(self) -> int:
        return self.verdicts["second answers first"] if self.setting.is_answer else 0

    @property
    def wrong(self) -> int:
        claims = self.verdicts["second answers first"] + self.verdicts["first answers second"]
        return claims - self.right


def made(setting: Setting, rng: np.random.Generator) -> np.ndarray:
    """One data set: self-exciting counts, times a latent background where the setting has one."""
    weights = np.exp(-setting.decay * np.arange(1, LAGS + 1))
    weights /= weights.sum()
    branching, means = np.array(setting.branching), np.array(setting.means)
    level = means - branching @ means
    loading, latent = np.array(setting.background), 0.0
    counts = np.zeros((N_DAYS + BURN_IN, 2))
    counts[:LAGS] = means
    for t in range(LAGS, len(counts)):
        latent = setting.memory * latent + np.sqrt(1 - setting.memory**2) * rng.standard_normal()
        mean = level + branching @ (weights @ counts[t - LAGS : t][::-1])
        mean = mean * np.exp(loading * latent - loading**2 / 2)
        counts[t] = rng.poisson(rng.gamma(setting.dispersion, mean / setting.dispersion))
    return counts[BURN_IN:]


def run(setting: Setting, n_sets: int, draws: int, seed: int, interval_sets: int) -> Found:
    found, begun = Found(setting), time.process_time()
    for one in range(n_sets):
        rng = np.random.default_rng([seed, one])
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fit = fit_retaliation(made(setting, rng))
        except NotConvergedError:
            found.without_fit += 1
            found.verdicts["no fit"] += 1
            continue
        found.verdicts[direction_verdict(fit, 0, 1, rng).verdict] += 1
        found.plain += answer_test(fit, 1, 0).p_value < 0.05
        found.estimates.append(fit.branching)
        if setting.has_intervals and one < interval_sets:
            try:
                intervals = branching_intervals(fit, rng, n_draws=draws)
            except (NotConvergedError, ParameterError):
                continue
            planted = np.array(setting.branching)
            found.with_intervals += 1
            found.covered += (intervals.lower <= planted) & (planted <= intervals.upper)
            found.widths.append(intervals.upper - intervals.lower)
    found.seconds = time.process_time() - begun
    return found


def band(n: int, chance: float) -> tuple[int, int]:
    """Counts allowed: the 99 % binomial band."""
    from scipy.stats import binom

    return int(binom.ppf(0.005, n, chance)), int(binom.ppf(0.995, n, chance))


def page(results: list[Found], options: argparse.Namespace) -> str:
    n = options.sets
    most = band(n, 0.05)[1]
    lines = [
        "# Is the study of retaliation right as often as it says?",
        "",
        "Made by `scripts/validate_retaliation.py`; do not edit. "
        f"{dt.date.today():%Y-%m-%d}, {n} sets per row, {options.draws} bootstrap samples per set, seed {options.seed} "
        f"({platform.machine()}, Python {platform.python_version()}), "
        f"{sum(r.seconds for r in results) / 60:.0f} minutes of computing.",
        "",
        f"Two sides, {N_DAYS} days, negative-binomial counts with dispersion 4; each side's own branching is 0.3 with decay 0.2 a "
        "day; both sides have 25 events a day on average unless the row says otherwise. The background is a latent "
        "autoregression with memory 0.9 from day to day that multiplies both sides' means; its standard deviation on the log "
        "scale is 0.6 in both, or 0.8 and 0.3.",
        "",
        "## Directions",
        "",
        "*Right*: sets in which the planted direction was claimed. *False*: sets in which another was, or any where there is "
        f"none; with 5 % of claims wrong, up to {most} of {n} lie within the 99 % band. *Refused*: no direction claimed. *Plain "
        "test*: sets in which the likelihood-ratio test alone, which knows no background in common, says that the second side "
        "answers the first: under a background in common that is an error, and why the claim does not rest on it.",
        "",
        "| setting | right | false | refused: background or both | refused: same day | plain test | no fit |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in results:
        right = f"{r.right}" if r.setting.is_answer else "-"
        false = f"{r.wrong}" if r.wrong <= most else f"**{r.wrong}**"
        lines.append(
            f"| {r.setting.name} | {right} | {false} | {r.verdicts['background or both']} | {r.verdicts['same day']} "
            f"| {r.plain} | {r.without_fit} |"
        )
    lines += ["", "## Intervals of the branching matrix", ""]
    for r in results:
        if not r.with_intervals:
            continue
        low, high = band(r.with_intervals, 0.95)
        lines += [
            f"{r.setting.name[0].upper()}{r.setting.name[1:]}. *Covered*: intervals at 95 % that hold the planted value, of "
            f"the {r.with_intervals} sets for which intervals were computed; the 99 % band is {low} to {high}, "
            "what lies outside stands in bold. An entry planted at 0 lies at the bound of the model, where intervals are "
            "cautious.",
            "",
            "| entry | planted | mean estimate | median width | covered |",
            "|---|---|---|---|---|",
        ]
        names = (("first by itself", "first answers second"), ("second answers first", "second by itself"))
        for i in range(2):
            for j in range(2):
                covered = int(r.covered[i, j])
                text = f"{covered}" if low <= covered <= high else f"**{covered}**"
                lines.append(
                    f"| {names[i][j]} | {r.setting.branching[i][j]} | {np.mean(r.estimates, axis=0)[i, j]:.2f} "
                    f"| {np.median(r.widths, axis=0)[i, j]:.2f} | {text} |"
                )
    lines += [
        "",
        "## What is not shown here",
        "",
        f"{n} sets leave wide bands; `--sets 400` runs the number that the project asks for. Three sides, branching to 0.9, "
        "faster decays, other dispersions and missing days are not run yet, nor answers within the day (events at exact times, "
        "counted by day).",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=100)
    parser.add_argument("--draws", type=int, default=49)
    parser.add_argument("--seed", type=int, default=20261)
    parser.add_argument("--interval-sets", type=int, default=10**9, help="Intervals for the first so many sets only.")
    parser.add_argument(
        "--settings", default="1,2,3,4", help="Which rows to run; each gives the same alone as with others."
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "validation-retaliation.md")
    options = parser.parse_args()
    results: list[Found] = []
    for setting in [SETTINGS[int(number) - 1] for number in options.settings.split(",")]:
        found = run(setting, options.sets, options.draws, options.seed, options.interval_sets)
        results.append(found)
        print(setting.name, dict(found.verdicts), found.covered.tolist(), f"{found.seconds:.0f} s", flush=True)
        # Written after every setting, so that a run cut short leaves what it found.
        options.out.write_text(page(results, options), encoding="utf-8")


if __name__ == "__main__":
    main()
