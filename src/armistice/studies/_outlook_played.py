"""What the simulation says beside the endings: further deaths, and where the front may lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.outlook.chances import Floats
from armistice.record.as_of import Record
from armistice.simulation.play import Played
from armistice.studies._outlook_methods import SimulationSaid
from armistice.studies._outlook_pooled import Pooled
from armistice.studies._outlook_ways import AHEAD

__all__ = ["Fan", "Foretold", "Quantiles", "expected_deaths", "foretold", "front_fan"]

_BAND = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Quantiles:
    """A number with its interval."""

    value: float
    lower: float
    upper: float


def _deaths_a_month(played: Played) -> Floats:
    """Deaths of A and of B in each month per war that is still fought; shape (MONTHS, 2). NaN where none is."""
    died = np.diff(played.death_sums[:, :, 0].astype(np.float64), axis=0)
    fighting = played.front[:-1].sum(axis=1).astype(np.float64)[:, None]
    return np.asarray(np.divide(died, fighting, out=np.full_like(died, np.nan), where=fighting > 0))


def _filled(monthly: Floats) -> Floats:
    """Months that no war reached take the last month that one did."""
    for month in range(1, len(monthly)):
        monthly[month] = np.where(np.isnan(monthly[month]), monthly[month - 1], monthly[month])
    return np.nan_to_num(monthly)


def expected_deaths(said: SimulationSaid, pooled: Pooled, *, level: float) -> Floats | None:
    """Expected further deaths within the months told: the simulation's deaths a month, over the pooled chance of still fighting.

    Parameters
    ----------
    said : SimulationSaid
    pooled : Pooled
    level : float

    Returns
    -------
    ndarray of float64, shape (len(AHEAD), 3, 3), or None
        By months ahead; of A, of B, of both; value, lower, upper over draws. None where nobody counts the dead.
    """
    if not said.outcome.counts_deaths:
        return None
    by_draw = np.stack([_filled(_deaths_a_month(one)) for one in said.outcome.played])
    # Of wars still fought in a month: a draw whose wars end early has little to say of later months.
    share = said.said.weights[:, None] * np.stack(
        [one.front[:-1].sum(axis=1) / one.n_wars for one in said.outcome.played]
    )
    reached = share.sum(axis=0)
    share = np.where(reached > 0, share / np.where(reached > 0, reached, 1.0), said.said.weights[:, None])
    mean = np.einsum("dm,dms->ms", share, by_draw)
    rows = [months - 1 for months in AHEAD]

    def total(monthly: Floats, incidence: Floats) -> Floats:
        gone = incidence.sum(axis=-1)
        before = 1.0 - np.concatenate([np.zeros_like(gone[..., :1]), gone[..., :-1]], axis=-1)
        so_far = np.cumsum(before[..., None] * monthly, axis=-2)[..., rows, :]
        return np.concatenate([so_far, so_far.sum(axis=-1, keepdims=True)], axis=-1)

    value = total(mean, pooled.incidence)
    drawn = total(by_draw[pooled.picked], pooled.drawn)
    lower, upper = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.stack([value, np.minimum(lower, value), np.maximum(upper, value)], axis=-1)


@dataclass(frozen=True, eq=False)
class Fan:
    """Where the front may lie while the war is fought, in the unit of the record.

    Parameters
    ----------
    months : ndarray of int64, shape (n,)
    lower, middle, upper : ndarray of float64, shape (n,)
        90 % band and median over wars still fought.
    fighting : ndarray of float64, shape (n,)
        Share of wars still fought.
    """

    months: npt.NDArray[np.int64]
    lower: Floats
    middle: Floats
    upper: Floats
    fighting: Floats


def position(record: Record, share_a: Floats) -> Floats | None:
    """A's share of the stake as the record measures the front; None where it measures none."""
    front, war = record.front, record.war
    if front is None:
        return None
    own = share_a if front.description.side == war.side_a.id else 1.0 - share_a
    if front.description.measure == "area_km2":
        return None if war.theatre is None else own * war.theatre.area_km2
    if front.description.full_extent is None:
        return None
    low, high = front.description.full_extent
    return np.asarray(low + (high - low) * own)


def _shares(said: SimulationSaid) -> tuple[Floats, Floats, float] | None:
    """A's share by cell, wars still fought by month and cell (weighted), and the share held now."""
    held = said.simulated.observed.share_a
    if held is None:
        return None
    weights = said.said.weights
    fought: Floats = np.zeros(said.outcome.played[0].front.shape)
    for weight, one in zip(weights, said.outcome.played, strict=True):
        fought += weight / one.n_wars * one.front
    cells = fought.shape[1] - 1
    start = int(np.argmax(fought[0]))
    # The grid is coarse: moves are counted from where the front lies, not from the nearest line of the grid.
    return np.clip(held + (np.arange(cells + 1) - start) / cells, 0.0, 1.0), fought, held


def front_fan(said: SimulationSaid) -> Fan | None:
    """The fan of the front over the months looked ahead; None where no front is on record."""
    found = _shares(said)
    if found is None:
        return None
    share, fought, _ = found
    total = fought.sum(axis=1)
    months = np.flatnonzero(total > 1e-3)
    cumulative = np.cumsum(fought[months], axis=1) / total[months, None]
    bands = [share[np.argmax(cumulative >= level - 1e-12, axis=1)] for level in _BAND]
    drawn = [position(said.simulated.record, band) for band in bands]
    if any(each is None for each in drawn):
        return None
    low, middle, high = (np.asarray(each) for each in drawn)
    return Fan(months, np.minimum(low, high), middle, np.maximum(low, high), total[months])


@dataclass(frozen=True)
class Foretold:
    """What the simulation of a year ago said of the year that followed, and what came.

    Parameters
    ----------
    still_fought : float
        Chance that the war would still be fought.
    front : Quantiles or None
        A's gain in shares of the stake over the year, among wars still fought: mean and 90 % band.
    front_came : float or None
    """

    still_fought: float
    front: Quantiles | None
    front_came: float | None


def foretold(earlier: SimulationSaid, now_share_a: float | None, months: int = 12) -> Foretold:
    """A check of the simulation against the year since the earlier record: the war went on, and the front moved."""
    ended = float(earlier.said.weights @ earlier.outcome.chances([months])[:, 0, :-1].sum(axis=1))
    found = _shares(earlier)
    if found is None or now_share_a is None or not found[1][months].sum() > 0:
        return Foretold(1 - ended, None, None)
    share, fought, held = found
    chance = fought[months] / fought[months].sum()
    gain = share - held
    low, high = (float(gain[np.argmax(np.cumsum(chance) >= level - 1e-12)]) for level in (_BAND[0], _BAND[2]))
    mean = float(chance @ gain)
    if low == high:  # the front hardly moves on so coarse a grid, and nothing is told by that
        return Foretold(1 - ended, None, None)
    return Foretold(1 - ended, Quantiles(mean, min(low, mean), max(high, mean)), now_share_a - held)
