"""Write the pages that are made from the code: the command line and the JSON Schema.

Usage: python scripts/make_docs.py [--check]    (--check only says whether they are fresh)
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import click

from armistice.cli import main as armistice
from armistice.json_schema import assessment_schema

DOCS = Path(__file__).resolve().parents[1] / "docs"


def command_line_page() -> str:
    """Every command's help, as the terminal shows it at 100 columns."""
    lines = [
        "# The command line",
        "",
        "Made by `make docs` from the program itself.",
        "",
        "Exit codes: 0 done; 1 `doctor` found something missing; 2 wrong input, with what to mend; 3 no solution found.",
        "",
    ]
    with click.Context(armistice, info_name="armistice", terminal_width=100) as top:
        lines += ["```", armistice.get_help(top), "```", ""]
        for name in armistice.list_commands(top):
            command = armistice.get_command(top, name)
            assert command is not None
            with click.Context(command, info_name=name, parent=top, terminal_width=100) as context:
                lines += [f"## armistice {name}", "", "```", command.get_help(context), "```", ""]
    return "\n".join(lines)


def pages() -> dict[Path, str]:
    """Path and text of every generated page."""
    return {
        DOCS / "cli.md": command_line_page(),
        DOCS / "assessment.schema.json": json.dumps(assessment_schema(), ensure_ascii=False, indent=2) + "\n",
    }


def main() -> int:
    """Write the pages, or say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    only_check = parser.parse_args().check
    stale = [path for path, text in pages().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{path.name}: {'stale; run make docs' if only_check else 'written'}")
        if not only_check:
            path.write_text(pages()[path], encoding="utf-8")
    return 1 if stale and only_check else 0


if __name__ == "__main__":
    sys.exit(main())
