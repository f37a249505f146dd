"""Simulated data sets of retaliation, and files that keep what was found in each, so that runs add up."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

LAGS = 28
BURN_IN = 200

#: Who answers whom, as shares of the spectral radius; rows add up to 1, so that every side has the same mean.
TWO_SIDES = ((0.7, 0.3), (0.5, 0.5))
THREE_SIDES = ((0.6, 0.3, 0.1), (0.4, 0.4, 0.2), (0.1, 0.3, 0.6))


@dataclass(frozen=True)
class Setting:
    """A way in which data sets of daily counts are made.

    Parameters
    ----------
    key : str
        Name of its file.
    words : str
        What a reader is told.
    branching : tuple of tuples of float
    decay : float
        Per day.
    means : tuple of float
        Events a day of each side, answers included.
    dispersion : float
    missing : float
        Share of days not observed, each side on its own.
    background : tuple of float
        Standard deviation of the latent background in the log mean of each side.
    memory : float
        Of the background from one day to the next.
    n_days : int
    """

    key: str
    words: str
    branching: tuple[tuple[float, ...], ...]
    decay: float = 0.2
    means: tuple[float, ...] = (25.0, 25.0)
    dispersion: float = 4.0
    missing: float = 0.0
    background: tuple[float, ...] = (0.0, 0.0)
    memory: float = 0.9
    n_days: int = 900

    @property
    def matrix(self) -> np.ndarray:
        return np.array(self.branching)

    @property
    def sides(self) -> int:
        return len(self.branching)

    @property
    def radius(self) -> float:
        return float(np.max(np.abs(np.linalg.eigvals(self.matrix))))


def scaled(shares: Sequence[Sequence[float]], radius: float) -> tuple[tuple[float, ...], ...]:
    """A branching matrix of this spectral radius."""
    return tuple(tuple(round(radius * share, 6) for share in row) for row in shares)


def counts_of(setting: Setting, rng: np.random.Generator) -> np.ndarray:
    """One data set: self-exciting counts, times a latent background where the setting has one.

    Returns
    -------
    ndarray of shape (n_days, sides)
    """
    weights = np.exp(-setting.decay * np.arange(1, LAGS + 1))
    weights = (weights / weights.sum())[::-1]
    branching, means = setting.matrix, np.array(setting.means)
    level = means - branching @ means
    if level.min() <= 0:
        raise ValueError(f"{setting.key}: answers alone exceed the means asked for.")
    loading, latent = np.array(setting.background), 0.0
    counts = np.zeros((setting.n_days + BURN_IN, setting.sides))
    counts[:LAGS] = means
    for t in range(LAGS, len(counts)):
        mean = level + branching @ (weights @ counts[t - LAGS : t])
        if loading.any():
            latent = setting.memory * latent + np.sqrt(1 - setting.memory**2) * rng.standard_normal()
            mean = mean * np.exp(loading * latent - loading**2 / 2)
        counts[t] = rng.poisson(rng.standard_gamma(setting.dispersion, setting.sides) * mean / setting.dispersion)
    counts = counts[BURN_IN:]
    if setting.missing:
        counts[rng.random(counts.shape) < setting.missing] = np.nan
    return counts


class Found:
    """What was found in the sets of every setting: one CSV file for each, a row per finished set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def rows(self, key: str) -> list[dict[str, str]]:
        """Finished sets of a setting, in order; a row cut off by a stop is left out."""
        path = self.folder / f"{key}.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            found = [row for row in csv.DictReader(file) if None not in row and None not in row.values()]
        return sorted({int(row["set"]): row for row in found}.values(), key=lambda row: int(row["set"]))

    def add(self, key: str, row: Mapping[str, object]) -> None:
        """Write the row of one set at once."""
        path = self.folder / f"{key}.csv"
        is_new = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(row), lineterminator="\n")
            if is_new:
                writer.writeheader()
            writer.writerow({name: _short(value) for name, value in row.items()})


def _short(value: object) -> object:
    return f"{value:.4g}" if isinstance(value, float) else value


def run_in_turns(
    found: Found,
    settings: Sequence[tuple[str, Callable[[int], Mapping[str, object]]]],
    sets: int,
    after_each_turn: Callable[[], None],
) -> Iterator[int]:
    """Set after set, every setting once in each turn, leaving out what is finished: equal numbers at any stop.

    Parameters
    ----------
    found : Found
    settings : sequence of (str, callable)
        File of the setting, and what makes the row of a set from its number.
    sets : int
        To reach for each setting.
    after_each_turn : callable
        Called every twentieth turn and at the end.

    Yields
    ------
    int
        The turn just finished.
    """
    done = {key: {int(row["set"]) for row in found.rows(key)} for key, _ in settings}
    for turn in range(sets):
        for key, row_of in settings:
            if turn not in done[key]:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    found.add(key, {"set": turn, **row_of(turn)})
        if turn % 20 == 19 or turn == sets - 1:
            after_each_turn()
        yield turn


def band(n: int, chance: float) -> tuple[int, int]:
    """Counts allowed of ``n`` where each happens with this chance: the 99 % binomial band."""
    from scipy.stats import binom

    return int(binom.ppf(0.005, n, chance)), int(binom.ppf(0.995, n, chance))
