"""How often, and how, wars of a kind end: Aalen-Johansen cumulative incidence from arrays.

The estimand is conditional: for a war that has already lasted ``landmark``, the probability that it ends
by cause ``k`` within a further ``ahead``. Wars enter the risk set late (left truncation) and leave it when
observation stops (censoring); a competing ending removes a war for good, so causes and "still going on"
sum to one.

References
----------
Aalen and Johansen (1978), Scandinavian Journal of Statistics 5:141-150.
Andersen, Borgan, Gill and Keiding (1993), Statistical Models Based on Counting Processes, section IV.4.
Allignol, Schumacher and Beyersmann (2010), Biometrical Journal 52:126-137 (the Greenwood-type variance).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.checks import one_dimensional, same_length
from armistice.errors import DataError, ParameterError

__all__ = ["AalenJohansen", "Influence", "aalen_johansen", "incidence_after", "influence"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class AalenJohansen:
    """Cumulative incidence of each cause, as step functions.

    Parameters
    ----------
    landmark : float
        Time already lasted; everything is conditional on it.
    times : ndarray of float64, shape (n_times,)
        Distinct ending times after ``landmark``, increasing, in the unit of the durations.
    at_risk : ndarray of int64, shape (n_times,)
        Wars under observation just before each time.
    events : ndarray of int64, shape (n_times, n_causes)
        Endings at each time, by cause.
    survival : ndarray of float64, shape (n_times,)
        Share still going on just after each time.
    incidence : ndarray of float64, shape (n_times, n_causes)
        Share ended by each cause by each time; with ``survival`` it sums to one.
    variance : ndarray of float64, shape (n_times, n_causes)
        Greenwood-type variance of ``incidence``, wars taken as independent.
    """

    landmark: float
    times: Floats
    at_risk: Ints
    events: Ints
    survival: Floats
    incidence: Floats
    variance: Floats

    def at(self, ahead: npt.ArrayLike) -> Floats:
        """Incidence ``ahead`` of the landmark, shape (n_ahead, n_causes)."""
        when = self.landmark + np.atleast_1d(np.asarray(ahead, dtype=np.float64))
        padded = np.vstack([np.zeros(self.incidence.shape[1]), self.incidence])
        return padded[np.searchsorted(self.times, when, side="right")]


@dataclass(frozen=True, eq=False)
class Influence:
    """Cumulative incidence at chosen times ahead, and how much each war moves it.

    Parameters
    ----------
    incidence : ndarray of float64, shape (n_ahead, n_groups)
    influence : ndarray of float64, shape (n_wars, n_ahead, n_groups)
        Derivative of ``incidence`` with respect to the weight of each war (infinitesimal jackknife);
        sums to zero over wars. Its squares summed estimate the variance; summed within clusters
        first, they allow for wars of one conflict being alike.
    accounted : ndarray of float64, shape (n_wars, n_ahead)
        Share of the stretch ahead for which the war's fate is known: 1 if it ended in it or outlasted it,
        less if observation began late or stopped early, 0 if it was not at risk.
    at_risk : int
        Wars under observation at the landmark itself.
    """

    incidence: Floats
    influence: Floats
    accounted: Floats
    at_risk: int


def _checked(
    durations: npt.ArrayLike,
    causes: npt.ArrayLike,
    n_causes: int,
    entry: npt.ArrayLike | None,
    landmark: float,
) -> tuple[Floats, Ints, Floats]:
    lasted = one_dimensional("durations", durations).astype(np.float64)
    cause = one_dimensional("causes", causes)
    entered = np.zeros_like(lasted) if entry is None else one_dimensional("entry", entry).astype(np.float64)
    same_length(durations=lasted, causes=cause, entry=entered)
    if not (np.isfinite(lasted).all() and np.isfinite(entered).all()):
        raise DataError("durations and entry must be finite; leave out wars whose dates are not known.")
    if (lasted < 0).any() or (entered < 0).any():
        raise DataError("durations and entry must not be negative: a war would end, or be seen, before it starts.")
    if (entered > lasted).any():
        raise DataError(
            f"entry must not exceed durations; it does at position {int(np.flatnonzero(entered > lasted)[0])}."
        )
    code = cause.astype(np.int64)
    if (code != cause).any() or (code < 0).any() or (code > n_causes).any():
        raise DataError(f"causes must be whole numbers from 0 (still going on) to {n_causes}.")
    if not (np.isfinite(landmark) and landmark >= 0):
        raise ParameterError(f"landmark must not be negative, got {landmark}.")
    return lasted, code, entered


def aalen_johansen(
    durations: npt.ArrayLike,
    causes: npt.ArrayLike,
    *,
    n_causes: int,
    entry: npt.ArrayLike | None = None,
    landmark: float = 0.0,
) -> AalenJohansen:
    """Cumulative incidence of each cause among wars that lasted longer than ``landmark``.

    Parameters
    ----------
    durations : array_like of float, shape (n_wars,)
        From the start of each war to its end, or to the last day observed.
    causes : array_like of int, shape (n_wars,)
        0 if still going on when last observed, else 1 to ``n_causes``.
    n_causes : int
    entry : array_like of float, shape (n_wars,), optional
        Time since its start at which each war came under observation; 0 by default.
    landmark : float
        Condition on having lasted longer than this.

    Returns
    -------
    AalenJohansen

    Raises
    ------
    DataError
        If lengths differ, a time is negative or not finite, or entry exceeds the duration.

    Notes
    -----
    A war is at risk at ``t`` if ``max(entry, landmark) < t <= duration``. With late entry the risk set can
    empty before wars that enter later: incidence stays where it was, as survival is then 0.

    Examples
    --------
    >>> curve = aalen_johansen([3, 8, 10, 15], [1, 2, 0, 1], n_causes=2)
    >>> curve.incidence[-1].tolist(), curve.survival[-1].item()
    ([0.75, 0.25], 0.0)
    """
    lasted, cause, entered = _checked(durations, causes, n_causes, entry, landmark)
    begun = np.maximum(entered, landmark)
    kept = lasted > begun
    lasted, cause, begun = lasted[kept], cause[kept], begun[kept]
    times = np.unique(lasted[cause > 0])
    # At risk just before t: began before t, less those that left before t.
    at_risk = np.searchsorted(np.sort(begun), times, side="left") - np.searchsorted(
        np.sort(lasted), times, side="left"
    )
    events = np.zeros((len(times), n_causes), dtype=np.int64)
    ended = cause > 0
    np.add.at(events, (np.searchsorted(times, lasted[ended]), cause[ended] - 1), 1)
    hazard = events / at_risk[:, None]
    total = hazard.sum(axis=1)
    survival = np.cumprod(1.0 - total)
    before = np.concatenate([[1.0], survival[:-1]])
    incidence = np.cumsum(before[:, None] * hazard, axis=0)
    return AalenJohansen(
        landmark=float(landmark),
        times=times,
        at_risk=at_risk.astype(np.int64),
        events=events,
        survival=survival,
        incidence=incidence,
        variance=_greenwood(before, hazard, total, incidence, at_risk),
    )


def incidence_after(
    durations: npt.ArrayLike,
    causes: npt.ArrayLike,
    landmarks: npt.ArrayLike,
    ahead: npt.ArrayLike,
    *,
    n_causes: int,
    least_at_risk: int = 1,
) -> Floats:
    """Conditional incidence at many landmarks at once: as :func:`aalen_johansen` from each, one pass over the data.

    Parameters
    ----------
    durations, causes, n_causes
        As in :func:`aalen_johansen`; observation starts with each war.
    landmarks : array_like of float, shape (n_landmarks,)
    ahead : array_like of float, shape (n_ahead,)
    least_at_risk : int
        Where fewer wars lasted beyond a landmark, the latest landmark that so many lasted beyond takes its place.

    Returns
    -------
    ndarray of float64, shape (n_landmarks, n_ahead, n_causes)

    Examples
    --------
    >>> incidence_after([3, 8, 10, 15], [1, 2, 0, 1], [0, 5], [9], n_causes=2).round(4).tolist()
    [[[0.25, 0.25]], [[0.0, 0.3333]]]
    """
    lasted, cause, _ = _checked(durations, causes, n_causes, None, 0.0)
    span = np.atleast_1d(np.asarray(ahead, dtype=np.float64))
    at = one_dimensional("landmarks", landmarks).astype(np.float64)
    if least_at_risk < 1:
        raise ParameterError(f"least_at_risk must be at least 1, got {least_at_risk}.")
    ordered = np.sort(lasted)
    if len(ordered) < least_at_risk:
        raise DataError(f"Fewer than {least_at_risk} wars; there is nothing to condition on.")
    latest = np.nextafter(ordered[-least_at_risk], -np.inf)
    at = np.minimum(at, latest)
    times = np.unique(lasted[cause > 0])
    at_risk = len(lasted) - np.searchsorted(ordered, times, side="left")
    events = np.zeros((len(times), n_causes))
    np.add.at(events, (np.searchsorted(times, lasted[cause > 0]), cause[cause > 0] - 1), 1.0)
    hazard = events / at_risk[:, None] if len(times) else events
    # Only the last time can end all that are left, and no landmark lies beyond it.
    survival = np.concatenate([[1.0], np.cumprod(1.0 - hazard.sum(axis=1))])
    incidence = np.vstack([np.zeros(n_causes), np.cumsum(survival[:-1, None] * hazard, axis=0)])
    begin = np.searchsorted(times, at, side="right")
    until = np.searchsorted(times, at[:, None] + span, side="right")
    return np.asarray((incidence[until] - incidence[begin][:, None]) / survival[begin][:, None, None])


def _greenwood(before: Floats, hazard: Floats, total: Floats, incidence: Floats, at_risk: Ints) -> Floats:
    """Variance of the incidence, by the delta method on multinomial hazards at each time.

    For one time s the incidence F_k(t) moves with the hazard of cause j at s by
    S(s-) 1[j = k] - (F_k(t) - F_k(s)) / (1 - total hazard at s). Expanding the square leaves sums over s
    of products with powers of F_k(t), so that cumulative sums do.
    """
    rest = 1.0 - total
    inverse = np.divide(1.0, rest, out=np.zeros_like(rest), where=rest > 0)
    own = before[:, None] * hazard  # jump of F_k
    # Terms of sum_j a_j^2 h_j - (sum_j a_j h_j)^2 with a_j = S 1[j=k] - g, g = (F(t) - F(s)) * inverse.
    constant = before[:, None] * own * (1.0 - hazard) / at_risk[:, None]
    linear = -2.0 * own * (1.0 - total)[:, None] * inverse[:, None] / at_risk[:, None]
    square = (total * (1.0 - total) * inverse**2 / at_risk)[:, None] * np.ones_like(own)
    c0 = np.cumsum(constant - linear * incidence + square * incidence**2, axis=0)
    c1 = np.cumsum(linear - 2.0 * square * incidence, axis=0)
    c2 = np.cumsum(square, axis=0)
    return np.maximum(c0 + c1 * incidence + c2 * incidence**2, 0.0)


def influence(
    durations: npt.ArrayLike,
    causes: npt.ArrayLike,
    ahead: npt.ArrayLike,
    *,
    n_causes: int,
    groups: npt.ArrayLike | None = None,
    entry: npt.ArrayLike | None = None,
    landmark: float = 0.0,
) -> Influence:
    """Cumulative incidence ``ahead`` of the landmark and each war's influence on it.

    Parameters
    ----------
    durations, causes, n_causes, entry, landmark
        As in :func:`aalen_johansen`.
    ahead : array_like of float, shape (n_ahead,)
        Times beyond the landmark, positive.
    groups : array_like of bool, shape (n_groups, n_causes), optional
        Sets of causes to add up ("any settlement"); each cause alone by default.

    Returns
    -------
    Influence

    References
    ----------
    Efron (1981), Biometrika 68:589-599 (the infinitesimal jackknife).

    Examples
    --------
    >>> found = influence([3, 8, 10, 15], [1, 2, 0, 1], [9], n_causes=2)
    >>> found.incidence.tolist(), (found.influence**2).sum(axis=0).tolist()
    ([[0.25, 0.25]], [[0.046875, 0.046875]])
    """
    lasted, cause, entered = _checked(durations, causes, n_causes, entry, landmark)
    span = np.atleast_1d(np.asarray(ahead, dtype=np.float64))
    if not (np.isfinite(span).all() and (span > 0).all()):
        raise ParameterError("ahead must hold positive numbers.")
    sets = np.eye(n_causes) if groups is None else np.atleast_2d(np.asarray(groups, dtype=np.float64))
    n_groups, horizon = len(sets), landmark + span
    begun = np.maximum(entered, landmark)
    at_landmark = (entered <= landmark) & (lasted > landmark)
    kept = np.flatnonzero((lasted > begun) & (begun < horizon.max()))
    n_wars = len(lasted)
    moved = np.zeros((n_wars, len(span), n_groups))
    accounted = np.zeros((n_wars, len(span)))
    d, c, b = lasted[kept], cause[kept], begun[kept]
    known_until = np.where(c > 0, np.inf, d)
    accounted[kept] = np.clip(np.minimum(known_until[:, None], horizon) - b[:, None], 0.0, None) / span
    times = np.unique(d[(c > 0) & (d <= horizon.max())])
    if not len(times):
        return Influence(np.zeros((len(span), n_groups)), moved, accounted, int(at_landmark.sum()))
    exposed = ((b[:, None] < times) & (times <= d[:, None])).astype(np.float64)
    at_risk = exposed.sum(axis=0)
    event_war = np.flatnonzero((c > 0) & (d <= times[-1]))
    event_time = np.searchsorted(times, d[event_war])
    in_group = sets[:, c[event_war] - 1].T  # (n_events, n_groups)
    jumps = np.zeros((len(times), n_groups))
    np.add.at(jumps, event_time, in_group)
    total = np.bincount(event_time, minlength=len(times)) / at_risk
    hazard = jumps / at_risk[:, None]
    before = np.concatenate([[1.0], np.cumprod(1.0 - total)[:-1]])
    reached = (times[:, None] <= horizon).astype(np.float64)  # (n_times, n_ahead)
    step = (before[:, None] * hazard)[:, None, :] * reached[:, :, None]  # (n_times, n_ahead, n_groups)
    flat = step.reshape(len(times), -1)
    # Each war's pull on the log of survival just before each time; where all are gone nothing follows.
    rest = at_risk * (1.0 - total)
    inverse = np.divide(1.0, rest, out=np.zeros_like(rest), where=(1.0 - total) > 1e-12)
    pull = -exposed * (total * inverse)
    pull[event_war, event_time] += inverse[event_time]
    earlier = np.cumsum(pull, axis=1) - pull
    own = -exposed @ (flat / at_risk[:, None]) - earlier @ flat
    own = own.reshape(len(kept), len(span), n_groups)
    own[event_war] += ((before / at_risk)[event_time, None] * reached[event_time])[:, :, None] * in_group[:, None, :]
    moved[kept] = own
    return Influence(step.sum(axis=0), moved, accounted, int(at_landmark.sum()))
