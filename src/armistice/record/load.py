"""Open a war folder. What is in it can be seen only as of a day.

>>> load_war("korea").as_of("1951-11-27").days_at_war    # doctest: +SKIP
520
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import armistice.wars
from armistice.errors import ParameterError, RecordError
from armistice.record.as_of import Record
from armistice.record.cells import as_date
from armistice.record.check import problems_in
from armistice.record.cut import cut
from armistice.record.folder import Contents, read_folder
from armistice.record.messages import did_you_mean
from armistice.text import Text

__all__ = ["WarFolder", "bundled_wars", "load_war", "war_folder_path"]


class WarFolder:
    """A war folder that passed every check. Its only door to data is :meth:`as_of`.

    Made by :func:`load_war`. Attributes other than those needed to choose a day do not exist, so that nothing
    known later can be read by accident.
    """

    __slots__ = ("__contents",)

    def __init__(self, contents: Contents) -> None:
        self.__contents = contents

    @property
    def path(self) -> Path:
        """The folder."""
        return self.__contents.path

    @property
    def id(self) -> str:
        """The war's id."""
        assert self.__contents.war is not None
        return self.__contents.war.id

    @property
    def names(self) -> Text:
        """The war's name in every language."""
        assert self.__contents.war is not None
        return self.__contents.war.names

    @property
    def default_as_of(self) -> dt.date:
        """The day as of which the war is assessed unless another is given."""
        assert self.__contents.war is not None
        return self.__contents.war.default_as_of

    def as_of(self, date: dt.date | str | None = None, *, hindsight: bool = False) -> Record:
        """What was known of the war by the end of a day.

        Parameters
        ----------
        date : date or str, optional
            The day, also as ``"2025-06-03"``; by default :attr:`default_as_of`. Days after the last row are fine.
        hindsight : bool
            Whether reference sets of *other* wars may reach beyond the day.

        Returns
        -------
        Record
            The only thing that studies accept.

        Raises
        ------
        ParameterError
            If the day cannot be read or lies before the war.
        """
        assert self.__contents.war is not None
        day = self.default_as_of if date is None else _day(date)
        start = self.__contents.war.start
        if day < start:
            raise ParameterError(
                f"as_of {day} is before the first day of {self.id}, {start}. Give {start} or a later day."
            )
        return cut(self.__contents, day, hindsight=hindsight)

    def __repr__(self) -> str:
        return f"WarFolder({self.id!r}, {str(self.path)!r})"


def _day(date: dt.date | str) -> dt.date:
    if isinstance(date, dt.datetime):
        return date.date()
    if isinstance(date, dt.date):
        return date
    try:
        day, precision = as_date(date.strip())
    except ValueError as error:
        raise ParameterError(f"as_of: {error}") from None
    if precision != "day":
        raise ParameterError(f"as_of: found {date!r}; expected a full date. Write it like {day.isoformat()}.")
    return day


def bundled_wars() -> list[str]:
    """Names of the wars that come with the package, in alphabetical order."""
    return sorted(path.parent.name for path in _bundled().glob("*/war.toml"))


def _bundled() -> Path:
    return Path(armistice.wars.__path__[0])


def war_folder_path(name_or_path: str | Path) -> Path:
    """The folder of a bundled war, or the folder at a path.

    A bare name means the bundled war; write ``./ukraine`` for a folder of your own that has such a name.

    Raises
    ------
    ParameterError
        If there is neither; the message lists the bundled wars.
    """
    bundled = bundled_wars()
    if isinstance(name_or_path, str) and name_or_path in bundled:
        return _bundled() / name_or_path
    path = Path(name_or_path)
    if path.is_dir():
        return path
    if path.exists():
        raise ParameterError(f"{path} is a file, not a war folder. Give the folder that holds war.toml.")
    raise ParameterError(
        f"There is no bundled war and no folder called {str(name_or_path)!r}."
        f"{did_you_mean(str(name_or_path), bundled)} Bundled: {', '.join(bundled) or 'none'}. "
        "`armistice new FOLDER` starts a war of your own."
    )


def load_war(name_or_path: str | Path) -> WarFolder:
    """Open a bundled war by name, or a war folder by path, after every check.

    Parameters
    ----------
    name_or_path : str or Path
        ``"ukraine"``, or a folder that holds ``war.toml``.

    Raises
    ------
    ParameterError
        If there is no such war.
    RecordError
        If the folder does not follow the schema; ``problems`` lists every finding.
    MissingExtraError
        If a table is Parquet and DuckDB is not installed.

    Examples
    --------
    >>> load_war("ukraine").as_of("2025-06-03").war.start    # doctest: +SKIP
    datetime.date(2022, 2, 24)
    """
    contents = read_folder(war_folder_path(name_or_path))
    problems = problems_in(contents)
    if problems:
        raise RecordError(problems)
    return WarFolder(contents)
