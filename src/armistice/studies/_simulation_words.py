"""Words of the simulation: what its parameters are, what a record lacks, what a reader is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from armistice.text import Text

__all__ = ["ENDING_NAMES", "KINDS", "Kind", "missing"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A parameter of the violence beside the game.

    Parameters
    ----------
    least, most : float
        Values beyond these mean nothing.
    per_side : bool
    names : Text
        ``{side}`` stands for the side.
    """

    least: float
    most: float
    per_side: bool
    names: Text


_MANY: Final = 1e7
KINDS: Final[Mapping[str, Kind]] = {
    "deaths": Kind(0, _MANY, True, Text(en="soldiers of {side} killed each month", nl="gesneuvelde militairen van {side} per maand")),
    "killed_share": Kind(0.01, 1, True, Text(en="share of the losses of {side} who die", nl="deel van de verliezen van {side} dat sterft")),
    "force": Kind(1, 1e8, True, Text(en="soldiers of {side} in the war", nl="militairen van {side} in de oorlog")),
    "replaced": Kind(0, 10, True, Text(en="share of today's losses that {side} replaces", nl="deel van de huidige verliezen dat {side} vervangt")),
    "aid_replaces": Kind(0, 10, True, Text(en="share of the losses of {side} that aid replaces", nl="deel van de verliezen van {side} dat steun vervangt")),
    "break_point": Kind(0, 1, True, Text(en="share of its force below which {side} collapses", nl="deel van de troepen waaronder {side} ineenstort")),
    "push_losses": Kind(0, 20, True, Text(en="extra losses of {side} when it attacks, as a share", nl="extra verliezen van {side} bij een eigen aanval, als deel")),
    "pushed_losses": Kind(0, 20, True, Text(en="extra losses of {side} when it is attacked, as a share", nl="extra verliezen van {side} bij een aanval van de ander, als deel")),
    "loss_noise": Kind(0, 2, False, Text(en="spread of monthly losses (of their logarithm)", nl="spreiding van de maandelijkse verliezen (van de logaritme)")),
    "strikes_rise": Kind(0, 1, True, Text(en="monthly chance that strikes by {side} rise", nl="maandelijkse kans dat aanvallen door {side} toenemen")),
    "strikes_fall": Kind(0, 1, True, Text(en="monthly chance that strikes by {side} fall", nl="maandelijkse kans dat aanvallen door {side} afnemen")),
    "retaliation": Kind(-10, 10, True, Text(en="how far a surge of the other side raises strikes by {side} (log-odds)", nl="hoezeer een golf van de ander de aanvallen door {side} doet toenemen (log-kansverhouding)")),
    "around_talks": Kind(-10, 10, True, Text(en="how far open talks raise strikes by {side} (log-odds)", nl="hoezeer lopende gesprekken de aanvallen door {side} doen toenemen (log-kansverhouding)")),
    "strike_deaths": Kind(0, _MANY, True, Text(en="people of {side} killed by strikes each month", nl="mensen van {side} die per maand door aanvallen omkomen")),
    "surge_suspends_talks": Kind(0, 1, False, Text(en="chance that a month with a surge of strikes suspends talks", nl="kans dat een maand met een golf van aanvallen de gesprekken opschort")),
    "deal_pace": Kind(0, 1, False, Text(en="share of the deals that could be made in a month that are made in it", nl="deel van de akkoorden die in een maand mogelijk zijn dat in die maand ook gesloten wordt")),
    "lull": Kind(0, 1, False, Text(en="monthly chance that the fighting fades", nl="maandelijkse kans dat de gevechten wegebben")),
}  # fmt: skip

ENDING_NAMES: Final[Mapping[str, Text]] = {
    "armistice": Text(en="armistice along the line", nl="wapenstilstand langs de lijn"),
    "peace_agreement": Text(en="treaty", nl="verdrag"),
    "victory_a": Text(en="victory of {a} on the front", nl="overwinning van {a} aan het front"),
    "victory_b": Text(en="victory of {b} on the front", nl="overwinning van {b} aan het front"),
    "collapse_a": Text(en="collapse of {a}'s forces", nl="ineenstorting van de troepen van {a}"),
    "collapse_b": Text(en="collapse of {b}'s forces", nl="ineenstorting van de troepen van {b}"),
    "low_activity": Text(en="fighting fades without a deal", nl="de gevechten ebben weg zonder akkoord"),
    "continues": Text(en="the war goes on", nl="de oorlog gaat door"),
}


def missing(
    *,
    names: tuple[Text, Text],
    deaths: tuple[bool, bool],
    together: bool,
    strength: tuple[bool, bool],
    strikes: tuple[bool, bool],
    civilians: bool,
    noise: bool,
    fading: bool,
) -> tuple[Text, ...]:
    """What the record lacks, and what is done about it."""
    found: list[Text] = []
    if not any(deaths) and not together:
        found.append(
            Text(
                en="Nobody's count of the dead is on record: deaths are not played, which does not mean that there are none.",
                nl="Er staat geen telling van doden in het dossier: doden worden niet meegespeeld, wat niet betekent dat ze er niet zijn.",
            )
        )
    elif together:
        found.append(
            Text(
                en="The dead are on record for both sides together: a quarter to three quarters are taken as the first side's.",
                nl="De doden staan alleen voor beide partijen samen in het dossier: een kwart tot drie kwart wordt aan de eerste partij toegerekend.",
            )
        )
    else:
        found += [
            Text(
                en=f"No count of the dead of {name.en} is on record: between a third and three times the other side's is drawn.",
                nl=f"Er staat geen telling van de doden van {name.nl} in het dossier: er wordt een derde tot drie keer die van de ander getrokken.",
            )
            for name, has in zip(names, deaths, strict=True)
            if not has
        ]
    lacking = _which(names, strength)
    if lacking is not None:
        en, nl = lacking.en, lacking.nl
        found.append(
            Text(
                en=f"No strength of {en} from the past two years is on record: losses do not depend on forces, and no army collapses.",
                nl=f"Er staat geen troepensterkte van {nl} uit de afgelopen twee jaar in het dossier: verliezen hangen niet van troepen af en geen leger stort in.",
            )
        )
    silent = _which(names, strikes)
    if silent is not None:
        en, nl = silent.en, silent.nl
        found.append(
            Text(
                en=f"Half a year of daily strikes by {en} is not on record: they are not played.",
                nl=f"Er staat geen half jaar aan dagelijkse aanvallen door {nl} in het dossier: die worden niet meegespeeld.",
            )
        )
    if any(strikes) and not civilians:
        found.append(
            Text(
                en="Deaths of civilians in the past year are not on record: strikes are played without deaths.",
                nl="Burgerdoden van het afgelopen jaar staan niet in het dossier: aanvallen worden zonder doden gespeeld.",
            )
        )
    if not noise and (any(deaths) or together):
        found.append(
            Text(
                en="No series of losses is on record: how much they vary from month to month is a wide range.",
                nl="Er staat geen reeks van verliezen in het dossier: hoe sterk ze per maand wisselen is een ruime marge.",
            )
        )
    if not fading:
        found.append(
            Text(
                en="Too few wars known by that day had faded: fading is not played.",
                nl="Te weinig toen bekende oorlogen waren weggeëbd: wegebben wordt niet meegespeeld.",
            )
        )
    return tuple(found)


def _which(names: tuple[Text, Text], has: tuple[bool, bool]) -> Text | None:
    """The side that lacks something; "either side" where both do."""
    if all(has):
        return None
    if not any(has):
        return Text(en="either side", nl="een van beide partijen")
    return names[0] if not has[0] else names[1]
