"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

import click

from armistice.text import LANGUAGES

__all__ = ["Day", "as_of_option", "hindsight_option", "language_option", "seed_option", "war_argument"]

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Day(click.ParamType[dt.date]):
    """A day, written as 2025-06-03."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day; write it as 2025-06-03.", param, ctx)


def war_argument(command: Decorated) -> Decorated:
    """``WAR``: a bundled name or a folder."""
    return click.argument("war")(command)


def as_of_option(command: Decorated) -> Decorated:
    """``--as-of``: nothing known later is used."""
    return click.option(
        "--as-of", type=Day(), help="Use only what was known by the end of this day (default: the war's own)."
    )(command)


def hindsight_option(command: Decorated) -> Decorated:
    """``--hindsight``: reference sets of other wars may reach past ``--as-of``."""
    return click.option(
        "--hindsight", is_flag=True, help="Let other wars' later endings count too (this war stays left out)."
    )(command)


def seed_option(command: Decorated) -> Decorated:
    """``--seed``: the same seed gives the same answer."""
    return click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Random seed.")(
        command
    )


def language_option(command: Decorated) -> Decorated:
    """``--lang``: the language of what a reader sees."""
    return click.option(
        "--lang", "language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language."
    )(command)
