"""``armistice wars``: which wars are bundled."""

from __future__ import annotations

import click

from armistice.cli.options import language_option
from armistice.text import Language, words


@click.command("wars")
@language_option
def command(language: Language) -> None:
    """List the bundled wars, with the day as of which each is assessed unless you say otherwise."""
    from armistice.record.load import bundled_wars, load_war

    for name in bundled_wars():
        war = load_war(name)
        click.echo(f"{name:<12} {war.names.in_language(language)} ({words(language).date(war.default_as_of)})")
