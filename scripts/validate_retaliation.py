"""How often the study of retaliation is right: writes docs/validation-retaliation.md.

    python scripts/validate_retaliation.py [--sets 400] [--parts intervals,directions,corrected] [--minutes 60]
        [--folder docs/validation-sets/retaliation] [--out FILE] [--page-only]

Simulated data sets with planted answers or a background in common. Settings are run in turns, one set each, and every
finished set is a row of a CSV file: the script can be stopped at any moment, and run again to add sets. Rates are judged
within the 99 % binomial band of the number of sets that are there. About 0.06 seconds per set and setting for intervals,
0.2 for directions, 0.5 to 1 for the bootstrap correction, on one core.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from _retaliation_sets import THREE_SIDES, TWO_SIDES, Found, Setting, band, counts_of, run_in_turns, scaled
from armistice.errors import NotConvergedError
from armistice.escalation.retaliation_counts import RetaliationFit, fit_retaliation
from armistice.escalation.retaliation_inference import (
    answer_test,
    bootstrap_correction,
    branching_intervals,
    profile_ratio,
)
from armistice.escalation.shared_background import direction_verdict, links_between

ROOT = Path(__file__).resolve().parents[1]
SEED = 20262
LIMIT = 3.841458820694124  # 95 % of chi-squared with one degree
WITH_WIDTHS = 25
CORRECTION_DRAWS = 19
NULL_DRAWS = 99
Row = Mapping[str, object]


def _recovery() -> list[Setting]:
    made = []
    for shares in (TWO_SIDES, THREE_SIDES):
        k = len(shares)
        for radius in (0.2, 0.4, 0.6, 0.9):
            for decay in (0.2, 1.5, 5.0):
                key = f"{k}-sides-radius-{radius:g}-decay-{decay:g}"
                made.append(
                    Setting(key, "", scaled(shares, radius), decay, means=(25.0,) * k, background=(0.0,) * k)
                )  # fmt: skip
    two, three = scaled(TWO_SIDES, 0.4), scaled(THREE_SIDES, 0.4)
    flat = (0.0,) * 3
    return [
        *made,
        Setting("dispersion-1-decay-0.2", "", two, 0.2, dispersion=1.0),
        Setting("dispersion-1-decay-1.5", "", two, 1.5, dispersion=1.0),
        Setting("dispersion-20-decay-1.5", "", two, 1.5, dispersion=20.0),
        Setting("missing-2-sides-decay-0.2", "", two, 0.2, missing=0.1),
        Setting("missing-2-sides-decay-1.5", "", two, 1.5, missing=0.1),
        Setting("missing-3-sides-decay-1.5", "", three, 1.5, means=(25.0,) * 3, background=flat, missing=0.1),
    ]


RECOVERY = _recovery()
ONE_WAY = ((0.3, 0.0), (0.4, 0.3))
OWN_ONLY = ((0.3, 0.0), (0.0, 0.3))
DIRECTIONS = [
    Setting("one-way", "the second side answers: 0.4, decay 0.2 a day", ONE_WAY),
    Setting("one-way-fast", "the second side answers: 0.4, decay 1.5 a day", ONE_WAY, 1.5),
    Setting("one-way-larger", "the second side answers and is the larger: 17 and 24 a day", ONE_WAY, means=(17.0, 24.0)),
    Setting("one-way-missing", "the second side answers; 10 % of days missing", ONE_WAY, missing=0.1),
    Setting("both-ways", "both answer alike: 0.3, decay 0.2 a day", ((0.3, 0.3), (0.3, 0.3))),
    Setting("nothing", "no answers, no background in common", OWN_ONLY),
    Setting("common", "no answers, a background in common", OWN_ONLY, background=(0.6, 0.6)),
    Setting("common-uneven", "no answers, the background stronger in the first side", OWN_ONLY, background=(0.8, 0.3)),
    Setting("common-slow", "no answers, a slow background in common (memory 0.97)", OWN_ONLY, background=(0.5, 0.5), memory=0.97),
    Setting("common-other-sizes", "no answers, a background in common, 5 and 60 a day", OWN_ONLY, means=(5.0, 60.0), background=(0.6, 0.6)),
    Setting("common-own-uneven", "no answers, a background in common, own branching 0.6 and 0.1", ((0.6, 0.0), (0.0, 0.1)), background=(0.6, 0.6)),
    Setting("common-own-uneven-half", "the same with half the background (0.3)", ((0.6, 0.0), (0.0, 0.1)), background=(0.3, 0.3)),
    Setting("common-own-uneven-slow", "the same, weak and slow (0.3, memory 0.97)", ((0.6, 0.0), (0.0, 0.1)), background=(0.3, 0.3), memory=0.97),
]  # fmt: skip
RIGHT = {"one-way", "one-way-fast", "one-way-larger", "one-way-missing"}
CORRECTED = [s for s in RECOVERY if s.decay == 0.2 and s.sides == 2 and s.dispersion == 4 and not s.missing]


def _fitted(setting: Setting, part: int, number: int) -> tuple[RetaliationFit | None, np.random.Generator]:
    rng = np.random.default_rng([SEED, part, sum(map(ord, setting.key)), number])
    try:
        return fit_retaliation(counts_of(setting, rng)), rng
    except NotConvergedError:
        return None, rng


def _entries(setting: Setting) -> list[tuple[int, int]]:
    return [(i, j) for i in range(setting.sides) for j in range(setting.sides)]


def interval_row(setting: Setting, number: int) -> Row:
    """Likelihood ratios at the planted values, and for the first sets how wide the intervals are."""
    begun = time.process_time()
    fit, _ = _fitted(setting, 1, number)
    row: dict[str, object] = {"status": "no fit" if fit is None else "ok", "radius": ""}
    pairs = _entries(setting)
    ratios: list[object] = [""] * len(pairs)
    values: list[object] = [""] * len(pairs)
    widths: list[object] = [""] * len(pairs)
    if fit is not None:
        row["radius"] = fit.spectral_radius
        values = [float(fit.branching[pair]) for pair in pairs]
        try:
            ratios = [profile_ratio(fit, i, j, setting.matrix[i, j]) for i, j in pairs]
            if number < WITH_WIDTHS and fit.spectral_radius < 1:
                found = branching_intervals(fit, np.random.default_rng(0), n_draws=0)
                widths = [float(found.upper[pair] - found.lower[pair]) for pair in pairs]
        except NotConvergedError:
            row["status"] = "no fit"
    for (i, j), value, ratio, width in zip(pairs, values, ratios, widths, strict=True):
        row |= {f"value_{i}{j}": value, f"ratio_{i}{j}": ratio, f"width_{i}{j}": width}
    return row | {"seconds": time.process_time() - begun}


def corrected_row(setting: Setting, number: int) -> Row:
    """Likelihood ratios at the planted values divided by their bootstrap means, on the same sets."""
    begun = time.process_time()
    fit, rng = _fitted(setting, 1, number)
    row: dict[str, object] = {"status": "ok"}
    ratios: dict[tuple[int, int], object] = dict.fromkeys(_entries(setting), "")
    try:
        if fit is None or fit.spectral_radius >= 1:
            row["status"] = "no fit" if fit is None else "grows"
        else:
            correction, _ = bootstrap_correction(fit, rng, CORRECTION_DRAWS)
            ratios = {(i, j): profile_ratio(fit, i, j, setting.matrix[i, j]) / correction[i, j] for i, j in ratios}
    except NotConvergedError:
        row["status"] = "no fit"
    row |= {f"ratio_{i}{j}": value for (i, j), value in ratios.items()}
    return row | {"seconds": time.process_time() - begun}


def direction_row(setting: Setting, number: int) -> Row:
    """The verdict on one set, and the test that knows no background in common."""
    begun = time.process_time()
    fit, rng = _fitted(setting, 2, number)
    if fit is None:
        return {
            "verdict": "no fit",
            "p_second": "",
            "p_first": "",
            "plain": "",
            "seconds": time.process_time() - begun,
        }
    row: dict[str, object] = {"verdict": "background or both", "p_second": "", "p_first": ""}
    links = links_between(fit, 0, 1)
    # Elsewhere no null can make it a claim, and drawing one is most of the work.
    if links.points_forward or links.points_backward:
        found = direction_verdict(fit, 0, 1, rng, n_draws=NULL_DRAWS)
        row = {"verdict": found.verdict, "p_second": found.p_second_answers, "p_first": found.p_first_answers}
    return row | {"plain": answer_test(fit, 1, 0).p_value, "seconds": time.process_time() - begun}


PARTS: dict[str, tuple[list[Setting], Callable[[Setting, int], Row]]] = {
    "intervals": (RECOVERY, interval_row),
    "directions": (DIRECTIONS, direction_row),
    "corrected": (CORRECTED, corrected_row),
}


def _marked(count: int, n: int, chance: float, *, low_only: bool = False) -> str:
    """A percentage, bold where the count lies outside the 99 % band."""
    low, high = band(n, chance)
    text = f"{100 * count / n:.1f}"
    return text if low <= count and (low_only or count <= high) else f"**{text}**"


def interval_table(found: Found) -> list[str]:
    lines = [
        "| sides | radius | decay a day | dispersion | missing | sets | band % | covered, own % | covered, answers % | mean radius | median width, own | median width, answers | no fit | grows |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for setting in RECOVERY:
        rows = found.rows(f"intervals-{setting.key}")
        good = [row for row in rows if row["status"] == "ok"]
        if not good:
            continue
        n, pairs = len(good), _entries(setting)
        held = {pair: sum(float(row[f"ratio_{pair[0]}{pair[1]}"]) <= LIMIT for row in good) for pair in pairs}
        shown = {pair: _marked(count, n, 0.95) for pair, count in held.items()}
        low, high = band(n, 0.95)
        widths = {True: [], False: []}  # type: dict[bool, list[float]]
        for i, j in pairs:
            widths[i == j] += [float(row[f"width_{i}{j}"]) for row in good if row[f"width_{i}{j}"]]
        radii = [float(row["radius"]) for row in good]
        lines.append(
            f"| {setting.sides} | {setting.radius:.1f} | {setting.decay:g} | {setting.dispersion:g} | {100 * setting.missing:g} % "
            f"| {len(rows)} | {100 * low / n:.1f}-{100 * high / n:.1f} | {', '.join(shown[p] for p in pairs if p[0] == p[1])} "
            f"| {', '.join(shown[p] for p in pairs if p[0] != p[1])} | {np.mean(radii):.2f} "
            f"| {np.median(widths[True]):.2f} | {np.median(widths[False]):.2f} | {len(rows) - n} | {sum(r >= 1 for r in radii)} |"
        )
    return lines


def corrected_table(found: Found) -> list[str]:
    lines = [
        "| sides | radius | decay a day | sets | band % | covered without % | covered with % | refused |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for setting in CORRECTED:
        plain = {row["set"]: row for row in found.rows(f"intervals-{setting.key}") if row["status"] == "ok"}
        rows = found.rows(f"corrected-{setting.key}")
        good = [row for row in rows if row["status"] == "ok" and row["set"] in plain]
        if not good:
            continue
        names, n = [f"ratio_{i}{j}" for i, j in _entries(setting)], len(good)
        before = [_marked(sum(float(plain[row["set"]][name]) <= LIMIT for row in good), n, 0.95) for name in names]
        after = [_marked(sum(float(row[name]) <= LIMIT for row in good), n, 0.95) for name in names]
        low, high = band(n, 0.95)
        lines.append(
            f"| {setting.sides} | {setting.radius:.1f} | {setting.decay:g} | {n} | {100 * low / n:.1f}-{100 * high / n:.1f} "
            f"| {', '.join(before)} | {', '.join(after)} | {len(rows) - n} |"
        )
    return lines if len(lines) > 2 else []


def direction_table(found: Found) -> list[str]:
    lines = [
        "| setting | sets | right % | false % | most allowed % | refused: background or both % | refused: same day % | plain test % | no fit |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for setting in DIRECTIONS:
        rows = found.rows(f"directions-{setting.key}")
        n = len(rows)
        if not n:
            continue
        said = [row["verdict"] for row in rows]
        claims = said.count("second answers first") + said.count("first answers second")
        right = said.count("second answers first") if setting.key in RIGHT else 0
        most = band(n, 0.05)[1]
        false = claims - right
        both = setting.key == "both-ways"
        text = f"({100 * false / n:.1f})" if both else f"{100 * false / n:.1f}"
        plain = sum(float(row["plain"]) < 0.05 for row in rows if row["plain"])
        lines.append(
            f"| {setting.words} | {n} | {f'{100 * right / n:.1f}' if setting.key in RIGHT else '-'} "
            f"| {text if false <= most or both else f'**{text}**'} | {100 * most / n:.1f} "
            f"| {100 * said.count('background or both') / n:.1f} | {100 * said.count('same day') / n:.1f} "
            f"| {100 * plain / n:.1f} | {said.count('no fit')} |"
        )
    return lines


def page(found: Found) -> str:
    corrected = corrected_table(found)
    seconds = sum(
        float(row["seconds"])
        for part, (settings, _) in PARTS.items()
        for setting in settings
        for row in found.rows(f"{part}-{setting.key}")
    )
    return "\n".join(
        [
            "# Is the study of retaliation right as often as it says?",
            "",
            f"Made by `scripts/validate_retaliation.py`; do not edit. {dt.date.today():%Y-%m-%d}, seed {SEED} ({platform.machine()}, "
            f"Python {platform.python_version()}), {seconds / 60:.0f} minutes of computing on one core. Every row says how many sets it "
            "rests on; bands are the 99 % binomial ones of that number, what lies outside stands in bold. The sets themselves: "
            "`docs/validation-sets/retaliation/`.",
            "",
            "## Directions",
            "",
            "Two sides, 900 days, negative-binomial counts with dispersion 4; each side's own branching is 0.3 with decay 0.2 a day and "
            "both have 25 events a day unless the row says otherwise. The background is a latent autoregression with memory 0.9 from day "
            "to day that multiplies both sides' means; its standard deviation on the log scale is 0.6 in both, or 0.8 and 0.3. "
            "*Right*: the planted direction was claimed. *False*: another one, or any where there is none; in brackets where both answer, so "
            "that a claim is half right. *Refused*: no direction claimed. *Plain test*: the likelihood-ratio test alone, which knows no background in common, says that the second side "
            "answers the first: under a background in common that is an error, and why the claim does not rest on it. The rule was "
            "chosen on other sets (seed 777) than these.",
            "",
            *direction_table(found),
            "",
            "## Intervals of the branching matrix",
            "",
            "900 days, 25 events a day of every side, answers included. Branching of two sides: radius times [0.7 0.3; 0.5 0.5]; of "
            "three: radius times [0.6 0.3 0.1; 0.4 0.4 0.2; 0.1 0.3 0.6]; all entries are above 0. *Covered*: intervals at 95 % (profile "
            "likelihood, without the bootstrap correction that the study adds and that can only widen them) that hold the planted value, "
            f"entry by entry in the order of rows. Widths are of the first {WITH_WIDTHS} sets. *Grows*: the fitted radius is 1 or more, "
            "where the study refuses.",
            "",
            *interval_table(found),
            "",
            "Small branching lies near the bound 0 of the model, where intervals are cautious. With slow answers and a radius of 0.9 the "
            "answers to answers last more than fifty days, and a baseline that may bend every 90 days takes much of them: the radius is "
            "found too small and the intervals miss (on 60 of these sets with knots every 180 days 85 to 92 %, mean radius 0.79). The study says "
            "so where it finds a radius of 0.5 or more with half-lives of two days or more.",
            "",
            *(
                [
                    f"The correction ({CORRECTION_DRAWS} bootstrap samples a set) on the same sets, where answers are slow:",
                    "",
                    *corrected,
                    "",
                ]
                if corrected
                else []
            ),
            "## What is not shown here",
            "",
            "Answers within the day: [validation-retaliation-same-day.md](validation-retaliation-same-day.md). Backgrounds that reach "
            "one side later than the other look like an answer of that side, and no test on two series can tell them apart.",
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=400, help="To reach for each setting.")
    parser.add_argument("--parts", default="intervals,directions,corrected")
    parser.add_argument("--only", default="", help="Only settings whose file name begins so.")
    parser.add_argument("--minutes", type=float, default=1e6, help="Stop after so long on the clock.")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "validation-sets" / "retaliation")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "validation-retaliation.md")
    parser.add_argument("--page-only", action="store_true", help="Write the page from the sets that are there.")
    options = parser.parse_args()
    found, begun = Found(options.folder), time.monotonic()

    def write() -> None:
        options.out.write_text(page(found), encoding="utf-8")

    if not options.page_only:
        jobs = [
            (f"{part}-{setting.key}", lambda number, s=setting, f=PARTS[part][1]: f(s, number))
            for part in options.parts.split(",")
            for setting in PARTS[part][0]
            if f"{part}-{setting.key}".startswith(options.only)
        ]
        for turn in run_in_turns(found, jobs, options.sets, write):
            print(f"turn {turn + 1}, {time.monotonic() - begun:.0f} s", flush=True)
            if time.monotonic() - begun > 60 * options.minutes:
                break
    write()


if __name__ == "__main__":
    main()
