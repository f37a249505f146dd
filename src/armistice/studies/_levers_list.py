"""The changes that are tried, each one thing in the game that somebody could move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from armistice.studies._bargain_assumptions import Range
from armistice.studies._bargain_inputs import Observed
from armistice.text import Text

__all__ = ["LEVERS", "Lever", "levers_for"]


@dataclass(frozen=True, slots=True)
class Lever:
    """One change.

    Parameters
    ----------
    key : str
    names : Text
        What is changed, as the beginning of a row.
    set : mapping of str to (float, float)
        Assumptions, without side, and the range each takes; both sides where it exists for each.
    factor : mapping of str to float
        Assumptions that become a multiple of what they were.
    without : tuple of str
        Mechanisms of the game that are switched off.
    aid : float
        Aid as a multiple of what it is worth now.
    needs_patron : bool
    """

    key: str
    names: Text
    set: Mapping[str, tuple[float, float]]
    factor: Mapping[str, float]
    without: tuple[str, ...] = ()
    aid: float = 1.0
    needs_patron: bool = False

    def changed(self, ranges: Mapping[str, Range]) -> tuple[str, ...]:
        """The assumptions as ``--set`` writes them, held within what they may be."""
        found: list[str] = []
        for name, old in ranges.items():
            base = name[:-2] if name.endswith(("_a", "_b")) else name
            if base in self.set:
                low, high = self.set[base]
            elif base in self.factor:
                low, high = (self.factor[base] * end for end in (old.low, old.high))
            else:
                continue
            low, high = (min(max(end, old.kind.least), old.kind.most) for end in (low, high))
            found.append(f"{name}={low!r}..{high!r}")
        return tuple(found)


LEVERS: Final = (
    Lever("aid_stops", Text(en="all aid stops", nl="alle steun stopt"), {}, {}, aid=0.0, needs_patron=True),
    Lever("aid_doubles", Text(en="aid is worth twice as much", nl="steun is twee keer zoveel waard"), {}, {"aid": 2.0}, needs_patron=True),
    Lever("signing_is_safe", Text(en="signing costs no leader office", nl="tekenen kost geen leider het ambt"), {}, {}, without=("signing_risk",)),
    Lever("guarantor", Text(en="a guarantor makes deals hold", nl="een garant laat akkoorden standhouden"), {"guarantee": (0.8, 0.95)}, {}),
    Lever("mediator_presses", Text(en="refusing a mediator costs 5 to 10% of the stake", nl="een bemiddelaar weigeren kost 5 tot 10% van de inzet"), {"mediator_price": (0.05, 0.1)}, {}),
    Lever("public_content", Text(en="the public expects no more than today's line", nl="het publiek verwacht niet meer dan de huidige lijn"), {"expected_gain": (0.0, 0.0)}, {}),
    Lever("war_costs_double", Text(en="the war costs both sides twice as much", nl="de oorlog kost beide partijen twee keer zoveel"), {}, {"cost": 2.0}),
)  # fmt: skip
#: As it is, less this: what the mediator's presence is worth now.
NO_MEDIATOR: Final = Lever(
    "no_mediator", Text(en="no mediator", nl="geen bemiddelaar"), {}, {}, without=("mediator",)
)


def levers_for(observed: Observed) -> tuple[Lever, ...]:
    """The changes that mean something for a war: none of aid where no side has a patron on record."""
    return tuple(lever for lever in LEVERS if any(observed.has_patron) or not lever.needs_patron)
