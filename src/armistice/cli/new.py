"""``armistice new``: start a war folder."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--from", "from_war", help="Copy a bundled war to change, instead of an empty skeleton.")
def command(folder: Path, from_war: str | None) -> None:
    """Write a war folder that `check` passes, for you to fill in."""
    from armistice.record.skeleton import new_war

    written = new_war(folder, from_war=from_war)
    click.echo(f"{written}: written. Next: edit war.toml, then run `armistice check {folder}`.")
