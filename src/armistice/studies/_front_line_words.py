"""What the study of the front line says, in English and Dutch."""

from __future__ import annotations

import datetime as dt
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
    "ONE_PHASE",
    "PASSED",
    "QUANTITIES",
    "caveats",
    "headline",
    "never",
    "never_moved",
    "no_losses",
    "no_year",
    "sentences",
    "too_few",
    "too_old",
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

ONE_PHASE: Final = Text(
    en="No change of phase can be told apart from chance; the front is one phase as far as it is known.",
    nl="Geen faseovergang is van toeval te onderscheiden; voor zover bekend is het front één fase.",
)
PASSED: Final = Text(
    en="Since the objective was measured the front has moved by more than was left; whether it was reached is not on record.",
    nl="Sinds het doel werd gemeten is het front verder verschoven dan er resteerde; of het bereikt is, staat niet in het dossier.",
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


MODEL_ONLY: Final = Text(
    en="The probability of a stalemate holds only if the pace goes on changing as it did; its interval counts the error of drawing, not "
    "that of the model.",
    nl="De kans op een patstelling geldt alleen als het tempo blijft veranderen zoals het deed; het interval ervan omvat de fout van de "
    "trekkingen, niet die van het model.",
)


def too_few(front: Front) -> Text:
    """Observations too few or too old for a pace."""
    n = len(front.dates)
    return Text(
        en=f"{EN.number(n)} days of the front are known, too few or too old to tell a pace from the errors of the map.",
        nl=f"Er zijn {NL.number(n)} dagen van het front bekend, te weinig of te oud om een tempo van kaartfouten te onderscheiden.",
    )


def too_old(front: Front) -> Text:
    """The last observation says nothing of today."""
    day = front.dates[-1].astype(object)
    return Text(
        en=f"The front was last observed on {EN.date(day)}, too long ago to speak of its pace now.",
        nl=f"Het front is voor het laatst waargenomen op {NL.date(day)}, te lang geleden om van een huidig tempo te spreken.",
    )


def never_moved(front: Front) -> Text:
    """A map without a single change holds no error to learn from."""
    n = len(front.dates)
    return Text(
        en=f"The front is the same on all {EN.number(n)} days on record. That may be a standstill or a map that nobody edits: "
        "without any change its error cannot be told.",
        nl=f"Het front is op alle {NL.number(n)} dagen in het dossier gelijk. Dat kan stilstand zijn of een kaart die niemand "
        "bijwerkt: zonder enige verandering is de fout ervan niet te bepalen.",
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


def headline(quantities: Mapping[str, Quantity], gaining: Text, months: int, limit: Text) -> Text:
    """One sentence for the first screen."""
    chance, now = quantities["stalemate_probability"], quantities["pace_now"]
    assert isinstance(now, Estimate)
    pace = _pace_sentence(now)
    later, earlier = quantities["pace_last_12_months"], quantities["pace_previous_12_months"]
    if isinstance(later, Estimate) and isinstance(earlier, Estimate):
        pace = Text(
            en=f"{gaining.en} gained {_signed(later, EN)} over the last year, {_signed(earlier, EN, short=True)} the year before.",
            nl=f"{gaining.nl} won het laatste jaar {_signed(later, NL)}, het jaar daarvoor {_signed(earlier, NL, short=True)}.",
        )
    if not isinstance(chance, Estimate):
        return pace
    return Text(
        en=f"{pace.en} Chance that the front moves less than {limit.en} a month for {months} months: {_rough(chance.value, EN)}.",
        nl=f"{pace.nl} Kans dat het front {months} maanden minder dan {limit.nl} per maand verschuift: {_rough(chance.value, NL)}.",
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
    record: Record,
    quantities: Mapping[str, Quantity],
    found: list[Phase],
    by_threshold: tuple[tuple[Text, float], ...],
    months: int,
    horizon_years: float,
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
            nl=f"Gemeten: {record.front.description.names.nl}, volgens: {record.front.description.claimed_by}. "
            f"Een toename is winst van {up.nl}.",
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
                f"{_rough(chance.value, EN)}. {_by_threshold(by_threshold, EN)}",
                nl=f"Kans dat het tempo de komende {months} maanden onder de drempel van een patstelling blijft: "
                f"{_rough(chance.value, NL)}. {_by_threshold(by_threshold, NL)}",
            )
        )
    said += _far(record, quantities, horizon_years)
    said += _cost(record, quantities)
    if found:
        said.append(_phase_sentence(found, quantities["current_phase_days"], record))
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


def _by_threshold(rows: tuple[tuple[Text, float], ...], say: Words) -> str:
    """How the answer changes with what counts as standing still."""
    listed = "; ".join(f"{name.in_language(say.language)}: {_rough(chance, say)}" for name, chance in rows)
    return f"By threshold: {listed}." if say is EN else f"Naar drempel: {listed}."


def _far(record: Record, quantities: Mapping[str, Quantity], horizon_years: float) -> list[Text]:
    """Time to each objective, or to the whole theatre only to give a scale."""
    names = {aim.id: aim.names for aim in record.war.objectives}
    said = []
    for key, chance in quantities.items():
        if not key.startswith("never_reaches[") or not isinstance(chance, Estimate):
            continue
        aim = key.removeprefix("never_reaches[").removesuffix("]")
        what = names.get(aim, Text(en="the rest of the theatre", nl="de rest van het oorlogstoneel"))
        years = quantities[f"years_to_objective[{aim}]"]
        english = dutch = ""
        if isinstance(years, Estimate):
            english = (
                f" The middle of the draws is {EN.number(years.value)} years (95% of them: {_years(years, EN)})."
            )
            dutch = (
                f" Het midden van de trekkingen is {NL.number(years.value)} jaar (95% ervan: {_years(years, NL)})."
            )
        text = Text(
            en=f"At this pace {what.en} would not be reached within {horizon_years:g} years in "
            f"{_rough(chance.value, EN)} of the draws.{english}",
            nl=f"In dit tempo zou {what.nl} in {_rough(chance.value, NL)} van de trekkingen niet binnen "
            f"{horizon_years:g} jaar bereikt worden.{dutch}",
        )
        if aim not in names:
            text = Text(
                en=f"Only to give a scale, since no objective is on record: {text.en[:1].lower()}{text.en[1:]}",
                nl=f"Alleen ter vergelijking, want er staat geen doel in het dossier: {text.nl[:1].lower()}{text.nl[1:]}",
            )
        said.append(text)
    return said


def _years(years: Estimate, say: Words) -> str:
    if years.upper == float("inf"):
        return f"{say.number(years.lower)} {'to never' if say is EN else 'tot nooit'}"
    return say.span(years.lower, years.upper)


def _cost(record: Record, quantities: Mapping[str, Quantity]) -> list[Text]:
    """Ground per thousand losses, each series with its claimant."""
    said = []
    for key, gain in quantities.items():
        if not key.startswith("gain_per_thousand_losses[") or not isinstance(gain, Estimate):
            continue
        about = record.series(key.removeprefix("gain_per_thousand_losses[").removesuffix("]")).description
        unit = gain.unit.split(" ")[0]
        said.append(
            Text(
                en=f"Per thousand losses the front moved {EN.number(gain.value, significant=2)} {unit} over the last 12 months "
                f"(95% interval {EN.span(gain.lower, gain.upper, significant=2)}, that of the pace alone). "
                f"Losses: {about.names.en}; stated by: {about.claimed_by}.",
                nl=f"Per duizend verliezen verschoof het front de laatste 12 maanden {NL.number(gain.value, significant=2)} {unit} "
                f"(95%-interval {NL.span(gain.lower, gain.upper, significant=2)}, alleen dat van het tempo). "
                f"Verliezen: {about.names.nl}; opgave van: {about.claimed_by}.",
            )
        )
    return said


def _phase_sentence(found: list[Phase], days: Quantity, record: Record) -> Text:
    last = found[-1]
    if not isinstance(days, Estimate):
        return ONE_PHASE
    start = last.start.astype(object)
    first, latest = (record.as_of - dt.timedelta(days=bound) for bound in (days.upper, days.lower))
    assert record.front is not None
    unit = "km²" if record.front.description.measure == "area_km2" else "km"
    return Text(
        en=f"The front passed through {len(found)} phases; the current one began about {EN.date(start)} (95% interval "
        f"{EN.date(first)} to {EN.date(latest)}; its typical week: {EN.number(last.pace)} {unit} per month).",
        nl=f"Het front doorliep {len(found)} fasen; de huidige begon rond {NL.date(start)} (95%-interval "
        f"{NL.date(first)} tot {NL.date(latest)}; de doorsneeweek daarin: {NL.number(last.pace)} {unit} per maand).",
    )


def caveats(front: Front, *, is_mapped: bool) -> tuple[Text, ...]:
    """What to bear in mind."""
    if is_mapped:
        return (
            MODEL_ONLY,
            Text(
                en="Maps are edited in lumps and corrected later; changes are taken over a week or more, and single lumps weigh "
                "little in the pace. Another map may show another level: the figures hold for this one.",
                nl="Kaarten worden schoksgewijs bijgewerkt en later verbeterd; veranderingen zijn genomen over een week of meer, en "
                "losse sprongen tellen in het tempo nauwelijks mee. Een andere kaart kan een ander niveau geven.",
            ),
            Text(
                en="Ground that is really won in leaps looks like an edit of the map, and the pace now is then set too low; the "
                "12-month means count every change. A turn of the last few weeks is seen late, or in part.",
                nl="Terrein dat werkelijk in sprongen wordt gewonnen lijkt op een kaartcorrectie, en het huidige tempo valt dan te "
                "laag uit; de gemiddelden over 12 maanden tellen elke verandering mee. Een omslag van de laatste weken is pas laat of "
                "ten dele te zien.",
            ),
        )
    del front
    return (
        MODEL_ONLY,
        Text(
            en="The front is known at a few positions, in coarse zones. Small movements cannot be seen, and hard fighting may "
            "leave the line where it was.",
            nl="Het front is op enkele posities bekend, in grove zones. Kleine verschuivingen zijn niet te zien, en zware gevechten "
            "kunnen de lijn laten waar ze was.",
        ),
    )
