"""How fast is retaliation on exact times, beside tick and hawkes-rs on the same events in the same run?

Two series, exponential kernels with one decay, simulated with branching 0.10, 0.45, 0.05, 0.10. Every job runs in a
process of its own, on one thread; where two programs do the same they take turns. tick and hawkes-rs are left out by
name where they are not installed. Run: python benchmarks/hawkes.py --page docs/performance-escalation.md
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from armistice.escalation.hawkes_events import TimedEvents, background_of
from armistice.escalation.hawkes_model import TimesSettings, layout_of
from armistice.escalation.retaliation_times import TimesFit, fit_retaliation_times
from armistice.escalation.retaliation_times_checks import bootstrap_times

BASELINE = np.array([0.3, 0.2])
BRANCHING = np.array([[0.10, 0.45], [0.05, 0.10]])
DECAY = 1.4
THETA = np.concatenate([np.log(BASELINE), np.log(BRANCHING).ravel(), [np.log(DECAY)]])


def _events(n: int) -> tuple[list[np.ndarray], float]:
    """About ``n`` events of the model, and the end of their window."""
    end = n / np.linalg.solve(np.eye(2) - BRANCHING, BASELINE).sum()
    like = TimedEvents(np.array([0.1, 0.2]), np.zeros(2), np.array([0, 1], dtype=np.int8), 0.0, end, 2)
    layout = layout_of(TimesSettings(), np.ones((2, 2), dtype=bool), 1, has_talks=False)
    model = TimesFit(like, background_of((0.0, end)), layout, THETA, np.eye(7), 0.0)
    drawn = model.simulate(np.random.default_rng(1))
    return [drawn.times[drawn.series == j] for j in range(2)], end


def _optional(name: str) -> Any | None:
    # This script has the name of the package that hawkes-rs installs: its folder must not be looked in.
    sys.path = [folder for folder in sys.path if Path(folder).resolve() != Path(__file__).resolve().parent]
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _in_turns(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, dict[str, float]]:
    """CPU and elapsed seconds of each call, one after another so many times, after one that is not counted."""
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for turn in range(rounds + 1):
        for name, call in calls.items():
            cpu, wall = time.process_time(), time.perf_counter()
            call()
            if turn:
                spent[name].append((time.process_time() - cpu, time.perf_counter() - wall))
    return {
        name: {
            "cpu": statistics.median(c for c, _ in rows),
            "cpu_least": min(c for c, _ in rows),
            "wall": statistics.median(w for _, w in rows),
            "wall_least": min(w for _, w in rows),
        }
        for name, rows in spent.items()
    }


def likelihood(n: int) -> dict[str, Any]:
    """Log-likelihood and gradient at the true parameters."""
    times, end = _events(n)
    fit = fit_retaliation_times(times, window=(0.0, end))
    from armistice.escalation.hawkes_model import problem_of

    problem = problem_of(fit.events, fit.background, fit.layout)
    values = {"armistice": problem.likelihood(THETA)[0]}
    calls: dict[str, Callable[[], object]] = {"armistice, decay free": lambda: problem.likelihood(THETA)}
    if tick := _optional("tick.hawkes.model.build.hawkes_model"):
        model = tick.ModelHawkesExpKernLogLik(DECAY, 1)
        model.set_data([times], np.array([end]))
        parameters, slopes = np.concatenate([BASELINE, BRANCHING.ravel()]), np.zeros(6)
        values["tick"] = -model.loss_and_grad(parameters, slopes) * model.get_n_total_jumps() - 2 * end
        calls["tick, decay held"] = lambda: model.loss_and_grad(parameters, slopes)

        def at_a_new_decay() -> None:
            model.set_decay(DECAY)
            model.loss_and_grad(parameters, slopes)

        calls["tick, at a new decay"] = at_a_new_decay
    if multivariate := _optional("hawkes.multivariate"):
        theirs = multivariate.Parameters(baseline=BASELINE, excitation=BRANCHING, decay=DECAY)
        values["hawkes-rs"] = -multivariate.negative_log_likelihood(theirs, times, end)
        calls["hawkes-rs, decay free"] = lambda: multivariate.negative_log_likelihood_and_gradient(theirs, times, end)
    return {"n": len(fit.events.times), "values": values, "spent": _in_turns(calls, 15)}


def full_fit(n: int) -> dict[str, Any]:
    """From times to parameters, starts and checks of the input included."""
    times, end = _events(n)
    found: dict[str, float] = {}

    def ours() -> None:
        found["armistice"] = fit_retaliation_times(times, window=(0.0, end)).log_likelihood

    spent = _in_turns({"armistice": ours}, 7)
    if multivariate := _optional("hawkes.multivariate"):

        def theirs() -> None:
            fit = multivariate.fit(times, end)
            found["hawkes-rs"] = -multivariate.negative_log_likelihood(fit.parameters, times, end)

        spent |= _in_turns({"armistice, in turns with hawkes-rs": ours, "hawkes-rs": theirs}, 3)
    return {"n": sum(map(len, times)), "values": found, "spent": spent}


def rich_fit(n: int) -> dict[str, Any]:
    """The same times with marks: two exponentials, a power of the mark, then a decay for each pair."""
    times, end = _events(n)
    rng = np.random.default_rng(2)
    marks = [rng.gamma(2.0, 1.0, len(own)) for own in times]
    calls: dict[str, Callable[[], object]] = {
        "two exponentials, power of the mark": lambda: fit_retaliation_times(
            times, window=(0.0, end), marks=marks, settings=TimesSettings(2, mark_function="power")
        ),
        "a decay for each pair": lambda: fit_retaliation_times(
            times, window=(0.0, end), settings=TimesSettings(decays="pair")
        ),
    }
    return {"n": sum(map(len, times)), "spent": _in_turns(calls, 3)}


def bootstrap(n: int) -> dict[str, Any]:
    """1,000 draws, each simulated, fitted and tested by time rescaling."""
    times, end = _events(n)
    fit = fit_retaliation_times(times, window=(0.0, end))
    bootstrap_times(fit, n_draws=3, rng=np.random.default_rng(0))
    found: dict[str, Any] = {}

    def draw() -> None:
        found["fit"] = bootstrap_times(fit, n_draws=1000, rng=np.random.default_rng(1))

    cpu, wall = time.process_time(), time.perf_counter()
    draw()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    lower, upper = found["fit"].branching_interval()
    return {
        "n": len(fit.events.times), "failed": found["fit"].n_failed, "lower": lower.tolist(), "upper": upper.tolist(),
        "spent": {"armistice": {"cpu": cpu, "cpu_least": cpu, "wall": wall, "wall_least": wall}},
    }  # fmt: skip


JOBS: dict[str, tuple[Callable[[int], dict[str, Any]], int]] = {
    "likelihood": (likelihood, 1_000_000),
    "full_fit": (full_fit, 1_000_000),
    "rich_fit": (rich_fit, 200_000),
    "bootstrap": (bootstrap, 10_000),
}


def _run(job: str, **environment: str) -> dict[str, Any]:
    """One job in a process of its own."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, "--job", job], check=True, capture_output=True, text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"} | environment,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1]) | {"process_wall": time.perf_counter() - begun}


