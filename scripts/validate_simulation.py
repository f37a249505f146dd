"""Is the calibration of the played wars right, and what does it teach? Makes docs/validation-simulation.md.

    python scripts/validate_simulation.py               # about six CPU minutes

1. Simulation-based calibration, with nothing taken from the bank on the side of the data: parameters from the prior; wars
   of the class one by one, each with its own solved game, its month and way of ending drawn; calibrated by the bank.
2. The bank's smoothing against classes of wars that it has not seen.
3. The posterior by weights against a full ABC by sequential Monte Carlo with regression adjustment, same target.
4. Half of the interstate conflicts calibrate, the other half are scored.
5. What past endings teach, how far prior and posterior reach, and whether calibrated wars end as others did.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import re
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from armistice.history import draw_durations
from armistice.record.load import load_war
from armistice.record.reference import TYPES, reference_episodes
from armistice.report.charts import WIDE, draw
from armistice.report.svg import draw_svg
from armistice.simulation.abc import AbcPosterior, abc_smc, regression_adjusted
from armistice.simulation.bank import BANK_FILE, SmoothBank, bundled_bank, read_bank
from armistice.simulation.calibrate import NOT_LEARNT, Calibration, calibrate
from armistice.simulation.grouped import (
    CAUSES,
    SUMMARY_MONTHS,
    GroupedEndings,
    grouped_endings,
    outcomes,
    summary_chances,
)
from armistice.simulation.sbc import EcdfDifference, chi_square, ecdf_difference, ranks
from armistice.simulation.war_class import (
    GAME_CAUSES,
    GRID,
    N_SIMULATED,
    PARAMETERS,
    PRIOR,
    class_wars,
    war_incidence,
    war_months,
)
from armistice.studies._calibration import calibrated, cause_of_outcome
from armistice.studies._endings_set import MONTH_DAYS
from armistice.studies.study import Chart
from armistice.text import Text

Floats = npt.NDArray[np.float64]
PAGE = Path("docs/validation-simulation.md")
PICTURE = Path("docs/images/simulation-sbc.svg")
N_DRAWS = 99
CASES = (
    ("ukraine", None, "type"), ("ukraine", None, "all"), ("korea", "1952-07-15", "type"), ("korea", "1952-07-15", "all"),
    ("iran_iraq", "1984-09-22", "type"),
)  # fmt: skip


def played_endings(theta: Floats, n_wars: int, rng: np.random.Generator) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Months and ways of ending of independent wars of a class, each with its own game; some leave observation early."""
    lasted, cause = np.empty(n_wars), np.zeros(n_wars, dtype=np.int64)
    for i in range(n_wars):
        by_month = None
        while by_month is None:
            by_month = war_months(class_wars(theta, 1, rng)[0])
        shares = np.append(by_month.ravel(), max(1 - by_month.sum(), 0.0))
        which = int(rng.choice(len(shares), p=shares / shares.sum()))
        month, way = (which // 2 + 1, 1 + which % 2) if which < by_month.size else (GRID[-1] + 1, 0)
        chance = np.clip(theta[5] * np.exp(theta[4] * rng.standard_normal()), 1e-6, 0.6)
        fades = int(rng.geometric(chance))
        if fades < month:
            month, way = fades, 3
        watched = rng.uniform(0, GRID[-1]) if rng.random() < 0.2 else float(GRID[-1])
        # an ending within a month lies before the month's end
        lasted[i], cause[i] = (month - 0.5, way) if month - 0.5 <= watched else (watched, 0)
    return lasted, cause


def sbc(runs: int, n_wars: int, seed: int) -> tuple[npt.NDArray[np.int64], float]:
    """Ranks of the true parameters, shape (runs, 6); and the mean share of games that did not settle."""
    rng = np.random.default_rng(seed)
    truth, draws = PRIOR.sample(runs, rng), np.empty((runs, N_DRAWS, len(PARAMETERS)))
    ess = []
    for run in range(runs):
        found = calibrate(grouped_endings(*played_endings(truth[run], n_wars, rng)))
        draws[run] = found.theta[rng.choice(len(found.theta), N_DRAWS, p=found.weights)]
        ess.append(found.effective_sample_size)
        if (run + 1) % 20 == 0:
            print(f"sbc {run + 1} of {runs}, {time.process_time():.0f} CPU s", flush=True)
    return ranks(truth, draws, rng), float(np.min(ess))


def sbc_picture(found: dict[str, EcdfDifference]) -> str:
    """Cumulative share of ranks with its simultaneous band, one panel a parameter, by the report's own chart code."""
    columns: dict[str, list[object]] = {name: [] for name in ("months", "value", "lower", "upper", "group")}
    for name, each in found.items():
        columns["months"] += [0.0, *(100 * each.at).tolist(), 100.0]
        columns["value"] += [0.0, *(each.difference + each.at).tolist(), 1.0]
        columns["lower"] += [0.0, *(each.lower + each.at).tolist(), 1.0]
        columns["upper"] += [0.0, *(each.upper + each.at).tolist(), 1.0]
        columns["group"] += [name] * (len(each.at) + 2)
    both = Text(en="", nl="")
    chart = Chart(
        "sbc",
        "incidence",
        both,
        both,
        columns,
        Text(en="place of the rank, %", nl=""),
        Text(en="share of runs", nl=""),
    )
    panels = draw(chart, WIDE, "en").panels
    drawn, height = [], 0.0
    for i, panel in enumerate(panels):
        svg = draw_svg(panel.spec, "en", name=f"sbc-{i}")
        box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
        assert box is not None
        wide, high = float(box.group(1)), float(box.group(2))
        x, y = (i % 2) * 370, height + 24
        drawn.append(f'<text x="{x + 8}" y="{y - 6:.0f}" font-size="13" font-weight="bold">{panel.title}</text>')
        drawn.append(svg.replace("<svg", f'<svg x="{x}" y="{y:.0f}" width="{wide:.0f}" height="{high:.0f}"', 1))
        if i % 2 or i == len(panels) - 1:
            height = y + high
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 {height:.0f}" font-family="sans-serif">'
        f'<rect width="740" height="{height:.0f}" fill="white"/>{"".join(drawn)}</svg>\n'
    )


