"""Compile the bundled war folders and reference sets from the shared source data.

Usage: python scripts/compile_wars.py [--shared ../shared/data]

What is written by hand (war.toml, SOURCES.toml, claims.toml, and the names in two languages under
``scripts/compiling/names``) is not touched; every table of numbers and rows is written anew, the same to the last byte.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from compiling.korea import compile_korea
from compiling.reference import compile_reference
from compiling.ukraine import compile_ukraine

ROOT = Path(__file__).resolve().parents[1]


def sha256(path: Path) -> str:
    """The checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def compile_all(shared: Path, package: Path) -> dict[str, int]:
    """Write every table; returns rows per file."""
    counts: dict[str, int] = {}
    termination = shared / "history/open/ucdp_conflict_termination_dyad_v3-2021.csv.gz"
    counts["reference_sets/ucdp_terminations.csv"] = compile_reference(
        shared, package / "record/reference_sets", sha256(termination)
    )
    for name, compile_war in (("korea", compile_korea), ("ukraine", compile_ukraine)):
        rows = compile_war(shared, package / "wars" / name)
        counts |= {f"wars/{name}/{file}": n for file, n in rows.items()}
    return counts


def main() -> None:
    """Compile, and say how many rows each file has."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "data")
    shared = parser.parse_args().shared
    if not shared.is_dir():
        parser.error(f"there are no source data at {shared}; give their folder with --shared")
    for name, rows in compile_all(shared, ROOT / "src" / "armistice").items():
        print(f"{rows:6}  {name}")


if __name__ == "__main__":
    main()
