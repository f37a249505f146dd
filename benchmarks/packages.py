"""Can all 2^12 packages be judged for 10,000 parameter draws within 10 seconds?

Everything on: pairs, effects on strength, leaders, transfers, all four levers. Run: python benchmarks/packages.py
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from armistice.bargaining.package_survey import survey_packages
from armistice.bargaining.packages import issues_on_the_table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--issues", type=int, default=12)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    n, draws = asked.issues, asked.draws
    rng = np.random.default_rng(asked.seed)
    issues = issues_on_the_table(
        [f"issue {j + 1}" for j in range(n)],
        rng.normal(0.0, 0.05, (draws, n, 2)),
        strength=rng.normal(0.0, 0.05, (draws, n, 2)),
        pairs=np.triu(rng.normal(0.0, 0.01, (draws, 2, n, n)), 1).transpose(0, 2, 3, 1),
        concessions=-rng.uniform(0.0, 0.03, (draws, n, 2)),
        office_rent=rng.uniform(0.0, 0.4, (draws, 2)),
        office_margin=rng.normal(0.0, 0.05, (draws, 2)),
    )
    wall, cpu = time.perf_counter(), time.process_time()
    survey = survey_packages(issues, transfer_cap=0.05)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{2**n} packages x {draws} draws: {wall:.2f} s wall, {cpu:.2f} s CPU (to reach: 10 s)")
    print(f"{draws * 2**n / cpu:.3g} packages per CPU second; some package open in {survey.any_open:.1%} of draws")


if __name__ == "__main__":
    main()
