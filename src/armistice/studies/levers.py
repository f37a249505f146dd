"""What would bring a settlement nearer: changes one by one, on the same draws and the same chance.

Each change alters one thing in the bargaining game, which is solved anew: both sides know of it. The war is then played
forward with the draws, the violence and the random numbers of the outlook, so that what differs is the change alone.
Effects are on the simulation's chance of a settlement within 12 months; history knows no levers, so nothing is pooled.

Estimand: the effect under assumptions like those that the outlook weighs; the interval is where it would lie under one more
draw of them, not an error of the mean. With the few draws of an assessment it is wide; `armistice levers WAR --draws 60` narrows it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from pydantic import Field

from armistice.errors import DataError, NotConvergedError
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity
from armistice.record.as_of import Record
from armistice.studies._levers_effects import Effects, effects_of, spread_of
from armistice.studies._levers_list import LEVERS
from armistice.studies._outlook_words import points
from armistice.studies._simulation_runs import check_playable
from armistice.studies.study import Chart, Parameters, QuantitySpec, Study, StudyResult, Table
from armistice.text import EN, NL, Text, Words
from armistice.units import DIFFERENCE

__all__ = ["STUDY", "LeversParameters"]

_METHOD: Final = "solved bargaining games played forward, with the change less without, same draws and random numbers"
_SOURCE: Final = "record and stated assumptions"


class LeversParameters(Parameters):
    """How much is solved and played."""

    set: tuple[str, ...] = Field(
        default=(), description="An assumption, as name=value or name=low..high; may be given several times."
    )
    draws: int = Field(
        default=6, ge=3, le=2000, description="Draws of the assumptions in which each change is solved."
    )
    of: int = Field(
        default=24, ge=3, le=2000, description="Draws of the outlook among which these are taken by weight."
    )
    wars: int = Field(default=4000, ge=100, le=1_000_000, description="Wars played in each draw, for each change.")
    precision: float = Field(
        default=100.0, gt=0, le=5000, description="Precision of choices: 1/precision is chosen 73 to 27."
    )
    level: float = Field(default=0.95, gt=0.5, lt=1, description="Coverage of the intervals.")


def _run(record: Record, parameters: LeversParameters, rng: np.random.Generator) -> StudyResult:
    from armistice.studies.outlook import seed_of

    if record.war.end is not None:
        day = record.war.end.date
        return StudyResult.lacking(
            NotObserved(Text(en=f"The war ended on {EN.date(day)}; nothing is left to move.",
                             nl=f"De oorlog eindigde op {NL.date(day)}; er valt niets meer te verschuiven."))
        )  # fmt: skip
    try:
        check_playable(record)
    except DataError:
        return StudyResult.lacking(
            NotObserved(Text(en="The record holds nothing to play the war from, so no change can be tried.",
                             nl="Het dossier bevat niets om de oorlog mee te spelen; er is geen verandering te proberen."))
        )  # fmt: skip
    try:
        found = effects_of(
            record, seed=seed_of(rng), draws=parameters.draws, of=max(parameters.of, parameters.draws),
            wars=parameters.wars, precision=parameters.precision, set=parameters.set,
        )  # fmt: skip
    except NotConvergedError:
        return StudyResult.lacking(
            NotIdentified(
                Text(
                    en="None of the games drawn could be solved.",
                    nl="Geen van de getrokken spellen was op te lossen.",
                )
            )
        )
    ranked = _ranked(found, parameters.level)
    if not ranked:
        return StudyResult.lacking(
            NotIdentified(
                Text(
                    en="No change could be solved in enough draws.",
                    nl="Geen verandering was in genoeg trekkingen op te lossen.",
                )
            )
        )
    quantities = _quantities(found, ranked, parameters.level)
    return StudyResult(
        headline=_headline(ranked),
        sentences=_sentences(found, ranked, quantities),
        quantities=quantities,
        tables=(_table(ranked, parameters.level),),
        charts=(_chart(ranked),),
        caveats=_caveats(parameters),
        sources=(),
    )


_Ranked = list[tuple[str, Text, Estimate]]


def _estimate(
    found: Effects,
    values: np.ndarray[Any, np.dtype[np.float64]],
    level: float,
    least: float = -1.0,
    unit: str = DIFFERENCE,
) -> Quantity:
    spread = spread_of(values, level=level, least=least, taken=found.taken)
    if spread is None:
        return NotIdentified(
            Text(
                en="Too few of the changed games could be solved.",
                nl="Te weinig van de veranderde spellen waren op te lossen.",
            )
        )
    return Estimate(
        spread.value, spread.lower, spread.upper, level=level, n=spread.n, n_of="draws", method=_METHOD, source=_SOURCE,
        unit=unit,
    )  # fmt: skip


def _ranked(found: Effects, level: float) -> _Ranked:
    """The changes that could be judged, the strongest first."""
    rows = [(key, lever.names, _estimate(found, values, level)) for key, (lever, values) in found.added.items()]
    told = [(key, names, effect) for key, names, effect in rows if isinstance(effect, Estimate)]
    return sorted(told, key=lambda row: (-abs(row[2].value), row[0]))


def _quantities(found: Effects, ranked: _Ranked, level: float) -> dict[str, Quantity]:
    quantities: dict[str, Quantity] = {
        f"effect[{key}]": _estimate(found, values, level) for key, (_, values) in found.added.items()
    }
    for which in ("stops", "doubles"):
        quantities[f"aid_effect[{which}]"] = quantities.get(
            f"effect[aid_{which}]",
            NotObserved(
                Text(en="No side has a patron on record.", nl="Geen partij heeft een beschermheer in het dossier.")
            ),
        )
    quantities["mediator_effect"] = _estimate(found, found.mediator, level)
    quantities["settled_as_is"] = _estimate(found, found.base, level, 0.0, "probability")
    return quantities


def _cell(effect: Estimate, words: Words) -> str:
    to = "tot" if words.language == "nl" else "to"
    return f"{points(effect.value, words)} ({points(effect.lower, words)} {to} {points(effect.upper, words)})"


def _headline(ranked: _Ranked) -> Text:
    _, names, effect = ranked[0]
    sure = Text(en="", nl="") if effect.excludes(0.0) else Text(
        en="; under other assumptions it may do nothing or the reverse", nl="; onder andere aannames kan het niets of het omgekeerde doen"
    )  # fmt: skip
    return Text(
        en=f"Of {len(ranked)} changes tried, the chance of a settlement within a year moves most if {names.en}: "
        f"{_cell(effect, EN)} percentage points{sure.en}.",
        nl=f"Van {len(ranked)} geprobeerde veranderingen verschuift de kans op een regeling binnen een jaar het meest als geldt: {names.nl}: "
        f"{_cell(effect, NL)} procentpunt{sure.nl}.",
    )


def _sentences(found: Effects, ranked: _Ranked, quantities: dict[str, Quantity]) -> tuple[Text, ...]:
    told: list[Text] = []
    clear = [(names, effect) for _, names, effect in ranked if effect.excludes(0.0)]
    told.append(
        Text(
            en=f"{len(clear)} of {len(ranked)} move it the same way under nearly all assumptions: "
            + "; ".join(f"{names.en} {points(effect.value, EN)}" for names, effect in clear) + ".",
            nl=f"{len(clear)} van de {len(ranked)} verschuiven haar onder bijna alle aannames dezelfde kant op: "
            + "; ".join(f"{names.nl} {points(effect.value, NL)}" for names, effect in clear) + ".",
        )
        if clear
        else Text(
            en="Of none of them is even the direction sure under nearly all assumptions.",
            nl="Van geen ervan is onder bijna alle aannames zelfs maar de richting zeker.",
        )
    )  # fmt: skip
    base = quantities["settled_as_is"]
    if isinstance(base, Estimate):
        low, high = EN.percent_span(base.lower, base.upper), NL.percent_span(base.lower, base.upper)
        told.append(
            Text(
                en=f"As things are, these {base.n} draws put that chance at {EN.percent(base.value)} ({low}). The chance to quote "
                "is the outlook's, which rests on more draws and on past wars too.",
                nl=f"Zoals het nu is, komt die kans in deze {base.n} trekkingen uit op {NL.percent(base.value)} ({high}). De kans om "
                "aan te halen is die van de vooruitblik: die berust op meer trekkingen en ook op oorlogen uit het verleden.",
            )
        )
    mediator = quantities["mediator_effect"]
    if isinstance(mediator, Estimate):
        told.append(
            Text(
                en=f"The mediator as things are, against none at all: {_cell(mediator, EN)} percentage points.",
                nl=f"De bemiddelaar zoals het nu is, tegen helemaal geen: {_cell(mediator, NL)} procentpunt.",
            )
        )
    return tuple(told)


def _table(ranked: _Ranked, level: float) -> Table:
    return Table(
        "levers",
        Text(en="What each change does to the chance of a settlement within 12 months",
             nl="Wat elke verandering doet met de kans op een regeling binnen 12 maanden"),
        (Text(en="change", nl="verandering"), Text(en="percentage points", nl="procentpunten"), Text(en="draws", nl="trekkingen")),
        tuple((names, Text(en=_cell(effect, EN), nl=_cell(effect, NL)), effect.n) for _, names, effect in ranked),
        Text(en=f"In brackets where the effect lies under one more draw of the assumptions ({EN.percent(level)}).",
             nl=f"Tussen haakjes waar het effect ligt onder nog een trekking van de aannames ({NL.percent(level)})."),
    )  # fmt: skip


def _chart(ranked: _Ranked) -> Chart:
    _, names, effect = ranked[0]
    return Chart(
        "levers", "intervals",
        Text(en="What would bring a settlement nearer", nl="Wat een regeling dichterbij zou brengen"),
        Text(en=f"Change of the chance of a settlement within 12 months, in percentage points; strongest: {names.en}, {_cell(effect, EN)}.",
             nl=f"Verandering van de kans op een regeling binnen 12 maanden, in procentpunten; sterkst: {names.nl}, {_cell(effect, NL)}."),
        {
            "label": [names for _, names, _ in ranked],
            "value": [100 * effect.value for *_, effect in ranked],
            "lower": [100 * effect.lower for *_, effect in ranked],
            "upper": [100 * effect.upper for *_, effect in ranked],
        },
        Text(en="percentage points", nl="procentpunten"), Text(en="", nl=""), reference=0.0,
    )  # fmt: skip


def _caveats(parameters: LeversParameters) -> tuple[Text, ...]:
    return (
        Text(
            en="An effect is what the game says if both sides know of the change and nothing else changes. It is not what happened "
            "when somebody tried.",
            nl="Een effect is wat het spel zegt als beide partijen de verandering kennen en verder niets verandert. Het is niet wat er "
            "gebeurde toen iemand het probeerde.",
        ),
        Text(
            en=f"Each change was tried in up to {parameters.draws} draws of the assumptions; the fewer, the wider the intervals.",
            nl=f"Elke verandering is in ten hoogste {parameters.draws} trekkingen van de aannames geprobeerd; hoe minder, hoe breder de intervallen.",
        ),
    )


STUDY: Final = Study(
    name="levers",
    order=52,
    title=Text(en="Levers", nl="Hefbomen"),
    question=Text(
        en="Which change would move the chance of a settlement within a year most?",
        nl="Welke verandering zou de kans op een regeling binnen een jaar het meest verschuiven?",
    ),
    needs=Text(
        en="what it takes to play the war forward: a front, talks, losses or aid on record",
        nl="wat nodig is om de oorlog vooruit te spelen: een front, gesprekken, verliezen of steun in het dossier",
    ),
    parameters=LeversParameters,
    quantities={
        "effect": QuantitySpec(
            Text(en=f"what a change adds to the chance of a settlement within 12 months ({', '.join(lever.key for lever in LEVERS)})",
                 nl="wat een verandering toevoegt aan de kans op een regeling binnen 12 maanden"), per="change"),
        "aid_effect": QuantitySpec(
            Text(en="the same, if all aid stops or is worth twice as much", nl="hetzelfde, als alle steun stopt of twee keer zoveel waard is"),
            per="stops or doubles"),
        "mediator_effect": QuantitySpec(
            Text(en="chance of a settlement within 12 months with the mediator as now, less without one",
                 nl="kans op een regeling binnen 12 maanden met de bemiddelaar zoals nu, min die zonder")),
        "settled_as_is": QuantitySpec(
            Text(en="chance of a settlement within 12 months as things are, in the draws used here",
                 nl="kans op een regeling binnen 12 maanden zoals het nu is, in de hier gebruikte trekkingen")),
    },
    run=_run,
)  # fmt: skip
