"""``armistice doctor``: can this installation do its work?"""

from __future__ import annotations

import platform
from importlib import metadata

import click

_NEEDED = ("numpy", "scipy", "pydantic", "click", "rich", "jinja2", "vl-convert-python", "threadpoolctl")
_OPTIONAL = {"duckdb": "reads Parquet: pip install 'armistice[parquet]'"}


@click.command("doctor")
def command() -> None:
    """Print versions, load every bundled war and draw one chart; exit code 1 if anything fails."""
    click.echo(
        f"armistice {metadata.version('armistice')}, Python {platform.python_version()}, {platform.platform()}"
    )
    failures = 0
    for package in _NEEDED:
        try:
            click.echo(f"  {package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            failures += 1
            click.echo(f"  {package}: missing; install armistice again with pip.")
    for package, use in _OPTIONAL.items():
        try:
            click.echo(f"  {package} {metadata.version(package)} (optional)")
        except metadata.PackageNotFoundError:
            click.echo(f"  {package}: not installed (optional; {use})")
    for what, attempt in (("bundled wars", _load_wars), ("drawing", _draw)):
        try:
            click.echo(f"  {what}: {attempt()}")
        except Exception as error:  # the doctor reports whatever is wrong
            failures += 1
            click.echo(f"  {what}: failed: {error}")
    if failures:
        raise click.exceptions.Exit(1)


def _load_wars() -> str:
    from armistice.record.load import bundled_wars, load_war

    names = bundled_wars()
    for name in names:
        load_war(name).as_of(None)
    return f"{', '.join(names)} load"


def _draw() -> str:
    import vl_convert

    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": [{"x": 1, "y": 2}]},
        "mark": "point",
        "encoding": {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}},
    }
    svg: str = vl_convert.vegalite_to_svg(spec)
    return "works" if "<svg" in svg else "gave no picture"
