"""Print how many rows each bundled war has, per file and per year, as Markdown; with --before, at a revision beside it.

Usage: python scripts/record_counts.py [--before REVISION]

A row counts for the year in its column `date`. Files of another revision are read with `git show`, so nothing is checked
out. A file that a revision does not have stands as 0.
"""

from __future__ import annotations

import argparse
import csv
import io
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WARS = "src/armistice/wars"
#: Rows per year of a file.
Years = Counter[str]


def counted(text: str) -> Years:
    """Rows per year of one CSV file."""
    return Counter(row["date"][:4] for row in csv.DictReader(io.StringIO(text)))


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout


def files_now() -> list[str]:
    """Paths of every table and series of the bundled wars in the working tree."""
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / WARS).glob("*/**/*.csv"))


def files_at(revision: str) -> list[str]:
    """The same paths at a revision."""
    listed = _git("ls-tree", "-r", "--name-only", revision, WARS).splitlines()
    return sorted(path for path in listed if path.endswith(".csv"))


def read_all(paths: Sequence[str], read: Callable[[str], str]) -> dict[tuple[str, str], Years]:
    """Rows per year by war and file."""
    found = {}
    for path in paths:
        war, _, file = path.removeprefix(WARS + "/").partition("/")
        found[war, file] = counted(read(path))
    return found


def table(now: dict[str, Years], before: dict[str, Years] | None) -> list[str]:
    """One war's table: a line per file, a column per year, and the total; `before → now` where both are known."""
    years = sorted({year for rows in (*now.values(), *(before or {}).values()) for year in rows})
    lines = ["| file | " + " | ".join([*years, "all"]) + " |", "|---|" + "---:|" * (len(years) + 1)]
    for file in sorted({*now, *(before or {})}):
        cells = []
        for year in (*years, None):
            after = _rows(now.get(file, Counter()), year)
            earlier = after if before is None else _rows(before.get(file, Counter()), year)
            cells.append(f"{after}" if earlier == after else f"{earlier} → {after}")
        lines.append(f"| {file} | " + " | ".join(cells) + " |")
    return lines


def _rows(years: Years, year: str | None) -> int:
    return years.total() if year is None else years[year]


def main() -> None:
    """Print a table for every war."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", metavar="REVISION", help="a git revision to compare with")
    revision = parser.parse_args().before
    now = read_all(files_now(), lambda path: (ROOT / path).read_text(encoding="utf-8"))
    before = None
    if revision is not None:
        try:
            before = read_all(files_at(revision), lambda path: _git("show", f"{revision}:{path}"))
        except subprocess.CalledProcessError as failed:
            parser.error(f"git does not know the revision {revision!r}: {failed.stderr.strip()}")
    wars = sorted({war for war, _ in (*now, *(before or {}))})
    for war in wars:
        print(f"### {war}\n")
        of_war = {file: years for (name, file), years in now.items() if name == war}
        earlier = None if before is None else {file: years for (name, file), years in before.items() if name == war}
        print("\n".join(table(of_war, earlier)) + "\n")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main()
