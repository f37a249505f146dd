"""Make what the outlook ships: the lessons that its weights learn from, and the two examples in docs/.

    python scripts/outlook_examples.py lessons     studies/outlook_lessons.csv (about 3 minutes)
    python scripts/outlook_examples.py korea       docs/outlook-korea.md with its SVG and CSV
    python scripts/outlook_examples.py ukraine     docs/outlook-ukraine.md with its SVG and CSV
    python scripts/outlook_examples.py weights     how shrinkage does with few wars: a table for docs/outlook.md
    python scripts/outlook_examples.py sensitivity what the weights of the draws do: a table for docs/outlook.md

Finished months are kept in the folder given by --folder, so that an interrupted run goes on.
"""

from __future__ import annotations

import argparse
import datetime as dt
import html
import re
import sys
import time
from pathlib import Path

import numpy as np

from armistice.files import write_whole
from armistice.outlook.pool import pool_monthly
from armistice.outlook.scores import log_score_to_end
from armistice.outlook.weights import PENALTIES, Lesson, learn_weights, simplex_grid
from armistice.record.load import bundled_wars, load_war
from armistice.report.figures import make_figure
from armistice.studies._calibration import calibrated
from armistice.studies._outlook_backtest import backtest_csv, run_war_backtest, war_backtest_result
from armistice.studies._outlook_lessons import Taught, write_lessons
from armistice.studies._outlook_methods import METHODS, draw_weights, fought_on
from armistice.studies._outlook_months import MonthSettings, first_of_months, months_say
from armistice.studies._outlook_track import track_csv, track_of, track_result
from armistice.studies._outlook_ways import way_of_outcome, ways_of_endings
from armistice.studies._simulation_runs import simulate
from armistice.studies.study import Chart, StudyResult, Table
from armistice.text import Text

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SEED = 1
DRAWS = 24
#: Months from one lesson to the next: about ten in each war.
EVERY = {"ethiopia_eritrea": 3, "iran_iraq": 9, "korea": 4, "vietnam": 12}
FIRST_DAYS = 90
TODAY = dt.date(2025, 12, 31)


def lessons(folder: Path | None) -> None:
    """What history and simulation said of the bundled wars that are over."""
    taught: list[Taught] = []
    for war in bundled_wars():
        record = load_war(war).as_of(TODAY)
        end = record.war.end
        if end is None:
            continue
        begin = record.war.start + dt.timedelta(days=FIRST_DAYS)
        days = first_of_months(begin, end.date - dt.timedelta(days=1), EVERY.get(war, 6))
        months = months_say(record, days, MonthSettings(seed=SEED, draws=DRAWS), folder=folder, on_progress=told(war))
        for month in months:
            if all(name in month.said for name in METHODS):
                taught.append(
                    Taught(
                        war, tuple(record.war.ucdp_conflict_ids), end.known_on or end.date, end.date, way_of_outcome(end.outcome), month.as_of,
                        np.stack([month.said[name].incidence for name in METHODS]),
                    )
                )  # fmt: skip
    write_lessons(taught)
    print(f"{len(taught)} days of {len({one.war for one in taught})} wars")


def korea(folder: Path | None) -> None:
    """Korea: what would it have said each month from July 1951 to July 1953?"""
    began = time.process_time()
    record = load_war("korea").as_of(TODAY)
    days = first_of_months(dt.date(1951, 7, 1), dt.date(1953, 7, 1), 1)
    months = months_say(record, days, MonthSettings(seed=SEED, draws=DRAWS), folder=folder, on_progress=told("korea"))
    found = run_war_backtest(record, months, seed=SEED)
    result = war_backtest_result(found)
    (DOCS / "outlook-korea.csv").write_text(backtest_csv(found), encoding="utf-8")
    page(
        "outlook-korea", "Korea: what would it have said?",
        "As of the first of each month from July 1951 to July 1953, from what was known on that day: the record, and other "
        "wars whose ending could be coded by then. Korea itself teaches nothing: it is left out of the endings model, the calibration "
        "and the weights.",
        result, f"python scripts/outlook_examples.py korea; {DRAWS} games a month, seed {SEED}", began,
    )  # fmt: skip


