"""What is played: a game's policies and chances as thresholds, where it starts, and the violence beside it.

Everything is turned into whole numbers here, once: what is played afterwards compares random integers with them, so that
a war's course does not depend on how it is computed. Chances moved by 16 random bits are within 1/131,072 of the game's
(stocks, security, aid, proposer), those moved by 32 within 2e-10 (front, talks, reopening).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from armistice.bargaining.equilibrium import Equilibrium
from armistice.bargaining.game import Game, State
from armistice.bargaining.tables import Tables
from armistice.simulation.endings import ENDINGS
from armistice.simulation.policy import packed
from armistice.simulation.violence import Forces, Strikes, Violence

__all__ = ["ENDINGS", "Chances", "Forces", "Rules", "Strikes", "Violence", "rules_of"]

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
_BITS_16, _BITS_32 = 2**16, 2**32


@dataclass(frozen=True, eq=False)
class Chances:
    """The game's chance moves as thresholds; a draw below one moves. "16" and "32" are the bits of the draw.

    Parameters
    ----------
    moves : int (32)
        The front moves.
    advances : ndarray of shape (masks, 2 aid_a, 2 aid_b, 2 effort_a, 2 effort_b, stock_a, stock_b) (32)
        It moves, and the move is A's.
    wide : int (16)
        The move is two cells wide.
    stock_a, stock_b : ndarray of shape (2 aid, 2 effort, levels, 2) (16)
        A level down; down or up.
    security_a, security_b : ndarray of shape (cells, levels, 2) (16)
        Given the new front: a level down (below the lowest the leader falls, and a successor starts at the top); down
        or up.
    aid_a, aid_b : ndarray of shape (talks, 2) (16)
        Given this month's talks and whether there is aid: that changes.
    talks : ndarray of shape (talks, 2) (32)
        Next month suspended; suspended or open.
    switches : int (16)
        The other side proposes next month.
    reopens : ndarray of shape (2,) (32)
        An armistice, a treaty reopens; zeros where deals are final.
    rebuilt_a, rebuilt_b : ndarray of shape (levels,)
        Stock in the resumed war.
    suspends : bool
        The resumed war finds talks suspended.
    """

    moves: int
    advances: Whole
    wide: int
    stock_a: Whole
    stock_b: Whole
    security_a: Whole
    security_b: Whole
    aid_a: Whole
    aid_b: Whole
    talks: Whole
    switches: int
    reopens: Whole
    rebuilt_a: Whole
    rebuilt_b: Whole
    suspends: bool


@dataclass(frozen=True, eq=False)
class Rules:
    """All that playing needs; small enough to send to another process.

    Parameters
    ----------
    shape : tuple of int
        As :attr:`Game.shape`.
    policy : ndarray of uint16, shape (n_states, 8)
        See :mod:`armistice.simulation.policy`.
    chances : Chances
    start : tuple of int
        Position of the first state, as :meth:`Game.index`.
    violence : Violence
    deals_reopen : bool
        A deal may reopen, and only one that lasts counts. Off: a deal ends the war.
    """

    shape: tuple[int, ...]
    policy: npt.NDArray[np.uint16]
    chances: Chances
    start: tuple[int, ...]
    violence: Violence = field(default_factory=Violence)
    deals_reopen: bool = False

    @property
    def front_cells(self) -> int:
        """Cells of the front; A holds 0 to this many."""
        return self.shape[-1] + 1

    def content_hash(self) -> str:
        """A hexadecimal digest that is the same for equal rules, on any machine."""
        digest = hashlib.sha256()
        _feed(digest, self)
        return digest.hexdigest()


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, np.ndarray):
        array = np.ascontiguousarray(value)
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    elif is_dataclass(value):
        for item in fields(value):
            digest.update(item.name.encode())
            _feed(digest, getattr(value, item.name))
    else:
        digest.update(f"{value!r};".encode())


def rules_of(
    equilibrium: Equilibrium, state: State, violence: Violence | None = None, *, deals_reopen: bool = False
) -> Rules:
    """Rules under which both sides follow the policies of a solved game from a state.

    Parameters
    ----------
    equilibrium : Equilibrium
    state : State
        Where the first month starts.
    violence : Violence, optional
        Nothing beside the game if left out.
    deals_reopen : bool
        Let deals reopen at the game's own rates. The war then goes on as ``docs/model.md`` says, forces as they stood,
        strikes quiet.

    Raises
    ------
    ParameterError
        If the state does not exist in the game.
    """
    return Rules(
        shape=equilibrium.game.shape,
        policy=packed(equilibrium),
        chances=_chances(equilibrium.game, equilibrium.tables, deals_reopen),
        start=equilibrium.game.index(state),
        violence=violence or Violence(),
        deals_reopen=deals_reopen,
    )


def _steps(chances: npt.ArrayLike, scale: int) -> Whole:
    """Chances in whole numbers of 1 / scale."""
    return np.rint(np.clip(np.asarray(chances, dtype=np.float64), 0.0, 1.0) * scale).astype(np.int64)


def _chances(game: Game, t: Tables, deals_reopen: bool) -> Chances:
    _, talks, _, aid_a, aid_b, *_ = t.shape
    regime = t.regime.reshape(talks, 2, aid_a, aid_b, talks, 2, aid_a, aid_b)
    next_talks = np.stack([regime[phase, 0, 0, 0].sum(axis=(1, 2, 3)) for phase in range(talks)])
    cumulative = np.ones((talks, 2))
    cumulative[:, : min(talks, 2)] = np.cumsum(next_talks, axis=1)[:, :2]
    if talks == 1:
        cumulative[:] = 1.0
    on = game.mechanisms
    kept = 1 - (game.guarantee if on.guarantor else 0.0)
    reopening = np.array([game.armistice_reopening, game.treaty_reopening]) * kept
    return Chances(
        moves=int(_steps(t.move, _BITS_32)),
        advances=_steps(t.move * t.advance, _BITS_32),
        wide=int(_steps(t.wide, _BITS_16)),
        stock_a=_one_level(t.stock_a),
        stock_b=_one_level(t.stock_b),
        security_a=_security(t.security_a[0]),
        security_b=_security(t.security_b[1]),
        aid_a=_aid(regime, 0),
        aid_b=_aid(regime, 1),
        talks=_steps(cumulative, _BITS_32),
        switches=int(_steps(regime[0, 0, 0, 0].sum(axis=(0, 2, 3))[1], _BITS_16)),
        reopens=_steps(reopening if deals_reopen and on.reopening else np.zeros(2), _BITS_32),
        rebuilt_a=t.rebuilt_a,
        rebuilt_b=t.rebuilt_b,
        suspends=t.suspends,
    )


def _one_level(table: Array) -> Whole:
    """From chances (..., level, next level), at most one level apart, to thresholds (..., level, 2)."""
    levels = table.shape[-1]
    out = np.zeros((*table.shape[:-1], 2))
    for level in range(levels):
        down = table[..., level, level - 1] if level > 0 else 0 * table[..., level, 0]
        up = table[..., level, level + 1] if level < levels - 1 else 0 * down
        out[..., level, 0], out[..., level, 1] = down, down + up
    return _steps(out, _BITS_16)


def _security(own: Array) -> Whole:
    """From the own side's chances (level, next level, cell), which lack the fall, to thresholds (cell, level, 2)."""
    out = _one_level(np.moveaxis(own, -1, 0))
    falls = _steps(1 - own[0].sum(axis=0), _BITS_16)
    out[:, 0] += falls[:, None]
    return out


def _aid(regime: Array, side: int) -> Whole:
    """Chance that a patron's aid changes, (talks, aid now)."""
    talks, patron = regime.shape[0], regime.shape[2 + side]
    out = np.zeros((talks, 2))
    for phase in range(talks):
        for now in range(patron):
            at = (phase, 0, now, 0) if side == 0 else (phase, 0, 0, now)
            following = regime[at].sum(axis=(0, 1, 3 - side))
            out[phase, now] = 1 - following[now]
    return _steps(out, _BITS_16)
