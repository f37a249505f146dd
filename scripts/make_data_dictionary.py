"""Write ``docs/war-folder.md`` from the schema: every file, key and column of a war folder.

Usage: python scripts/make_data_dictionary.py [--check]    (--check only says whether the page is fresh)
"""

from __future__ import annotations

import argparse
import datetime as dt
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from armistice.record import schema
from armistice.text import Text

PAGE = Path(__file__).resolve().parents[1] / "docs" / "war-folder.md"

INTRODUCTION = """\
# The war folder

Made from the schema by `scripts/make_data_dictionary.py`, which also holds this introduction.

A war is a folder of text files that a text editor and a spreadsheet can open. `armistice new my-war` writes one to
start from, with a remark beside every key; `armistice check my-war` says what is wrong with it, one line per finding:
file, row, column, what was found and how to mend it. The same checks run whenever the folder is loaded.

```
my-war/
  war.toml       names, dates, sides, issues, and what each series and the front measure
  SOURCES.toml   where figures come from
  talks.csv  events.csv  figures.csv  exchanges.csv  opinion.csv  leaders.csv  support.csv  front.csv
  series/*.csv   daily or monthly measurements
  claims.toml    statements to hold against the evidence
```

Only `war.toml` and `SOURCES.toml` must be there. A table that is absent says that nothing is known of its subject.

## How to write tables

- **CSV** in UTF-8, with or without a byte order mark, separated by commas; or, as many European spreadsheets save it,
  by semicolons and with decimal commas. **Parquet** in place of any CSV file, with `pip install 'armistice[parquet]'`:
  `talks.parquet` instead of `talks.csv`.
- The first row names the columns, in any order. Optional columns may be left out. A column that is not listed here is
  an error, so that a misspelt name is never silently ignored; so is a file that nobody would read.
- **A blank cell means "not read" or "not reported", never 0 and never "no".** Do not write `nan`, `-` or `?`.
- **Dates** are year-month-day (`2025-06-03`). In the column `date` a month may be written `2025-06` and a year `2025`:
  `date_precision` is then filled in. An `end_date` of `2025-06` means its last day.
- **Several values in one cell** are separated by `;` or by `|` (handy in a file that is itself separated by `;`).
- **Truth values** are `true` or `false` (also `yes`, `no`). **Ids** are lower-case letters, digits, `-` and `_`.
- **`source`** holds a key of `SOURCES.toml`, an http address, or several of them separated by ` ; `. Every row has one.
- **Who says so**: when two parties give different figures, write two rows with different `claimed_by`. Two figures of
  one claimant for the same thing are a contradiction, unless one is a revision with a later `known_on`.

## When a row counts as known

A record as of a day holds only what was known by the end of that day. A row counts as known from its `known_on`;
where that is blank, from its last day (`end_date`, or the end of the month or year that its date names) plus the lag
that `war.toml` gives for the file: `[publication_lag_days]` for tables, `publication_lag_days` in `[front]` and in each
`[[series]]`. The rules that follow from it:

- A row can only be known when it has happened: `known_on` before `date` is an error. A meeting announced beforehand has
  `announced_on`.
- **A round, a truce or an act that lasts** is known when it is over, unless its `known_on` is earlier. Then it counts from
  that day, and until it is over a record shows it as far as it has come: `end_date` is the record's own day (less the
  lag), `outcome` is `pending`, `agreement` and `note` are blank. Keep what came of it out of its name.
- The day and the way in which a leader leaves, the end of the war, and what remains of an objective are hidden from
  records of earlier days, although they stand in the same file.
- A reference to a row that is not known yet (`answers`, `talk`) is blank until it is; a figure about a talk or an event
  that is not known yet waits for it.
"""


def main() -> int:
    """Write the page, or say that it is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    only_check = parser.parse_args().check
    fresh = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page()
    if not fresh:
        print(f"{PAGE.name}: {'stale; run make docs' if only_check else 'written'}")
        if not only_check:
            PAGE.write_text(page(), encoding="utf-8")
    return 1 if only_check and not fresh else 0


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, "\n## war.toml\n"]
    parts.append(_section("Top of the file", schema.War, heading=3))
    for name, model, many in _sections():
        parts.append(_section(f"`[[{name}]]`" if many else f"`[{name}]`", model, heading=3))
    parts.append("\n## SOURCES.toml\n\nOne section per source, `[key]`; rows name the key.\n")
    parts.append(_section("`[key]`", schema.Source, heading=3))
    for file, model in schema.TABLES.items():
        parts.append(_section(file, model, heading=2))
    parts.append(_SERIES)
    return "".join(parts)


_SERIES = """
## series/*.csv

