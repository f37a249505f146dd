"""Words of the simulation: what its parameters are and what a reader is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from armistice.estimate import Estimate, Quantity
from armistice.record.as_of import Record
from armistice.simulation.scenarios import Scenario
from armistice.text import EN, NL, Text, Words

if TYPE_CHECKING:
    from armistice.studies._simulation_runs import Simulated

__all__ = ["ENDING_NAMES", "KINDS", "Kind"]


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


# --- what a reader is told ---------------------------------------------------------------------------------

AS_IS: Final = Text(en="as it stands", nl="zoals het ervoor staat")
ENDING: Final = Text(en="ending", nl="einde")
ANY_ENDING: Final = Text(en="any ending", nl="enig einde")
SETTLED: Final = Text(en="armistice or treaty", nl="wapenstilstand of verdrag")
SCENARIO: Final = Text(en="scenario", nl="scenario")
SIDE: Final = Text(en="side", nl="partij")
BOTH_SIDES: Final = Text(en="both: middle of the wars played", nl="beide: het midden van de gespeelde oorlogen")
CHANCE_OF: Final = Text(en="chance of", nl="kans op")
CHANGES: Final = Text(en="What each scenario changes", nl="Wat elk scenario verandert")
CHANGES_NOTE: Final = Text(
    en="In percentage points: the same draw of the assumptions on the same random numbers, scenario less as it stands. "
    "In brackets what holds 80% of the draws.",
    nl="In procentpunten: dezelfde trekking van de aannames met dezelfde toevalsgetallen, scenario min zoals het ervoor staat. "
    "Tussen haakjes wat 80% van de trekkingen omvat.",
)
INTERVAL_NOTE: Final = Text(
    en="Mean over the draws of the assumptions; in brackets what holds 80% of the draws. That is the spread of what is not known, "
    "not the error of playing a finite number of wars, which is far smaller.",
    nl="Gemiddelde over de trekkingen van de aannames; tussen haakjes wat 80% van de trekkingen omvat. Dat is de spreiding van wat "
    "niet bekend is, niet de fout door een eindig aantal gespeelde oorlogen; die is veel kleiner.",
)
DEATHS: Final = Text(en="People who die from now on", nl="Mensen die vanaf nu omkomen")
DEATHS_NOTE: Final = Text(
    en="Per side the mean over the draws with what holds 80% of them; for both together the middle of all wars played with what "
    "holds 80% of these. Wars that have ended keep their dead. Soldiers, and civilians where the record counts them.",
    nl="Per partij het gemiddelde over de trekkingen met wat 80% daarvan omvat; voor beide samen het midden van alle gespeelde "
    "oorlogen met wat 80% daarvan omvat. Geëindigde oorlogen houden hun doden. Militairen, en burgers waar het dossier ze telt.",
)
DEATHS_SAYS: Final = Text(
    en="People of both sides who die by each time: middle of the wars played, and what holds 80% of them.",
    nl="Mensen van beide partijen die tot dan omkomen: het midden van de gespeelde oorlogen, en wat 80% daarvan omvat.",
)
PERSONS: Final = Text(en="persons", nl="personen")
MONTHS_FROM_NOW: Final = Text(en="months from now", nl="maanden vanaf nu")
SHARE_OF_WARS: Final = Text(en="share of wars played", nl="deel van de gespeelde oorlogen")
ENDINGS_TITLE: Final = Text(en="How the war ends, played forward", nl="Hoe de oorlog eindigt, doorgespeeld")
SCENARIOS_TITLE: Final = Text(en="Settlements by scenario", nl="Regelingen per scenario")
SCENARIOS_SAYS: Final = Text(
    en="Share of wars ended by an armistice or a treaty by months from now, with what holds 80% of the draws.",
    nl="Deel van de oorlogen dat door een wapenstilstand of verdrag is geëindigd naar maanden vanaf nu, met wat 80% van de "
    "trekkingen omvat.",
)
POINTS: Final = Text(en="percentage points", nl="procentpunten")
FRONT_NOTE: Final = Text(
    en="Wars still being fought; the middle, and in brackets what holds 80% of them. The front moves in cells, eight to twelve in all.",
    nl="Oorlogen die nog worden uitgevochten; het midden, en tussen haakjes wat 80% ervan omvat. Het front beweegt in cellen, acht "
    "tot twaalf in totaal.",
)
FRONT_SAYS: Final = Text(
    en="Share of the stake held, over the wars still being fought: middle, and what holds 80% of them.",
    nl="Deel van de inzet in handen, over de oorlogen die nog worden uitgevochten: het midden, en wat 80% ervan omvat.",
)
DAY: Final = Text(en="day", nl="dag")
PERCENT_HELD: Final = Text(en="share held, %", nl="deel in handen, %")
DRAWN: Final = Text(en="What was drawn about violence", nl="Wat over geweld is getrokken")
DRAWN_COLUMNS: Final = (
    Text(en="quantity", nl="grootheid"), Text(en="lowest draw", nl="laagste trekking"), Text(en="middle", nl="midden"),
    Text(en="highest draw", nl="hoogste trekking"),
)  # fmt: skip
DRAWN_NOTE: Final = Text(
    en="From the claims on record or from stated ranges; what is missing here is not played.",
    nl="Uit de opgaven in het dossier of uit genoemde marges; wat hier ontbreekt, wordt niet meegespeeld.",
)
NO_DEATHS: Final = Text(
    en="no count of the dead is on record, so none are played",
    nl="het dossier telt geen doden, dus worden ze niet meegespeeld",
)
NOT_WEIGHED: Final = Text(
    en="All assumptions count alike here, whether or not wars have ended so. `armistice outlook` and `armistice levers` weigh them "
    "by how other wars ended, which can give quite other chances and effects: quote those.",
    nl="Alle aannames tellen hier even zwaar, of oorlogen nu zo zijn geëindigd of niet. `armistice outlook` en `armistice levers` "
    "wegen ze naar hoe andere oorlogen eindigden, wat heel andere kansen en effecten kan geven: citeer die.",
)
CAVEATS: Final = (
    Text(
        en="These are shares of wars played under stated assumptions. The sides are taken to know each other; how long real talks "
        "take is drawn from a wide range.",
        nl="Dit zijn delen van oorlogen die onder genoemde aannames zijn gespeeld. De partijen worden geacht elkaar te kennen; hoe lang "
        "echte gesprekken duren is uit een ruime marge getrokken.",
    ),
    Text(
        en="Losses and forces are claims, mostly of the parties themselves: draws lie between the lowest and the highest. Collapse "
        "rests on assumed replacement of losses.",
        nl="Verliezen en troepen zijn opgaven, meestal van de partijen zelf: trekkingen liggen tussen de laagste en de hoogste. "
        "Ineenstorting berust op een aangenomen vervanging van verliezen.",
    ),
)


def by_months(months: int) -> Text:
    """A column of a horizon."""
    return Text(en=f"by {months} months", nl=f"na {months} maanden")


def ending_name(ending: str, record: Record) -> Text:
    """An ending with the sides' names."""
    a, b, name = record.war.side_a.names, record.war.side_b.names, ENDING_NAMES[ending]
    return Text(en=name.en.format(a=a.en, b=b.en), nl=name.nl.format(a=a.nl, b=b.nl))


