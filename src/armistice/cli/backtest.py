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
@click.option("--first", type=int, default=1975, show_default=True, help="First year in which forecasts are issued.")
@click.option("--last", type=int, default=2014, show_default=True, help="Last such year.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the page here.")
@click.option("--quick", is_flag=True, help="Only Aalen-Johansen, constant hazards and the model.")
@seed_option
@language_option
def command(first: int, last: int, out: Path | None, quick: bool, seed: int, language: Language) -> None:
    """Forecast the endings of past wars year by year, and score the forecasts.

    Every forecast uses only what could be coded by its year. Prints how much lower each method's error is than that of
    Aalen-Johansen, per horizon and with its interval, and writes the page with reliability, decades and leaks.
    """
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
