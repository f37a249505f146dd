"""``armistice schema``: the JSON Schema of an assessment."""

from __future__ import annotations

import json

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema that `armistice assess --json` follows."""
    from armistice.json_schema import assessment_schema

    click.echo(json.dumps(assessment_schema(), ensure_ascii=False, indent=2))
