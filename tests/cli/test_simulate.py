"""``armistice simulate``."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from armistice.cli.main import main
from armistice.simulation import executors

QUICK = ("--wars", "240", "--draws", "3", "--months", "12")


def run(*words):
    return CliRunner().invoke(main, ["simulate", *words])


def test_it_prints_endings_changes_and_what_to_bear_in_mind(tmp_path):
    done = run("ukraine", *QUICK, "--scenario", "aid-stops", "--lang", "nl", "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert "Doorgespeeld zoals hij ervoor staat" in done.output
    assert "De steun stopt" in done.output
    assert "Wat elk scenario verandert" in done.output
    assert "Mensen die vanaf nu omkomen" in done.output
    assert "Houd in gedachten" in done.output
    assert "…" not in done.output.replace(" …", "")  # no number is cut off
    assert max(len(line) for line in done.output.splitlines() if "/" not in line) <= 80
    written = (tmp_path / "ukraine-simulation.html").read_text(encoding="utf-8")
    assert (
        "armistice simulate ukraine --as-of 2025-06-03 --scenario aid-stops --wars 240 --months 12 --draws 3"
        in written
    )
    assert "<script" not in written
    assert written.count("<svg") >= 4


def test_json_holds_settings_scenarios_and_quantities(tmp_path):
    page = tmp_path / "korea.html"
    done = run(
        "korea",
        *QUICK,
        "--as-of",
        "1952-07-15",
        "--scenario",
        "guarantor",
        "--json",
        "--out",
        str(page),
        "--seed",
        "3",
    )
    assert done.exit_code == 0, done.output
    assert done.stderr == ""  # progress is for terminals
    found = json.loads(done.stdout)
    assert found["war"] == {"id": "korea", "as_of": "1952-07-15"}
    assert found["settings"] == {"wars": 240, "months": 12, "draws": 3, "set": []}
    assert [one["id"] for one in found["scenarios"]] == ["guarantor"]
    assert found["result"]["quantities"]["chance[as-is,ended,12]"]["status"] == "estimated"
    assert any("daily strikes" in text["en"] for text in found["missing"])
    assert page.is_file()
    again = run("korea", *QUICK, "--as-of", "1952-07-15", "--scenario", "guarantor", "--json", "--seed", "3")
    assert again.stdout == done.stdout


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("[set]\ncost = 1\n", "[set] cost: there is no such parameter; did you mean cost_"),
        ("[set]\ncost_a = [0.3, 0.1]\n", "[set] cost_a: the lower end 0.3 is above the upper end 0.1. Swap them."),
        ("[set]\nlull = 2\n", "[set] lull: must lie from 0 to 1, got 2."),
        ("[set\n", "is not valid TOML"),
    ],
)
def test_a_wrong_scenario_is_one_line_and_code_2(tmp_path, body, message):
    file = tmp_path / "mine.toml"
    file.write_text('names = { en = "a", nl = "b" }\ndescription = { en = "a", nl = "b" }\n' + body, encoding="utf-8")
    done = run("ukraine", *QUICK, "--scenario", str(file))
    assert done.exit_code == 2
    assert message in done.output
    assert done.output.startswith(f"Error: {file}: ")
    assert done.output.count("\n") == 1
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ukraine", "--scenario", "aid"), "there are aid-stops"),
        (("ukraine", "--set", "cost=1"), "--set cost=1: there is no assumption of that name"),
        (("ukraine", "--scheduler", "tcp://127.0.0.1:1", *QUICK), "scheduler is for engine 'dask'"),
        (("korea", "--as-of", "1953-12-31"), "the war ended on 1953-07-27"),
        (("ukraine", "--wars", "10", "--draws", "20"), "wars be at least as many, got 20 draws and 10 wars"),
    ],
)
def test_wrong_input_ends_with_code_2(words, message):
    done = run(*words)
    assert done.exit_code == 2
    assert message in done.output


def test_an_interrupted_run_says_how_to_go_on_and_does(tmp_path, monkeypatch):
    real, calls = executors._play_part, []

    def third_time_interrupted(part):
        calls.append(part)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(part)

    monkeypatch.setattr(executors, "_play_part", third_time_interrupted)
    words = ("korea", *QUICK, "--engine", "serial", "--resume", str(tmp_path / "parts"), "--json")
    stopped = run(*words)
    assert stopped.exit_code == 130
    assert "Interrupted after 160 of 240 wars. They are kept in" in stopped.stderr
    resumed = run(*words)
    assert resumed.exit_code == 0
    assert len(calls) == 4  # the third part only
    assert resumed.stdout == run(*words[:-3], "--json").stdout


def test_scenarios_are_listed():
    done = run("ukraine", "--scenarios", "--lang", "nl")
    assert done.exit_code == 0
    assert "aid-stops" in done.output
    assert "beschermheer" in done.output
