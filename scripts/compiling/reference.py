"""The reference set of other wars: UCDP Conflict Termination, dyad level, v3-2021 (CC BY 4.0)."""

from __future__ import annotations

from pathlib import Path

from compiling.tables import read_rows, write_rows

COLUMNS = (
    "conflict_id", "dyad_id", "dyadepisode", "year", "location", "side_a", "side_b", "incompatibility",
    "territory_name", "intensity_level", "type_of_conflict", "start_date", "start_prec", "start_date2",
    "start_prec2", "dyadterm", "ependdate", "ependprec", "outcome", "cfiredate", "peagdate", "recur", "region",
)  # fmt: skip
_WHOLE = ("dyadterm", "ependprec", "outcome", "recur")

SOURCES = """\
[ucdp_termination]
title = "UCDP Conflict Termination Dataset, dyad level, version 3-2021"
publisher = "Uppsala Conflict Data Program, Department of Peace and Conflict Research, Uppsala University"
url = "https://ucdp.uu.se/downloads/"
licence = "CC BY 4.0"
citation = "Kreutz, Joakim (2010). How and when armed conflicts end. Journal of Peace Research 47(2): 243-250."
retrieved = 2026-11-23
sha256 = "{sha256}"
note = "Columns chosen and numbers written without decimals; no value changed. Rows: one per dyad and active year."
"""


def compile_reference(shared: Path, target: Path, sha256: str) -> int:
    """Write ``ucdp_terminations.csv`` and its SOURCES.toml."""
    rows = read_rows(shared / "history/open/ucdp_conflict_termination_dyad_v3-2021.csv.gz")
    kept = []
    for row in rows:
        chosen = {column: row[column] for column in COLUMNS}
        for column in _WHOLE:
            chosen[column] = f"{float(chosen[column]):.0f}" if chosen[column] else ""
        kept.append(chosen)
    kept.sort(key=lambda row: (int(row["dyad_id"]), int(row["dyadepisode"]), int(row["year"])))
    written = write_rows(target / "ucdp_terminations.csv", COLUMNS, kept)
    (target / "SOURCES.toml").write_text(SOURCES.replace("{sha256}", sha256), encoding="utf-8")
    return written
