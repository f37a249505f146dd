"""What the study of the front line says, in English and Dutch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from armistice.estimate import Estimate, Quantity
from armistice.frontline import Phase
from armistice.record.as_of import Front, Record
from armistice.text import EN, NL, Text, Words

__all__ = [
    "NO_FRONT",
    "NO_PHASES",
    "NO_THEATRE",
    "ONE_OBSERVATION",
    "QUANTITIES",
    "caveats",
    "headline",
    "never",
    "no_losses",
    "no_year",
    "sentences",
    "too_few",
]

NO_FRONT: Final = Text(
    en="The record holds no observation of the front line.", nl="Het dossier bevat geen waarneming van de frontlijn."
)
ONE_OBSERVATION: Final = Text(
    en="The front was observed once; a pace needs two observations.",
    nl="Het front is één keer waargenomen; voor een tempo zijn er twee nodig.",
)
NO_THEATRE: Final = Text(
    en="No area of the theatre is stated in war.toml, so no share of it can be given.",
    nl="In war.toml staat geen oppervlakte van het oorlogstoneel, dus een aandeel daarvan is niet te geven.",
)
NO_PHASES: Final = Text(
    en="The front is known at too few days to tell phases apart.",
    nl="Het front is op te weinig dagen bekend om fasen te onderscheiden.",
)

QUANTITIES: Final[Mapping[str, tuple[Text, str]]] = {
    "pace_now": (Text(en="pace of the front now", nl="tempo van het front nu"), ""),
    "pace_last_12_months": (
        Text(en="mean pace over the last 12 months", nl="gemiddeld tempo over de laatste 12 maanden"),
        "",
    ),
    "pace_previous_12_months": (
        Text(en="mean pace over the 12 months before those", nl="gemiddeld tempo over de 12 maanden daarvoor"),
        "",
    ),
    "pace_change_12_months": (
        Text(
            en="change of pace from the one year to the next",
            nl="verandering van tempo van het ene jaar op het andere",
        ),
        "",
    ),
    "change_12_months": (
        Text(en="change of the front over 12 months", nl="verandering van het front in 12 maanden"),
        "",
    ),
    "area_change_12_months_share": (
        Text(en="the same as a share of the theatre", nl="hetzelfde als aandeel van het oorlogstoneel"),
        "",
    ),
    "stalemate_probability": (
        Text(
            en="probability that the pace stays below the threshold in the coming months",
            nl="kans dat het tempo de komende maanden onder de drempel blijft",
        ),
        "",
    ),
    "years_to_objective": (
        Text(en="years to an objective at this pace", nl="jaren tot een doel in dit tempo"),
        "objective",
    ),
    "never_reaches": (
        Text(en="probability that this pace never gets there", nl="kans dat dit tempo er nooit komt"),
        "objective",
    ),
    "gain_per_thousand_losses": (
        Text(en="ground gained per thousand losses", nl="terreinwinst per duizend verliezen"),
        "series",
    ),
    "current_phase_days": (Text(en="length of the current phase", nl="duur van de huidige fase"), ""),
}


def too_few(front: Front) -> Text:
    """Observations too few or too old for a pace."""
    n = len(front.dates)
    return Text(
        en=f"{EN.number(n)} days of the front are known, too few or too old to tell a pace from the errors of the map.",
        nl=f"Er zijn {NL.number(n)} dagen van het front bekend, te weinig of te oud om een tempo van kaartfouten te onderscheiden.",
    )


def no_year(front: Front) -> Text:
    """The front was not followed closely for the years that a comparison needs."""
    del front
    return Text(
        en="The front was not mapped closely enough over the years that this compares.",
        nl="Het front is in de jaren die dit vergelijkt niet nauwkeurig genoeg in kaart gebracht.",
    )


def no_losses(names: Text) -> Text:
    """A series of losses that does not cover the year."""
    return Text(
        en=f"{names.en}: fewer than 80% of the days of the last 12 months are known on this day.",
        nl=f"{names.nl}: minder dan 80% van de dagen van de laatste 12 maanden is op deze dag bekend.",
    )


def never(years: float) -> Text:
    """Most draws never arrive."""
    return Text(
        en=f"In more than half of the draws this pace does not get there within {years:g} years.",
        nl=f"In meer dan de helft van de trekkingen komt dit tempo er niet binnen {years:g} jaar.",
    )


def headline(quantities: Mapping[str, Quantity], months: int, limit: Text) -> Text:
    """One sentence for the first screen."""
    chance, now = quantities["stalemate_probability"], quantities["pace_now"]
    assert isinstance(now, Estimate)
    pace = _pace_sentence(now)
    later, earlier = quantities["pace_last_12_months"], quantities["pace_previous_12_months"]
    if isinstance(later, Estimate) and isinstance(earlier, Estimate):
        pace = Text(
            en=f"The front moved {_signed(later, EN)} over the last year, {_signed(earlier, EN, short=True)} the year before.",
            nl=f"Het front verschoof het laatste jaar {_signed(later, NL)}, het jaar daarvoor {_signed(earlier, NL, short=True)}.",
        )
    if not isinstance(chance, Estimate):
        return pace
    return Text(
        en=f"{pace.en} Chance that it moves less than {limit.en} a month for {months} months: {_rough(chance.value, EN)}.",
        nl=f"{pace.nl} Kans dat het {months} maanden minder dan {limit.nl} per maand verschuift: {_rough(chance.value, NL)}.",
    )


def _signed(pace: Estimate, say: Words, *, short: bool = False) -> str:
    """A pace with its unit, in a reader's words."""
    unit = pace.unit if say is EN else pace.unit.replace("per month", "per maand")
    number = say.number(pace.value, significant=2 if abs(pace.value) < 10 else 3)
    return number if short else f"{number} {unit}"