def smoothing_error(bank: SmoothBank, classes: int, n_wars: int, seed: int) -> tuple[Floats, Floats]:
    """Root mean square difference of the smoothed bank from fresh classes, and what their few wars account for of it."""
    rng = np.random.default_rng(seed)
    theta = PRIOR.sample(classes, rng)
    off, noise = [], []
    for one in theta:
        curves = np.array([c for c in map(war_incidence, class_wars(one, n_wars, rng)) if c is not None])
        game = bank.game_chances(one[None])[0]
        lasts = np.cumprod(1 - game.sum(axis=1))
        smooth = np.cumsum(np.append(1.0, lasts[:-1])[:, None] * game, axis=0)
        off.append((smooth - curves.mean(axis=0)) ** 2)
        noise.append(curves.var(axis=0, ddof=1) / len(curves))
    return np.sqrt(np.mean(off, axis=0)), np.sqrt(np.mean(noise, axis=0))


def full_abc(observed: GroupedEndings, seed: int) -> tuple[AbcPosterior, AbcPosterior]:
    """ABC by sequential Monte Carlo on incidences, as if with nothing but a simulator; before and after adjustment."""
    bank, n_wars = bundled_bank(), round(float(observed.at_risk[0]) / observed.design_effect)

    def simulate(theta: Floats, rng: np.random.Generator) -> Floats:
        chances = summary_chances(bank.chances(theta))
        left = np.full(len(theta), n_wars)
        out = np.zeros((len(theta), len(SUMMARY_MONTHS), len(CAUSES)))
        for j in range(len(SUMMARY_MONTHS)):
            ended = rng.multinomial(left, outcomes(chances[:, j]))[:, :3]
            out[:, j] = ended / n_wars
            left = left - ended.sum(axis=1)
        return np.asarray(np.cumsum(out, axis=1).reshape(len(theta), -1))

    raw = abc_smc(
        simulate, observed.incidence().ravel(), PRIOR, np.random.default_rng(seed), n_particles=3000,
        min_acceptance=0.01,
    )  # fmt: skip
    return raw, regression_adjusted(raw)


