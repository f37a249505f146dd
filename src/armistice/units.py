"""Units and what is counted, in the languages of the reports.

A quantity carries its unit in English, which is what JSON holds; a reader of another language gets it from here.
A unit that is not listed is shown as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from armistice.text import Language, Text, Words

__all__ = ["DIFFERENCE", "is_share", "span_in", "unit_in", "with_unit"]

#: Unit of one chance less another; written in percentage points.
DIFFERENCE: Final = "difference of probabilities"

_UNITS: Final[Mapping[str, Text]] = {
    word.en: word
    for word in (
        Text(en="days", nl="dagen"),
        Text(en="months", nl="maanden"),
        Text(en="years", nl="jaar"),
        Text(en="rounds", nl="rondes"),
        Text(en="rows", nl="rijen"),
        Text(en="observations", nl="waarnemingen"),
        Text(en="episodes", nl="episoden"),
        Text(en="wars", nl="oorlogen"),
        Text(en="people", nl="mensen"),
        Text(en="persons", nl="mensen"),
        Text(en="draws", nl="trekkingen"),
        Text(en="km² a month", nl="km² per maand"),
        Text(en="km a month", nl="km per maand"),
        Text(en="km² per month", nl="km² per maand"),
        Text(en="km per month", nl="km per maand"),
        Text(en="km²/month", nl="km²/maand"),
        Text(en="km/month", nl="km/maand"),
        Text(en="ratio", nl="verhouding"),
        Text(en="share", nl="aandeel"),
        Text(en="probability", nl="kans"),
        Text(en="percentage points", nl="procentpunten"),
        Text(en=DIFFERENCE, nl="verschil van kansen"),
        Text(en="truces", nl="bestanden"),
        Text(en="conflicts", nl="conflicten"),
        Text(en="talks", nl="gesprekken"),
        Text(en="exchanges", nl="uitwisselingen"),
        Text(en="changes", nl="veranderingen"),
        Text(en="drones", nl="drones"),
        Text(en="deaths", nl="doden"),
        Text(en="rows read", nl="gelezen rijen"),
        Text(en="wars that had lasted as long", nl="oorlogen die zo lang hadden geduurd"),
        Text(en="changes of the front", nl="veranderingen van het front"),
        Text(en="changes over 7 days or more", nl="veranderingen over 7 dagen of meer"),
        Text(en="share of the theatre", nl="aandeel van het oorlogstoneel"),
        Text(en="this record", nl="dit dossier"),
        Text(en="children", nl="kinderen"),
        Text(en="aircraft", nl="vliegtuigen"),
        Text(en="bodies", nl="lichamen"),
        Text(en="missiles", nl="raketten"),
        Text(en="missiles and drones", nl="raketten en drones"),
        Text(en="regions", nl="regio’s"),
        Text(en="strikes", nl="aanvallen"),
        Text(en="tonnes", nl="ton"),
        Text(en="violations", nl="schendingen"),
        Text(en="EUR per day", nl="EUR per dag"),
        Text(en="USD current", nl="USD, lopende prijzen"),
        Text(en="kg TNT equivalent", nl="kg TNT-equivalent"),
        Text(en="% of carriers at the main bases", nl="% van de dragers op de hoofdbases"),
        Text(en="% of Russian refining capacity", nl="% van de Russische raffinagecapaciteit"),
        Text(en="of 63 draft paragraphs", nl="van 63 ontwerpparagrafen"),
        Text(en="rows on that day", nl="rijen op die dag"),
        Text(en="people returned to Ukraine", nl="mensen terug naar Oekraïne"),
        Text(en="points", nl="punten"),
        Text(en="past wars", nl="eerdere oorlogen"),
        Text(en="endings", nl="eindes"),
        Text(en="signings", nl="tekeningen"),
        Text(en="leaders at the end of a war", nl="leiders aan het eind van een oorlog"),
        Text(en="acts", nl="daden"),
        Text(en="weeks", nl="weken"),
        Text(en="phases", nl="fasen"),
        Text(en="games", nl="spellen"),
        Text(en="games drawn", nl="getrokken spellen"),
        Text(en="games solved", nl="opgeloste spellen"),
        Text(en="games solved from several starts", nl="spellen opgelost vanuit verschillende beginpunten"),
        Text(en="games valued", nl="gewaardeerde spellen"),
        Text(en="pairs of games", nl="paren van spellen"),
        Text(en="draws of the assumptions", nl="trekkingen van de aannames"),
        Text(en="wars played", nl="gespeelde oorlogen"),
        Text(en="wars learnt from", nl="oorlogen waarvan is geleerd"),
        Text(en="other wars", nl="andere oorlogen"),
        Text(en="endings of other wars", nl="eindes van andere oorlogen"),
        Text(en="endings of other conflicts", nl="eindes van andere conflicten"),
        Text(en="past forecasts", nl="eerdere voorspellingen"),
        Text(en="ways of asking", nl="manieren van vragen"),
        Text(en="placebo sets", nl="reeksen placebodata"),
        Text(en="days of a side", nl="dagen van een partij"),
        Text(en="suspensions", nl="opschortingen"),
        Text(en="resumptions", nl="hervattingen"),
        Text(en="strikes per strike", nl="aanvallen per aanval"),
        Text(en="km² per 1,000 losses", nl="km² per 1.000 verliezen"),
    )
}


def unit_in(unit: str, language: Language) -> str:
    """A unit in one language.

    >>> unit_in("aircraft", "nl"), unit_in("USD", "nl")
    ('vliegtuigen', 'USD')
    """
    told = _UNITS.get(unit)
    return unit if told is None else told.in_language(language)


def is_share(unit: str) -> bool:
    """Whether a quantity of this unit lies between 0 and 1 and is written as a percentage."""
    return unit in ("probability", "share") or unit.startswith("share of ")


def with_unit(value: float, unit: str, say: Words) -> str:
    """A number and its unit; shares and probabilities as percentages.

    >>> from armistice.text import EN, NL
    >>> with_unit(0.00662, "share of the theatre", EN), with_unit(340.0, "km² per month", NL)
    ('0.7% of the theatre', '340 km² per maand')
    >>> with_unit(-0.0133, DIFFERENCE, EN)
    '−1.3 percentage points'
    """
    if unit == DIFFERENCE:
        return f"{say.number(_points(value))} {unit_in('percentage points', say.language)}"
    told = unit_in(unit, say.language)
    if is_share(unit):
        _, _, whole = told.partition(" ")  # "share of the theatre" leaves "of the theatre"
        return f"{say.percent(value)} {whole}".strip()
    return f"{say.number(value)} {told}".strip()


def span_in(lower: float, upper: float, unit: str, say: Words) -> str:
    """An interval in the scale in which :func:`with_unit` writes a number of this unit.

    >>> from armistice.text import EN
    >>> span_in(0.002, 0.09, "probability", EN), span_in(-0.02, 0.04, DIFFERENCE, EN)
    ('0.2% to 9.0%', '−2 to 4')
    """
    if is_share(unit):
        return say.percent_span(lower, upper)
    return say.span(_points(lower), _points(upper)) if unit == DIFFERENCE else say.span(lower, upper)


def _points(difference: float) -> float:
    """In percentage points, to one decimal; no "−0"."""
    return round(100 * difference, 1) + 0.0
