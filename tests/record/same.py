"""Records as plain data, so that two can be compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from armistice.record.as_of import Front, Record


def plain(record: Record) -> dict[str, Any]:
    """Everything in a record, arrays as lists; NaN as None."""
    return {
        "war": record.war.model_dump(mode="json"),
        "as_of": record.as_of.isoformat(),
        "hindsight": record.hindsight,
        "series": {
            key: [series.description.model_dump(mode="json"), _list(series.dates), _list(series.values)]
            for key, series in record.all_series.items()
        },
        **{
            name: [row.model_dump(mode="json") for row in getattr(record, name)]
            for name in ("talks", "events", "figures", "exchanges", "opinion", "leaders", "support")
        },
        "front": _front(record.front),
        "sources": {key: source.model_dump(mode="json") for key, source in record.sources.items()},
        "claims_toml": record.claims_toml,
        "days_at_war": record.days_at_war,
    }


def _front(front: Front | None) -> Any:
    if front is None:
        return None
    return [
        front.description.model_dump(mode="json"),
        *(_list(array) for array in (front.dates, front.values, front.lower, front.upper)),
    ]


def _list(array: np.ndarray) -> list[Any]:
    if array.dtype.kind == "M":
        return [str(day) for day in array]
    return [None if np.isnan(value) else float(value) for value in array]
