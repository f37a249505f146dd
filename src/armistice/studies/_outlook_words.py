"""The sentences of the outlook."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity
from armistice.outlook.weights import LearntWeights
from armistice.record.as_of import Record
from armistice.studies._outlook_ways import AHEAD, MONTHS, WAYS
from armistice.text import EN, NL, Text, Words

__all__ = [
    "METHOD_NAMES",
    "Told",
    "caveats",
    "change_sentence",
    "headline",
    "no_year_ago",
    "sentences",
    "with_interval",
]

METHOD_NAMES: Final[Mapping[str, Text]] = {
    "history": Text(en="history", nl="geschiedenis"),
    "simulation": Text(en="simulation", nl="simulatie"),
    "pooled": Text(en="pooled", nl="samen"),
}
_YEAR: Final = 12


@dataclass(frozen=True, eq=False)
class Told:
    """What the sentences are about.

    Parameters
    ----------
    record : Record
    quantities : mapping of str to Quantity
    methods : tuple of str
        Those that had something to say.
    silent : mapping of str to Text
        Why the others had not.
    weights : LearntWeights
    """

    record: Record
    quantities: Mapping[str, Quantity]
    methods: tuple[str, ...]
    silent: Mapping[str, Text]
    weights: LearntWeights

    def estimate(self, key: str) -> Estimate | None:
        """A quantity, if it is an estimate."""
        found = self.quantities.get(key)
        return found if isinstance(found, Estimate) else None


def with_interval(found: Estimate, words: Words) -> str:
    """A chance with its interval."""
    return f"{words.percent(found.value)} ({words.percent_span(found.lower, found.upper)})"


def month_ahead(record: Record, months: float) -> dt.date:
    """The day so many months after the record's."""
    return record.as_of + dt.timedelta(days=round(months * 365.25 / 12))


def headline(told: Told) -> Text:
    """The line that leads: by when, how likely, how sure."""
    year, five = (told.estimate(f"settled_within[{months}]") for months in (_YEAR, MONTHS))
    assert year is not None
    assert five is not None
    level = year.level
    en = (
        f"An armistice or peace agreement within a year: {EN.percent(year.value)} ({EN.percent(level)} interval "
        f"{EN.percent_span(year.lower, year.upper)}); within five years: {with_interval(five, EN)}."
    )
    nl = (
        f"Een wapenstilstand of vredesakkoord binnen een jaar: {NL.percent(year.value)} ({NL.percent(level)}-interval "
        f"{NL.percent_span(year.lower, year.upper)}); binnen vijf jaar: {with_interval(five, NL)}."
    )
    half = _half(told)
    return Text(en=f"{en} {half.en}", nl=f"{nl} {half.nl}")


def _half(told: Told) -> Text:
    """By when an end in any way is as likely as not."""
    median = told.estimate("median_months_left")
    if median is None:
        return Text(
            en="That the war goes on in five years' time is more likely than not.",
            nl="Dat de oorlog over vijf jaar voortduurt, is waarschijnlijker dan niet.",
        )
    day = month_ahead(told.record, median.value)
    return Text(
        en=f"An end in any way by {EN.month(day)} is as likely as not ({_month_span(told.record, median, EN)}).",
        nl=f"Een einde, hoe dan ook, tegen {NL.month(day)} is even waarschijnlijk als niet "
        f"({_month_span(told.record, median, NL)}).",
    )


def _month_span(record: Record, median: Estimate, words: Words) -> str:
    early = words.month(month_ahead(record, median.lower))
    if math.isinf(median.upper):
        return f"{early} tot na vijf jaar" if words.language == "nl" else f"{early} to beyond five years"
    return f"{early} {'tot' if words.language == 'nl' else 'to'} {words.month(month_ahead(record, median.upper))}"


def sentences(told: Told) -> tuple[Text, ...]:
    """What the reader is told, in order."""
    found = [_methods(told), _ways(told), _deaths(told), change_sentence(told.quantities)]
    return tuple(dict.fromkeys(each for each in (*found, *told.silent.values()) if each is not None))


