"""What a study is: a question, what it needs of a record, and the answer it gives.

A study is one module in this package with a module-level ``STUDY = Study(...)``. The command line, the
assessment, the JSON Schema, the report and the claims loop over what :func:`armistice.studies.all_studies`
finds, so that adding a study touches no other file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from armistice.errors import DataError
from armistice.estimate import NotIdentified, NotObserved, Quantity, round_significant
from armistice.record.as_of import Record
from armistice.text import Text

__all__ = ["Chart", "ChartKind", "Mark", "Parameters", "QuantitySpec", "Study", "StudyResult", "Table"]

Cell = str | float | int | None | Text


class Parameters(BaseModel):
    """Base of a study's parameters. Each field's description becomes the help of a command-line option."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class QuantitySpec:
    """A number that a study promises, so that claims may name it.

    Parameters
    ----------
    means : Text
        What it is, in a few words.
    per : str
        "" for one number, or what it comes once for ("series", "outcome"): its keys in
        ``StudyResult.quantities`` then read ``name[key]``.
    """

    means: Text
    per: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for a reader. ``columns`` are the headings; every row has as many cells.

    Cells are text, numbers (written to three significant digits) or None (shown as "not known").
    """

    name: str
    title: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Text | None = None

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise DataError(f"Table {self.name}: {len(self.columns)} columns, but a row has {len(row)} cells.")


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled day on a timeline; ``end`` makes it a stretch (a truce, a suspension)."""

    date: str
    label: Text
    end: str | None = None
    group: Text | None = None


#: timeline    : date, value, [lower, upper], [group], [smooth]      lines over time, with marks
#: intervals   : label, value, lower, upper, [group]                 a dot and its interval per row
#: cloud       : value, group                                       placebo draws, `reference` = observed
#: incidence   : months, value, lower, upper, group                  step curves with bands
#: bars        : label, value, [group]
#: heatmap     : across, down, value                                  shares in a grid; None is not known
ChartKind = Literal["timeline", "intervals", "cloud", "incidence", "bars", "heatmap"]

_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "timeline": ("date", "value"),
    "intervals": ("label", "value", "lower", "upper"),
    "cloud": ("value", "group"),
    "incidence": ("months", "value", "lower", "upper", "group"),
    "bars": ("label", "value"),
    "heatmap": ("across", "down", "value"),
}


@dataclass(frozen=True, slots=True)
class Chart:
    """The data of a chart, drawn by the report; its data table is made from ``columns``.

    Parameters
    ----------
    name : str
        Unique within the study; letters, digits and hyphens.
    kind : ChartKind
        Which drawing; the columns each needs are listed above.
    title, says : Text
        The heading, and one sentence that tells what the chart shows.
    columns : mapping of str to sequence
        Equally long columns. ``label`` and ``group`` may hold :class:`Text`; ``date`` holds ISO days.
    x, y : Text
        Axis titles, with units.
    reference : float, optional
        A value to mark with a line ("no effect").
    logarithmic : bool
        Whether the value axis is logarithmic (ratios).
    marks : sequence of Mark
        Days and stretches to mark on a timeline.
    """

    name: str
    kind: ChartKind
    title: Text
    says: Text
    columns: Mapping[str, Sequence[Any]]
    x: Text
    y: Text
    reference: float | None = None
    logarithmic: bool = False
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        missing = [name for name in _REQUIRED[self.kind] if name not in self.columns]
        if missing:
            raise DataError(f"Chart {self.name} ({self.kind}): missing columns {', '.join(missing)}.")
        lengths = {len(column) for column in self.columns.values()}
        if len(lengths) > 1:
            raise DataError(f"Chart {self.name}: columns differ in length: {sorted(lengths)}.")


@dataclass(frozen=True, slots=True)
class StudyResult:
    """What a study found on one record.

    Parameters
    ----------
    status : {"ok", "not_observed", "not_identified"}
        Whether there is an answer at all; ``reason`` says why not.
    headline : Text, optional
        One sentence for the first screen of the report.
    sentences : sequence of Text
        What the reader is told, in order, a sentence or two each.
    quantities : mapping of str to Quantity
        Keys as promised by ``Study.quantities`` (``name`` or ``name[key]``).
    tables, charts : sequences
    caveats : sequence of Text
        What to bear in mind: thin data, one party's claims, choices that matter.
    sources : sequence of str
        Keys in the record's SOURCES, or citations.
    """

    status: Literal["ok", "not_observed", "not_identified"] = "ok"
    reason: Text | None = None
    headline: Text | None = None
    sentences: tuple[Text, ...] = ()
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    caveats: tuple[Text, ...] = ()
    sources: tuple[str, ...] = ()

    @classmethod
    def lacking(cls, why: NotObserved | NotIdentified) -> StudyResult:
        """A result without an answer, for the reason given."""
        status: Literal["not_observed", "not_identified"] = (
            "not_observed" if isinstance(why, NotObserved) else "not_identified"
        )
        return cls(status=status, reason=why.reason, sentences=(why.reason,))

    @property
    def told(self) -> tuple[Text, ...]:
        """What a reader of this study is told: the headline, which holds the answer, and the sentences, none twice."""
        if self.headline is None or self.headline in self.sentences:
            return self.sentences
        return (self.headline, *self.sentences)

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON, numbers rounded to six significant digits."""
        return {
            "status": self.status,
            "reason": _plain(self.reason),
            "headline": _plain(self.headline),
            "sentences": [_plain(sentence) for sentence in self.sentences],
            "quantities": {key: quantity.to_json() for key, quantity in self.quantities.items()},
            "tables": [
                {
                    "name": table.name,
                    "title": _plain(table.title),
                    "columns": [_plain(column) for column in table.columns],
                    "rows": [[_plain(cell) for cell in row] for row in table.rows],
                    "note": _plain(table.note),
                }
                for table in self.tables
            ],
            "charts": [
                {
                    "name": chart.name,
                    "kind": chart.kind,
                    "title": _plain(chart.title),
                    "says": _plain(chart.says),
                    "columns": {key: [_plain(cell) for cell in column] for key, column in chart.columns.items()},
                    "x": _plain(chart.x),
                    "y": _plain(chart.y),
                    "reference": _plain(chart.reference),
                    "logarithmic": chart.logarithmic,
                    "marks": [
                        {
                            "date": mark.date,
                            "end": mark.end,
                            "label": _plain(mark.label),
                            "group": _plain(mark.group),
                        }
                        for mark in chart.marks
                    ],
                }
                for chart in self.charts
            ],
            "caveats": [_plain(caveat) for caveat in self.caveats],
            "sources": list(self.sources),
        }


def _plain(value: object) -> Any:
    if isinstance(value, Text):
        return value.to_json()
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return round_significant(float(value))
    return str(value)


@dataclass(frozen=True, slots=True)
class Study:
    """A question that a record may answer.

    Parameters
    ----------
    name : str
        The module's name with hyphens; also the command.
    order : int
        Place in the report, small first.
    title, question : Text
    needs : Text
        What a record must hold for the study to answer, in words.
    parameters : type of Parameters
        Their defaults are what ``assess`` uses.
    quantities : mapping of str to QuantitySpec
    run : callable
        ``run(record, parameters, rng)``; must not look at anything but its arguments.
    help_epilog : str
        What the command's ``--help`` says after the options, in English; lines are kept as they are.
    """

    name: str
    order: int
    title: Text
    question: Text
    needs: Text
    parameters: type[Parameters]
    quantities: Mapping[str, QuantitySpec]
    run: Callable[[Record, Any, np.random.Generator], StudyResult]
    help_epilog: str = ""
