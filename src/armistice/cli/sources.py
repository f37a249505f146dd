"""``armistice sources``: what in a war folder rests on what."""

from __future__ import annotations

import datetime as dt
import json

import click

from armistice.cli.options import as_of_option, war_argument


@click.command("sources")
@war_argument
@as_of_option
@click.option("--bibtex", is_flag=True, help="Print BibTeX entries instead.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
def command(war: str, as_of: dt.date | None, bibtex: bool, as_json: bool) -> None:
    """Print what each table and series of WAR rests on, with licence, citation and rows per source."""
    from armistice.record.load import load_war
    from armistice.record.provenance import bibtex_entries, provenance

    if bibtex and as_json:
        raise click.UsageError("Give --bibtex or --json, not both.")
    found = provenance(load_war(war).as_of(as_of))
    if bibtex:
        click.echo(bibtex_entries(found))
        return
    if as_json:
        click.echo(json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        rests = ", ".join(f"{name} ({rows})" for name, rows in one.rows.items())
        click.echo(f"{one.key}: {rests}")
        if one.source is not None:
            click.echo(f"    {one.source.citation}")
            click.echo(f"    Licence: {one.source.licence}." + (f" {one.source.url}" if one.source.url else ""))
    addresses = sum(one.source is None for one in found)
    click.echo(
        f"\n{len(found)} sources: {len(found) - addresses} described in SOURCES.toml, {addresses} by their address."
    )
