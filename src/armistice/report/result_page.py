"""One result as a page of its own, for what is not about one war: a back-test."""

from __future__ import annotations

from pathlib import Path

from armistice.files import write_whole
from armistice.report.figures import make_figure
from armistice.report.page import _table, _templates
from armistice.report.words import fixed_words
from armistice.studies.study import StudyResult
from armistice.text import Language, Text

__all__ = ["result_html", "write_result_page"]


def result_html(result: StudyResult, *, title: Text, command: str, language: Language) -> str:
    """A result as HTML text: headline, sentences, charts with their figures, tables, caveats, sources.

    Parameters
    ----------
    result : StudyResult
    title : Text
    command : str
        What made it, to be told at the foot.
    language : {"en", "nl"}
    """
    html: str = (
        _templates()
        .get_template("result.html")
        .render(
            language=language,
            fixed=fixed_words(language),
            title=title.in_language(language),
            headline="" if result.headline is None else result.headline.in_language(language),
            sentences=[sentence.in_language(language) for sentence in result.sentences],
            figures=[make_figure(chart, language, id=f"result-{chart.name}") for chart in result.charts],
            tables=[_table(table, f"result-table-{table.name}", language) for table in result.tables],
            caveats=[caveat.in_language(language) for caveat in result.caveats],
            sources=list(result.sources),
            command=command,
        )
    )
    return html


def write_result_page(
    result: StudyResult, path: Path | str, *, title: Text, command: str, language: Language
) -> Path:
    """Write a result as one self-contained HTML file; replaced in one step.

    Returns
    -------
    Path
    """
    return write_whole(Path(path), result_html(result, title=title, command=command, language=language))