def ukraine(folder: Path | None) -> None:
    """Ukraine: is a settlement further away than ever?"""
    began = time.process_time()
    last = dt.date(2025, 6, 3)
    record = load_war("ukraine").as_of(last)
    days = [*first_of_months(dt.date(2022, 12, 1), last, 1), last]
    months = months_say(
        record, days, MonthSettings(seed=SEED, draws=DRAWS), folder=folder, on_progress=told("ukraine")
    )
    track = track_of(record, months)
    result = track_result(track)
    (DOCS / "outlook-ukraine.csv").write_text(track_csv(track), encoding="utf-8")
    page(
        "outlook-ukraine", "Ukraine: further away than ever?",
        "As of the first of each month from December 2022, and of 3 June 2025, from what was known on that day. Months "
        "share the draws of the assumptions.",
        result, f"python scripts/outlook_examples.py ukraine; {DRAWS} games a month, seed {SEED}", began,
    )  # fmt: skip


def page(name: str, title: str, about: str, result: StudyResult, made_by: str, began: float) -> None:
    """A page of Markdown with its picture."""
    chart = result.charts[0]
    marks = write_svg(chart, DOCS / f"{name}.svg")
    lines = [f"# {title}", "", f"Made by `{made_by}`.", "", about, ""]
    assert result.headline is not None
    lines += [
        f"**{result.headline.en}**",
        "",
        f"![{chart.title.en}]({name}.svg)",
        "",
        *([chart.says.en, ""] if chart.says != result.headline else []),
    ]
    lines += [f"Marked: {'; '.join(f'({i}) {mark}' for i, mark in enumerate(marks, start=1))}.", ""] if marks else []
    for sentence in result.sentences:
        lines += [sentence.en, ""]
    for table in result.tables:
        lines += [f"## {table.title.en}", "", *markdown(table), ""]
        if table.note is not None:
            lines += [table.note.en, ""]
    lines += [f"The line as data: [{name}.csv]({name}.csv).", ""]
    for caveat in result.caveats:
        lines += [caveat.en, ""]
    (DOCS / f"{name}.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print(f"{name}: {time.process_time() - began:.0f} CPU seconds; {result.headline.en}")


def write_svg(chart: Chart, path: Path) -> tuple[str, ...]:
    """The chart as the report draws it, its legend above it, as a file of its own; returns what the marks are."""
    figure = make_figure(chart, "en", id=path.stem)
    version = figure.versions[0]
    svg = version.pictures[0].svg
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert box is not None
    width, height = (float(number) for number in box.groups())
    labels = [entry for entry in version.legend if entry.sign == "line"]
    texts, x = [], 40.0
    for entry in labels:
        dash = f' stroke-dasharray="{",".join(str(step) for step in entry.style.dash)}"' if entry.style.dash else ""
        texts.append(
            f'<line x1="{x}" x2="{x + 24}" y1="12" y2="12" stroke="{entry.style.colour}" stroke-width="2"{dash}/>'
        )
        texts.append(f'<text x="{x + 30}" y="16" font-size="12" fill="#333">{html.escape(entry.label)}</text>')
        x += 42 + 6.5 * len(entry.label)
    head = svg[: svg.index(">") + 1].replace(
        box.group(0), f'viewBox="0 -24 {width:g} {height + 24:g}" font-family="sans-serif"'
    )
    shifted = f'<rect x="0" y="-24" width="{width:g}" height="{height + 24:g}" fill="#fff"/><g transform="translate(0,-24)">{"".join(texts)}</g>'
    write_whole(path, head + shifted + svg[svg.index(">") + 1 :] + "\n")
    return figure.marks


def markdown(table: Table) -> list[str]:
    """A table in Markdown."""

    def cell(value: object) -> str:
        if value is None:
            return "—"
        if isinstance(value, Text):
            return value.en
        return f"{value:.3g}" if isinstance(value, float) else str(value)

    rows = ["| " + " | ".join(cell(value) for value in row) + " |" for row in (table.columns, *table.rows)]
    return [rows[0], "|" + "---|" * len(table.columns), *rows[1:]]


# --- what the weights of the draws do ---------------------------------------------------------------------


def sensitivity(folder: Path | None) -> None:
    """Chance of a settlement within 12 months by simulation, its draws weighed in four ways: a table for docs/outlook.md."""
    del folder
    for war in bundled_wars():
        record = load_war(war).as_of(None)
        outcome = simulate(record, wars=2000 * DRAWS, draws=DRAWS, seed=SEED).as_is
        by_draw = ways_of_endings(outcome.chances([12]))[:, 0, :2].sum(axis=1)
        both = draw_weights(record, outcome, SEED)
        values = {name: draws[outcome.draws] for name, draws in outcome.games.drawn.values.items()}
        others = calibrated(record, np.random.default_rng(SEED)).tilt(values)
        lasting = fought_on(record, outcome)
        cells = [by_draw.mean(), *(w @ by_draw / w.sum() for w in (others, lasting, both))]
        print(
            f"| {war.replace('_', '-')}, {record.as_of} | " + " | ".join(f"{100 * cell:.0f} %" for cell in cells)
            + f" | {both.sum() ** 2 / (both**2).sum():.0f} |",
            flush=True,
        )  # fmt: skip


# --- does shrinkage help? ---------------------------------------------------------------------------------


def weights(folder: Path | None) -> None:
    """Loss in log score against the best weights, by number of wars: free, shrunk as shipped, equal; and coverage."""
    del folder
    rng = np.random.default_rng(SEED)
    grid = simplex_grid(2, 20)
    for spreads in ((0.5, 1.5), (1.0, 1.0), (1.5, 1.0)):
        fresh = world(1500, spreads, rng)
        risk = [mean_score(fresh, point) for point in grid]
        best = int(np.argmin(risk))
        for n_wars in (1, 2, 4, 8, 16):
            lost, covered = {"free": [], "shrunk": []}, []
            for _ in range(60):
                taught = world(n_wars, spreads, rng)
                for name, penalties, draws in (("free", (1e-9,), 1), ("shrunk", PENALTIES, 300)):
                    found = learn_weights(taught, n_methods=2, rng=rng, penalties=penalties, n_draws=draws)
                    lost[name].append(np.interp(found.weights[0], grid[:, 0], risk) - risk[best])
                low, high = np.quantile(found.drawn[:, 0], [0.025, 0.975])
                covered.append(low <= grid[best, 0] <= high)
            print(
                f"| {spreads[0]:g}, {spreads[1]:g} | {grid[best, 0]:.2f} | {n_wars} | {np.mean(lost['free']):.3f} | "
                f"{np.mean(lost['shrunk']):.3f} | {risk[10] - risk[best]:.3f} | {np.mean(covered):.0%} |",
                flush=True,
            )


def world(n_wars: int, spreads: tuple[float, float], rng: np.random.Generator) -> list[Lesson]:
    """Wars with constant hazards of two endings; each method sees their logarithms with errors of its own spread."""
    out = []
    for number in range(n_wars):
        log_hazard = np.log([0.012, 0.02]) + rng.normal(0, 1, 2)
        said = np.array([np.minimum(np.exp(log_hazard + rng.normal(0, spread, 2)), 0.4) for spread in spreads])
        hazard = np.minimum(np.exp(log_hazard), 0.4)
        end, way = int(rng.geometric(hazard.sum())), int(rng.choice(2, p=hazard / hazard.sum()))
        lasted = np.array([end - (end - 1) * part // 3 for part in range(3)])
        monthly = np.broadcast_to(said[:, None, None], (2, 3, 60, 2))
        out.append(Lesson(str(number), monthly, np.minimum(lasted, 60), np.where(lasted > 60, -1, way)))
    return out


def mean_score(wars: list[Lesson], point: np.ndarray) -> float:
    """Mean log score of the pool."""
    return float(np.mean([log_score_to_end(pool_monthly(w.monthly, point), w.lasted, w.way).mean() for w in wars]))


def told(war: str):
    """Progress on stderr."""
    return lambda done, total: print(f"\r{war} {done}/{total}", end="" if done < total else "\n", file=sys.stderr)


if __name__ == "__main__":
    jobs = {"lessons": lessons, "korea": korea, "ukraine": ukraine, "weights": weights, "sensitivity": sensitivity}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=jobs)
    parser.add_argument("--folder", type=Path, help="where finished months are kept")
    given = parser.parse_args()
    jobs[given.what](given.folder)
