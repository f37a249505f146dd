"""Whether other equilibria of the drawn games say something else, in numbers and words."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from armistice.bargaining.game import Game, State
from armistice.bargaining.starts import Comparison, compare_starts
from armistice.estimate import Estimate, NotIdentified, Quantity
from armistice.studies._bargain_game import solved
from armistice.studies._bargain_shares import share_of
from armistice.studies.study import QuantitySpec
from armistice.text import EN, NL, Text

__all__ = ["SPECS", "compared", "quantities", "sentences"]

#: A difference of values that matters, in stakes.
_APART: Final = 0.01
_SOURCE: Final = "record and stated assumptions"
_NONE_SETTLED: Final = Text(
    en="From no other start did a game settle on an equilibrium, so they cannot be compared.",
    nl="Vanuit geen ander begin kwam een spel tot een evenwicht; er valt niets te vergelijken.",
)
SPECS: Final = {
    "verdict_differs_between_starts": QuantitySpec(
        Text(en="share of games in which one start finds a deal and another none (with --starts 2 or 3)",
             nl="deel van de spellen waarin het ene begin een akkoord vindt en het andere niet (met --starts 2 of 3)")
    ),
    "armistice_differs_between_starts": QuantitySpec(
        Text(en="the same for an armistice along today's line",
             nl="hetzelfde voor een wapenstilstand langs de huidige lijn")
    ),
    "values_differ_between_starts": QuantitySpec(
        Text(en="share of games in which starts end more than a hundredth of the stake apart, at today's state",
             nl="deel van de spellen waarin de beginpunten vandaag meer dan een honderdste van de inzet uiteenlopen")
    ),
}  # fmt: skip


def compared(games: Sequence[tuple[Game, State]], *, precision: float, starts: int) -> tuple[Comparison, ...]:
    """Every game that settles on its path, from other starts as well."""

    def one(of: tuple[Game, State]) -> Comparison | None:
        found = solved(of[0], precision)
        return None if isinstance(found, str) else compare_starts(found, of[1], starts=starts)

    with ThreadPoolExecutor() as threads:  # the compiled loops leave Python's lock
        return tuple(each for each in threads.map(one, games) if each is not None)


def quantities(found: Sequence[Comparison], *, level: float) -> dict[str, Quantity]:
    """The numbers of ``SPECS``, over the games of which some other start settled."""
    told = [each for each in found if each.n_settled]
    if not told:
        return {name: NotIdentified(_NONE_SETTLED) for name in SPECS}
    counts = {
        "verdict_differs_between_starts": sum(each.deal_differs for each in told),
        "armistice_differs_between_starts": sum(each.armistice_differs for each in told),
        "values_differ_between_starts": sum(each.value_spread > _APART for each in told),
    }
    return {
        name: Estimate(
            *share_of(count, len(told), level=level), level=level, n=len(told), n_of="games solved from several starts",
            method="share of draws, Clopper-Pearson interval of its simulation error", source=_SOURCE,
        )
        for name, count in counts.items()
    }  # fmt: skip


def sentences(numbers: dict[str, Quantity], *, starts: int) -> tuple[Text, ...]:
    """What other starts say; nothing if they were not asked for."""
    verdict, armistice, values = (numbers.get(name) for name in SPECS)
    if isinstance(verdict, NotIdentified):
        return (verdict.reason,)
    if not (isinstance(verdict, Estimate) and isinstance(armistice, Estimate) and isinstance(values, Estimate)):
        return ()
    return (
        Text(
            en=f"Solved from {starts} starts, {EN.percent(values.value)} of {values.n} games end in different equilibria. Whether "
            f"some deal exists then depends on the start in {EN.percent(verdict.value)} "
            f"({EN.percent_span(verdict.lower, verdict.upper)}), whether an armistice along today's line is open in "
            f"{EN.percent(armistice.value)} ({EN.percent_span(armistice.lower, armistice.upper)}). The shares above are those "
            "of the first start.",
            nl=f"Opgelost vanuit {starts} beginpunten eindigt {NL.percent(values.value)} van {values.n} spellen in verschillende "
            f"evenwichten. Of er enig akkoord is, hangt dan bij {NL.percent(verdict.value)} "
            f"({NL.percent_span(verdict.lower, verdict.upper)}) af van het begin, en of een wapenstilstand langs de huidige lijn "
            f"open is bij {NL.percent(armistice.value)} ({NL.percent_span(armistice.lower, armistice.upper)}). De delen hierboven "
            "zijn die van het eerste begin.",
        ),
    )
