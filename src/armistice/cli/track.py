"""``armistice track``: the outlook of a war at every past month, each from what was known then."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from armistice.cli.options import Day, hindsight_option, language_option, seed_option, war_argument
from armistice.errors import ParameterError
from armistice.text import Language, Text, words

if TYPE_CHECKING:
    from armistice.studies.study import StudyResult

_TITLE = Text(en="Further away than ever?", nl="Verder weg dan ooit?")
__all__ = ["FIRST_MONTHS", "command", "progress", "show"]

_WRITTEN = Text(en="Written to", nl="Geschreven naar")
FIRST_MONTHS = 3


@click.command("track")
@war_argument
@click.option("--from", "first", type=Day(), help="First day [default: three months into the war].")
@click.option("--to", "last", type=Day(), help="Last day [default: the war's own].")
@click.option(
    "--every", type=click.IntRange(min=1), default=1, show_default=True, help="Months from one point to the next."
)
@click.option(
    "--draws", type=click.IntRange(min=2), default=24, show_default=True, help="Games drawn and solved a month."
)
@click.option("--wars", type=click.IntRange(min=100), default=48_000, show_default=True, help="Wars played a month.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for page, JSON and CSV; finished months are kept in it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@hindsight_option
@seed_option
@language_option
def command(
    war: str, first: dt.date | None, last: dt.date | None, every: int, draws: int, wars: int, out: Path | None,
    as_json: bool, hindsight: bool, seed: int, language: Language,
) -> None:  # fmt: skip
    """Follow the chance of a settlement within 12 months over the course of a war.

    Each point uses only what was known on its day. The points share their draws of the assumptions, so that the last one can
    be compared with the lowest before it: was a settlement further away than ever? With --out, an interrupted run goes
    on where it stopped.
    """
    from armistice.record.load import load_war
    from armistice.studies._outlook_months import MonthSettings, first_of_months, months_say
    from armistice.studies._outlook_track import track_csv, track_of, track_result

    folder = load_war(war)
    end = folder.default_as_of if last is None else last
    record = folder.as_of(end, hindsight=hindsight)
    if record.war.end is not None and record.war.end.date <= end:
        end = record.war.end.date - dt.timedelta(days=1)
    begin = record.war.start + dt.timedelta(days=30 * FIRST_MONTHS) if first is None else first
    if begin < record.war.start:
        raise ParameterError(f"--from {begin} is before the first day of {folder.id}, {record.war.start}.")
    if begin > end:
        raise ParameterError(f"--from {begin} is after --to {end}. Swap them.")
    days = first_of_months(begin, end, every)
    if not days or days[-1] != end:
        days.append(end)
    settings = MonthSettings(seed=seed, wars=max(wars, draws), draws=draws)
    months = months_say(
        record, days, settings, folder=None if out is None else out / "months", on_progress=progress()
    )
    track = track_of(record, months)
    result = track_result(track)
    spoken = f"armistice track {war} --from {begin} --to {end} --every {every} --draws {draws} --wars {wars} --seed {seed} --lang {language}"
    if hindsight:
        spoken += " --hindsight"
    plain = json.dumps(result.to_json(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    if as_json:
        click.echo(plain, nl=False)
    else:
        show(result, language)
    if out is not None:
        from armistice.files import write_whole
        from armistice.report.result_page import write_result_page

        title = Text(en=f"{folder.names.en}: {_TITLE.en}", nl=f"{folder.names.nl}: {_TITLE.nl}")
        page = write_result_page(result, out / "track.html", title=title, command=spoken, language=language)
        write_whole(out / "track.json", plain)
        write_whole(out / "track.csv", track_csv(track))
        click.echo(f"{_WRITTEN.in_language(language)} {page}", err=True)


def progress() -> Callable[[int, int], None] | None:
    """A line on the terminal that counts months; nothing without one."""
    if not sys.stderr.isatty():
        return None
    return lambda done, total: click.echo(f"\r{done}/{total}", err=True, nl=done == total)


def show(result: StudyResult, language: Language) -> None:
    assert result.headline is not None
    click.echo(result.headline.in_language(language))
    for sentence in result.sentences:
        click.echo(f"\n{sentence.in_language(language)}")
    for table in result.tables:
        click.echo(f"\n{table.title.in_language(language)}")
        headings = [column.in_language(language) for column in table.columns]
        rows = [[_written(cell, language) for cell in row] for row in table.rows]
        widths = [max(len(row[i]) for row in [headings, *rows]) for i in range(len(headings))]
        for row in (headings, *rows):
            click.echo("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for caveat in result.caveats:
        click.echo(f"\n{caveat.in_language(language)}")


def _written(cell: object, language: Language) -> str:
    if cell is None:
        return "—"
    if isinstance(cell, Text):
        return cell.in_language(language)
    return words(language).number(cell) if isinstance(cell, (int, float)) else str(cell)
