"""The command line as a newcomer meets it."""

import json
import os

import pytest
from click.testing import CliRunner

from armistice.cli import main
from armistice.record.load import bundled_wars

KOREA = ["korea", "--as-of", "1951-11-27"]


@pytest.fixture
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, [str(argument) for argument in arguments])


def test_assess_writes_a_report_and_json_and_says_where(run, tmp_path):
    done = run("assess", *KOREA, "--out", tmp_path / "new" / "folder")
    assert done.exit_code == 0, done.output
    written = sorted(path.name for path in (tmp_path / "new" / "folder").iterdir())
    assert written == ["korea.html", "korea.json"]
    assert "27 November 1951" in done.output
    assert str(tmp_path / "new" / "folder" / "korea.html") in done.output.replace("\n", "")
    assert json.loads((tmp_path / "new" / "folder" / "korea.json").read_text())["war"]["as_of"] == "1951-11-27"


def test_assess_in_dutch(run, tmp_path):
    done = run("assess", *KOREA, "--lang", "nl", "--out", tmp_path)
    assert "27 november 1951" in done.output
    assert '<html lang="nl"' in (tmp_path / "korea.html").read_text()


def test_json_goes_to_standard_output_and_nothing_is_written(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("assess", *KOREA, "--json")
    assert json.loads(done.stdout)["war"]["id"] == "korea"
    assert done.stderr == ""
    assert os.listdir(tmp_path) == []


def test_a_study_alone_with_its_options(run):
    done = run("front-line", *KOREA, "--stalemate-km", "0.001", "--json")
    low = json.loads(done.stdout)["quantities"]["stalemate_probability"]["value"]
    high = json.loads(run("front-line", *KOREA, "--json").stdout)["quantities"]["stalemate_probability"]["value"]
    assert low < 0.01 < 0.9 < high
    assert run("deals", *KOREA, "--lang", "nl").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["assess", "ukrain"], "Did you mean 'ukraine'"),
        (["assess", "nowhere"], "Bundled: " + ", ".join(bundled_wars())),
        (["assess", "korea", "--as-of", "27-11-1951"], "write it as 2025-06-03"),
        (["assess", "korea", "--as-of", "1940-01-01"], "before the first day"),
        (["assess", "korea", "--lang", "fr"], "'en', 'nl'"),
        (["assess", "korea", "--seed", "-1"], "--seed"),
        (["front-line", "korea", "--months-ahead", "0"], "--months-ahead"),
        (["new", "{folder}", "--from", "atlantis"], "korea"),
        (["check", "nowhere"], "nowhere"),
        (["peace", "korea"], "No such command"),
    ],
)
def test_wrong_input_gives_one_message_and_exit_code_2(run, tmp_path, arguments, says):
    done = run(*[argument.replace("{folder}", str(tmp_path / "war")) for argument in arguments])
    assert done.exit_code == 2, done.output
    assert says in done.output
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_broken_folder_leaves_nothing_behind(run, tmp_path):
    folder = tmp_path / "war"
    assert run("new", folder, "--from", "korea").exit_code == 0
    talks = folder / "talks.csv"
    talks.write_text(talks.read_text().replace("1951-07-10", "1951-07-40", 1))
    done = run("assess", folder, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "talks.csv, row " in done.output
    assert "1951-07-40" in done.output
    assert not (tmp_path / "out").exists()
    checked = run("check", folder)
    assert checked.exit_code == 2
    assert "1951-07-40" in checked.output


def test_a_wrong_claim_is_found_by_check_and_by_assess(run, tmp_path):
    folder = tmp_path / "war"
    run("new", folder, "--from", "korea")
    (folder / "claims.toml").write_text("[[claims]]\nid = 'x'\n")
    for command in ("check", "assess"):
        done = run(command, folder)
        assert done.exit_code == 2
        assert "claims.toml: claim x" in done.output


def test_a_new_war_passes_check_and_goes_the_whole_way(run, tmp_path):
    for source in (["--from", "ukraine"], []):
        folder = tmp_path / ("copy" if source else "empty")
        made = run("new", folder, *source)
        assert made.exit_code == 0, made.output
        assert "armistice check" in made.output
        assert run("check", folder).exit_code == 0
        done = run("assess", folder, "--out", tmp_path / "out")
        assert done.exit_code == 0, done.output
    assert run("new", tmp_path / "copy").exit_code == 2


def test_wars_and_schema_and_doctor(run):
    assert "korea" in run("wars", "--lang", "nl").output
    assert json.loads(run("schema").output)["title"] == "armistice assessment"
    examined = run("doctor")
    assert examined.exit_code == 0, examined.output
    assert "drawing: works" in examined.output


def test_help_of_bargain_lists_what_set_takes(run):
    from armistice.studies._bargain_assumptions import CATALOGUE

    told = run("bargain", "--help").output
    for base, kind in CATALOGUE.items():
        name = f"{base}_a, {base}_b" if kind.per_side else base
        assert f"  {name}  {kind.low:g} to {kind.high:g}\n" in told
    assert max(len(line) for line in told.splitlines()) <= 80
    assert "Assumptions for --set" not in run("deals", "--help").output
