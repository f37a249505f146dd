"""The reference sets of other wars: UCDP Conflict Termination v3-2021 and Peace Agreements v22.1 (both CC BY 4.0)."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from compiling.tables import read_rows, write_rows

COLUMNS = (
    "conflict_id", "dyad_id", "dyadepisode", "year", "location", "side_a", "side_b", "incompatibility",
    "territory_name", "intensity_level", "type_of_conflict", "start_date", "start_prec", "start_date2",
    "start_prec2", "dyadterm", "ependdate", "ependprec", "outcome", "cfiredate", "peagdate", "recur", "region",
)  # fmt: skip
AGREEMENT_COLUMNS = ("agreement_id", "conflict_id", "dyad_ids", "date", "kind", "ceasefire", "known_on")
_KINDS = {"1": "full", "2": "partial", "3": "process"}
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

[ucdp_peace_agreements]
title = "UCDP Peace Agreement Dataset, version 22.1"
publisher = "Uppsala Conflict Data Program, Department of Peace and Conflict Research, Uppsala University"
url = "https://ucdp.uu.se/downloads/"
licence = "CC BY 4.0"
citation = "Pettersson, Therese, Stina Högbladh and Magnus Öberg (2019). Organized violence, 1989-2018 and peace agreements. Journal of Peace Research 56(4): 589-603."
retrieved = 2026-11-23
sha256 = "{sha256_agreements}"
note = "Agreements 1975-2021: who, when, of what kind, and whether it has a ceasefire. Taken as known on its date. Whether violence ended after it is left out: that is known only later."
"""


def compile_reference(shared: Path, target: Path, sha256: str) -> int:
    """Write ``ucdp_terminations.csv``, ``ucdp_agreements.csv`` and their SOURCES.toml."""
    rows = read_rows(shared / "history/open/ucdp_conflict_termination_dyad_v3-2021.csv.gz")
    kept = []
    for row in rows:
        chosen = {column: row[column] for column in COLUMNS}
        for column in _WHOLE:
            chosen[column] = f"{float(chosen[column]):.0f}" if chosen[column] else ""
        kept.append(chosen)
    kept.sort(key=lambda row: (int(row["dyad_id"]), int(row["dyadepisode"]), int(row["year"])))
    written = write_rows(target / "ucdp_terminations.csv", COLUMNS, kept)
    agreements = shared / "history/open/ucdp_peace_agreements_v22.1.csv.gz"
    write_rows(target / "ucdp_agreements.csv", AGREEMENT_COLUMNS, _agreements(agreements))
    sums = {"{sha256}": sha256, "{sha256_agreements}": hashlib.sha256(agreements.read_bytes()).hexdigest()}
    text = SOURCES
    for mark, value in sums.items():
        text = text.replace(mark, value)
    (target / "SOURCES.toml").write_text(text, encoding="utf-8")
    return written


def _agreements(path: Path) -> list[dict[str, str]]:
    """One row per agreement, by date."""
    rows = []
    for row in read_rows(path):
        date = row["pa_date"][:10]
        rows.append(
            {
                "agreement_id": row["paid"],
                "conflict_id": ";".join(re.findall(r"\d+", row["conflict_id"])),
                "dyad_ids": ";".join(re.findall(r"\d+", row["dyad_id"])),
                "date": date,
                "kind": _KINDS[row["pa_type"]],
                "ceasefire": row["cease"],
                "known_on": date,
            }
        )
    return sorted(rows, key=lambda row: (row["date"], int(row["agreement_id"])))
