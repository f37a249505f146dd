"""The model of endings: shrunken hazards, corrected for what has happened lately and to whom.

Steps, each learnt from landmarks observed by a day:

1. :func:`~armistice.history.shrunken_hazards.fit_shrunken_hazards` on the covariates, its shrinkage learnt; once for the
   first two years ahead and once for what lies beyond, since what is known today says less of the far than of the near.
2. Ratios of endings observed to expected, by cause, drawn towards 1 (:func:`observed_and_expected`): of all wars lately
   (an era), of the war's own conflict, of its type at any time, of wars and of minor conflicts lately. Each is computed on what
   the ones before it leave.
3. How strongly the ratios are drawn towards 1 cannot be told from so few endings, so the forecast is the mean
   over :data:`STRENGTHS`. (Choosing the strength that had done best until then was tried; see
   :mod:`armistice.history.rolling`.)
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.history.incidence import Floats, Ints
from armistice.history.landmarks import LandmarkCounts
from armistice.history.shrunken_hazards import (
    ShrunkenHazards,
    elapsed_basis,
    fit_shrunken_hazards,
    incidence_of_hazards,
    observed_and_expected,
)

__all__ = ["EDGES", "NO_RATIOS", "STRENGTHS", "FittedEndings", "LandmarkData", "Settings", "fit_endings"]

#: Months ahead at which the hazard may step.
EDGES: Final = (0.0, 6.0, 12.0, 24.0, 36.0, 60.0)
#: Stretches that share their coefficients: up to 24 months ahead, and beyond.
_WINDOWS: Final = ((0, 3), (3, 5))
#: Half-lives, in years, of what counts as lately: for all wars, and for wars of an intensity.
_ALL_HALF_LIFE: Final = 3.0
_INTENSITY_HALF_LIFE: Final = 8.0
_LEAST_RATIO: Final = 1e-9  # a gamma of small shape may be drawn as 0


@dataclass(frozen=True)
class Settings:
    """How strongly each ratio is drawn towards 1, in endings; infinity switches it off."""

    lately: float = np.inf
    conflict: float = np.inf
    kind: float = np.inf


#: Strengths over which the forecast is averaged.
STRENGTHS: Final = tuple(Settings(*values) for values in itertools.product((1.0, 5.0), (2.0, 5.0, 20.0), (3.0, 15.0)))
#: No ratios at all.
NO_RATIOS: Final = Settings()


@dataclass(frozen=True, eq=False)
class LandmarkData:
    """Landmarks with what was known at each.

    Parameters
    ----------
    on : ndarray of float64, shape (n,)
        Days since 1970-01-01.
    elapsed_years : ndarray of float64, shape (n,)
    features : ndarray of float64, shape (n, n_features)
        Covariates but for elapsed time.
    blocks : tuple of int
        Sizes of the blocks that are shrunk together.
    groups : mapping of str to ndarray of int64, shape (n,)
        ``conflict``, ``type`` and ``war`` (whether the last finished year saw 1,000 deaths): codes from 0; -1 where not known.
    """

    on: Floats
    elapsed_years: Floats
    features: Floats
    blocks: tuple[int, ...]
    groups: Mapping[str, Ints]

    @property
    def n(self) -> int:
        """Number of landmarks."""
        return len(self.on)

    def select(self, rows: npt.NDArray[np.bool_] | Ints) -> LandmarkData:
        """The landmarks of ``rows``."""
        groups = {name: values[rows] for name, values in self.groups.items()}
        return LandmarkData(self.on[rows], self.elapsed_years[rows], self.features[rows], self.blocks, groups)

    def without_features(self) -> LandmarkData:
        """The same landmarks known by elapsed time alone."""
        return LandmarkData(self.on, self.elapsed_years, np.zeros((self.n, 0)), (), self.groups)

    def design(self) -> Floats:
        """Elapsed time, then the covariates."""
        return np.column_stack([elapsed_basis(self.elapsed_years), self.features])


@dataclass(frozen=True, eq=False)
class WindowedHazards:
    """Hazards of one window of time ahead after another.

    Parameters
    ----------
    parts : tuple of ShrunkenHazards
        One for each window that was watched, in order.
    edges : ndarray of float64, shape (n_stretches + 1,)
        Of all windows; where none was watched so far ahead, the last hazards go on.
    """

    parts: tuple[ShrunkenHazards, ...]
    edges: Floats

    def _whole(self, log_hazards: list[Floats]) -> Floats:
        """All stretches on axis -2."""
        joined = np.concatenate(log_hazards, axis=-2)
        lacking = len(self.edges) - 1 - joined.shape[-2]
        return np.concatenate([joined, *[joined[..., -1:, :]] * lacking], axis=-2)

    def log_hazards(self, features: npt.ArrayLike) -> Floats:
        """Log hazard a month, shape (n, n_stretches, n_causes)."""
        return self._whole([part.log_hazards(features) for part in self.parts])

    def draws(self, features: npt.ArrayLike, n_draws: int, rng: np.random.Generator) -> Floats:
        """Log hazards with coefficients drawn, shape (n_draws, n, n_stretches, n_causes).

        The windows are learnt from the same wars, so they are drawn together: with the same normal draws, which
        errs on the side of width.
        """
        causes = self.parts[0].intercepts.shape[1]
        normal = rng.standard_normal((n_draws, causes, max(part.size for part in self.parts)))
        return self._whole([part.draws(features, normal) for part in self.parts])


@dataclass(frozen=True, eq=False)
class FittedEndings:
    """A fit; :func:`fit_endings` makes it.

    Parameters
    ----------
    hazards : WindowedHazards
    observed, expected : ndarray of float64, shape (n, n_causes)
        Endings in the first stretch after each landmark fitted on, without overlap.
    data : LandmarkData
        The landmarks fitted on.
    until : float
        Last day observed.
    """

    hazards: WindowedHazards
    observed: Floats
    expected: Floats
    data: LandmarkData
    until: float

    def ratios(self, settings: Settings) -> list[tuple[str | None, Floats, Floats]]:
        """Endings seen and expected by group, prior included, one pair for each ratio; the group's name first.

        A ratio is the first over the second; its distribution is gamma with the first as shape, the second as rate.
        """
        expected = self.expected.copy()
        age = (self.until - self.data.on) / 365.25
        recent, of_late = 0.5 ** (age / _ALL_HALF_LIFE), 0.5 ** (age / _INTENSITY_HALF_LIFE)
        steps: tuple[tuple[str | None, float, Floats], ...] = (
            (None, settings.lately, recent),
            ("conflict", settings.conflict, np.ones_like(age)),
            ("type", settings.kind, np.ones_like(age)),
            ("war", settings.kind, of_late),
        )
        found: list[tuple[str | None, Floats, Floats]] = []
        for name, prior, weight in steps:
            if not np.isfinite(prior):
                continue
            group = self._group(self.data, name)
            seen, due = observed_and_expected(self.observed, expected, group, weight=weight)
            found.append((name, seen + prior, due + prior))
            expected = expected * ((seen + prior) / (due + prior))[group]
        return found

    @staticmethod
    def _group(data: LandmarkData, name: str | None) -> Ints:
        return np.zeros(data.n, dtype=np.int64) if name is None else data.groups[name]

    def corrections(
        self,
        data: LandmarkData,
        settings: Settings,
        n_draws: int | None = None,
        rng: np.random.Generator | None = None,
    ) -> Floats:
        """Log of the product of the ratios for each landmark and cause, shape (n, n_causes).

        With ``n_draws`` and ``rng`` the ratios are drawn, and draws come first. A group that is not known, or was
        never seen, keeps the ratio 1.
        """
        lead = () if n_draws is None else (n_draws,)
        total = np.zeros((*lead, data.n, self.observed.shape[1]))
        for name, shape, rate in self.ratios(settings):
            ratio = shape / rate if rng is None else rng.standard_gamma(shape, (*lead, *shape.shape)) / rate
            mine = self._group(data, name)
            known = (mine >= 0) & (mine < len(shape))
            total[..., known, :] += np.log(np.maximum(ratio[..., mine[known], :], _LEAST_RATIO))
        return total

    def incidence(
        self, data: LandmarkData, ahead: npt.ArrayLike, strengths: Sequence[Settings] = STRENGTHS
    ) -> Floats:
        """Probability of each ending within times ahead, mean over strengths; shape (n, n_ahead, n_causes)."""
        log_hazard = self.hazards.log_hazards(data.design())
        found = [
            incidence_of_hazards(
                np.exp(log_hazard + self.corrections(data, each)[:, None, :]), self.hazards.edges, ahead
            )
            for each in strengths
        ]
        return np.asarray(np.mean(found, axis=0))

    def drawn_incidence(
        self,
        data: LandmarkData,
        ahead: npt.ArrayLike,
        n_draws: int,
        rng: np.random.Generator,
        strengths: Sequence[Settings] = STRENGTHS,
    ) -> Floats:
        """The same with coefficients and ratios drawn from their approximate posterior, strengths in turn.

        Returns
        -------
        ndarray of float64, shape (n_draws, n, n_ahead, n_causes)
        """
        drawn = self.hazards.draws(data.design(), n_draws, rng)
        for i, each in enumerate(strengths):
            mine = slice(i, None, len(strengths))
            drawn[mine] += self.corrections(data, each, len(drawn[mine]), rng)[:, :, None, :]
        return incidence_of_hazards(np.exp(drawn), self.hazards.edges, ahead)


def fit_endings(
    data: LandmarkData,
    counts: LandmarkCounts,
    *,
    until: float,
    clusters: npt.ArrayLike | None = None,
    landmarks_a_year: float,
    precision: float | None = None,
    least: float | None = None,
) -> FittedEndings:
    """Fit the model to landmarks watched until a day.

    Parameters
    ----------
    data : LandmarkData
    counts : LandmarkCounts
        What followed each, observed until ``until``.
    until : float
    clusters : array_like, shape (n,), optional
        For the covariance of the coefficients.
    landmarks_a_year : float
        How many landmarks each war has in a year: an ending is seen from that many for each year of a window.
    precision, least : float, optional
        As in :func:`fit_shrunken_hazards`.

    Returns
    -------
    FittedEndings

    Raises
    ------
    DataError
        If no landmark was watched.
    """
    watched = counts.exposure.sum(axis=1) > 0
    if not watched.any():
        raise DataError("No landmark was watched by that day; there is nothing to learn from.")
    kept = data.select(watched)
    sizes: Sequence[int] = (elapsed_basis([1.0]).shape[1], *kept.blocks)
    groups = None if clusters is None else np.asarray(clusters)[watched]
    design, options = kept.design(), {} if least is None else {"least": least}
    parts = []
    for first, last in _WINDOWS:
        exposure, endings = counts.exposure[watched, first:last], counts.endings[watched, first:last]
        here = exposure.sum(axis=1) > 0
        if not here.any():
            break
        # An ending is seen from as many landmarks as the window reaches back to; together they count for one.
        overlap = landmarks_a_year * (counts.edges[last] - counts.edges[first]) / 12
        parts.append(
            fit_shrunken_hazards(
                design[here], exposure[here], endings[here], edges=counts.edges[first : last + 1], blocks=sizes,
                weight=1 / overlap, clusters=None if groups is None else groups[here], precision=precision, **options,
            )
        )  # fmt: skip
    hazards = WindowedHazards(tuple(parts), counts.edges)
    rate = np.exp(hazards.log_hazards(design)[:, 0])
    expected = counts.exposure[watched][:, :1] * rate
    return FittedEndings(hazards, counts.endings[watched][:, 0], expected, kept, until)
