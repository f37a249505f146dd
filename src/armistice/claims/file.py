"""What ``claims.toml`` may hold: statements, each with the test that would support or contradict it."""

from __future__ import annotations

import datetime as dt
import operator
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from armistice.errors import RecordError
from armistice.text import Text

__all__ = ["Claim", "Condition", "FigureComparison", "MechanismTest", "Query", "Tested", "read_claims"]

_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
}
_CLAUSE: Final = re.compile(r"^\s*(value|lower|upper)\s*(>=|<=|==|>|<)\s*([-+]?\d+(?:\.\d+)?)\s*$")
_QUANTITY: Final = re.compile(r"^[a-z0-9-]+\.[a-z0-9_]+(\[[^\]]+\])?$")


class Condition:
    """A condition on a quantity, as written in ``claims.toml``.

    >>> Condition("lower > 1 and value < 3").holds(2.0, 1.5, 4.0)
    True
    """

    def __init__(self, written: str) -> None:
        self.written = written
        self._clauses: list[tuple[str, Callable[[float, float], bool], float]] = []
        for clause in written.split(" and "):
            match = _CLAUSE.match(clause)
            if match is None:
                raise ValueError(
                    f"cannot read the condition {clause.strip()!r}; "
                    "write for example 'lower > 0', 'value >= 900' or 'lower > 0 and upper < 2'"
                )
            name, sign, number = match.groups()
            self._clauses.append((name, _COMPARE[sign], float(number)))

    def holds(self, value: float, lower: float, upper: float) -> bool:
        """Whether every clause is true."""
        numbers = {"value": value, "lower": lower, "upper": upper}
        return all(compare(numbers[name], bound) for name, compare, bound in self._clauses)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tested(_Model):
    """A test by conditions; neither holding leaves a claim undetermined."""

    supported_if: str = ""
    contradicted_if: str = ""

    @model_validator(mode="after")
    def _conditions_read(self) -> Tested:
        for written in (self.supported_if, self.contradicted_if):
            if written:
                Condition(written)
        if not (self.supported_if or self.contradicted_if):
            raise ValueError("give supported_if, contradicted_if or both")
        return self


class Query(Tested):
    """A number read off the record's rows.

    ``take``: ``count`` rows; ``sum``, ``first`` or ``last`` of ``field``; ``change`` from the first to the last.
    For ``table = "series"``, ``where = {id = "..."}`` names the series and ``field`` is not needed.
    """

    table: Literal["series", "talks", "events", "exchanges", "opinion", "leaders", "support"]
    where: dict[str, str | bool] = Field(default_factory=dict)
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    take: Literal["count", "sum", "first", "last", "change"] = "count"
    field: str = ""
    unit: Text = Text(en="", nl="")


class FigureComparison(_Model):
    """A stated number held against everyone's figure for the same thing in ``figures.csv``."""

    subject: str
    quantity: str
    at_least: float | None = None
    at_most: float | None = None
    needs_claimants: int = Field(default=2, ge=1, description="How many must agree before a figure is supported.")

    @model_validator(mode="after")
    def _bounded(self) -> FigureComparison:
        if self.at_least is None and self.at_most is None:
            raise ValueError("give at_least, at_most or both")
        return self


class MechanismTest(Tested):
    """A condition on a quantity of a study, named ``study.quantity`` or ``study.quantity[key]``."""

    quantity: str

    @model_validator(mode="after")
    def _named_well(self) -> MechanismTest:
        if not _QUANTITY.match(self.quantity):
            raise ValueError(f"quantity {self.quantity!r} must read study.quantity or study.quantity[key]")
        return self


class Claim(_Model):
    """One statement and its test: exactly one of ``query``, ``figures`` and ``tests``."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    statement: Text
    made_on: dt.date = Field(description="The day it was said; records of earlier days do not hold it.")
    remark: Text | None = Field(default=None, description="What a reader should bear in mind, in our own words.")
    query: Query | None = None
    figures: tuple[FigureComparison, ...] = ()
    tests: tuple[MechanismTest, ...] = ()

    @model_validator(mode="after")
    def _one_way_to_test(self) -> Claim:
        if sum(map(bool, (self.query, self.figures, self.tests))) != 1:
            raise ValueError("give exactly one of query, figures and tests")
        return self

    @property
    def sort(self) -> Literal["fact", "mechanism"]:
        """Whether rows or studies decide."""
        return "mechanism" if self.tests else "fact"


def read_claims(written: str, file: str = "claims.toml") -> list[Claim]:
    """The claims in the text of a ``claims.toml``.

    Raises
    ------
    RecordError
        With one line per problem: file, claim, what was found and how to mend it.
    """
    if not written.strip():
        return []
    try:
        data = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise RecordError([f"{file}: not valid TOML: {error}."]) from None
    unknown = sorted(set(data) - {"claims"})
    if unknown:
        raise RecordError([f"{file}: unknown key {unknown[0]!r}; write each statement under [[claims]]."])
    claims: list[Claim] = []
    problems: list[str] = []
    for number, entry in enumerate(data.get("claims", []), start=1):
        try:
            claims.append(Claim.model_validate(entry))
        except ValidationError as error:
            name = entry.get("id", f"number {number}") if isinstance(entry, dict) else f"number {number}"
            for detail in error.errors():
                where = ".".join(str(part) for part in detail["loc"]) or "as a whole"
                problems.append(f"{file}: claim {name}, {where}: {detail['msg'].removeprefix('Value error, ')}.")
    repeated = sorted({c.id for c in claims if [d.id for d in claims].count(c.id) > 1})
    problems += [f"{file}: two claims have the id {name!r}; give one another id." for name in repeated]
    if problems:
        raise RecordError(problems)
    return claims
