"""The errors and warnings that `armistice` raises, one base for all.

Every message says what was wrong, where, what was found and how to mend it. Each error is
also a standard kind of exception, so that callers who do not know this package still catch it.
"""

from __future__ import annotations

__all__ = [
    "ArmisticeError",
    "DataError",
    "MissingExtraError",
    "NotConvergedError",
    "ParameterError",
    "RecordError",
    "StatisticalWarning",
]


class ArmisticeError(Exception):
    """Base of every error that this package raises on purpose."""


class ParameterError(ArmisticeError, ValueError):
    """An argument is outside what the function or command can take."""


class DataError(ArmisticeError, ValueError):
    """Data handed to a method are not what the method needs."""


class RecordError(DataError):
    """A war folder does not follow the schema. ``problems`` lists every finding.

    Parameters
    ----------
    problems : sequence of str
        One line per finding: file, row, column, what was found, how to mend it.
    """

    def __init__(self, problems: list[str] | tuple[str, ...]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class NotConvergedError(ArmisticeError, RuntimeError):
    """A solver stopped without a solution; its message carries the residual."""


class MissingExtraError(ArmisticeError, ImportError):
    """An optional dependency is not installed; its message says which to install."""


class StatisticalWarning(UserWarning):
    """A doubtful statistic: the message carries the number that makes it doubtful."""