def placed(found: Calibration) -> tuple[Floats, Floats]:
    """Posterior mean and standard deviation of the places in the prior's range."""
    place = PRIOR.place(found.theta)
    mean = found.weights @ place
    return mean, np.sqrt(found.weights @ (place - mean) ** 2)


def steps_matter(n: int, seed: int) -> tuple[float, float]:
    """Mean and largest difference in incidence between the bank's quick solution and the study's finer one."""
    from armistice.bargaining.equilibrium import solve
    from armistice.simulation.chain import monthly_endings

    rng = np.random.default_rng(seed)
    off = []
    for theta in PRIOR.sample(n, rng):
        war = class_wars(theta, 1, rng)[0]
        quick = war_incidence(war)
        fine = solve(war.game, precision=100.0, certify=False, max_sweeps=4000)
        months = np.cumsum(monthly_endings(fine, war.state, GRID[-1]), axis=0)[np.array(GRID) - 1]
        if quick is not None:
            off.append(np.abs(quick - np.stack([months[:, :2].sum(axis=1), months[:, 2:].sum(axis=1)], axis=1)).max())
    return float(np.mean(off)), float(np.max(off))


def held_out_section(splits: int) -> list[str]:
    """Half of the interstate conflicts calibrate, the other half are scored."""
    record = load_war("ukraine").as_of(None)
    episodes = reference_episodes(record)
    days, starts = draw_durations(
        episodes.start_earliest, episodes.start_latest, episodes.end_earliest, episodes.end_latest, n_draws=20,
        rng=np.random.default_rng(41),
    )  # fmt: skip
    lasted, cause = days / MONTH_DAYS, cause_of_outcome(episodes.outcome)
    member = episodes.type_known(starts) == TYPES.index("interstate") + 1
    conflicts = np.unique(episodes.conflict_id[member.any(axis=0)])
    rng, scores = np.random.default_rng(42), []
    nothing = GroupedEndings(np.zeros(len(SUMMARY_MONTHS)), np.zeros((len(SUMMARY_MONTHS), len(CAUSES))))
    for _ in range(splits):
        half = rng.permutation(conflicts)[: len(conflicts) // 2]
        for in_half in (True, False):
            teaches = np.isin(episodes.conflict_id, half) == in_half
            known = grouped_endings(lasted, cause, member=member & teaches, design_effect=1.24)
            told = grouped_endings(lasted, cause, member=member & ~teaches)
            counted = (known.ended + 0.5) / (known.at_risk[:, None] + 2)
            said = [calibrate(each).incidence(SUMMARY_MONTHS, 0.0).share for each in (nothing, known)]
            chances = np.stack([*(from_incidence(each) for each in said), counted])
            late = np.arange(len(SUMMARY_MONTHS)) >= 3
            later = GroupedEndings(told.at_risk * late, told.ended * late[:, None])
            scores.append(
                [told.log_likelihood(chances) / told.at_risk[0], later.log_likelihood(chances) / told.at_risk[3]]
            )
    mean = np.mean(scores, axis=0)
    better = np.mean([each[:, 1] > each[:, 2] for each in np.array(scores)], axis=0)
    gained = np.mean([each[:, 1] > each[:, 0] for each in np.array(scores)], axis=0)
    return [
        "## Half teach, half are scored", "",
        f"Interstate conflicts split at random into halves, {splits} times; each half calibrates in turn and the other is "
        f"scored: log score a war over the stretches to {SUMMARY_MONTHS[-1]} months, and of the wars that had lasted "
        f"{SUMMARY_MONTHS[2]} months over what followed (higher is better).", "",
        "| what is said | from the start | from 12 months on |", "|---|---:|---:|",
        f"| prior | {mean[0, 0]:.3f} | {mean[1, 0]:.3f} |", f"| calibrated | {mean[0, 1]:.3f} | {mean[1, 1]:.3f} |",
        f"| shares counted in the other half, half a war added to each ending | {mean[0, 2]:.3f} | {mean[1, 2]:.3f} |", "",
        f"The calibrated classes score better than the shares in {percent(better[0])} of the halves from the start and in "
        f"{percent(better[1])} from 12 months on; better than the prior in {percent(gained[0])} and {percent(gained[1])}. The "
        "prior was made with all of these wars in view, so it is hard to beat here.",
    ]  # fmt: skip


def from_incidence(incidence: Floats) -> Floats:
    """Chances by stretch from shares ended."""
    before = np.concatenate([np.zeros((1, incidence.shape[1])), incidence[:-1]])
    return np.asarray((incidence - before) / (1 - before.sum(axis=1, keepdims=True)))


def percent(share: float) -> str:
    """A share in words."""
    return f"{100 * share:.0f}%"


def bank_section(options: argparse.Namespace) -> list[str]:
    bank = read_bank(BANK_FILE)
    off, noise = smoothing_error(bundled_bank(), options.classes, 64, 11)
    mean, most = steps_matter(options.games, 12)
    text = [
        "## The bank", "",
        f"Made by `{bank.command}`: {len(bank.theta)} draws of {bank.wars} wars each, {bank.failed.sum()} games that did not "
        f"settle left out, {bank.cpu_seconds:.0f} CPU seconds, {BANK_FILE.stat().st_size / 1000:.0f} kB, "
        f"SHA-256 of the numbers {bank.content_hash[:16]}….", "",
        f"The smoothed bank against {options.classes} classes it has not seen, 64 wars each. Root mean square difference of "
        "the share ended, in percentage points; in brackets what 64 wars alone would make it if they were not spread evenly.",
        "",
        "| months | " + " | ".join(GAME_CAUSES) + " |", "|---:|" + "---:|" * len(GAME_CAUSES),
    ]  # fmt: skip
    for j, months in enumerate(GRID):
        cells = [f"{100 * off[j, k]:.1f} ({100 * noise[j, k]:.1f})" for k in range(len(GAME_CAUSES))]
        text.append(f"| {months} | " + " | ".join(cells) + " |")
    text += [
        "",
        f"Games of the bank are solved to a residual of 1e-6 in steps of two; solved to 1e-8 in steps of 2^¼ as in the study, "
        f"the largest difference in a war's chances is {100 * mean:.2f} percentage points on average and "
        f"{100 * most:.1f} at most over {options.games} games.",
    ]
    return text


def sbc_section(options: argparse.Namespace) -> list[str]:
    found, least = sbc(options.runs, options.wars, 21)
    curves = {name: ecdf_difference(found[:, k], N_DRAWS) for k, name in enumerate(PARAMETERS)}
    PICTURE.write_text(sbc_picture(curves), encoding="utf-8")
    text = [
        "## Simulation-based calibration", "",
        f"{options.runs} draws from the prior, {options.wars} wars each, every war with a game of its own, a fifth of them "
        f"watched for a limited time; {N_DRAWS} posterior draws a run (at least {least:.0f} effective draws behind them). "
        "The test is of the sampler, the smoothing included, not of whether the model is true.", "",
        "| parameter | chi-square (19 df) | p | ECDF p | inside the 95% band |", "|---|---:|---:|---:|---|",
    ]  # fmt: skip
    for k, name in enumerate(PARAMETERS):
        statistic, p = chi_square(found[:, k], N_DRAWS)
        inside = "yes" if curves[name].inside else "no"
        text.append(f"| {name} | {statistic:.1f} | {p:.3f} | {curves[name].p_value:.3f} | {inside} |")
    text += [
        "", "With six parameters, the smallest of six p-values of a right sampler lies below .0085 in one run of twenty.", "",
        f"![Cumulative share of ranks of the six parameters with 95% bands](images/{PICTURE.name})",
    ]  # fmt: skip
    return text


def abc_section() -> list[str]:
    observed = calibrated(load_war("ukraine").as_of(None), np.random.default_rng(1)).observed
    exact = calibrate(observed)
    raw, adjusted = full_abc(observed, 31)
    mean, sd = placed(exact)
    text = [
        "## Weights against a full ABC", "",
        "Target: the interstate conflicts known on 3 June 2025. The full ABC sees a simulator and 21 incidences only: "
        f"{raw.simulations} simulations, {len(raw.tolerances) - 1} rounds, stopped as {raw.stopped}; "
        f"{adjusted.effective_sample_size:.0f} effective draws. Places in the prior's range, mean (sd).", "",
        "| parameter | prior | weights | ABC, adjusted | ABC, not adjusted |", "|---|---:|---:|---:|---:|",
    ]  # fmt: skip
    for k, name in enumerate(PARAMETERS):
        cells = [f"{mean[k]:.2f} ({sd[k]:.2f})"]
        for one in (adjusted, raw):
            place = PRIOR.place(one.theta)[:, k]
            middle = one.weights @ place
            cells.append(f"{middle:.2f} ({np.sqrt(one.weights @ (place - middle) ** 2):.2f})")
        text.append(f"| {name} | 0.50 (0.29) | " + " | ".join(cells) + " |")
    return text


def learnt_section() -> list[str]:
    text = [
        "## What past endings teach", "",
        f"Posterior over prior standard deviation of the place in the prior's range; above {NOT_LEARNT} is **not learnt**. "
        "The war itself is left out, and so is every ending that could not be coded by the day.", "",
        "| war, day, wars compared with | wars (as good as) | " + " | ".join(PARAMETERS) + " | effective draws |",
        "|---|---:|" + "---:|" * (len(PARAMETERS) + 1),
    ]  # fmt: skip
    checks = []
    for war, day, wars in CASES:
        record = load_war(war).as_of(day)
        begun = time.process_time()
        found = calibrated(record, np.random.default_rng(1), wars=wars)  # type: ignore[arg-type]
        seconds = time.process_time() - begun
        n, effect = found.observed.at_risk[0], found.observed.design_effect
        cells = [f"{ratio:.2f}" + (" not learnt" if ratio > NOT_LEARNT else "") for ratio in found.contraction]
        text.append(
            f"| {war}, {record.as_of}, {wars} | {n:.0f} ({n / effect:.0f}) | " + " | ".join(cells)
            + f" | {found.effective_sample_size:.0f} |"
        )  # fmt: skip
        checks += check_section(f"{war}, {record.as_of}, {wars}", found, seconds)
    return text + checks


def check_section(name: str, found: Calibration, seconds: float) -> list[str]:
    empty = GroupedEndings(np.zeros(len(SUMMARY_MONTHS)), np.zeros((len(SUMMARY_MONTHS), len(CAUSES))))
    prior = calibrate(empty).incidence(SUMMARY_MONTHS, 0.0)
    predicted, seen = found.predictive(np.random.default_rng(2)), found.observed.incidence()
    following, before = found.incidence([12.0, 60.0]), calibrate(empty, lasted=found.lasted).incidence([12.0, 60.0])
    text = ["", f"### {name}", "", "| ending | months | other wars | prior, 95% | calibrated, 95% of as many wars | inside |",
            "|---|---:|---:|---:|---:|---|"]  # fmt: skip
    outside_prior = outside = total = 0
    for k, cause in enumerate(CAUSES):
        for j, months in enumerate(SUMMARY_MONTHS):
            if not found.observed.at_risk[j] > 0 or np.isnan(predicted.share[j, k]):
                continue
            total += 1
            inside = predicted.lower[j, k] <= seen[j, k] <= predicted.upper[j, k]
            outside += not inside
            outside_prior += not prior.lower[j, k] <= seen[j, k] <= prior.upper[j, k]
            text.append(
                f"| {cause} | {months} | {percent(seen[j, k])} | {percent(prior.lower[j, k])} to "
                f"{percent(prior.upper[j, k])} | {percent(predicted.share[j, k])}, {percent(predicted.lower[j, k])} to "
                f"{percent(predicted.upper[j, k])} | {'yes' if inside else 'no'} |"
            )
    told = ", ".join(
        f"{cause} {percent(following.share[0, k])} ({percent(following.lower[0, k])} to {percent(following.upper[0, k])}; "
        f"prior {percent(before.lower[0, k])} to {percent(before.upper[0, k])})"
        for k, cause in enumerate(CAUSES)
    )
    return [
        *text, "",
        f"Of {total} shares, {outside_prior} lie outside the prior's range of the class and {outside} outside the calibrated "
        f"one. A war of the class that has lasted {found.lasted:.0f} months ends within 12 more by: {told}. "
        f"Calibration took {seconds:.2f} CPU s.",
    ]  # fmt: skip


def class_section() -> list[str]:
    """What a class of wars is."""
    means = {
        "cost": "mean place, over wars and sides, of the cost of war in the range of `bargain`",
        "office": "the same of what office is worth and of the chance that signing loses it: one parameter for both",
        "movement": "median over wars of the mean square of the front's monthly moves, in shares of the stake",
        "talks": "median over wars of the monthly chance that suspended talks open",
        "spread": "standard deviation over wars of the logarithms of movement, talks and fading",
        "fading": "median over wars of the monthly chance that fighting fades; no game needed",
    }
    rows = [
        f"| `{name}` | {means[name]} | {PRIOR.lower[k]:g} to {PRIOR.upper[k]:g}{', log-uniform' * bool(PRIOR.logarithmic[k])} |"
        for k, name in enumerate(PARAMETERS)
    ]
    return [
        "## A class of wars", "", "| parameter | what it is | prior |", "|---|---|---|", *rows, "",
        "A war's places lie round the class's mean as a beta distribution of precision 4, apart for each side. Drawn for each "
        "war from ranges that are the same in every class: where the front starts (a quarter, a half, three quarters), the "
        "odds of advancing (from 1:8 to 8:1), what publics expect beyond the line (0 to .2), how fast a leader's standing "
        "erodes (0 to .03 a month), aid, its worth and how it comes and goes, how fast talks are suspended (.02 to .3 a "
        "month), how deals reopen, leaders' standing, who proposes first. Everything else is as in `bargain`, without "
        "stocks, issues and mediators.", "",
        "**From classes to one war.** Past endings move the class's means, and with them how likely each value of a war's "
        "own assumptions is. A game drawn evenly from the ranges gets as weight the density of its costs, office rents and "
        "signing risks by the calibrated classes over that by the prior's (`Calibration.tilt`): 1 where nothing was learnt. "
        "The front's movement and talks of one war are measured and so not tilted; `hope` cannot be, since endings show how "
        "fronts move, not how fast the sides expect them to.",
    ]  # fmt: skip


def main() -> None:
    """Make the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=200, help="runs of simulation-based calibration")
    parser.add_argument("--wars", type=int, default=40, help="wars in each")
    parser.add_argument("--classes", type=int, default=24, help="fresh classes for the smoothing")
    parser.add_argument("--games", type=int, default=100, help="games solved twice")
    parser.add_argument("--splits", type=int, default=20, help="splits of the interstate conflicts into halves")
    options = parser.parse_args()
    begun = time.process_time()
    sections = [
        class_section(),
        learnt_section(),
        held_out_section(options.splits),
        abc_section(),
        bank_section(options),
        sbc_section(options),
    ]
    head = [
        "# The played wars, calibrated", "",
        f"Made by `python scripts/validate_simulation.py --runs {options.runs} --wars {options.wars}` on {dt.date.today()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}; {time.process_time() - begun:.0f} CPU seconds.", "",
        f"Six parameters describe a class of wars; {N_SIMULATED} of them need games. They were "
        "chosen, and the summaries and their months listed, before any was fitted. The prior was made wide enough to hold the "
        "shares of interstate endings of 1946 to 2020, which were looked at for that (after a first look one parameter for "
        "what signing costs took the place of two, and the readiness to talk was added): so far the prior knows the wars "
        "that it is checked on. The ranges of one war are those of the study `bargain`. Wars that calibrate, and the war "
        "that is asked about, are disjoint.", "",
        "In this class a side's force, strikes, mediators and issues play no part; wars start without talks, on a front of "
        "four cells, with stocks equal; both sides know how the front moves. What a parameter is found to be holds for "
        "these games, not for the world.",
    ]  # fmt: skip
    page = "\n".join([*head, *(line for section in sections for line in ["", *section])]) + "\n"
    PAGE.write_text(page, encoding="utf-8")
    print(f"wrote {PAGE} and {PICTURE}")


if __name__ == "__main__":
    main()
