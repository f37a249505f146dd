"""Hold the study of bargaining against what was agreed and refused, and print the region of two wars.

    python scripts/validate_bargaining.py                # docs/validation-bargaining.md, about ten minutes
    python scripts/validate_bargaining.py --only starts  # that section again, in the page as it stands

Each outcome is predicted from a record as of the day before. What an issue is worth follows from its sort alone
(studies/_bargain_issues.py), so nothing here was fitted to these outcomes; they are few, and chosen by being on record.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from armistice.bargaining.equilibrium import solve
from armistice.errors import NotConvergedError
from armistice.estimate import Estimate, Quantity
from armistice.record.load import load_war
from armistice.studies import study_named
from armistice.studies._bargain_assumptions import ranges_of
from armistice.studies._bargain_game import draw_assumptions, games_at
from armistice.studies._bargain_inputs import observe
from armistice.studies._bargain_starts import compared, quantities
from armistice.studies._bargain_unsure import what_if_unsure
from armistice.studies.study import StudyResult

ROOT = Path(__file__).resolve().parents[1]
#: War, issue, the talk on record that tells, its day, and whether the issue was agreed.
OUTCOMES = (
    ("ukraine", "ceasefire", "belarus-1", "2022-02-28", False),
    ("ukraine", "humanitarian_corridors", "belarus-2", "2022-03-03", True),
    ("ukraine", "ceasefire", "belarus-3", "2022-03-07", False),
    ("ukraine", "neutrality", "istanbul-2022", "2022-03-29", False),
    ("ukraine", "security_guarantees", "istanbul-2022", "2022-03-29", False),
    ("ukraine", "grain", "grain-deal", "2022-07-22", True),
    ("ukraine", "prisoners", "azovstal-swap", "2022-09-21", True),
    ("ukraine", "grain", "grain-ends", "2023-07-17", False),
    ("ukraine", "energy", "energy-moratorium", "2025-03-18", True),
    ("ukraine", "ceasefire", "energy-moratorium", "2025-03-18", False),
    ("ukraine", "black_sea", "riyadh-march-2025", "2025-03-23", False),
    ("ukraine", "prisoners", "istanbul-1", "2025-05-16", True),
    ("ukraine", "ceasefire", "istanbul-1", "2025-05-16", False),
    ("ukraine", "leaders_meeting", "istanbul-1", "2025-05-16", False),
    ("ukraine", "bodies", "istanbul-2", "2025-06-02", True),
    ("ukraine", "ceasefire", "istanbul-2", "2025-06-02", False),
    ("korea", "agenda", "agenda-adopted", "1951-07-26", True),
    ("korea", "site", "site-panmunjom", "1951-10-07", True),
    ("korea", "line", "line-agreed", "1951-11-27", True),
    ("korea", "political_conference", "political-conference", "1952-02-01", True),
    ("korea", "prisoners", "package-proposal", "1952-04-28", False),
    ("korea", "prisoners", "break-october-1952", "1952-10-08", False),
    ("korea", "prisoners", "prisoners-agreed", "1953-06-08", True),
)
STARTS = "## Other starts, other equilibria"
DOUBT = "## If a side is unsure what the war costs the other"
REGIONS = (("ukraine", "2025-06-03"), ("korea", "1952-07-15"))


def run(war: str, day: str, draws: int) -> StudyResult:
    """The study as of a day, with its own fixed seed."""
    study = study_named("bargain")
    record = load_war(war).as_of(day)
    return study.run(record, study.parameters(draws=draws), np.random.default_rng(1))


def predictions(draws: int) -> list[tuple[tuple[str, str, str, str, bool], float | None]]:
    """Share of assumptions in which each issue was open on the day before."""
    studied: dict[tuple[str, str], StudyResult] = {}
    found: list[tuple[tuple[str, str, str, str, bool], float | None]] = []
    for outcome in OUTCOMES:
        war, issue, talk, day, _ = outcome
        assert any(row.id == talk for row in load_war(war).as_of("2025-06-30").talks), f"{war}: no talk {talk}"
        before = (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()
        if (war, before) not in studied:
            studied[war, before] = run(war, before, draws)
            print(f"{war} {before}", file=sys.stderr, flush=True)
        quantity = studied[war, before].quantities.get(f"issue_open[{issue}]")
        found.append((outcome, quantity.value if isinstance(quantity, Estimate) else None))
    return found


def brier_difference(
    shares: np.ndarray, agreed: np.ndarray, rng: np.random.Generator
) -> tuple[float, float, float, float]:  # type: ignore[type-arg]
    """Brier score, that of the base rate left one out, and an interval of their difference by resampling outcomes."""
    n = len(agreed)
    base = (agreed.sum() - agreed) / (n - 1)
    own, other = (shares - agreed) ** 2, (base - agreed) ** 2
    rows = rng.integers(0, n, size=(10_000, n))
    low, high = np.quantile((own - other)[rows].mean(axis=1), [0.025, 0.975])
    return float(own.mean()), float(other.mean()), float(low), float(high)


def page(draws: int, region_draws: int, convergence_draws: int, starts_draws: int, doubt_draws: int) -> str:
    """The page, in Markdown."""
    began = time.process_time()
    found = predictions(draws)
    usable = [(outcome, share) for outcome, share in found if share is not None]
    shares = np.array([share for _, share in usable])
    agreed = np.array([float(outcome[4]) for outcome, _ in usable])
    own, base, low, high = brier_difference(shares, agreed, np.random.default_rng(2))
    lines = [
        "# Bargaining, held against what was agreed and refused",
        "",
        f"Made by `python scripts/validate_bargaining.py` on {dt.date.today()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}; {draws} games per aid level and day.",
        "",
        "Each row: the share of the stated assumptions in which the issue, by itself, left neither side worse off, from a "
        "record as of the day before. What an issue is worth follows from its sort, set once for all wars before these "
        "outcomes were looked at; a ceasefire is priced by the game. Whether an outcome counts as agreed is our reading of "
        "the row named.",
        "",
        "| war | day | issue | row | open in | agreed |",
        "|---|---|---|---|---:|---|",
    ]
    for (war, issue, talk, day, was), share in found:
        told = "not priced" if share is None else f"{100 * share:.0f} %"
        lines.append(f"| {war} | {day} | {issue} | {talk} | {told} | {'yes' if was else 'no'} |")
    better = "better than" if high < 0 else "worse than" if low > 0 else "not told apart from"
    lines += [
        "",
        f"Brier score {own:.3f} over {len(usable)} outcomes, against {base:.3f} for the base rate (left one out): difference "
        f"{own - base:+.3f}, 95 % interval {low:+.3f} to {high:+.3f}: {better} the base rate. The outcomes are few, from two "
        "wars, and those of one round hang together, so the interval is too narrow if anything.",
        "",
        "Rows not priced: the issue was settled, or not among the twelve talked about last.",
    ]
    for war, day in REGIONS:
        lines += ["", f"## {war}, as of {day}", "", *region(war, day, region_draws)]
    lines += ["", *starts(starts_draws), "", *doubt(doubt_draws)]
    lines += ["", "## Convergence", ""]
    for precision in (100.0, 500.0):
        lines += [*convergence(*REGIONS[0], convergence_draws, precision), ""]
    lines += ["", f"CPU time {time.process_time() - began:.0f} s."]
    return "\n".join(lines) + "\n"


def region(war: str, day: str, draws: int) -> Sequence[str]:
    """What the study says with more draws."""
    result = run(war, day, draws)
    lines = [f"{draws} games per aid level.", ""]
    lines += [f"- {sentence.en}" for sentence in result.sentences]
    (chart,) = [c for c in result.charts if c.name == "sensitivity"]
    lines += [
        "", "Share of draws that are open, highest third of an assumption less lowest (95 % interval):", "",
        "| assumption | of what | difference | from | to |", "|---|---|---:|---:|---:|",
    ]  # fmt: skip
    columns = chart.columns
    for label, group, value, lower, upper in zip(
        *(columns[name] for name in ("label", "group", "value", "lower", "upper")), strict=True
    ):
        lines.append(f"| {label.en} | {group.en} | {value:+.2f} | {lower:+.2f} | {upper:+.2f} |")
    return lines


def games_of(war: str, day: str, n: int, seed: int):  # type: ignore[no-untyped-def]
    """Games of the stated ranges, and the ranges."""
    record = load_war(war).as_of(day)
    observed = observe(record)
    ranges = ranges_of(record, observed, [])
    return games_at(draw_assumptions(observed, ranges, n, np.random.default_rng(seed)), observed), ranges


def starts(n: int) -> list[str]:
    """Whether another equilibrium says something else about deals."""
    began = time.process_time()
    lines = [
        STARTS,
        "",
        f"{n} games of each war, solved along the path and from two other starts at the wanted precision at once (as if the war "
        "never ended in talks, as if it ended now); `--starts 3` does the same. Shares are of the games in which another start "
        "settled, with 95 % intervals. Values are compared at today's state.",
        "",
        "| war | as of | precision | games compared | values more than .01 of the stake apart | a deal exists from one start, not from "
        "another | the same for an armistice along the line |",
        "|---|---|---:|---:|---|---|---|",
    ]
    for (war, day), precision in ((region, precision) for region in REGIONS for precision in (100.0, 500.0)):
        games, _ = games_of(war, day, n, 3)
        found = compared(games, precision=precision, starts=3)
        numbers = quantities(found, level=0.95)
        told = [
            interval(numbers[f"{name}_between_starts"])
            for name in ("values_differ", "verdict_differs", "armistice_differs")
        ]
        settled = sum(each.n_settled > 0 for each in found)
        lines.append(f"| {war} | {day} | {precision:g} | {settled} of {n} | {' | '.join(told)} |")
    lines += [
        "",
        f"The reported solution is the one along the path. CPU time of this section {time.process_time() - began:.0f} s.",
    ]
    return lines


def interval(found: Quantity) -> str:
    """A share with its interval."""
    if not isinstance(found, Estimate):
        return "none settled"
    return f"{100 * found.value:.0f} % ({100 * found.lower:.0f} to {100 * found.upper:.0f})"


def doubt(n: int) -> list[str]:
    """Talks if a side is unsure what the war costs the other, and how much hangs on how it is worked out."""
    began = time.process_time()
    lines = [
        DOUBT,
        "",
        f'{n} games of each war (docs/model.md, "When a side is unsure").',
        "",
        "| war | as of | who knows | at once | within a year | within ten years | gain lost |",
        "|---|---|---|---:|---:|---:|---:|",
    ]
    for war, day in REGIONS:
        games, ranges = games_of(war, day, n, 5)
        found = what_if_unsure(games, ranges, precision=100.0)
        assert found is not None
        sides = load_war(war).as_of(day).war.side_ids
        named = {
            "both know everything": found.known_to_both,
            f"{sides[0]} is unsure and asks for less each month": found.unsure[0],
            f"{sides[1]} is unsure and asks for less each month": found.unsure[1],
            "both are unsure and stand firm": found.standing_firm,
        }
        for who, course in named.items():
            assert course is not None
            months = [f"{100 * course.settled[:, month].mean():.0f} %" for month in (0, 12, 120)]
            lines.append(f"| {war} | {day} | {who} | {' | '.join(months)} | {100 * course.lost_in_all:.0f} % |")
    lines += ["", f"CPU time of this section {time.process_time() - began:.0f} s."]
    return lines


def with_section(text: str, lines: Sequence[str]) -> str:
    """The page with one section written anew, or put in before the convergence."""
    heading = lines[0]
    before, found, rest = text.partition(f"{heading}\n")
    if not found:
        before, _, rest = text.partition("## Convergence\n")
        rest = f"\n## Convergence\n{rest}"
    else:
        rest = "\n## " + rest.partition("\n## ")[2]
    return before + "\n".join(lines) + "\n" + rest


def convergence(war: str, day: str, n: int, precision: float) -> Sequence[str]:
    """Every game of the stated ranges, solved with its certificate."""
    record = load_war(war).as_of(day)
    observed = observe(record)
    drawn = draw_assumptions(observed, ranges_of(record, observed, []), n, np.random.default_rng(3))
    rows, seconds, failures = [], [], 0
    for game, _ in games_at(drawn, observed):
        began = time.process_time()
        try:
            found = solve(game, precision=precision).certificate
        except NotConvergedError:
            failures += 1
            continue
        finally:
            seconds.append(time.process_time() - began)
        assert found is not None
        rows.append((found.residual, found.value_error, found.exploitability_a, found.exploitability_b, found.spread))
    lines = [
        f"{n} games of {war} as of {day} at precision {precision:g}: {n - failures} converged to 1e-8, {failures} did not and count as "
        f"unknown; {np.median(seconds):.2f} CPU s each with certificate (95th percentile {np.quantile(seconds, 0.95):.2f}).",
        "",
        "| of those that converged | median | 95 % | largest |",
        "|---|---:|---:|---:|",
    ]
    names = ("residual", "distance to the values of the printed policies", "gain of A by best responses",
             "gain of B by best responses", "distance between solutions from three starts")  # fmt: skip
    for name, values in zip(names, np.array(rows).T, strict=True):
        middle, high = np.quantile(values, [0.5, 0.95])
        lines.append(f"| {name} | {middle:.1e} | {high:.1e} | {values.max():.1e} |")
    several = int((np.array(rows)[:, 4] > 1e-4).sum())
    lines += ["", f"In {several} of them the starts end more than 1e-4 apart: there is more than one equilibrium."]
    return lines


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=32)
    parser.add_argument("--region-draws", type=int, default=192)
    parser.add_argument("--convergence-draws", type=int, default=200)
    parser.add_argument("--starts-draws", type=int, default=120)
    parser.add_argument("--doubt-draws", type=int, default=200)
    parser.add_argument(
        "--only", choices=("starts", "doubt"), help="make only this section, in the page as it stands"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "validation-bargaining.md")
    arguments = parser.parse_args()
    if arguments.only:
        lines = starts(arguments.starts_draws) if arguments.only == "starts" else doubt(arguments.doubt_draws)
        text = with_section(arguments.out.read_text(encoding="utf-8"), lines)
    else:
        text = page(
            arguments.draws,
            arguments.region_draws,
            arguments.convergence_draws,
            arguments.starts_draws,
            arguments.doubt_draws,
        )
    arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
