"""``armistice check``: what is wrong with a war folder, line by line."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("check")
@click.argument("war")
def command(war: str) -> None:
    """Check WAR against the schema; say file, row, column, what was found and how to mend it."""
    from armistice.claims import read_claims
    from armistice.errors import RecordError
    from armistice.record.check import check_war
    from armistice.record.load import war_folder_path

    path: Path = war_folder_path(war)
    problems = list(check_war(path))
    claims = path / "claims.toml"
    if claims.is_file():
        try:
            read_claims(claims.read_text(encoding="utf-8"))
        except RecordError as error:
            problems += error.problems
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.exceptions.Exit(2)
    click.echo(f"{path}: nothing to mend.")
