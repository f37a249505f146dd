"""A study is one file: put into the package, it appears everywhere with no other file changed."""

import json
import sys

import jsonschema
import pytest
from click.testing import CliRunner

import armistice.studies
from armistice.assessment import assess
from armistice.cli import main
from armistice.json_schema import assessment_schema
from armistice.record.load import load_war
from armistice.record.skeleton import new_war
from armistice.report import report_html
from tests.studies_added import ADDED_STUDY

CLAIM = """
[[claims]]
id = "planted-claim"
made_on = 1951-01-01
statement = { en = "The war has lasted more than a year.", nl = "De oorlog duurt meer dan een jaar." }
[[claims.tests]]
quantity = "length-of-war.days"
supported_if = "value > 365"
"""


@pytest.fixture
def added_study(tmp_path, monkeypatch):
    """The package with one more module in it."""
    folder = tmp_path / "more_studies"
    folder.mkdir()
    (folder / "length_of_war.py").write_text(ADDED_STUDY, encoding="utf-8")
    monkeypatch.setattr(armistice.studies, "__path__", [*armistice.studies.__path__, str(folder)])
    yield
    sys.modules.pop("armistice.studies.length_of_war", None)


@pytest.fixture
def korea_with_a_claim(tmp_path):
    folder = new_war(tmp_path / "korea-copy", from_war="korea")
    claims = folder / "claims.toml"
    before = claims.read_text(encoding="utf-8") if claims.is_file() else ""
    claims.write_text(before + CLAIM, encoding="utf-8")
    return folder


@pytest.mark.usefixtures("added_study")
def test_an_added_study_appears_in_json_schema_report_and_claims(korea_with_a_claim):
    assessment = assess(load_war(korea_with_a_claim).as_of("1951-11-27"))
    plain = json.loads(assessment.to_json_text())
    assert plain["studies"]["length-of-war"]["quantities"]["days"]["value"] == 520
    schema = assessment_schema()
    assert "length-of-war" in schema["properties"]["studies"]["required"]
    jsonschema.validate(plain, schema)
    (verdict,) = [claim for claim in assessment.claims if claim.id == "planted-claim"]
    assert verdict.verdict == "supported"
    for language, words in (
        (
            "en",
            (
                "Length of the war",
                "Planted sentence: 520 days.",
                "Planted table",
                "Planted chart",
                "more than a year",
            ),
        ),
        (
            "nl",
            (
                "Duur van de oorlog",
                "Geplante zin: 520 dagen.",
                "Geplante tabel",
                "Geplante grafiek",
                "meer dan een jaar",
            ),
        ),
    ):
        page = report_html(assessment, language)
        for word in words:
            assert word in page


@pytest.mark.usefixtures("added_study")
def test_an_added_study_is_a_command_with_its_own_options():
    runner = CliRunner()
    assert "How many days the war has lasted" in " ".join(runner.invoke(main, ["--help"]).output.split())
    assert "--factor" in runner.invoke(main, ["length-of-war", "--help"]).output
    done = runner.invoke(main, ["length-of-war", "korea", "--as-of", "1951-11-27", "--factor", "2", "--json"])
    assert json.loads(done.output)["quantities"]["days"]["value"] == 1040
    wrong = runner.invoke(main, ["length-of-war", "korea", "--factor", "-1"])
    assert wrong.exit_code == 2
    assert "--factor" in wrong.output


def test_without_it_the_claim_says_which_study_is_missing(korea_with_a_claim):
    assessment = assess(load_war(korea_with_a_claim).as_of("1951-11-27"))
    (verdict,) = [claim for claim in assessment.claims if claim.id == "planted-claim"]
    assert verdict.verdict == "not_yet_assessed"
    assert "length-of-war" in verdict.explanation.en