def _first_fit() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as empty:
        return {kind: _run("first", NUMBA_CACHE_DIR=empty) for kind in ("compiled", "kept")}


def _rows(spent: dict[str, dict[str, float]], unit: float, target: str) -> list[str]:
    return [
        f"| {name} | {s['cpu'] * unit:.3g} ({s['cpu_least'] * unit:.3g}) | {s['wall'] * unit:.3g} | {target} |"
        for name, s in spent.items()
    ]


def page(results: dict[str, Any]) -> str:
    """The page, from the results alone."""
    like, fit, rich, boot, first = (
        results[name] for name in ("likelihood", "full_fit", "rich_fit", "bootstrap", "first")
    )
    spent = like["spent"]
    ours = spent["armistice, decay free"]["cpu"]
    lines = [
        "# How fast retaliation is fitted",
        "",
        f"Generated by `benchmarks/hawkes.py` on {results['on']}; {results['machine']}. "
        f"Load of the machine at the start: {results['load']:.1f}; other programs share it, so CPU seconds say more than "
        "elapsed ones. One thread each. Medians, the least in brackets.",
        "",
        f"## Log-likelihood and gradient, {like['n']:,} events of two series",
        "",
        "| program | CPU ms | elapsed ms | peak memory |",
        "|---|---|---|---|",
        *_rows(spent, 1e3, f"{like['peak_mb']:.0f} MB, all together"),
        "",
    ]
    for name, meaning in (
        ("tick, decay held", "tick keeps its exponentials while the decay stays, and gives no slope to it"),
        ("tick, at a new decay", "the same work, since fitting a decay changes it"),
        ("hawkes-rs, decay free", "the same work"),
    ):
        if name in spent:
            lines.append(f"- {name}: {spent[name]['cpu'] / ours:.1f} times our CPU time ({meaning}).")
        else:
            lines.append(f"- {name.split(',')[0]} is not installed here: not compared.")
    apart = max(abs(value - like["values"]["armistice"]) for value in like["values"].values())
    lines += [
        f"- Log-likelihood {like['values']['armistice']:.6f}; the programs differ by at most {apart:.1e}.",
        "- To reach: 2.4 times as fast as tick.",
        "",
        f"## Full fit, {fit['n']:,} events, from times to parameters",
        "",
        "| program | CPU s | elapsed s | peak memory |",
        "|---|---|---|---|",
        *_rows(fit["spent"], 1.0, f"{fit['peak_mb']:.0f} MB, all together"),
        "",
        "- To reach: 0.5 s. Log-likelihood at the top: "
        + "; ".join(f"{name} {value:.4f}" for name, value in fit["values"].items())
        + ".",
        "",
        f"## Richer models, {rich['n']:,} events",
        "",
        "| model | CPU s | elapsed s | peak memory |",
        "|---|---|---|---|",
        *_rows(rich["spent"], 1.0, f"{rich['peak_mb']:.0f} MB"),
        "",
        f"## 1,000 bootstrap refits of {boot['n']:,} events",
        "",
        "| | CPU s | elapsed s | peak memory |",
        "|---|---|---|---|",
        *_rows(boot["spent"], 1.0, f"{boot['peak_mb']:.0f} MB"),
        "",
        f"- To reach: 10 s. Simulation and time rescaling of every draw included; {boot['failed']} draws failed.",
        "",
        "## First fit in a new process, start of Python included",
        "",
        f"- Nothing compiled yet: {first['compiled']['cpu']:.1f} CPU s, {first['compiled']['process_wall']:.1f} s elapsed.",
        f"- Compiled before, kept on disk: {first['kept']['cpu']:.1f} CPU s, {first['kept']['process_wall']:.1f} s elapsed.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--job", choices=[*JOBS, "first"], help="run one job and print its numbers")
    parser.add_argument("--page", type=Path, help="write the page here")
    asked = parser.parse_args()
    if asked.job == "first":
        fit_retaliation_times([[1.0, 4.0, 4.5, 9.0], [4.1, 4.6, 7.0]], window=(0.0, 10.0))
        print(json.dumps({"cpu": time.process_time()}))
        return
    if asked.job:
        job, n = JOBS[asked.job]
        print(json.dumps(job(n) | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return
    results: dict[str, Any] = {
        "on": date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}",
        "load": os.getloadavg()[0],
    }
    results |= {job: _run(job) for job in JOBS}
    results["first"] = _first_fit()
    text = page(results)
    print(text)
    if asked.page:
        asked.page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
