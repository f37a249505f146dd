"""A war that is not bundled goes the whole way, written by a script from public UCDP rows.

Iran and Iraq, 1980-88: UCDP Conflict Termination v3-2021 (CC BY 4.0), conflict 324, dyad 707, second episode.
Nothing but its start, type, sides and end is known to the folder, so every other study must say what it lacks.
"""

import csv
import json

import jsonschema
import pytest
from click.testing import CliRunner

from armistice.assessment import assess
from armistice.cli import main
from armistice.json_schema import assessment_schema
from armistice.record.check import check_war
from armistice.record.load import load_war
from armistice.record.reference import TERMINATIONS_CSV

TYPES = {"1": "extrasystemic", "2": "interstate", "3": "intrastate", "4": "internationalised_intrastate"}
INCOMPATIBILITIES = {"1": "territory", "2": "government", "3": "both"}
OUTCOMES = {"1": "peace_agreement", "2": "ceasefire", "3": "victory_a", "4": "victory_b", "5": "low_activity"}


def ucdp_episode(dyad_id, episode):
    """The last row of one episode of the bundled reference set."""
    with TERMINATIONS_CSV.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["dyad_id"] == str(dyad_id) and row["dyadepisode"] == str(episode)
        ]
    return max(rows, key=lambda row: int(row["year"]))


def write_war(folder, row):
    """A war folder that holds what a UCDP row says and nothing else."""
    folder.mkdir()
    side_a, side_b = row["side_a"], row["side_b"]
    (folder / "war.toml").write_text(
        f"""schema_version = 1
id = "iran-iraq"
names = {{ en = "Iran-Iraq war", nl = "Irak-Iranoorlog" }}
start = {row["start_date2"]}
default_as_of = 1986-01-01
type_of_conflict = "{TYPES[row["type_of_conflict"]]}"
incompatibility = "{INCOMPATIBILITIES[row["incompatibility"]]}"
ucdp_conflict_ids = [{row["conflict_id"]}]
side_a = {{ id = "iran", names = {{ en = "Iran", nl = "Iran" }}, members = ["{side_a}"] }}
side_b = {{ id = "iraq", names = {{ en = "Iraq", nl = "Irak" }}, members = ["{side_b}"] }}

[end]
date = {row["ependdate"]}
outcome = "{OUTCOMES[row["outcome"]]}"
source = "ucdp"
""",
        encoding="utf-8",
    )
    (folder / "SOURCES.toml").write_text(
        """[ucdp]
title = "UCDP Conflict Termination, dyad level, version 3-2021"
publisher = "Uppsala Conflict Data Program"
licence = "CC BY 4.0"
citation = "Kreutz 2010, Journal of Peace Research 47(2)"
""",
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def iran_iraq(tmp_path):
    return write_war(tmp_path / "iran-iraq", ucdp_episode(707, 2))


def test_the_third_war_goes_the_whole_way(iran_iraq, tmp_path):
    assert check_war(iran_iraq) == []
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["assess", str(iran_iraq), "--out", str(out)])
    assert done.exit_code == 0, done.output
    plain = json.loads((out / "iran-iraq.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(assessment_schema()).validate(plain)
    assert plain["studies"]["endings"]["status"] == "ok"
    for study in ("front-line", "around-talks", "deals"):
        assert plain["studies"][study]["status"] == "not_observed"
        assert plain["studies"][study]["reason"]["en"]
        assert plain["studies"][study]["reason"]["nl"]
    page = (out / "iran-iraq.html").read_text(encoding="utf-8")
    assert plain["studies"]["front-line"]["reason"]["en"].split("'")[0] in page


def test_its_end_is_known_only_afterwards(iran_iraq):
    war = load_war(iran_iraq)
    assert war.as_of("1988-08-19").war.end is None
    assert war.as_of("1988-08-20").war.end.outcome == "ceasefire"
    assert assess(war.as_of("1986-01-01")).record.days_at_war == 1926
