"""``armistice backtest``: would the forecasts of endings have been right on past wars?"""

from __future__ import annotations

from pathlib import Path

import click

from armistice.cli.options import language_option, seed_option
from armistice.text import Language, Text

_TITLE = Text(
    en="Would these methods have known? Endings of wars, forecast from what could be known at the time",
    nl="Hadden deze methoden het geweten? Eindes van oorlogen, voorspeld uit wat toen te weten viel",
)
_WRITTEN = Text(en="Page written to", nl="Pagina geschreven naar")
_MONTHS = Text(en="months ahead", nl="maanden vooruit")


@click.command("backtest")
@click.argument("war", required=False)
@click.option("--first", type=int, default=1975, show_default=True, help="First year in which forecasts are issued.")
@click.option("--last", type=int, default=2014, show_default=True, help="Last such year.")
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="With WAR: months from one forecast to the next.",
)
@click.option(
    "--draws",
    type=click.IntRange(min=2),
    default=24,
    show_default=True,
    help="With WAR: games drawn and solved a month.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="With WAR: keep finished months here, to go on later.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the page here.")
@click.option("--quick", is_flag=True, help="Only Aalen-Johansen, constant hazards and the model.")
@seed_option
@language_option
def command(
    war: str | None, first: int, last: int, every: int, draws: int, folder: Path | None, out: Path | None, quick: bool,
    seed: int, language: Language,
) -> None:  # fmt: skip
    """Forecast the endings of past wars year by year, and score the forecasts. With WAR: that war, month by month.

    Every forecast uses only what could be coded by its year. Prints how much lower each method's error is than that of
    Aalen-Johansen, per horizon and with its interval, and writes the page with reliability, decades and leaks.
    """
    if war is not None:
        _one_war(war, every, draws, folder, out, seed, language)
        return
    from armistice.history.rolling import METHODS
    from armistice.studies._endings_backtest import run_backtest
    from armistice.studies._endings_backtest_pages import backtest_result

    methods = ("aalen_johansen", "constant", "model") if quick else tuple(METHODS)
    found = run_backtest(first=first, last=last, seed=seed, methods=methods, extras=not quick)
    result = backtest_result(found)
    assert result.headline is not None
    click.echo(result.headline.in_language(language))
    table = result.tables[0]
    click.echo(f"\n{table.title.in_language(language)} ({_MONTHS.in_language(language)})")
    for row in table.rows:
        cells = [cell.in_language(language) if isinstance(cell, Text) else str(cell) for cell in row]
        click.echo(f"  {cells[0]}")
        for heading, cell in zip(table.columns[1:], cells[1:], strict=True):
            click.echo(f"    {heading.in_language(language):<32} {cell}")
    for sentence in (*result.sentences, *result.caveats):
        click.echo(f"\n{sentence.in_language(language)}")
    if out is not None:
        from armistice.report.result_page import write_result_page

        spoken = f"armistice backtest --first {first} --last {last} --seed {seed} --lang {language}"
        path = write_result_page(
            result, out, title=_TITLE, command=spoken + (" --quick" if quick else ""), language=language
        )
        click.echo(f"\n{_WRITTEN.in_language(language)} {path}")


def _one_war(
    war: str, every: int, draws: int, folder: Path | None, out: Path | None, seed: int, language: Language
) -> None:
    """What the outlook would have said of a war whose end is known, and its scores."""
    import datetime as dt

    from armistice.cli.track import FIRST_MONTHS, progress, show
    from armistice.errors import ParameterError
    from armistice.record.load import load_war
    from armistice.studies._outlook_backtest import run_war_backtest, war_backtest_result
    from armistice.studies._outlook_months import MonthSettings, first_of_months, months_say

    opened = load_war(war)
    record = opened.as_of(dt.date.today())
    if record.war.end is None:
        raise ParameterError(
            f"{opened.id} has no end on record, so nothing can be scored; try `armistice track {war}`."
        )
    begin = record.war.start + dt.timedelta(days=30 * FIRST_MONTHS)
    days = first_of_months(begin, record.war.end.date - dt.timedelta(days=1), every)
    if not days:
        raise ParameterError(
            f"{opened.id} lasted less than {FIRST_MONTHS + 1} months; there is no month to forecast from."
        )
    settings = MonthSettings(seed=seed, draws=draws)
    months = months_say(record, days, settings, folder=folder, on_progress=progress())
    result = war_backtest_result(run_war_backtest(record, months, seed=seed))
    show(result, language)
    if out is not None:
        from armistice.report.result_page import write_result_page

        title = Text(
            en=f"{opened.names.en}: what would it have said?", nl=f"{opened.names.nl}: wat zou er gezegd zijn?"
        )
        spoken = f"armistice backtest {war} --every {every} --draws {draws} --seed {seed} --lang {language}"
        path = write_result_page(result, out, title=title, command=spoken, language=language)
        click.echo(f"\n{_WRITTEN.in_language(language)} {path}")
