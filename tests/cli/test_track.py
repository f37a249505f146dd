"""``armistice track`` and ``armistice backtest WAR`` as a user meets them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from armistice.cli import main

SHORT = ["--every", "6", "--draws", "3", "--wars", "300"]


def invoke(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_a_track_is_written_and_goes_on_where_it_stopped(tmp_path):
    asked = ["track", "korea", "--from", "1952-01-01", "--to", "1952-08-01", *SHORT, "--out", str(tmp_path)]
    first = invoke(*asked)
    assert first.exit_code == 0, first.output
    assert "On 1 August 1952" in first.output
    assert "1 January 1952" in first.output
    kept = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "months").glob("*.npz")}
    assert len(kept) == 3
    page = (tmp_path / "track.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "armistice track korea --from 1952-01-01" in page
    plain = json.loads((tmp_path / "track.json").read_text(encoding="utf-8"))
    assert "settled_within_12_months[1952-07-01]" in plain["quantities"]
    assert len((tmp_path / "track.csv").read_text(encoding="utf-8").splitlines()) == 4
    again = invoke(*asked, "--lang", "nl")
    assert again.exit_code == 0
    assert "Op 1 augustus 1952" in again.output
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "months").glob("*.npz")} == kept


def test_hindsight_stands_in_the_command(tmp_path):
    asked = [
        "track",
        "korea",
        "--from",
        "1952-01-01",
        "--to",
        "1952-01-01",
        *SHORT,
        "--hindsight",
        "--out",
        str(tmp_path),
    ]
    result = invoke(*asked)
    assert result.exit_code == 0, result.output
    assert "--lang en --hindsight" in (tmp_path / "track.html").read_text(encoding="utf-8")


def test_json_on_the_terminal():
    result = invoke("track", "korea", "--from", "1952-01-01", "--to", "1952-01-01", *SHORT, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["quantities"]["change_since_lowest"]["status"] == "not_identified"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "1949-01-01"], "before the first day of korea"),
        (["--from", "1953-01-01", "--to", "1952-01-01"], "Swap them"),
    ],
)
def test_wrong_days_are_named(arguments, message):
    result = invoke("track", "korea", *arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_a_war_is_scored(tmp_path):
    page = tmp_path / "page.html"
    result = invoke(
        "backtest",
        "ethiopia_eritrea",
        "--every",
        "9",
        "--draws",
        "3",
        "--folder",
        str(tmp_path / "m"),
        "--out",
        str(page),
    )
    assert result.exit_code == 0, result.output
    assert "Scores, lower is better" in result.output
    assert "18 June 2000" in result.output
    assert "<svg" in page.read_text(encoding="utf-8")


def test_a_war_that_goes_on_is_not_scored():
    result = invoke("backtest", "ukraine")
    assert result.exit_code == 2
    assert "armistice track ukraine" in result.output
