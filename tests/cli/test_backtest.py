"""``armistice backtest``."""

from __future__ import annotations

from click.testing import CliRunner

from armistice.cli.main import main


def test_it_prints_skill_per_horizon_and_writes_its_page(tmp_path):
    page = tmp_path / "backtest.html"
    done = CliRunner().invoke(
        main, ["backtest", "--quick", "--first", "2000", "--last", "2001", "--lang", "nl", "--out", str(page)]
    )
    assert done.exit_code == 0, done.output
    for months in (6, 12, 24, 60):
        assert f"{months} maanden" in done.output
    assert "constante kansen per maand" in done.output
    written = page.read_text(encoding="utf-8")
    assert written.startswith("<!DOCTYPE html>") or "<!DOCTYPE html>" in written[:200]
    assert "--first 2000 --last 2001" in written
    assert "<script" not in written


def test_years_that_cannot_be_checked_end_with_code_2():
    done = CliRunner().invoke(main, ["backtest", "--quick", "--last", "2019"])
    assert done.exit_code == 2
    assert "Origins must lie from 1960 to 2014" in done.output
