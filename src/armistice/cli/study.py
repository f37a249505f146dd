"""One command per study, its options made from the study's parameters."""

from __future__ import annotations

import datetime as dt
import json
import types
from collections.abc import Sequence
from typing import Any, Literal, Union, get_args, get_origin

import click
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from armistice.cli.options import as_of_option, hindsight_option, language_option, seed_option, war_argument
from armistice.errors import ParameterError
from armistice.studies import study_named
from armistice.text import Language

__all__ = ["study_command"]


def study_command(name: str) -> click.Command:
    """The command that runs one study on a war."""
    study = study_named(name)

    @click.command(
        name, help=f"{study.question.en}\n\nNeeds: {study.needs.en}", epilog=_as_it_stands(study.help_epilog)
    )
    @war_argument
    @as_of_option
    @hindsight_option
    @seed_option
    @language_option
    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
    def command(
        war: str,
        as_of: dt.date | None,
        hindsight: bool,
        seed: int,
        language: Language,
        as_json: bool,
        **options: Any,
    ) -> None:
        from armistice.assessment import run_study
        from armistice.cli.summary import print_study
        from armistice.record.load import load_war

        record = load_war(war).as_of(as_of, hindsight=hindsight)
        given = {key: value for key, value in options.items() if value is not None and value != ()}
        try:
            outcome = run_study(study, record, seed=seed, **given)
        except ValidationError as error:
            detail = error.errors()[0]
            option = "--" + "-".join(str(detail["loc"][0]).split("_"))
            says = detail["msg"].replace("Input should be", "must be")
            raise ParameterError(f"{option} {says}, got {detail['input']!r}.") from None
        if as_json:
            click.echo(json.dumps(outcome.to_json(), ensure_ascii=False, indent=2, allow_nan=False))
        else:
            print_study(outcome, language)

    for parameter, field in study.parameters.model_fields.items():
        command.params.append(_option(parameter, field))
    return command


def _as_it_stands(text: str) -> str:
    """Mark every paragraph so that Click does not wrap it."""
    return "\n\n".join(f"\b\n{paragraph}" for paragraph in text.split("\n\n")) if text else ""


def _option(name: str, field: FieldInfo) -> click.Option:
    kind, multiple = _option_type(field.annotation)
    default = field.get_default(call_default_factory=True)
    shown = "" if default is None or default == () else f" [default: {_written(default)}]"
    flags = [f"--{name.replace('_', '-')}"]
    if kind is bool:
        flags = [f"{flags[0]}/--no-{name.replace('_', '-')}"]
    return click.Option(
        flags, type=None if kind is bool else kind, multiple=multiple, default=None,
        help=f"{field.description or ''}{shown}",
    )  # fmt: skip


def _written(default: Any) -> str:
    if isinstance(default, Sequence) and not isinstance(default, str):
        return " ".join(str(item) for item in default)
    return str(default)


def _option_type(annotation: Any) -> tuple[Any, bool]:
    """The Click type of a parameter, and whether it may be given several times."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _option_type(next(a for a in arguments if a is not type(None)))
    if origin in (tuple, list):
        return _option_type(arguments[0])[0], True
    if origin is Literal:
        return click.Choice([str(argument) for argument in arguments]), False
    return (annotation if annotation in (int, float, bool) else str), False
