"""What a record lacks for a simulation, and what is done about it, in words."""

from __future__ import annotations

from armistice.record.as_of import Record
from armistice.studies._bargain_inputs import Observed
from armistice.text import Text

__all__ = ["missing", "not_in_games"]


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


def not_in_games(record: Record, observed: Observed) -> tuple[Text, ...]:
    """What the record lacks for the game of bargaining."""
    found: list[Text] = []
    if observed.share_a is None:
        found.append(
            Text(
                en="No front with a known extent is on record: where it stands, how fast it moves and which way are drawn from wide ranges.",
                nl="Er staat geen front met bekende omvang in het dossier: waar het staat, hoe snel en waarheen het beweegt zijn uit ruime "
                "marges getrokken.",
            )
        )
    elif observed.front is None:
        found.append(
            Text(
                en="The front of the past year is not on record: how fast it moves and which way are drawn from wide ranges.",
                nl="Het front van het afgelopen jaar staat niet in het dossier: hoe snel en waarheen het beweegt is uit ruime marges "
                "getrokken.",
            )
        )
    if observed.talks is None:
        found.append(
            Text(
                en="No meeting of the sides is on record: whether talks are open, and how they come and go, are drawn from wide ranges.",
                nl="Er staat geen ontmoeting van de partijen in het dossier: of er gesprekken lopen en hoe die komen en gaan is uit ruime "
                "marges getrokken.",
            )
        )
    for number, side in enumerate((record.war.side_a, record.war.side_b)):
        if observed.has_patron[number] and observed.aid[number] is None:
            found.append(
                Text(
                    en=f"Aid to {side.names.en} by the month is not on record: it is taken to be given now, and its coming and going is "
                    "drawn from wide ranges.",
                    nl=f"Steun aan {side.names.nl} per maand staat niet in het dossier: die wordt geacht nu te lopen, en het komen en gaan is "
                    "uit ruime marges getrokken.",
                )
            )
    return tuple(found)
