"""What a published number is: an estimate, a report, or a stated reason why there is none.

Nothing leaves a study as a bare float. An :class:`Estimate` carries its interval, the number of
observations, the method and the source; a :class:`Reported` figure carries who says so;
:class:`NotIdentified` and :class:`NotObserved` carry the reason why there is no number, so that
missing is never written as 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from armistice.errors import ParameterError
from armistice.text import Text

__all__ = [
    "Estimate",
    "NotIdentified",
    "NotObserved",
    "Quantity",
    "Reported",
    "StopReason",
    "round_significant",
]


def round_significant(value: float, digits: int = 6) -> float | None:
    """A number rounded for JSON; infinities and NaN become ``None``.

    >>> round_significant(1234567.89), round_significant(float("inf"))
    (1234570.0, None)
    """
    if not math.isfinite(value):
        return None
    return float(f"{value:.{digits - 1}e}")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its uncertainty.

    Parameters
    ----------
    value : float
        The point estimate.
    lower, upper : float
        Bounds of the interval; may be infinite where the data do not bound it.
    level : float
        Coverage that the interval aims at, for example 0.95.
    n : int
        Observations behind the number; ``n_of`` says what is counted.
    method : str
        How it was computed, in a few words of English.
    source : str
        Keys of the record's sources, comma separated, or a citation.
    unit : str
        Unit of ``value``; "" for a pure number.
    n_of : str
        What ``n`` counts ("rounds", "days", "episodes").

    Raises
    ------
    ParameterError
        If the value is NaN, the bounds do not enclose the value or the level is not inside (0, 1).

    Examples
    --------
    >>> Estimate(1.2, 0.8, 1.9, level=0.95, n=6, method="placebo rounds", source="strikes").excludes(1.0)
    False
    """

    value: float
    lower: float
    upper: float
    level: float
    n: int
    method: str
    source: str
    unit: str = ""
    n_of: str = "observations"

    def __post_init__(self) -> None:
        if math.isnan(self.value):
            raise ParameterError("Estimate: value is NaN; return NotIdentified or NotObserved with the reason.")
        if not self.lower <= self.value <= self.upper:
            raise ParameterError(
                f"Estimate: bounds must enclose the value, got {self.lower} <= {self.value} <= {self.upper}."
            )
        if not 0 < self.level < 1:
            raise ParameterError(f"Estimate: level must lie between 0 and 1, got {self.level}.")

    def excludes(self, value: float) -> bool:
        """Whether the interval leaves ``value`` out."""
        return not self.lower <= value <= self.upper

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON; an unbounded side is null."""
        return {
            "status": "estimated",
            "value": round_significant(self.value),
            "lower": round_significant(self.lower),
            "upper": round_significant(self.upper),
            "level": self.level,
            "unit": self.unit,
            "n": self.n,
            "n_of": self.n_of,
            "method": self.method,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Reported:
    """A figure that somebody reported: no sampling error, but a claimant.

    Parameters
    ----------
    value : float
        The figure, or the total of the reported figures.
    claimed_by : str
        Who says so.
    n : int
        Rows or days added up.
    method, source, unit, n_of : str
        As in :class:`Estimate`.
    """

    value: float
    claimed_by: str
    n: int
    method: str
    source: str
    unit: str = ""
    n_of: str = "rows"

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ParameterError("Reported: value is not a finite number; return NotObserved with the reason.")

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "status": "reported",
            "value": round_significant(self.value),
            "claimed_by": self.claimed_by,
            "unit": self.unit,
            "n": self.n,
            "n_of": self.n_of,
            "method": self.method,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class NotIdentified:
    """Data exist, but do not settle the number. ``reason`` is a sentence for the reader."""

    reason: Text

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"status": "not_identified", "reason": self.reason.to_json()}


@dataclass(frozen=True, slots=True)
class NotObserved:
    """The record lacks what the number needs. ``reason`` is a sentence for the reader."""

    reason: Text

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"status": "not_observed", "reason": self.reason.to_json()}


Quantity: TypeAlias = Estimate | Reported | NotIdentified | NotObserved


class StopReason(Enum):
    """Why an iterative method stopped; the value is the sentence a reader sees."""

    CONVERGED = ""
    OUT_OF_ITERATIONS = "Stopped before it converged. Raise the number of iterations, or simplify the model."
