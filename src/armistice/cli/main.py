"""The ``armistice`` command. Commands load when they are called, so that ``--help`` is quick.

Every study is a command of its own, found by looking for its module; its one line of help is the first line
of that module's docstring, read without importing it.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import sys
import warnings
from pathlib import Path
from typing import Any

import click

import armistice
from armistice.errors import ArmisticeError, NotConvergedError

_COMMANDS = {
    "assess": "Assess a war: terminal summary, HTML report and JSON.",
    "backtest": "Score forecasts of endings on past wars.",
    "check": "Check a war folder and say what to mend.",
    "doctor": "Check that this installation can do its work.",
    "new": "Start a war folder of your own.",
    "schema": "Print the JSON Schema of an assessment.",
    "simulate": "Play a war forward, as it stands and under scenarios.",
    "sources": "Print what a war's tables and series rest on, with licence and citation.",
    "track": "Follow the chance of a settlement over the course of a war.",
    "wars": "List the bundled wars.",
}


def _study_help() -> dict[str, str]:
    """Command name and first docstring line of every study module, without importing numpy."""
    package = sys.modules.get("armistice.studies")
    folders = [Path(armistice.__path__[0], "studies")] if package is None else [Path(p) for p in package.__path__]
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules([str(folder) for folder in folders]):
        if module.name == "study" or module.name.startswith("_"):
            continue
        for folder in folders:
            source = folder / f"{module.name}.py"
            if source.is_file():
                docstring = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
                found[module.name.replace("_", "-")] = docstring.partition("\n")[0]
                break
    return found


class _Commands(click.Group):
    """Commands by name; a study's command is built from its parameters when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*_COMMANDS, *_study_help()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _COMMANDS:
            module = importlib.import_module(f"armistice.cli.{cmd_name}")
            command: click.Command = module.command
            return command
        if cmd_name in _study_help():
            from armistice.cli.study import study_command

            return study_command(cmd_name)
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        for heading, commands in (("Commands", _COMMANDS), ("Studies, one at a time", _study_help())):
            if commands:
                with formatter.section(heading):
                    formatter.write_dl(sorted(commands.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Errors of the library become one message and exit code 2, not a traceback."""
        warnings.showwarning = _warn
        try:
            return super().invoke(ctx)
        except NotConvergedError as error:
            raise _NoSolution(str(error)) from error
        except ArmisticeError as error:
            raise _WrongInput(str(error)) from error


class _WrongInput(click.ClickException):
    exit_code = 2


class _NoSolution(click.ClickException):
    exit_code = 3


def _warn(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    click.echo(f"Warning: {message}", err=True)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: armistice assess ukraine",
)
@click.version_option(armistice.__version__, message="armistice %(version)s")
def main() -> None:
    """How far away is a settlement of a war, and what would bring it nearer?

    WAR is the name of a bundled war (see `armistice wars`) or a folder that you wrote (see `armistice new`).
    """