def _methods(told: Told) -> Text | None:
    said = {name: told.estimate(f"{name}_settled_within[{_YEAR}]") for name in told.methods}
    if len(told.methods) < 2:
        name = told.methods[0]
        return Text(
            en=f"Only {METHOD_NAMES[name].en} has something to say of this record; nothing is pooled.",
            nl=f"Alleen de {METHOD_NAMES[name].nl} heeft over dit dossier iets te zeggen; er valt niets samen te nemen.",
        )
    history, simulation = said["history"], said["simulation"]
    assert history is not None
    assert simulation is not None
    share = told.weights.weights[1]
    n = len(told.weights.wars)
    low, high = (float(bound) for bound in np.quantile(told.weights.drawn[:, 1], [0.025, 0.975]))
    if n < 2:
        taught_en = "no weights could be learnt, so each counts for half"
        taught_nl = "gewichten waren niet te leren, dus elk telt voor de helft"
    elif math.isinf(told.weights.penalty):
        taught_en = (
            f"each counts for half: what they said in the course of {n} other wars favours neither clearly "
            f"(simulation could weigh anything from {EN.percent_span(low, high)})"
        )
        taught_nl = (
            f"elk telt voor de helft: wat zij in de loop van {n} andere oorlogen zeiden, pleit voor geen van beide duidelijk "
            f"(simulatie zou van {NL.percent_span(low, high)} kunnen wegen)"
        )
    else:
        taught_en = (
            f"simulation weighs {EN.percent(share)}, learnt from {n} other wars and drawn towards one half; "
            f"so few wars leave it anywhere from {EN.percent_span(low, high)}"
        )
        taught_nl = (
            f"simulatie weegt {NL.percent(share)}, geleerd van {n} andere oorlogen en naar de helft toe getrokken; "
            f"zo weinig oorlogen laten alles open van {NL.percent_span(low, high)}"
        )
    return Text(
        en=f"Wars of the past put a settlement within a year at {with_interval(history, EN)}; this war played forward by the "
        f"bargaining game at {with_interval(simulation, EN)}. Pooled, {taught_en}.",
        nl=f"Oorlogen uit het verleden geven een regeling binnen een jaar {with_interval(history, NL)}; deze oorlog, vooruit gespeeld "
        f"met het onderhandelingsspel, {with_interval(simulation, NL)}. Samengenomen: {taught_nl}.",
    )


def _ways(told: Told) -> Text | None:
    shares = {way: told.estimate(f"way_within_60_months[{way}]") for way in WAYS}
    ends = told.estimate(f"ends_within[{MONTHS}]")
    if ends is None or any(each is None for each in shares.values()):
        return None
    value = {way: each.value for way, each in shares.items() if each is not None}
    on = max(0.0, 1.0 - ends.value)
    return Text(
        en=f"Within five years: armistice or ceasefire {EN.percent(value['armistice'])}, peace agreement "
        f"{EN.percent(value['peace_agreement'])}, one side wins or collapses {EN.percent(value['victory'])}, fighting fades "
        f"{EN.percent(value['fading'])}; still at war {EN.percent(on)}. Which form a settlement takes is the least sure of these.",
        nl=f"Binnen vijf jaar: wapenstilstand of staakt-het-vuren {NL.percent(value['armistice'])}, vredesakkoord "
        f"{NL.percent(value['peace_agreement'])}, een partij wint of stort in {NL.percent(value['victory'])}, de gevechten doven uit "
        f"{NL.percent(value['fading'])}; nog in oorlog {NL.percent(on)}. Welke vorm een regeling krijgt, is hiervan het minst zeker.",
    )


def _deaths(told: Told) -> Text | None:
    found = told.quantities.get(f"deaths_within[{_YEAR}]")
    if isinstance(found, (NotObserved, NotIdentified)):
        return found.reason
    if not isinstance(found, Estimate):
        return None
    value, low, high = (_rounded(number) for number in (found.value, found.lower, found.upper))
    return Text(
        en=f"If nothing else changes, about {EN.number(value)} more people die within a year ({EN.span(low, high)}), by what is "
        "claimed about losses so far.",
        nl=f"Als er verder niets verandert, sterven binnen een jaar nog ongeveer {NL.number(value)} mensen ({NL.span(low, high)}), "
        "naar wat over de verliezen tot nu toe wordt beweerd.",
    )


