"""Draw rows at random from the tables of all bundled wars and print them with their sources, to be read again.

Usage: python scripts/draw_rows.py [--seed 1] [--rows 30]

Every row of every table has the same chance; daily and monthly series, the front and the months of aid, which come from
a few files, are left out. The same seed draws the same rows as long as no row is added.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

WARS = Path(__file__).resolve().parents[1] / "src" / "armistice" / "wars"
TABLES = ("talks.csv", "events.csv", "figures.csv", "exchanges.csv", "opinion.csv", "leaders.csv")
Row = dict[str, str]


def all_rows() -> Iterator[tuple[str, str, int, Row]]:
    """War, file, line number and row, in a fixed order."""
    for folder in sorted(path for path in WARS.iterdir() if (path / "war.toml").exists()):
        for name in TABLES:
            path = folder / name
            if not path.exists():
                continue
            with path.open(encoding="utf-8", newline="") as file:
                for line, row in enumerate(csv.DictReader(file), start=2):
                    yield folder.name, name, line, row


def sources_of(war: str, cell: str) -> list[str]:
    """The addresses of a row; a key of SOURCES.toml with its title and address."""
    known = tomllib.loads((WARS / war / "SOURCES.toml").read_text(encoding="utf-8"))
    found = []
    for part in cell.split(" ; "):
        entry = known.get(part)
        found.append(f"{part}: {entry['title']}, {entry.get('url', '')}" if entry else part)
    return found


def main() -> None:
    """Print the drawn rows, blank cells left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="of the draw (default: 1)")
    parser.add_argument("--rows", type=int, default=30, help="how many rows (default: 30)")
    arguments = parser.parse_args()
    rows = list(all_rows())
    if not 1 <= arguments.rows <= len(rows):
        parser.error(f"--rows must be from 1 to {len(rows)}, the number of rows")
    drawn = np.random.default_rng(arguments.seed).choice(len(rows), size=arguments.rows, replace=False)
    print(f"{arguments.rows} of {len(rows)} rows, seed {arguments.seed}\n")
    for place, index in enumerate(sorted(drawn.tolist()), start=1):
        war, file, line, row = rows[index]
        print(f"{place}. {war}/{file}, line {line}")
        print("   " + "; ".join(f"{column}: {cell}" for column, cell in row.items() if cell and column != "source"))
        for source in sources_of(war, row["source"]):
            print(f"   source: {source}")
        print()


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main()
