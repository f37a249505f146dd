"""The published JSON Schema of an assessment, built from the studies that exist.

``armistice schema`` prints it; ``docs/assessment.schema.json`` is a copy that a test keeps fresh.
"""

from __future__ import annotations

import re
from typing import Any, Final, get_args

from armistice.assessment import SCHEMA_VERSION
from armistice.claims import VERDICTS
from armistice.record.schema import Outcome
from armistice.studies import all_studies
from armistice.studies.study import ChartKind, Study

__all__ = ["assessment_schema"]

_TEXT: Final = {"$ref": "#/$defs/text"}
_MAYBE_TEXT: Final = {"anyOf": [_TEXT, {"type": "null"}]}
_MAYBE_NUMBER: Final = {"type": ["number", "null"]}
_DATE: Final = {"type": "string", "format": "date"}
_STRING: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "minimum": 0}


def assessment_schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12) that ``Assessment.to_json`` follows."""
    studies = all_studies()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "armistice assessment",
        "description": "What the studies make of a war, as known on one day.",
        **_object(
            schema_version={"const": SCHEMA_VERSION},
            armistice_version=_STRING,
            war=_object(
                id=_STRING,
                names=_TEXT,
                start=_DATE,
                as_of=_DATE,
                days_at_war=_COUNT,
                end={
                    "anyOf": [
                        {"type": "null"},
                        _object(date=_DATE, outcome={"enum": list(get_args(Outcome))}, source=_STRING),
                    ]
                },
            ),
            seed=_COUNT,
            hindsight={"type": "boolean"},
            answer={"type": "array", "items": _TEXT, "maxItems": 5},
            studies=_object(**{study.name: _study(study) for study in studies}),
            claims={
                "type": "array",
                "items": _object(
                    id=_STRING,
                    sort={"enum": ["fact", "mechanism"]},
                    statement=_TEXT,
                    verdict={"enum": list(VERDICTS)},
                    explanation=_TEXT,
                    numbers={"type": "array", "items": _object(label=_TEXT, quantity={"$ref": "#/$defs/quantity"})},
                ),
            },
            coverage=_coverage(),
            sources={
                "type": "object",
                "additionalProperties": _object(title=_STRING, licence=_STRING, citation=_STRING, url=_STRING),
            },
        ),
        "$defs": {
            "text": _object(en=_STRING, nl=_STRING),
            "cell": {"anyOf": [_TEXT, {"type": ["string", "number", "boolean", "null"]}]},
            "quantity": {"oneOf": [_estimated(), _reported(), _absent("not_identified"), _absent("not_observed")]},
            "table": _object(
                name=_STRING,
                title=_TEXT,
                columns={"type": "array", "items": _TEXT},
                rows={"type": "array", "items": {"type": "array", "items": {"$ref": "#/$defs/cell"}}},
                note=_MAYBE_TEXT,
            ),
            "chart": _object(
                name=_STRING,
                kind={"enum": list(get_args(ChartKind))},
                title=_TEXT,
                says=_TEXT,
                columns={
                    "type": "object",
                    "additionalProperties": {"type": "array", "items": {"$ref": "#/$defs/cell"}},
                },
                x=_TEXT,
                y=_TEXT,
                reference=_MAYBE_NUMBER,
                logarithmic={"type": "boolean"},
                marks={
                    "type": "array",
                    "items": _object(date=_DATE, end={"type": ["string", "null"]}, label=_TEXT, group=_MAYBE_TEXT),
                },
            ),
        },
    }


def _object(**properties: Any) -> dict[str, Any]:
    """An object with exactly these properties, all present."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _study(study: Study) -> dict[str, Any]:
    quantities = {
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {
            _key_pattern(name, keyed=bool(spec.per)): {"$ref": "#/$defs/quantity", "description": spec.means.en}
            for name, spec in study.quantities.items()
        },
    }
    return {
        "description": study.question.en,
        **_object(
            title=_TEXT,
            question=_TEXT,
            parameters=study.parameters.model_json_schema(mode="serialization"),
            status={"enum": ["ok", "not_observed", "not_identified"]},
            reason=_MAYBE_TEXT,
            headline=_MAYBE_TEXT,
            sentences={"type": "array", "items": _TEXT},
            quantities=quantities,
            tables={"type": "array", "items": {"$ref": "#/$defs/table"}},
            charts={"type": "array", "items": {"$ref": "#/$defs/chart"}},
            caveats={"type": "array", "items": _TEXT},
            sources={"type": "array", "items": _STRING},
        ),
    }


def _coverage() -> dict[str, Any]:
    maybe_date = {"anyOf": [_DATE, {"type": "null"}]}
    texts = {"type": "array", "items": _STRING}
    tables = _object(
        name=_STRING, title=_TEXT, rows=_COUNT, first=maybe_date, last=maybe_date, claimed_by=texts, sources=texts
    )
    series = _object(
        id=_STRING,
        title=_TEXT,
        every={"enum": ["day", "month"]},
        reported=_COUNT,
        first=maybe_date,
        last=maybe_date,
        missing=_COUNT,
        missing_share=_MAYBE_NUMBER,
        usable_from=maybe_date,
        claimed_by=_STRING,
        sources=texts,
    )
    return _object(
        tables={"type": "array", "items": tables}, series={"type": "array", "items": series}, sentence=_TEXT
    )


def _key_pattern(name: str, *, keyed: bool) -> str:
    """What the keys of a quantity look like: ``name`` or ``name[key]``."""
    return "^" + re.escape(name) + (r"\[[^\]]+\]" if keyed else "") + "$"


def _estimated() -> dict[str, Any]:
    return _object(
        status={"const": "estimated"},
        value=_MAYBE_NUMBER,
        lower=_MAYBE_NUMBER,
        upper=_MAYBE_NUMBER,
        level={"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        unit=_STRING,
        n=_COUNT,
        n_of=_STRING,
        method=_STRING,
        source=_STRING,
    )


def _reported() -> dict[str, Any]:
    return _object(
        status={"const": "reported"},
        value={"type": "number"},
        claimed_by=_STRING,
        unit=_STRING,
        n=_COUNT,
        n_of=_STRING,
        method=_STRING,
        source=_STRING,
    )


def _absent(status: str) -> dict[str, Any]:
    return _object(status={"const": status}, reason=_TEXT)