def _rough(share: float, say: Words) -> str:
    """A probability from draws, no finer than they allow."""
    if share > 0.99:
        return ">99%"
    if share < 0.01:
        return "<1%"
    return say.percent(round(share, 2))


def _pace_sentence(pace: Estimate) -> Text:
    return Text(
        en=f"The pace of the front now is {_signed(pace, EN)} (95% interval {EN.span(pace.lower, pace.upper)}).",
        nl=f"Het tempo van het front is nu {_signed(pace, NL)} (95%-interval {NL.span(pace.lower, pace.upper)}).",
    )


def sentences(
    record: Record, quantities: Mapping[str, Quantity], found: list[Phase], months: int
) -> tuple[Text, ...]:
    """What the reader is told, in order."""
    assert record.front is not None
    now = quantities["pace_now"]
    assert isinstance(now, Estimate)
    up = record.war.side(record.front.description.side).names
    said = [
        Text(
            en=f"Measured: {record.front.description.names.en}, as drawn by: {record.front.description.claimed_by}. "
            f"An increase is a gain of {up.en}.",
            nl=f"Gemeten: {record.front.description.names.nl}. Een toename is winst van {up.nl}.",
        ),
        _pace_sentence(now),
    ]
    change = quantities["pace_change_12_months"]
    later, earlier = quantities["pace_last_12_months"], quantities["pace_previous_12_months"]
    if isinstance(change, Estimate) and isinstance(later, Estimate) and isinstance(earlier, Estimate):
        said.append(_compared(later, earlier, change))
    share = quantities["area_change_12_months_share"]
    if isinstance(share, Estimate):
        said.append(
            Text(
                en=f"Over 12 months that is {EN.percent(share.value)} of the theatre "
                f"(95% interval {EN.percent_span(share.lower, share.upper)}).",
                nl=f"Over 12 maanden is dat {NL.percent(share.value)} van het oorlogstoneel "
                f"(95%-interval {NL.percent_span(share.lower, share.upper)}).",
            )
        )
    chance = quantities["stalemate_probability"]
    if isinstance(chance, Estimate):
        said.append(
            Text(
                en=f"Probability that the pace stays below the threshold of a stalemate over the next {months} months: "
                f"{_rough(chance.value, EN)}. The table shows how the answer changes with the threshold.",
                nl=f"Kans dat het tempo de komende {months} maanden onder de drempel van een patstelling blijft: "
                f"{_rough(chance.value, NL)}. De tabel toont hoe het antwoord met de drempel verandert.",
            )
        )
    said += _far(quantities)
    if found:
        said.append(_phase_sentence(found))
    return tuple(said)