def told(quantity: Estimate, say: Words, *, percent: bool, signed: bool) -> str:
    """A number with its interval, for a cell."""
    if not percent:
        return f"{_rounded(quantity.value, say)} ({_rounded(quantity.lower, say)}–{_rounded(quantity.upper, say)})"
    if signed:
        return f"{_points(quantity.value, say)} ({_points(quantity.lower, say)} … {_points(quantity.upper, say)})"
    return f"{say.percent(quantity.value)} ({say.percent(quantity.lower)}–{say.percent(quantity.upper)})"


def _rounded(persons: float, say: Words) -> str:
    """People to two digits: claims do not carry more."""
    if persons < 100:
        return say.number(round(persons))
    return say.number(float(f"{persons:.1e}"))


def _points(share: float, say: Words) -> str:
    points = round(100 * share, 1)
    return ("+" if points > 0 else "") + say.number(points if points else 0.0)


def share_span(low: float, middle: float, high: float) -> Text:
    """A's share: middle and range."""
    return Text(
        en=f"{EN.percent(middle)} ({EN.percent(low)}–{EN.percent(high)})",
        nl=f"{NL.percent(middle)} ({NL.percent(low)}–{NL.percent(high)})",
    )


def front_title(record: Record) -> Text:
    """Heading of the front."""
    side = record.war.side_a.names
    return Text(en=f"Share of the stake held by {side.en}", nl=f"Deel van de inzet in handen van {side.nl}")


def endings_says(as_of: dt.date) -> Text:
    """What the chart of endings shows."""
    return Text(
        en=f"Share of wars that have ended in each way by months from {EN.date(as_of)}, with what holds 80% of the draws; the rest "
        "goes on.",
        nl=f"Deel van de oorlogen dat op elke wijze is geëindigd naar maanden vanaf {NL.date(as_of)}, met wat 80% van de trekkingen "
        "omvat; de rest gaat door.",
    )