def _rounded(value: float) -> float:
    """To two significant digits: more would pretend."""
    return float(f"{value:.1e}") if value > 0 else 0.0


def change_sentence(quantities: Mapping[str, Quantity]) -> Text | None:
    """Whether a settlement is further away than a year ago; the line of an assessment's first screen."""
    found = quantities.get("change_in_a_year")
    if isinstance(found, (NotObserved, NotIdentified)):
        return found.reason
    if not isinstance(found, Estimate):
        return None
    sure_en = f"{points(found.value, EN)} ({points(found.lower, EN)} to {points(found.upper, EN)})"
    sure_nl = f"{points(found.value, NL)} ({points(found.lower, NL)} tot {points(found.upper, NL)})"
    if found.upper < 0:
        verdict = Text(
            en="A settlement is further away than a year ago", nl="Een regeling is verder weg dan een jaar geleden"
        )
    elif found.lower > 0:
        verdict = Text(
            en="A settlement is nearer than a year ago", nl="Een regeling is dichterbij dan een jaar geleden"
        )
    else:
        verdict = Text(
            en="Whether a settlement is further away than a year ago cannot be told",
            nl="Of een regeling verder weg is dan een jaar geleden, is niet te zeggen",
        )
    return Text(
        en=f"{verdict.en}: its chance within 12 months changed by {sure_en} percentage points.",
        nl=f"{verdict.nl}: de kans binnen 12 maanden veranderde met {sure_nl} procentpunt.",
    )


def points(share: float, words: Words) -> str:
    """A difference of chances in percentage points, with its sign.

    >>> points(-0.0312, EN), points(0.2, NL)
    ('−3.1', '+20')
    """
    rounded = round(100 * share, 1 if abs(share) < 0.0995 else 0) + 0.0  # no "−0"
    return f"{'+' if rounded > 0 else ''}{words.number(rounded)}"


def no_year_ago(record: Record) -> NotObserved:
    """Why there is no comparison with a year ago."""
    return NotObserved(
        Text(
            en="The war is too young to say whether a settlement is further away than a year ago.",
            nl="De oorlog is te jong om te zeggen of een regeling verder weg is dan een jaar geleden.",
        )
    )


def no_deaths(reason: Text | None) -> NotObserved:
    """Why no further deaths are expected in numbers."""
    return NotObserved(
        reason
        or Text(
            en="Nobody's count of the dead is on record, so further deaths are not estimated.",
            nl="Geen telling van de doden staat in het dossier; verdere doden worden dus niet geschat.",
        )
    )


def beyond(level: float, ends: Estimate) -> NotIdentified:
    """Why there is no median: it lies beyond the months looked ahead."""
    return NotIdentified(
        Text(
            en=f"Beyond {AHEAD[-1]} months: an end by then has a chance of {with_interval(ends, EN)}.",
            nl=f"Meer dan {AHEAD[-1]} maanden: een einde voor die tijd heeft een kans van {with_interval(ends, NL)}.",
        )
    )


def caveats(told: Told, extra: Sequence[Text] = ()) -> tuple[Text, ...]:
    """What to bear in mind."""
    found = [
        Text(
            en="The intervals hold what is uncertain about the chances: the model of past endings, the stated assumptions of the game, "
            "and how much each method should weigh. They are not margins of chance alone, and they do not hold what both methods miss.",
            nl="De intervallen bevatten wat aan de kansen onzeker is: het model van vroegere eindes, de gestelde aannames van het spel, "
            "en hoe zwaar elke methode moet wegen. Het zijn geen marges van het toeval alleen, en wat beide methoden missen zit er niet in.",
        )
    ]
    if "simulation" in told.methods:
        found.append(
            Text(
                en="In the simulation both sides keep to the policies of the solved game; new leaders, new weapons and new parties are "
                "not foreseen. Whether a settlement is an armistice or a peace agreement is taken from past wars: the game says little of it.",
                nl="In de simulatie houden beide partijen zich aan het beleid van het opgeloste spel; nieuwe leiders, wapens en "
                "partijen zijn niet voorzien. Of een regeling een wapenstilstand of een vredesakkoord is, komt van vroegere oorlogen: het spel "
                "zegt daar weinig over.",
            )
        )
    return (*found, *extra)
