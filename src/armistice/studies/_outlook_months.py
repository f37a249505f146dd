"""The outlook of one war on many days, each from the record of its day; months that are done are kept in a folder.

A month's file is named by its day and a digest of everything that it rests on (the record of that day, the settings, this
package's code), so that an interrupted run goes on where it stopped and nothing stale is read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from armistice.errors import ParameterError
from armistice.files import write_whole
from armistice.outlook.weights import LearntWeights
from armistice.record.as_of import Record
from armistice.record.reference import episodes_as_of
from armistice.studies._bargain_inputs import observe
from armistice.studies._endings_model import Learnt, learn
from armistice.studies._outlook_methods import METHODS, Said, history_says, simulation_says
from armistice.studies._outlook_pooled import Pooled, learnt_weights, pool
from armistice.text import Text

__all__ = ["Month", "MonthSettings", "first_of_months", "months_say"]

_ROOMS: Final = ("bargaining", "history", "outlook", "record", "simulation", "studies")
_ROWS: Final = ("talks", "events", "figures", "exchanges", "opinion", "leaders", "support")


@dataclass(frozen=True, slots=True)
class MonthSettings:
    """How each month is computed.

    Parameters
    ----------
    seed : int
        The same in every month, so that months are compared draw by draw.
    wars, draws : int
    precision : float
    set : tuple of str
    """

    seed: int = 1
    wars: int = 48_000
    draws: int = 24
    precision: float = 100.0
    set: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Month:
    """What the methods said on one day, and their pool.

    Parameters
    ----------
    as_of : date
    said : dict of str to Said
        By method; one that had nothing to say is absent.
    silent : str
        Why simulation had nothing to say, in English; empty where it had.
    weights : LearntWeights
        Learnt from wars whose end was known by then.
    pooled : Pooled or None
        None where no method had anything to say.
    talks_open : bool or None
        Whether the simulation took the sides to be talking that day; None where the record tells of no talks.
    """

    as_of: dt.date
    said: dict[str, Said]
    silent: str
    weights: LearntWeights
    pooled: Pooled | None
    talks_open: bool | None = None


def first_of_months(first: dt.date, last: dt.date, every: int) -> list[dt.date]:
    """The first day of every so many months from ``first`` on, up to and with ``last``.

    >>> first_of_months(dt.date(2022, 11, 15), dt.date(2023, 6, 3), 3)
    [datetime.date(2022, 12, 1), datetime.date(2023, 3, 1), datetime.date(2023, 6, 1)]
    """
    if every < 1:
        raise ParameterError(f"every must be 1 month or more, got {every}.")
    index = first.year * 12 + first.month - 1 + (first.day > 1)
    days = []
    while (day := dt.date(index // 12, index % 12 + 1, 1)) <= last:
        days.append(day)
        index += every
    return days


def months_say(
    record: Record,
    days: Sequence[dt.date],
    settings: MonthSettings,
    *,
    folder: Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Month]:
    """The outlook on each day, from what was known on it.

    Parameters
    ----------
    record : Record
        Of the last day, or a later one.
    days : sequence of date
        Days on which the war was known to have ended are left out.
    settings : MonthSettings
    folder : Path, optional
        Where finished months are kept and found again.
    on_progress : callable, optional
        Called with months done and months in all.
    """
    records = [record.earlier(day) for day in days]
    records = [each for each in records if each.war.end is None]
    if folder is not None:
        _make(folder)
    learnt: tuple[dt.date, Learnt | None] | None = None
    found: list[Month] = []
    for number, each in enumerate(records, start=1):
        path = None if folder is None else folder / f"{each.as_of}-{_digest(each, settings)}.npz"
        kept = None if path is None else _read(path)
        if kept is None:
            edition = episodes_as_of(each.as_of, hindsight=each.hindsight)
            if learnt is None or learnt[0] != edition:  # endings are coded by the year
                learnt = (edition, learn(each, seed=settings.seed))
            kept = _say(each, settings, learnt[1])
            if path is not None:
                _write(path, *kept)
        said, silent = kept
        weights = learnt_weights(each, settings.seed)
        pooled = pool(said, weights, seed=settings.seed) if said else None
        talks = observe(each).talks
        found.append(Month(each.as_of, said, silent, weights, pooled, None if talks is None else talks.now))
        if on_progress is not None:
            on_progress(number, len(records))
    return found


def _say(record: Record, settings: MonthSettings, learnt: Learnt | None) -> tuple[dict[str, Said], str]:
    said: dict[str, Said] = {}
    history = None if learnt is None else history_says(record, seed=settings.seed, learnt=learnt)
    if history is not None:
        said["history"] = history
    simulation = simulation_says(
        record, seed=settings.seed, wars=settings.wars, draws=settings.draws, precision=settings.precision,
        set=settings.set,
    )  # fmt: skip
    if isinstance(simulation, Text):
        return said, simulation.en
    said["simulation"] = simulation.said
    return said, ""


# --- the folder ------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _code() -> bytes:
    digest = hashlib.sha256()
    root = Path(__file__).parents[1]
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.is_file() and path.suffix in (".py", ".csv", ".gz"):
                digest.update(path.name.encode())
                digest.update(path.read_bytes())
    return digest.digest()


def _digest(record: Record, settings: MonthSettings) -> str:
    """Of all that a month rests on."""
    digest = hashlib.sha256(_code())
    digest.update(f"{settings!r};{record.as_of};{record.hindsight};{record.war.model_dump_json()}".encode())
    for series in record.all_series.values():
        digest.update(series.id.encode() + series.dates.tobytes() + series.values.tobytes())
    for name in _ROWS:
        for row in getattr(record, name):
            digest.update(row.model_dump_json().encode())
    if record.front is not None:
        for values in (record.front.dates, record.front.values, record.front.lower, record.front.upper):
            digest.update(values.tobytes())
    return digest.hexdigest()[:20]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParameterError(f"Cannot keep months in {folder}: {error.strerror}. Name another folder.") from error


def _write(path: Path, said: dict[str, Said], silent: str) -> None:
    arrays: dict[str, Any] = {"silent": np.array(silent)}
    for name, each in said.items():
        arrays |= {
            f"{name}.incidence": each.incidence, f"{name}.drawn": each.drawn, f"{name}.weights": each.weights,
            f"{name}.speaks": each.speaks, f"{name}.n": np.array(each.n), f"{name}.ids": each.ids,
        }  # fmt: skip
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_whole(path, buffer.getvalue())


def _read(path: Path) -> tuple[dict[str, Said], str] | None:
    """A month that is here and whole."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            said = {
                name: Said(
                    stored[f"{name}.incidence"], stored[f"{name}.drawn"], stored[f"{name}.weights"],
                    stored[f"{name}.speaks"], int(stored[f"{name}.n"]), stored[f"{name}.ids"],
                )
                for name in METHODS
                if f"{name}.drawn" in stored.files
            }  # fmt: skip
            return said, str(stored["silent"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
