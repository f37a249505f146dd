"""What one war cannot tell about bargaining, as ranges; a war folder may state its own in ``war.toml``.

Every assumption has a name that ``[[assumptions]]`` and ``--set`` use. Those that exist for each side end in ``_a`` or
``_b``. `docs/model.md` says what each means in the game.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from armistice.errors import ParameterError
from armistice.record.as_of import Record
from armistice.studies._bargain_inputs import Observed
from armistice.text import Text

__all__ = ["CATALOGUE", "Kind", "Range", "help_epilog", "ranges_of"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of assumption.

    Parameters
    ----------
    low, high : float
        The range where a war states none.
    least, most : float
        Values beyond these mean nothing.
    per_side : bool
    names : Text
        ``{side}`` stands for the side.
    matters : Text
        What would change if it were higher.
    """

    low: float
    high: float
    least: float
    most: float
    per_side: bool
    names: Text
    matters: Text


CATALOGUE: Final[Mapping[str, Kind]] = {
    "cost": Kind(
        0.0, 0.3, 0.0, 2.0, True,
        Text(en="cost of the war to {side}", nl="kosten van de oorlog voor {side}"),
        Text(en="a deal is worth more", nl="een akkoord is meer waard"),
    ),
    "office_rent": Kind(
        0.0, 1.0, 0.0, 5.0, True,
        Text(en="worth of office to the leader of {side}", nl="waarde van het ambt voor de leider van {side}"),
        Text(en="a deal that disappoints the public costs the leader more",
             nl="een akkoord dat het publiek teleurstelt, kost de leider meer"),
    ),
    "signing_risk": Kind(
        0.1, 0.9, 0.0, 1.0, True,
        Text(en="chance that a deal seen as surrender costs the leader of {side} office",
             nl="kans dat een akkoord dat op overgave lijkt de leider van {side} het ambt kost"),
        Text(en="the leader asks for more", nl="de leider vraagt meer"),
    ),
    "erosion": Kind(
        0.0, 0.03, 0.0, 1.0, True,
        Text(en="monthly chance that a disappointing front lowers the standing of the leader of {side}",
             nl="maandelijkse kans dat een tegenvallend front de positie van de leider van {side} aantast"),
        Text(en="fighting on protects the leader less", nl="doorvechten beschermt de leider minder"),
    ),
    "expected_gain": Kind(
        0.0, 0.2, -1.0, 1.0, True,
        Text(en="share beyond today's line that the public of {side} expects",
             nl="deel voorbij de huidige lijn dat het publiek van {side} verwacht"),
        Text(en="a line near today's looks like surrender", nl="een lijn bij de huidige lijkt op overgave"),
    ),
    "aid": Kind(
        0.02, 0.12, 0.0, 1.0, True,
        Text(en="worth of its patrons' aid to {side}", nl="waarde van de steun voor {side}"),
        Text(en="fighting on is worth more while aid lasts", nl="doorvechten is meer waard zolang de steun duurt"),
    ),
    "hope": Kind(
        1.0, 10.0, 1.0, 200.0, False,
        Text(en="how much faster than of late the sides expect the front to move",
             nl="hoeveel sneller dan de laatste tijd de partijen het front verwachten te bewegen"),
        Text(en="the future of the war weighs more against today's line",
             nl="de toekomst van de oorlog weegt zwaarder tegen de huidige lijn"),
    ),
    "momentum": Kind(
        0.0, 1.0, 0.0, 1.0, False,
        Text(en="how far both sides expect the front's recent course to last",
             nl="in hoeverre beide partijen verwachten dat het verloop van het front aanhoudt"),
        Text(en="the side that advances asks for more", nl="de partij die oprukt vraagt meer"),
    ),
    "armistice_reopening": Kind(
        0.002, 0.02, 0.0, 1.0, False,
        Text(en="monthly chance that an armistice breaks down", nl="maandelijkse kans dat een wapenstilstand breekt"),
        Text(en="an armistice is worth less to the side that cannot rebuild",
             nl="een wapenstilstand is minder waard voor wie niet kan herbewapenen"),
    ),
    "treaty_reopening": Kind(
        0.0005, 0.005, 0.0, 1.0, False,
        Text(en="monthly chance that a treaty breaks down", nl="maandelijkse kans dat een verdrag breekt"),
        Text(en="a treaty is worth less", nl="een verdrag is minder waard"),
    ),
    "guarantee": Kind(
        0.0, 0.5, 0.0, 1.0, False,
        Text(en="share by which a guarantor lowers those chances", nl="deel waarmee een garant die kansen verlaagt"),
        Text(en="deals last longer", nl="akkoorden houden langer"),
    ),
    "mediator_price": Kind(
        0.0, 0.02, 0.0, 1.0, False,
        Text(en="price of refusing a mediator, in stakes", nl="prijs van een weigering aan een bemiddelaar, in inzetten"),
        Text(en="offers are made and accepted more often", nl="er wordt vaker iets aangeboden en aanvaard"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Range:
    """An assumption as this study draws it.

    Parameters
    ----------
    name : str
        With ``_a`` or ``_b`` where it belongs to a side.
    kind : Kind
    label : Text
    low, high : float
    origin : {"default", "war.toml", "set"}
    """

    name: str
    kind: Kind
    label: Text
    low: float
    high: float
    origin: str


def help_epilog() -> str:
    """Every name that ``--set`` takes, its default range, what it means and what it moves."""
    lines = [
        "Assumptions for --set: name, default range, meaning, what if higher.",
        "Those in _a belong to side A of war.toml, those in _b to side B. A war's own",
        "ranges go before the defaults; the last table of the chapter shows them.",
        "Example: --set cost_a=0.1..0.2 --set guarantee=0.5",
    ]
    for base, kind in CATALOGUE.items():
        name = f"{base}_a, {base}_b" if kind.per_side else base
        meaning = kind.names.en.format(side="the side")
        lines += [
            "",
            f"{name}  {kind.low:g} to {kind.high:g}",
            *textwrap.wrap(f"{meaning}; higher: {kind.matters.en}", 78, initial_indent="  ", subsequent_indent="  "),
        ]
    return "\n".join(lines)


def ranges_of(record: Record, observed: Observed, given: Iterable[str]) -> dict[str, Range]:
    """The assumptions in force: defaults, those of ``war.toml``, and what was set on the command line.

    Raises
    ------
    ParameterError
        If a name is unknown, a value is no number or lies where it means nothing, or a range is upside down.
    """
    found: dict[str, Range] = {}
    for base, kind in CATALOGUE.items():
        for suffix in ("_a", "_b") if kind.per_side else ("",):
            if base == "aid" and not observed.has_patron[suffix == "_b"]:
                continue
            name = base + suffix
            found[name] = Range(name, kind, _label(record, kind, suffix), kind.low, kind.high, "default")
    for assumption in record.war.assumptions:
        _replace(
            found,
            assumption.id,
            assumption.low,
            assumption.high,
            "war.toml",
            f"war.toml, assumption {assumption.id!r}",
        )
    for text in given:
        name, low, high = _parsed(text)
        _replace(found, name, low, high, "set", f"--set {text}")
    return found


def _label(record: Record, kind: Kind, suffix: str) -> Text:
    if not suffix:
        return kind.names
    side = record.war.side_a if suffix == "_a" else record.war.side_b
    return Text(en=kind.names.en.format(side=side.names.en), nl=kind.names.nl.format(side=side.names.nl))


def _replace(found: dict[str, Range], name: str, low: float, high: float, origin: str, place: str) -> None:
    old = found.get(name)
    if old is None and name in ("aid_a", "aid_b"):
        raise ParameterError(
            f"{place}: side {name[-1].upper()} has no patron in war.toml, so that no aid can be worth anything."
        )
    if old is None:
        raise ParameterError(f"{place}: there is no assumption of that name; there are {', '.join(found)}.")
    if low > high:
        raise ParameterError(f"{place}: the lower end {low:g} is above the upper end {high:g}. Swap them.")
    for value in (low, high):
        if not old.kind.least <= value <= old.kind.most:
            raise ParameterError(
                f"{place}: {name} must lie from {old.kind.least:g} to {old.kind.most:g}, got {value:g}."
            )
    found[name] = Range(name, old.kind, old.label, low, high, origin)


def _parsed(text: str) -> tuple[str, float, float]:
    """``name=0.2`` or ``name=0.1..0.3``."""
    name, equals, value = text.partition("=")
    low, dots, high = value.partition("..")
    try:
        if not equals:
            raise ValueError
        return name.strip(), float(low), float(high if dots else low)
    except ValueError:
        raise ParameterError(
            f"--set {text}: write name=value or name=low..high, for example cost_a=0.1..0.3."
        ) from None
