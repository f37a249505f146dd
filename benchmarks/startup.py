"""How long starting takes, and an assessment: whole processes, medians of several runs.

Writes docs/performance.md, with what each study takes. Targets: `armistice --help` ≤ 0.25 s, `import armistice` ≤ 0.3 s.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ARMISTICE = str(Path(sys.executable).with_name("armistice"))


def timed(command: list[str], runs: int) -> tuple[float, float, float, float]:
    """Minimum, median and maximum seconds of a command, and the largest peak memory in MB so far."""
    subprocess.run(command, check=True, capture_output=True)
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return min(seconds), statistics.median(seconds), max(seconds), peak


def studies_of(war: str) -> list[str]:
    """Rows of a table: what each study takes in one process, in the order of an assessment."""
    from armistice.assessment import run_study
    from armistice.record.load import load_war
    from armistice.studies import all_studies

    record, rows = load_war(war).as_of(None), []
    for study in all_studies():
        elapsed, cpu = time.perf_counter(), time.process_time()
        run_study(study, record, seed=1)
        elapsed, cpu = time.perf_counter() - elapsed, time.process_time() - cpu
        rows.append(f"| `{study.name}` | {elapsed:.2f} | {cpu:.2f} |")
        print(rows[-1])
    return rows


def main() -> None:
    """Measure and write the table."""
    with tempfile.TemporaryDirectory() as folder:
        jobs = [
            ("`python -c pass`", [sys.executable, "-c", "pass"], 20, ""),
            ("`import armistice`", [sys.executable, "-c", "import armistice"], 20, "0.3 s"),
            ("`armistice --help`", [ARMISTICE, "--help"], 20, "0.25 s"),
            ("`armistice check ukraine`", [ARMISTICE, "check", "ukraine"], 5, ""),
            ("`armistice assess korea`", [ARMISTICE, "assess", "korea", "--out", folder], 3, ""),
            ("`armistice assess ukraine`", [ARMISTICE, "assess", "ukraine", "--out", folder], 3, "15 s"),
        ]
        rows = []
        for name, command, runs, target in jobs:
            low, median, high, peak = timed(command, runs)
            rows.append(f"| {name} | {median:.2f} | {low:.2f} to {high:.2f} | {runs} | {peak:.0f} | {target} |")
            print(rows[-1])
    page = [
        "# Performance",
        "",
        f"Made by `make benchmarks` on {dt.date.today().isoformat()}: {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}. Whole processes, after one warm-up run; peak memory is the largest of "
        "this and the rows above.",
        "",
        "| job | median s | min to max | runs | peak MB | target |",
        "| --- | ---: | --- | ---: | ---: | --- |",
        *rows,
        "",
        "## What an assessment of Ukraine spends its time on",
        "",
        "One run of each study in one process, without drawing pictures. `outlook` solves the games that `bargain` and `levers` use "
        "again and plays 200,000 wars; it, `bargain` and `levers` use both cores, the others one. Pictures (about 5 CPU s) are drawn "
        "beside them. Most of the assessment therefore runs on one core while the other draws or waits.",
        "",
        "| study | elapsed s | CPU s |",
        "| --- | ---: | ---: |",
        *studies_of("ukraine"),
        "",
    ]
    (ROOT / "docs" / "performance.md").write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