def changes_says(months: int) -> Text:
    """What the chart of changes shows."""
    return Text(
        en=f"Change of the chance of an armistice or treaty within {months} months, same draws and random numbers, with what holds "
        "80% of the draws.",
        nl=f"Verandering van de kans op een wapenstilstand of verdrag binnen {months} maanden, met dezelfde trekkingen en "
        "toevalsgetallen en wat 80% van de trekkingen omvat.",
    )


def no_median(months: int) -> Text:
    """Why there is no median."""
    return Text(
        en=f"fewer than half of the wars had ended within the {months} months played",
        nl=f"minder dan de helft van de oorlogen was binnen de {months} gespeelde maanden voorbij",
    )


def median_sentence(median: Quantity, months: int) -> Text:
    """When half have ended."""
    if not isinstance(median, Estimate):
        return Text(
            en=f"Fewer than half of the wars had ended within {months} months.",
            nl=f"Minder dan de helft van de oorlogen was binnen {months} maanden voorbij.",
        )
    low = EN.number(median.lower)
    if median.upper == float("inf"):
        return Text(
            en=f"Half of the wars had ended after {EN.number(median.value)} months; by draw of the assumptions from {low} months to "
            f"more than the {months} played.",
            nl=f"De helft van de oorlogen was na {NL.number(median.value)} maanden voorbij; naar trekking van de aannames van {low} "
            f"maanden tot meer dan de {months} gespeelde.",
        )
    return Text(
        en=f"Half of the wars had ended after {EN.number(median.value)} months; by draw of the assumptions after {low} to "
        f"{EN.number(median.upper)}.",
        nl=f"De helft van de oorlogen was na {NL.number(median.value)} maanden voorbij; naar trekking van de aannames na {low} tot "
        f"{NL.number(median.upper)}.",
    )


def deaths_sentence(deaths: Estimate, months: int) -> Text:
    """How many die."""

    def say(words: Words) -> tuple[str, str, str]:
        return _rounded(deaths.value, words), _rounded(deaths.lower, words), _rounded(deaths.upper, words)

    (middle, low, high), (midden, laag, hoog) = say(EN), say(NL)
    return Text(
        en=f"Within {months} months {middle} people had died in the middle of the wars played; in eight out of ten, {low} to {high}.",
        nl=f"Binnen {months} maanden waren in het midden van de gespeelde oorlogen {midden} mensen omgekomen; in acht van de tien "
        f"{laag} tot {hoog}.",
    )


def change_sentence(scenario: Scenario, change: Estimate, rises: float, months: int) -> Text:
    """What a scenario changes."""
    direction = _points(change.value, EN), _points(change.value, NL)
    return Text(
        en=f"{scenario.names.en}: {direction[0]} percentage points for a settlement within {months} months ({_points(change.lower, EN)} "
        f"to {_points(change.upper, EN)} for most assumptions); it rises under {EN.percent(rises)} of them.",
        nl=f"{scenario.names.nl}: {direction[1]} procentpunten voor een regeling binnen {months} maanden ({_points(change.lower, NL)} "
        f"tot {_points(change.upper, NL)} onder de meeste aannames); de kans stijgt onder {NL.percent(rises)} ervan.",
    )


def what_was_played(found: Simulated) -> Text:
    """Numbers of wars, months and draws."""
    n, months, draws = found.wars, found.as_is.months, len(found.as_is.draws)
    scenarios = len(found.outcomes)
    each = (" each", " elk") if scenarios > 1 else ("", "")
    return Text(
        en=f"{EN.number(n)} wars of at most {months} months{each[0]} were played from {EN.date(found.record.as_of)} on, under {draws} draws "
        "of what the record and the stated ranges allow.",
        nl=f"Vanaf {NL.date(found.record.as_of)} zijn {NL.number(n)} oorlogen van ten hoogste {months} maanden{each[1]} gespeeld, onder "
        f"{draws} trekkingen van wat het dossier en de genoemde marges toelaten.",
    )


def lost_draws(lost: int, draws: int) -> Text:
    """Games that did not settle."""
    return Text(
        en=f"{lost} of {draws} draws were left out: their games did not settle in every scenario.",
        nl=f"{lost} van de {draws} trekkingen zijn weggelaten: hun spel kwam niet in elk scenario tot rust.",
    )
