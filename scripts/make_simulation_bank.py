"""Make the bank of prior simulations that calibration weighs: parameters of classes of wars, and how such wars end.

    python scripts/make_simulation_bank.py --draws 2048 --wars 16 --seed 20261124

No data enter: the file holds draws from the prior and the mean chances of endings over the wars of each draw, with the
command and a hash of the numbers. One process; about ten CPU minutes.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import time
from pathlib import Path

import numpy as np

from armistice.simulation.bank import BANK_FILE, Bank, as_written, bank_text, read_bank, simulate_bank, smoothing


def main() -> None:
    """Make the file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--draws", type=int, default=2048, help="draws of the parameters; best a power of two")
    parser.add_argument("--wars", type=int, default=16, help="wars of each draw")
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--out", type=Path, default=BANK_FILE)
    options = parser.parse_args()
    begun, rows = time.process_time(), []
    for row in simulate_bank(options.draws, options.wars, options.seed):
        rows.append(row)
        if sys.stderr.isatty() or len(rows) % 256 == 0:
            print(f"\r{len(rows)} of {options.draws} draws", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    command = (
        f"python scripts/make_simulation_bank.py --draws {options.draws} --wars {options.wars} --seed {options.seed}"
    )
    theta, incidence = as_written(np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
    coefficients = smoothing(theta, incidence)
    text = bank_text(
        Bank(
            theta,
            incidence,
            np.array([row[2] for row in rows]),
            options.wars,
            command,
            time.process_time() - begun,
            coefficients,
        )
    )
    # No time stamp and no name inside, so that the same numbers make the same bytes but for the seconds it took.
    options.out.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    bank = read_bank(options.out)
    print(
        f"{options.out}: {options.out.stat().st_size / 1000:.0f} kB, {len(bank.theta)} draws of {bank.wars} wars, "
        f"{bank.failed.sum()} games left out, {bank.cpu_seconds:.0f} CPU seconds, sha256 {bank.content_hash[:16]}"
    )


if __name__ == "__main__":
    main()