def _compared(later: Estimate, earlier: Estimate, change: Estimate) -> Text:
    if change.lower > 0:
        english, dutch = "the front moved faster", "het front bewoog sneller"
    elif change.upper < 0:
        english, dutch = "the front moved more slowly or back", "het front bewoog langzamer of terug"
    else:
        english, dutch = "whether the pace changed cannot be told", "of het tempo veranderde is niet te zeggen"
    return Text(
        en=f"Over the last 12 months the mean pace was {_signed(later, EN)}, against {_signed(earlier, EN, short=True)} in the "
        f"12 months before: a change of {EN.number(change.value)} (95% interval {EN.span(change.lower, change.upper)}); {english}.",
        nl=f"Over de laatste 12 maanden was het gemiddelde tempo {_signed(later, NL)}, tegen {_signed(earlier, NL, short=True)} "
        f"in de 12 maanden daarvoor: een verandering van {NL.number(change.value)} "
        f"(95%-interval {NL.span(change.lower, change.upper)}); {dutch}.",
    )


def _far(quantities: Mapping[str, Quantity]) -> list[Text]:
    whole = quantities.get("years_to_objective[whole_theatre]")
    never_there = quantities.get("never_reaches[whole_theatre]")
    if isinstance(whole, Estimate) and isinstance(never_there, Estimate):
        return [
            Text(
                en=f"Only to give a scale: at this pace the rest of the theatre would take {EN.number(whole.value)} years "
                f"(never within the horizon in {_rough(never_there.value, EN)} of draws). No side is known to aim for that.",
                nl=f"Alleen ter vergelijking: in dit tempo zou de rest van het oorlogstoneel {NL.number(whole.value)} jaar duren "
                f"(in {_rough(never_there.value, NL)} van de trekkingen nooit binnen de horizon). Dat is niet als doel bekend.",
            )
        ]
    if isinstance(never_there, Estimate):
        return [
            Text(
                en=f"Only to give a scale: in {_rough(never_there.value, EN)} of draws the rest of the theatre would not "
                "be reached within 50 years. No side is known to aim for that.",
                nl=f"Alleen ter vergelijking: in {_rough(never_there.value, NL)} van de trekkingen zou de rest van "
                "het oorlogstoneel niet binnen 50 jaar bereikt worden. Dat is niet als doel bekend.",
            )
        ]
    return []


def _phase_sentence(found: list[Phase]) -> Text:
    last = found[-1]
    start = last.start.astype(object)
    return Text(
        en=f"The front passed through {len(found)} phases; the current one began about {EN.date(start)} "
        f"(pace {EN.number(last.pace)} per month).",
        nl=f"Het front doorliep {len(found)} fasen; de huidige begon rond {NL.date(start)} "
        f"(tempo {NL.number(last.pace)} per maand).",
    )


def caveats(front: Front, *, is_mapped: bool) -> tuple[Text, ...]:
    """What to bear in mind."""
    if is_mapped:
        return (
            Text(
                en="Maps are edited in lumps and corrected later; changes are taken over a week or more, and single lumps weigh "
                "little in the pace. Another map may show another level: the figures hold for this one.",
                nl="Kaarten worden schoksgewijs bijgewerkt en later verbeterd; veranderingen zijn genomen over een week of meer, en "
                "losse sprongen tellen in het tempo nauwelijks mee. Een andere kaart kan een ander niveau geven.",
            ),
        )
    del front
    return (
        Text(
            en="The front is known at a few positions, in coarse zones. Small movements cannot be seen, and hard fighting may "
            "leave the line where it was.",
            nl="Het front is op enkele posities bekend, in grove zones. Kleine verschuivingen zijn niet te zien, en zware gevechten "
            "kunnen de lijn laten waar ze was.",
        ),
    )
