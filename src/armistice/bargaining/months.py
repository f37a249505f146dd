"""The months of one game, backwards: tables and scratch memory around the compiled loops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from armistice.bargaining import kernels
from armistice.bargaining.fixed_point import fixed_point
from armistice.bargaining.game import Game
from armistice.bargaining.tables import PARTIAL, TREATY_ANY, tables_of
from armistice.errors import NotConvergedError, ParameterError

__all__ = ["Choices", "Months", "Precision", "Start"]

Array = npt.NDArray[np.float64]
Start = Literal["middle", "all_fight", "all_settle"]
_WORTH_THREADS: Final = 25_000  # states of a mask; smaller sweeps take less time than waking a second thread
_CHUNK: Final = 256  # states handled together, about; the scratch rows of all options then stay in the nearest cache


@dataclass(frozen=True, slots=True)
class Precision:
    """Precision of choices, per stake: a difference of 1 / precision in value is chosen 73 to 27.

    Parameters
    ----------
    offer, answer, effort : float
        For the three kinds of choice; infinite is exact choice (ties: accept, hold, equal odds among offers).
    """

    offer: float
    answer: float
    effort: float

    def __post_init__(self) -> None:
        for name in ("offer", "answer", "effort"):
            if not getattr(self, name) > 0:
                raise ParameterError(f"precision.{name} must be positive, got {getattr(self, name)}.")

    def scaled(self, share: float) -> Precision:
        """All three times ``share``."""
        return Precision(self.offer * share, self.answer * share, self.effort * share)


@dataclass(frozen=True)
class Choices:
    """Policies in the solver's own layout: (masks,) regime, security of A and B, options or efforts, stocks, front."""

    offers: Array
    accepts: Array
    first: Array
    second: Array
    any_share: Array

    def copy(self) -> Choices:
        """The same choices, to be changed."""
        return Choices(*(getattr(self, name).copy() for name in self.__dataclass_fields__))

    def of_mask(self, mask: int) -> Choices:
        """Views of one mask's choices."""
        return Choices(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class _MaskTables:
    """What depends on the settled issues; chances of the front discounted, per player."""

    steps: Array
    flow: Array
    ends: Array
    deal_flow: Array
    possible: npt.NDArray[np.int64]


class Months:
    """Sweeps over the states of a game.

    Values of one mask have shape ``(2 players, *flat)`` with ``flat`` = (regimes, security of A, security of B,
    stocks, front).
    """

    def __init__(self, game: Game) -> None:
        self.tables = tables = tables_of(game)
        self.masks, talks, _, aid_a, aid_b, levels_a, levels_b, stocks_a, stocks_b, cells = tables.shape
        n_regimes, stocks = 2 * talks * aid_a * aid_b, stocks_a * stocks_b
        self.flat = (n_regimes, levels_a, levels_b, stocks, cells)
        phase, proposer, on_a, on_b = np.unravel_index(np.arange(n_regimes), (talks, 2, aid_a, aid_b))
        resumes = np.zeros_like(phase) if tables.suspends else phase
        back = np.ravel_multi_index((resumes, proposer, on_a, on_b), (talks, 2, aid_a, aid_b))
        self.regimes = np.stack([phase, proposer, on_a, on_b, back], axis=1).astype(np.int64)
        self.rebuilt = (tables.rebuilt_a[:, None] * stocks_b + tables.rebuilt_b).ravel().astype(np.int64)
        nobody = np.zeros(n_regimes, dtype=bool)
        self.together = ((nobody, np.arange(n_regimes)),)
        self.issues = int(np.log2(self.masks))
        self.threaded = int(np.prod(self.flat)) >= _WORTH_THREADS
        self.carried = np.empty((2, *self.flat))
        self.security = tuple(np.tile(table, stocks) for table in (tables.security_a, tables.security_b))
        self.fallen = np.zeros((2, 2, max(levels_a, levels_b), stocks * cells))
        for side in range(2):
            self.fallen[side, side] = np.tile(tables.fallen[side], stocks)
        rows = max(1, min(stocks, _CHUNK // cells))
        self.of_mask = [self._mask_tables(mask, rows) for mask in range(self.masks)]
        options, states = np.empty((0,) * 6), np.empty((0,) * 5)
        self.nothing = Choices(options, options, states, options, states)
        first = self._first_in_turn()
        self.in_turn = (
            (nobody, np.flatnonzero(proposer == first)),
            (proposer == first, np.flatnonzero(proposer != first)),
        )

    def _first_in_turn(self) -> int:
        """The side whose proposals are swept first: that whose values a month's play from halfway changes more.

        With several equilibria the order may decide which one is reached; this order does not depend on which side is
        called A.
        """
        mask = self.masks - 1
        guess = self.first_guess(mask, "middle")
        image, fight = np.empty_like(guess), np.empty_like(guess)
        higher = self.higher(mask, np.broadcast_to(guess, (self.masks, *guess.shape)))
        self.sweep(mask, guess, higher, Precision(50, 50, 500), image, fight)
        moved = np.abs(image - guess).reshape(2, -1).sum(axis=1)
        return int(moved[1] > moved[0] * (1 + 1e-9))

    def _mask_tables(self, mask: int, rows: int) -> _MaskTables:
        t = self.tables
        move, up = t.move, t.advance[mask].reshape(2, 2, 2, 2, -1)
        chances = [
            move * (1 - up) * t.wide, move * (1 - up) * (1 - t.wide), np.full_like(up, 1 - move),
            move * up * (1 - t.wide), move * up * t.wide,
        ]  # fmt: skip
        steps = t.discount[:, None, None, None, None, None, None] * np.stack(chances, axis=-1)
        settled = [
            kind == PARTIAL and mask >> argument & 1 for kind, argument in zip(t.kind, t.argument, strict=True)
        ]
        return _MaskTables(
            steps=np.ascontiguousarray(steps),
            flow=np.ascontiguousarray(t.flow[:, mask]),
            ends=np.stack([t.lost[:, mask], t.won[:, mask]], axis=1),
            deal_flow=np.tile(t.deal_flow[:, mask], rows),
            possible=np.flatnonzero(~np.array(settled, dtype=bool)).astype(np.int64),
        )

    def sweep(
        self,
        mask: int,
        values: Array,
        higher: Array,
        precision: Precision,
        out: Array,
        fight: Array,
        *,
        choices: Choices | None = None,
        in_turn: bool = False,
    ) -> None:
        """One month backwards at one mask; ``fight`` receives the values of fighting on.

        Parameters
        ----------
        higher : ndarray
            Values of fighting on after each further issue, see :meth:`higher`.
        choices : Choices, optional
            Receives the choices.
        in_turn : bool
            First the states in which one side proposes, then those in which the other does, given the new values of
            the first. It has the same fixed points, and half the sweeps lead there where the sides propose in turn;
            but the image, the values of fighting on and the choices then do not all belong to ``values``.
        """
        t, own = self.tables, self.of_mask[mask]
        rows = self._rows(choices or self.nothing)
        precisions = np.array([precision.offer, precision.answer, precision.effort])
        for done, wanted in self.in_turn if in_turn else self.together:
            self._carry_back(values, self.carried, slice(0, 2), (done, wanted, out))
            kernels.in_parts(
                kernels.play_month, self.threaded,
                wanted, values, self.carried, self.regimes, t.stock_a, t.stock_b, own.steps, own.flow, t.aid_flow,
                t.effort_flow, own.ends, t.efforts, t.kind, t.argument, own.possible, t.kept, t.resumed, own.deal_flow,
                t.payment, t.refusal, self.rebuilt, higher, precisions, out, fight, choices is not None, *rows,
            )  # fmt: skip

    def _rows(self, choices: Choices) -> tuple[Array, ...]:
        """The arrays of choices with stocks and front together."""
        parts = (choices.offers, choices.accepts, choices.first, choices.second, choices.any_share)
        return tuple(part.reshape(*part.shape[:-2], part.shape[-2] * part.shape[-1]) for part in parts)

    def _carry_back(
        self,
        values: Array,
        out: Array,
        players: slice,
        turn: tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64], Array] | None = None,
    ) -> None:
        """Carry values back; in a ``turn`` (regimes done, regimes wanted, new values) only those wanted."""
        done, wanted, fresh = turn or (*self.together[0], values)
        kernels.in_parts(
            kernels.carry_back, self.threaded, wanted, values, fresh, done, self.tables.regime, self.security[0][players],
            self.security[1][players], self.fallen[players], out,
        )  # fmt: skip

    def higher(self, mask: int, fights: Array) -> Array:
        """Values of fighting on after each further issue (any mask stands in for those settled already)."""
        if not self.issues:
            return np.empty((0, *fights.shape[1:]))
        return fights[[mask | 1 << n for n in range(self.issues)]]

    def first_guess(self, mask: int, start: Start) -> Array:
        """Values to start from: as if the war never ended in talks, as if it ended now, or halfway."""
        t = self.tables
        settle = np.empty((2, *self.flat))
        settle[:] = (0.5 + t.rent + t.lost[:, mask] - t.lost[:, 0])[:, None, None, None, None, None]
        fight = settle.copy()
        fight[:] = (t.flow[:, mask] / (1 - t.discount[:, None]))[:, None, None, None, None, :]
        return {"middle": (settle + fight) / 2, "all_fight": fight, "all_settle": settle}[start]

    def choices(self, values: Array, precision: Precision) -> Choices:
        """What everybody chooses, everywhere, when the values are these."""
        masks, lead, rows, n_options = len(values), self.flat[:3], self.flat[3:], len(self.tables.kind)
        any_rows = (masks, *lead, *rows) if TREATY_ANY in self.tables.kind else (masks, *[0] * 5)
        kept = Choices(
            offers=np.zeros((masks, *lead, n_options, *rows)),
            accepts=np.zeros((masks, *lead, n_options, *rows)),
            first=np.zeros((masks, *lead, *rows)),
            second=np.zeros((masks, *lead, 2, *rows)),
            any_share=np.zeros(any_rows),
        )
        fights, image = np.zeros_like(values), np.empty_like(values[0])
        for mask in reversed(range(masks)):
            self.sweep(
                mask, values[mask], self.higher(mask, fights), precision, image, fights[mask],
                choices=kept.of_mask(mask),
            )  # fmt: skip
        return kept

    def follow(self, player: int, policies: Choices, start: Array, *, respond: bool) -> Array:
        """Value for one player of following the policies, or of the best responses to the other's.

        With ``respond`` the policies are changed to the best responses.
        """
        masks = len(start)
        values, fights = start[:, player : player + 1].copy(), np.zeros((masks, 1, *self.flat))
        own_discount = self.tables.discount[player]
        for mask in reversed(range(masks)):
            once = self._followed_month(mask, player, policies.of_mask(mask), self.higher(mask, fights), fights[mask])
            current = values[mask, 0]
            for _ in range(60):

                def step(x: Array, out: Array, once: Callable[[Array, Array, bool], int] = once) -> None:
                    once(x.reshape(self.flat), out.reshape(self.flat), False)

                solved, _, _ = fixed_point(
                    step, current.ravel(), 1e-11 * (1 - own_discount) * 10, 20_000, "evaluation of policies"
                )
                current = solved.reshape(self.flat)
                if not respond or once(current, np.empty_like(current), True) == 0:
                    break
            else:
                raise NotConvergedError(
                    f"best responses at settled mask {mask} still change after 60 policy iterations."
                )
            values[mask, 0] = current
            once(current, np.empty_like(current), False)
        return values[:, 0]

    def _followed_month(
        self, mask: int, player: int, rows: Choices, higher: Array, fight: Array
    ) -> Callable[[Array, Array, bool], int]:
        t, own = self.tables, self.of_mask[mask]
        carried = np.empty((1, *self.flat))
        changed = np.zeros(int(np.prod(self.flat[:3])), dtype=np.int64)

        def once(x: Array, out: Array, respond: bool) -> int:
            self._carry_back(x[None], carried, slice(player, player + 1))
            changed[:] = 0
            kernels.in_parts(
                kernels.follow, self.threaded,
                player, respond, x[None], carried, self.regimes, t.stock_a, t.stock_b, own.steps, own.flow[player],
                t.aid_flow[player], t.effort_flow[player], own.ends[player], t.efforts, t.kind, t.argument,
                own.possible, t.kept, t.resumed, own.deal_flow, t.payment, t.refusal, self.rebuilt, higher, out[None],
                fight, rows.offers, rows.accepts, rows.first, rows.second, rows.any_share, changed,
            )  # fmt: skip
            return int(changed.sum())

        return once