| column | type | required | meaning |
|---|---|---|---|
| `date` | day, or month where `every = "month"` | yes | Once per day or month; days left out count as not reported. |
| as named in `war.toml` | number | | One column per `[[series]]`; blank: not reported. Counts are whole numbers from 0. |
| `source` | text | | As in tables, for single rows; the series has its own in `war.toml`. |
| `note` | text | | Own words. |

## claims.toml

See `armistice.claims`: one `[[claims]]` section per statement, with the test that would support or contradict it.
"""


def _sections() -> Iterator[tuple[str, type[BaseModel], bool]]:
    """The sections of ``war.toml``: name, model, whether there may be several."""
    for name, info in schema.War.model_fields.items():
        model = _model_in(info.annotation)
        if model is not None:
            yield name, model, get_origin(info.annotation) is tuple
            for inner, inner_info in model.model_fields.items():
                nested = _model_in(inner_info.annotation)
                if nested is not None and name == "side_a":
                    yield f"{name}.{inner}", nested, True


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for part in (annotation, *get_args(annotation)):
        if inspect.isclass(part) and issubclass(part, BaseModel):
            return part
    return None


def _section(title: str, model: type[BaseModel], *, heading: int) -> str:
    lines = ["", f"{'#' * heading} {title}", "", _about(model), ""]
    lines += [f"| {'column' if heading == 2 else 'key'} | type | required | meaning |", "|---|---|---|---|"]
    lines += [_line(name, info) for name, info in _in_order(model) if _model_in(info.annotation) is None]
    return "\n".join(lines) + "\n"


def _about(model: type[BaseModel]) -> str:
    """The model's docstring without the name of its file, and with code marks as Markdown has them."""
    words = " ".join((model.__doc__ or "").split()).replace("``", "`")
    start, colon, rest = words.partition(": ")
    if colon and start.startswith("`") and start.endswith("`"):
        return rest[:1].upper() + rest[1:]
    return words


def _in_order(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    """Ids and dates first, source and note last, as the skeleton has them."""
    first = ("id", "date", "date_precision", "end_date", "known_on")
    rank = {**{name: i for i, name in enumerate(first)}, "source": 100, "note": 101}
    return sorted(model.model_fields.items(), key=lambda field: rank.get(field[0], 50))


def _line(name: str, info: FieldInfo) -> str:
    meaning = (info.description or "").replace("|", r"\|")
    return f"| `{name}` | {_type(info)} | {'yes' if info.is_required() else ''} | {' '.join([meaning, _default(info)]).strip()} |"


def _default(info: FieldInfo) -> str:
    default = info.get_default(call_default_factory=True) if not info.is_required() else None
    if default in (None, "", (), {}):
        return ""
    return f"Without it: `{str(default).lower() if isinstance(default, bool) else default}`."


def _type(info: FieldInfo) -> str:
    patterns = [part.pattern for part in info.metadata if getattr(part, "pattern", None)]
    if patterns:
        return "`series/….csv` or `series/….parquet`" if patterns[0].startswith("^series/") else "id"
    limits = [_limit(part) for part in info.metadata]
    return " ".join([_plain_type(info.annotation), *(limit for limit in limits if limit)])


def _limit(part: Any) -> str:
    for name, words in (("ge", "from"), ("gt", "above"), ("le", "to"), ("lt", "below")):
        if (bound := getattr(part, name, None)) is not None:
            return f"{words} {bound:g}"
    return ""


def _plain_type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return "id" if arguments[0] is str else _plain_type(arguments[0])
    if origin in (Union, UnionType):
        return " or ".join(_plain_type(part) for part in arguments if part is not NoneType)
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in arguments)
    if origin is tuple:
        return f"{_plain_type(arguments[0])}, several"
    if origin is dict:
        return "a number per file"
    names = {str: "text", int: "whole number", float: "number", bool: "true or false", dt.date: "date"}
    if annotation is Text:
        return '`{ en = "…", nl = "…" }`'
    return names[annotation]


if __name__ == "__main__":
    sys.exit(main())
