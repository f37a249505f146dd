"""``armistice assess``: the whole assessment of a war."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from armistice.cli.options import as_of_option, hindsight_option, language_option, seed_option, war_argument
from armistice.text import Language

if TYPE_CHECKING:
    from armistice.assessment import Assessment, StudyOutcome
    from armistice.record.as_of import Record


@click.command("assess")
@war_argument
@as_of_option
@hindsight_option
@seed_option
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print the JSON on standard output and write no files.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder for the report and the JSON, made if needed (default: here).",
)
def command(
    war: str, as_of: dt.date | None, hindsight: bool, seed: int, language: Language, as_json: bool, out: Path
) -> None:
    """Assess WAR: print a summary, write WAR.html and WAR.json."""
    from armistice.record.load import load_war

    record = load_war(war).as_of(as_of, hindsight=hindsight)
    if not as_json:
        _make_folder(out)
    if as_json:
        click.echo(_with_progress(record, seed, language).to_json_text(), nl=False)
        return

    from armistice.cli.summary import print_summary
    from armistice.files import write_whole
    from armistice.report import write_report
    from armistice.report.ahead import Ahead

    with Ahead(language) as ahead:
        assessment = _with_progress(record, seed, language, ahead.begin)
        json_path = write_whole(out / f"{record.war.id}.json", assessment.to_json_text())
        html_path = write_report(assessment, out / f"{record.war.id}.html", language=language, paint=ahead.picture)
    print_summary(assessment, language)
    click.echo(f"\n{html_path}\n{json_path}")


def _make_folder(out: Path) -> None:
    """Make the folder and see that it can be written to, before the work rather than after it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise click.UsageError(f"Cannot write in {out}: {error.strerror}. Name another folder with --out.") from error


def _with_progress(
    record: Record, seed: int, language: Language, on_outcome: Callable[[StudyOutcome], None] | None = None
) -> Assessment:
    """Run the assessment; on a terminal, say on standard error which study is running."""
    from armistice.assessment import assess

    if not sys.stderr.isatty():
        return assess(record, seed=seed, on_outcome=on_outcome)

    from rich.console import Console

    with Console(stderr=True).status("…") as status:
        return assess(
            record,
            seed=seed,
            on_outcome=on_outcome,
            on_progress=lambda study: status.update(f"{study.title.in_language(language)} …"),
        )
