"""The report: an assessment as one HTML file that needs no network and no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from armistice.assessment import Assessment, StudyOutcome
from armistice.claims import VERDICTS
from armistice.files import write_whole
from armistice.record.known_when import known_when
from armistice.record.profiles import read_profiles
from armistice.report.figures import Figure, Painter, figure_id, make_figure
from armistice.report.svg import draw_svg
from armistice.report.telling import tell_cell, tell_key, tell_quantity
from armistice.report.words import SIGNS, fixed_words
from armistice.studies.study import Chart
from armistice.text import Language, Text, words

__all__ = ["MOST_BYTES", "report_html", "write_report"]

#: The report must be small enough to send round.
MOST_BYTES: Final = 2_500_000


def write_report(assessment: Assessment, path: Path | str, *, language: Language, paint: Painter = draw_svg) -> Path:
    """Write the report of an assessment as one self-contained HTML file.

    Parameters
    ----------
    assessment : Assessment
    path : path
        Replaced in one step; nothing half-written is left behind.
    language : {"en", "nl"}
    paint : callable, optional
        Draws the pictures; see :class:`armistice.report.ahead.Ahead`.

    Returns
    -------
    Path
    """
    return write_whole(Path(path), report_html(assessment, language, paint=paint))


def report_html(assessment: Assessment, language: Language, *, paint: Painter = draw_svg) -> str:
    """The report as HTML text."""
    html: str = _templates().get_template("page.html").render(_view(assessment, language, paint))
    return html


@cache
def _templates() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("armistice.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["style_sheet"] = (resources.files("armistice.report") / "style.css").read_text("utf-8")
    return environment


def _view(assessment: Assessment, language: Language, paint: Painter) -> dict[str, Any]:
    """What the template shows, all of it as words in one language."""
    import armistice

    record, war, say = assessment.record, assessment.war, words(language)

    def tell(text: Text) -> str:
        return text.in_language(language)

    fixed = fixed_words(language)
    names = _names(assessment)
    standing = fixed["day_of_war"].format(n=say.number(record.days_at_war))
    if war.end is not None:
        standing = fixed["war_over"].format(date=say.date(war.end.date), n=say.number(record.days_at_war))
    command = (
        f"armistice assess {war.id} --as-of {record.as_of.isoformat()} --seed {assessment.seed} --lang {language}"
    )
    if record.hindsight:
        command += " --hindsight"
    return {
        "language": language,
        "fixed": fixed,
        "name": tell(war.names),
        "as_of": say.date(record.as_of),
        "standing": standing,
        "hindsight": record.hindsight,
        "answer": [tell(line) for line in assessment.answer],
        "studies": [_study(outcome, names, assessment, language, paint) for outcome in assessment.studies.values()],
        "claims": [_claim(claim, assessment, names, language) for claim in assessment.claims],
        "coverage": _coverage(assessment, language),
        "sources": list(_sources(assessment, language)),
        "command": command,
        "made_with": fixed["made_with"].format(version=armistice.__version__, seed=assessment.seed),
        "as_in_json": fixed["as_in_json"].format(file=f"{war.id}.json"),
    }


def _names(assessment: Assessment) -> dict[str, Text]:
    """What the ids in a record are called: sides, patrons, issues, objectives, series; and past wars by their keys."""
    war = assessment.war
    names = {profile.key: profile.names for profile in read_profiles()}
    for side in (war.side_a, war.side_b):
        names |= {side.id: side.names} | {patron.id: patron.names for patron in side.patrons}
    names |= {issue.id: issue.names for issue in war.issues}
    names |= {aim.id: aim.names for aim in war.objectives}
    names |= {series.id: series.names for series in war.series}
    return names


def _study(
    outcome: StudyOutcome, names: Mapping[str, Text], assessment: Assessment, language: Language, paint: Painter
) -> dict[str, Any]:
    study, result = outcome.study, outcome.result
    sentences = [sentence.in_language(language) for sentence in result.told]
    lacking = result.status != "ok"
    reason = result.reason.in_language(language) if result.reason is not None else ""
    return {
        "id": f"study-{study.name}",
        "title": study.title.in_language(language),
        "question": study.question.in_language(language),
        "needs": study.needs.in_language(language) if lacking else "",
        "lacking": lacking,
        "reason": reason,
        "sentences": [sentence for sentence in sentences if sentence != reason],
        "figures": [
            make_figure(chart, language, id=figure_id(study, chart), paint=paint) for chart in result.charts
        ],
        "tables": [_table(table, f"{study.name}-table-{table.name}", language) for table in result.tables],
        "caveats": [caveat.in_language(language) for caveat in result.caveats],
        "quantities": [
            tell_quantity(tell_key(key, study, names, language), quantity, language)
            for key, quantity in result.quantities.items()
        ],
        "sources": [_source_link(source, assessment) for source in result.sources],
    }  # fmt: skip


def _table(table: Any, id: str, language: Language) -> dict[str, Any]:
    numeric = [
        bool(table.rows) and all(row[i] is None or isinstance(row[i], (int, float)) for row in table.rows)
        for i in range(len(table.columns))
    ]
    return {
        "id": id,
        "title": table.title.in_language(language),
        "columns": [column.in_language(language) for column in table.columns],
        "numeric": numeric,
        "rows": [[tell_cell(cell, language) for cell in row] for row in table.rows],
        "note": table.note.in_language(language) if table.note is not None else "",
    }


def _claim_label(label: Text, assessment: Assessment, names: Mapping[str, Text], language: Language) -> str:
    """What a number of a claim is: where it is a study's, in the study's words."""
    written = label.in_language(language)
    study, _, key = written.partition(".")
    if key and study in assessment.studies:
        return tell_key(key, assessment.studies[study].study, names, language)
    return written.replace("_", " ")


def _claim(claim: Any, assessment: Assessment, names: Mapping[str, Text], language: Language) -> dict[str, Any]:
    return {
        "id": f"claim-{claim.id}",
        "sort": fixed_words(language)[claim.sort],
        "statement": claim.statement.in_language(language),
        "verdict": claim.verdict,
        "verdict_in_words": VERDICTS[claim.verdict].in_language(language),
        "sign": SIGNS[claim.verdict],
        "explanation": claim.explanation.in_language(language),
        "numbers": [
            tell_quantity(_claim_label(label, assessment, names, language), quantity, language)
            for label, quantity in claim.numbers
        ],
    }


def _coverage(assessment: Assessment, language: Language) -> dict[str, Any]:
    found, say, fixed = assessment.coverage, words(language), fixed_words(language)

    def day(date: Any) -> str:
        return say.date(date) if date is not None else "–"

    def share(series: Any) -> str:
        missing = f"{say.number(series.missing)} {fixed[series.every]}"
        return missing if series.missing_share is None else f"{missing} ({say.percent(series.missing_share)})"

    return {
        "sentence": found.sentence.in_language(language),
        "figure": _known_when(assessment, language),
        "tables": [
            {
                "title": table.title.in_language(language),
                "rows": say.number(table.rows),
                "first": day(table.first),
                "last": day(table.last),
                "claimed_by": list(table.claimed_by),
            }
            for table in found.tables
        ],
        "series": [
            {
                "title": series.title.in_language(language),
                "reported": f"{say.number(series.reported)} {fixed[series.every]}",
                "first": day(series.first),
                "last": day(series.last),
                "missing": share(series),
                "usable_from": day(series.usable_from),
                "claimed_by": series.claimed_by,
            }
            for series in found.series
        ],
    }


def _known_when(assessment: Assessment, language: Language) -> Figure:
    """The holes of the record: months across, tables and series by side down."""
    months, lines = known_when(assessment.record)
    chart = Chart(
        "known-when",
        "heatmap",
        Text(en="What is known of each month", nl="Wat er van elke maand bekend is"),
        Text(
            en="Dark: known, by day for daily series, else by any row. Light: nothing was read for that "
            "month, which may be because nothing happened.",
            nl="Donker: bekend, per dag voor dagreeksen, anders met minstens één rij. Licht: voor die maand "
            "is niets gelezen, misschien omdat er niets gebeurde.",
        ),
        {
            "across": [month.isoformat()[:7] for _ in lines for month in months],
            "down": [line.title for line in lines for _ in months],
            "value": [share for line in lines for share in line.share],
        },
        x=Text(en="", nl=""),
        y=Text(
            en="share of the months of each year that is known", nl="deel van de maanden van elk jaar dat bekend is"
        ),
    )
    return make_figure(chart, language, id="coverage-known-when")


def _sources(assessment: Assessment, language: Language) -> Iterator[dict[str, str]]:
    for key, source in assessment.sources.items():
        yield {
            "key": key,
            "title": source.title,
            "publisher": source.publisher,
            "url": source.url if source.url.startswith(("https://", "http://")) else "",
            "licence": source.licence,
            "citation": source.citation,
            "retrieved": words(language).date(source.retrieved) if source.retrieved else "",
        }


def _source_link(source: str, assessment: Assessment) -> dict[str, str]:
    known: Sequence[str] = list(assessment.sources)
    if source in known:
        return {"key": source, "href": f"#source-{source}"}
    return {"key": source, "href": source if source.startswith(("https://", "http://")) else ""}
