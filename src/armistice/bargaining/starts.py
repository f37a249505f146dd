"""Does another start lead to another equilibrium?

At high precision a game often has several equilibria, and the path of rising precision finds one of them. Starting at
the wanted precision at once, from values as if the war never ended in talks or as if it were settled now, may lead to
others. That the starts agree does not prove that there is only one; that they differ proves that there are several.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from armistice.bargaining.equilibrium import Equilibrium, Precision, solve
from armistice.bargaining.game import Game, State
from armistice.bargaining.months import Months
from armistice.bargaining.reading import deal_gains
from armistice.errors import NotConvergedError, ParameterError

__all__ = ["LARGEST_N_STARTS", "Comparison", "compare_starts", "solve_from"]

OtherStart = Literal["all_fight", "all_settle"]
_OTHERS: Final[tuple[OtherStart, ...]] = ("all_fight", "all_settle")
_SWEEPS: Final = 1000
LARGEST_N_STARTS: Final = 1 + len(_OTHERS)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One game from several starts, at one state.

    Parameters
    ----------
    n_settled : int
        Other starts whose iteration settled; the rest say nothing.
    value_spread : float
        Largest difference between the values of a side at the state, in stakes; NaN if no other start settled.
    deal_differs, armistice_differs : bool
        Whether some start finds a deal, an armistice, from which neither side loses, and another does not.
    """

    n_settled: int
    value_spread: float
    deal_differs: bool
    armistice_differs: bool


def solve_from(game: Game, start: OtherStart, *, precision: float | Precision = 100.0) -> Equilibrium | None:
    """The equilibrium that the iteration settles on from a start, at the wanted precision at once; None if on none."""
    months = Months(game)
    guess = np.stack([months.first_guess(mask, start) for mask in range(months.masks)])
    of_a, of_b = (guess[:, side].reshape(game.shape) for side in (0, 1))
    try:
        found = solve(
            game, precision=precision, certify=False, start_values=(of_a, of_b), path_ratio=1e6, max_sweeps=_SWEEPS
        )
    except NotConvergedError:
        return None
    return found if len(found.precision_path) == 1 else None  # else it fell back on the path


def compare_starts(found: Equilibrium, state: State, *, starts: int) -> Comparison:
    """Hold a solution against those from other starts.

    Parameters
    ----------
    found : Equilibrium
        As :func:`armistice.bargaining.equilibrium.solve` gives it: the first start.
    state : State
        Where values and deals are read.
    starts : int
        Starts in all, 2 or 3.

    Raises
    ------
    ParameterError
        If ``starts`` is not 2 or 3.
    """
    if not 2 <= starts <= LARGEST_N_STARTS:
        raise ParameterError(f"starts must lie from 2 to {LARGEST_N_STARTS}, got {starts}.")
    others = [solve_from(found.game, start, precision=found.precision) for start in _OTHERS[: starts - 1]]
    settled = [found, *(each for each in others if each is not None)]
    if len(settled) == 1:
        return Comparison(0, float("nan"), False, False)
    at = found.game.index(state)
    values: npt.NDArray[np.float64] = np.array([(each.value_a[at], each.value_b[at]) for each in settled])
    verdicts = [_open(each, state) for each in settled]
    return Comparison(
        len(settled) - 1,
        float(np.ptp(values, axis=0).max()),
        len({deal for deal, _ in verdicts}) > 1,
        len({armistice for _, armistice in verdicts}) > 1,
    )


def _open(equilibrium: Equilibrium, state: State) -> tuple[bool, bool]:
    """Whether some armistice or treaty, and whether the armistice at the line, costs neither side anything."""
    kinds = {gain.kind for gain in deal_gains(equilibrium, state) if gain.blocked_by == "nobody"}
    return bool(kinds & {"armistice", "treaty"}), "armistice" in kinds
