"""Would the forecasts of endings have been right on past wars? Writes docs/validation-history.md and its page.

    python scripts/validate_history.py --out docs/validation-history.md [--page validation-history.html]

Runs the back-test of ``armistice backtest`` (rolling origins, leaks, wars between states left out one by one), the line of
Korea from July 1951 to July 1953, and coverage of the model's intervals on made-up wars whose truth is known. About a minute on one core.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from armistice.history.rolling import METHODS
from armistice.history.shrunken_hazards import fit_shrunken_hazards, incidence_of_hazards
from armistice.record.load import load_war
from armistice.report.result_page import write_result_page
from armistice.studies._endings_backtest import run_backtest
from armistice.studies._endings_backtest_pages import backtest_result
from armistice.studies._endings_model import learn, model_shares, settlement_track
from armistice.studies._endings_set import AHEAD, ALL, GROUPS, SETTLED
from armistice.studies.study import StudyResult, Table
from armistice.text import EN, Text

SEED = 1
EDGES = [0.0, 6.0, 12.0, 24.0, 36.0, 60.0]


def markdown(table: Table) -> Iterator[str]:
    """A table as lines of Markdown, in English."""

    def cell(value: object) -> str:
        return value.en if isinstance(value, Text) else "" if value is None else str(value)

    yield f"### {table.title.en}"
    yield ""
    yield "| " + " | ".join(column.en for column in table.columns) + " |"
    yield "|" + "---|" * len(table.columns)
    for row in table.rows:
        yield "| " + " | ".join(cell(value) for value in row) + " |"
    if table.note is not None:
        yield ""
        yield table.note.en
    yield ""


def korea() -> Iterator[str]:
    """The line from July 1951 to July 1953, with no Korean ending in the fit."""
    war = load_war("korea")
    days = [dt.date(1951 + (6 + month) // 12, (6 + month) % 12 + 1, 1) for month in range(25)]
    line = settlement_track([war.as_of(day) for day in days], seed=SEED)
    yield "| as of | ceasefire within 12 months | ceasefire or peace agreement | endings of other conflicts coded by then |"
    yield "|---|---|---|---|"
    for i, day in enumerate(line.days):
        cells = [
            f"{EN.percent(values[i, 0])} ({EN.percent_span(values[i, 1], values[i, 2])})"
            for values in (line.ceasefire, line.settled)
        ]
        yield f"| {EN.date(day)} | {cells[0]} | {cells[1]} | {line.n_endings[i]} |"
    yield ""
    yield (
        "The armistice was signed on 27 July 1953, within 12 months of every point from 1 August 1952 on. The model did not see it "
        "coming: it knows no talks, and by 1953 few other wars had ended and none between states had lasted so long. The intervals say so."
    )


def ukraine() -> Iterator[str]:
    """What the model says as of 3 June 2025."""
    record = load_war("ukraine").as_of("2025-06-03")
    learnt = learn(record, seed=SEED)
    assert learnt is not None
    found = model_shares(record, learnt, AHEAD, GROUPS, seed=SEED, n_draws=1000)
    yield "| months from 3 June 2025 | settled | ended in any way |"
    yield "|---|---|---|"
    for a, months in enumerate(AHEAD):
        cells = [
            f"{EN.percent(found.share[a, g])} ({EN.percent_span(found.lower[a, g], found.upper[a, g])})"
            for g in (SETTLED, ALL)
        ]
        yield f"| {months} | {cells[0]} | {cells[1]} |"
    yield ""
    yield f"Learnt from {found.n_endings} endings in {found.n_conflicts} other conflicts."


def coverage(n_sets: int) -> Iterator[str]:
    """How often the intervals hold the truth, wars of one conflict sharing a tendency to last."""
    effects = np.array([[0.3, -0.2, 0.0], [-0.3, 0.0, 0.2]])
    level = np.array([0.008, 0.02])
    at = np.array([[0.8, -0.5, 0.3]])
    yield "| landmarks | how alike the wars of a conflict are | chance within | truth | covered by the 95% interval | mean width |"
    yield "|---|---|---|---|---|---|"
    for n in (300, 1000):
        for variance in (0.0, 0.3):
            # The population's chance at these covariates, over conflicts.
            frailty = np.random.default_rng(0).gamma(1 / variance, variance, 20000) if variance else np.ones(1)
            rate = level * np.exp(at @ effects.T) * frailty[:, None]
            truth = incidence_of_hazards(np.repeat(rate[:, None], len(EDGES) - 1, axis=1), EDGES, [12.0, 60.0]).mean(
                axis=0
            )
            held, width = [], []
            for seed in range(n_sets):
                rng = np.random.default_rng([seed, n])
                x = rng.standard_normal((n, 3))
                conflict = np.arange(n) // 4
                shared = rng.gamma(1 / variance, variance, n)[conflict] if variance else np.ones(n)
                hazard = level * np.exp(x @ effects.T) * shared[:, None]
                ended = rng.exponential(1 / hazard.sum(axis=1))
                cause = (rng.random(n) > hazard[:, 0] / hazard.sum(axis=1)).astype(int)
                exposure = np.clip(ended[:, None], EDGES[:-1], EDGES[1:]) - np.array(EDGES[:-1])
                endings = np.zeros((n, len(EDGES) - 1, 2))
                here = np.flatnonzero(ended <= EDGES[-1])
                np.add.at(endings, (here, np.searchsorted(EDGES, ended[here]) - 1, cause[here]), 1.0)
                fitted = fit_shrunken_hazards(x, exposure, endings, edges=EDGES, blocks=[3], clusters=conflict)
                drawn = incidence_of_hazards(
                    np.exp(fitted.draws(at, rng.standard_normal((300, 2, fitted.size)))), EDGES, [12.0, 60.0]
                )[:, 0]
                low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
                held.append((low <= truth) & (truth <= high))
                width.append(high - low)
            for a, months in enumerate((12, 60)):
                yield (
                    f"| {n} | {'apart' if not variance else f'frailty variance {variance:g}'} | {months} months, first cause | "
                    f"{truth[a, 0]:.3f} | {np.mean(held, axis=0)[a, 0]:.1%} | {np.mean(width, axis=0)[a, 0]:.2f} |"
                )


def page(result: StudyResult, started: float, n_sets: int) -> str:
    """The whole document."""
    assert result.headline is not None
    lines = [
        "# Would these methods have known how wars end?",
        "",
        f"Made by `python scripts/validate_history.py` on {dt.date.today().isoformat()}; seed {SEED}; "
        f"{os.cpu_count()} cores ({platform.machine()}), one used.",
        "",
        result.headline.en,
        "",
        *(text for sentence in result.sentences for text in (sentence.en, "")),
        "## What was tried",
        "",
        "Each row is an attempt; all are kept, the ones that lost too. Only the last is in the study. Origins are 1 January and 1 July "
        "of each year; every fit uses endings up to 31 December two years before (`docs/decisions/0010`).",
        "",
        *(f"- `{name}`: {what}" for name, what in METHODS.items()),
        "",
    ]
    for table in result.tables:
        lines += list(markdown(table))
    lines += ["## Korea, month by month", "", *korea(), "", "## Ukraine", "", *ukraine(), ""]
    lines += [
        "## Intervals of the model on made-up wars",
        "",
        f"{n_sets} sets a row; hazards of two causes with three covariates, one landmark a war, four wars a conflict.",
        "",
        *coverage(n_sets),
        "",
        "## Read with care",
        "",
        *(f"- {caveat.en}" for caveat in result.caveats),
        "",
        f"Made in {time.process_time() - started:.0f} seconds of processor time.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run, and write the document and, if asked, the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/validation-history.md"))
    parser.add_argument("--page", type=Path, help="Write the page of `armistice backtest` here too.")
    parser.add_argument("--sets", type=int, default=400, help="Made-up sets for the coverage of the intervals.")
    arguments = parser.parse_args()
    started = time.process_time()
    result = backtest_result(run_backtest(seed=SEED))
    arguments.out.write_text(page(result, started, arguments.sets), encoding="utf-8")
    if arguments.page is not None:
        title = Text(en="Would these methods have known?", nl="Hadden deze methoden het geweten?")
        write_result_page(result, arguments.page, title=title, command="armistice backtest", language="en")


if __name__ == "__main__":
    main()
