"""``armistice simulate``: a war played forward, as it stands and under scenarios."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from armistice.cli.options import as_of_option, language_option, seed_option, war_argument
from armistice.text import Language, Text

if TYPE_CHECKING:
    from armistice.studies._simulation_runs import Simulated
    from armistice.studies.study import StudyResult

_TITLE = Text(en="{war}: played forward from {day}", nl="{war}: doorgespeeld vanaf {day}")
_WRITTEN = Text(en="Page written to", nl="Pagina geschreven naar")
_MISSING = Text(en="Bear in mind", nl="Houd in gedachten")


@click.command("simulate")
@war_argument
@as_of_option
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME|FILE",
    help="A shipped scenario or a TOML file of your own; may be given several times.",
)
@click.option("--scenarios", "list_them", is_flag=True, help="List the shipped scenarios and stop.")
@click.option("--wars", type=click.IntRange(min=2), default=200_000, show_default=True, help="Wars per scenario.")
@click.option("--months", type=click.IntRange(1, 1200), default=60, show_default=True, help="Months to play.")
@click.option(
    "--draws", type=click.IntRange(2, 2000), default=24, show_default=True, help="Draws of the assumptions."
)
@click.option("--set", "changes", multiple=True, help="An assumption, as name=value or name=low..high, in every run.")
@click.option(
    "--engine",
    type=click.Choice(["serial", "processes", "dask"]),
    help="Where to play: in this process, in worker processes or on a Dask cluster (default: worker processes, where "
    "they are quicker).",
)
@click.option("--workers", type=click.IntRange(min=1), help="Worker processes (default: one per processor).")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler that runs already; with --engine dask.")
@click.option(
    "--resume",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep finished parts in this folder, and go on from those it holds.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write the page here: a file ending in .html, or a folder."
)
@seed_option
@language_option
def command(
    war: str,
    as_of: dt.date | None,
    scenarios: tuple[str, ...],
    list_them: bool,
    out: Path | None,
    as_json: bool,
    language: Language,
    **options: Any,
) -> None:
    """Play WAR forward many times, as it stands and under each scenario, on the same draws and random numbers.

    Prints the chance of each ending by 3, 6, 12, 24 and 60 months with the spread of the assumptions, the months to the
    end, the dead, the front, and what each scenario changes. Says what the record lacks.
    """
    from armistice.record.load import load_war
    from armistice.simulation.executors import RunInterrupted
    from armistice.studies._simulation_pages import simulation_result
    from armistice.studies._simulation_runs import read_scenarios, simulate

    if list_them:
        _list(language)
        return
    page = None if out is None else _page(out, war)
    record = load_war(war).as_of(as_of)
    read = read_scenarios(record, scenarios)
    options["folder"], options["set"] = options.pop("resume"), options.pop("changes")
    try:
        with _progress() as on_progress:
            found = simulate(record, read, on_progress=on_progress, **options)
    except RunInterrupted as interrupted:
        click.echo(str(interrupted), err=True)
        click.get_current_context().exit(130)
    result = simulation_result(found)
    if page is not None:
        _write(page, found, result, options, scenarios, language)
    if as_json:
        click.echo(json.dumps(_json(found, result, options), ensure_ascii=False, indent=2, allow_nan=False))
        return
    _print(result, language)
    if page is not None:
        click.echo(f"\n{_WRITTEN.in_language(language)} {page}")


def _list(language: Language) -> None:
    """Names as they read, without a war to check them against."""
    import tomllib

    from armistice.simulation.scenarios import shipped_scenarios, shipped_text

    for name in shipped_scenarios():
        content = tomllib.loads(shipped_text(name))
        click.echo(f"{name:<20} {content['description'][language]}")


def _page(out: Path, war: str) -> Path:
    """Where the page goes; its folder is made before the work rather than after it."""
    page = out if out.suffix.lower() in (".html", ".htm") else out / f"{Path(war).name}-simulation.html"
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(
            f"Cannot write in {page.parent}: {error.strerror}. Name another with --out."
        ) from error
    return page


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar of the wars played, on standard error and only on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(
        BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _json(found: Simulated, result: StudyResult, options: dict[str, Any]) -> dict[str, Any]:
    import armistice

    return {
        "armistice_version": armistice.__version__,
        "war": {"id": found.record.war.id, "as_of": found.record.as_of.isoformat()},
        "seed": found.seed,
        "settings": {name: options[name] for name in ("wars", "months", "draws")} | {"set": list(options["set"])},
        "scenarios": [
            {"id": one.id, "names": one.scenario.names.to_json(), "description": one.scenario.description.to_json()}
            for one in found.outcomes
            if one.scenario is not None
        ],
        "draws_played": len(found.as_is.draws),
        "missing": [text.to_json() for text in found.seen.missing],
        "result": result.to_json(),
    }


def _write(
    page: Path,
    found: Simulated,
    result: StudyResult,
    options: dict[str, Any],
    scenarios: tuple[str, ...],
    language: Language,
) -> None:
    from armistice.report.result_page import write_result_page
    from armistice.text import EN, NL

    record = found.record
    title = Text(
        en=_TITLE.en.format(war=record.war.names.en, day=EN.date(record.as_of)),
        nl=_TITLE.nl.format(war=record.war.names.nl, day=NL.date(record.as_of)),
    )
    spoken = f"armistice simulate {record.war.id} --as-of {record.as_of}"
    spoken += "".join(f" --scenario {name}" for name in scenarios)
    spoken += "".join(f" --set {text}" for text in options["set"])
    spoken += "".join(f" --{name} {options[name]}" for name in ("wars", "months", "draws", "seed"))
    write_result_page(result, page, title=title, command=f"{spoken} --lang {language}", language=language)


def _print(result: StudyResult, language: Language) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.padding import Padding
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=False)
    assert result.headline is not None
    console.print(f"\n[bold]{escape(result.headline.in_language(language))}[/bold]\n")
    for sentence in result.sentences:
        console.print(Padding(escape(sentence.in_language(language)), (0, 0, 0, 2)))
    for one in result.tables:
        if one.name == "violence":
            continue  # on the page
        table = Table(box=None, padding=(0, 1, 0, 0), show_edge=False)
        rows = [[_cell(cell, language) for cell in row] for row in one.rows]
        for number, column in enumerate(one.columns):
            heading = escape(column.in_language(language))
            if any("(" in row[number] for row in rows):
                table.add_column(heading.replace(" ", "\n"), justify="right", no_wrap=True)
            else:
                cells = " ".join([heading, *(row[number] for row in rows)])
                table.add_column(heading, min_width=max(len(word) for word in cells.split()))
        for row in rows:
            table.add_row(*row)
        console.print(f"\n[bold]{escape(one.title.in_language(language))}[/bold]")
        console.print(Padding(table, (0, 0, 0, 2)))
    console.print(f"\n[bold]{_MISSING.in_language(language)}[/bold]")
    for caveat in result.caveats:
        console.print(Padding("• " + escape(caveat.in_language(language)), (0, 0, 0, 2)))


def _cell(cell: Any, language: Language) -> str:
    from rich.markup import escape

    if cell is None:
        return "–"
    written = escape(cell.in_language(language) if isinstance(cell, Text) else str(cell))
    # A number over its interval, a long one over two lines, so that five horizons fit side by side.
    number, bracket, interval = written.partition(" (")
    if len(interval) > 11:
        interval = interval.replace("–", "–\n").replace(" … ", " …\n")
    return f"{number}\n({interval}" if bracket else number
