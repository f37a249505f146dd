"""The sentences of the study of analogues."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from armistice.record.as_of import Record
from armistice.record.profiles import Profile
from armistice.studies._analogues_features import FEATURES, told
from armistice.text import EN, NL, Text

if TYPE_CHECKING:
    from armistice.studies.analogues import Comparison, Foretold

#: Differences below the first count as agreement, from the second on as difference.
_ALIKE: Final = 0.15
_APART: Final = 0.4
_MOST: Final = 6
NO_TRIAL: Final = Text(
    en="Too few wars of the table had lasted long enough, and ended differently enough, for a trial.",
    nl="Te weinig oorlogen in de tabel duurden lang genoeg, en eindigden verschillend genoeg, voor een proef.",
)
HOW_ENDED: Final = {
    "armistice": Text(en="armistice", nl="wapenstilstand"),
    "ceasefire": Text(en="ceasefire", nl="staakt-het-vuren"),
    "peace_agreement": Text(en="peace agreement", nl="vredesakkoord"),
    "victory_a": Text(en="victory of side A", nl="overwinning van partij A"),
    "victory_b": Text(en="victory of side B", nl="overwinning van partij B"),
    "low_activity": Text(en="fighting faded", nl="strijd doofde uit"),
}
QUESTION_NAMES: Final = {
    "settled": Text(
        en="ends by armistice, ceasefire or agreement, not by victory or fading",
        nl="eindigt met wapenstilstand, bestand of akkoord, niet met zege of uitdoven",
    ),
    "ends_within_12_months": Text(en="ends within the next 12 months", nl="eindigt binnen de volgende 12 maanden"),
}


def no_war_before(record: Record) -> Text:
    """No past war to compare with."""
    return Text(
        en=f"The table of past wars has none that had begun by {EN.date(record.as_of)}; --hindsight lifts that.",
        nl=f"De tabel van oorlogen bevat er geen die op {NL.date(record.as_of)} begonnen was; --hindsight heft dat op.",
    )


def too_little_known(record: Record) -> Text:
    """Past wars, but too little known of all of them."""
    return Text(
        en=f"Of no past war enough was known by {EN.date(record.as_of)} of what is known of this one.",
        nl=f"Van geen eerdere oorlog was op {NL.date(record.as_of)} genoeg bekend van wat van deze bekend is.",
    )


def not_ranked(profile: Profile, share: float) -> Text:
    """Why a war has no place in the order."""
    return Text(
        en=f"{profile.names.en}: only {EN.percent(share)} of the features are known of both wars, too few to rank it.",
        nl=f"{profile.names.nl}: slechts {NL.percent(share)} van de kenmerken is van beide oorlogen bekend, te weinig "
        "voor een plaats in de volgorde.",
    )


@dataclass(frozen=True, slots=True)
class Likeness:
    """In what a past war agrees with this one (most telling first), differs (most first), and what is not known of it."""

    alike: tuple[Text, ...]
    differs: tuple[Text, ...]
    unknown: tuple[Text, ...]


def likeness(found: Comparison, war: int) -> Likeness:
    """Feature by feature: agreement, difference, and what is not known."""
    apart = found.distances.apart
    # Agreement says most in features in which wars mostly differ.
    telling = np.nanmean(apart, axis=0)
    heavy = np.nan_to_num(found.distances.contributions[war])
    alike = [_beside(found, war, i) for i in np.argsort(-telling, kind="stable") if apart[war, i] <= _ALIKE]
    differs = [_beside(found, war, i) for i in np.argsort(-heavy, kind="stable") if apart[war, i] >= _APART]
    unknown = [FEATURES[position].names for i, position in enumerate(found.used) if math.isnan(apart[war, i])]
    return Likeness(tuple(alike), tuple(differs), tuple(unknown))


def _beside(found: Comparison, war: int, i: int) -> Text:
    """A feature with what it was in both wars: that both lack something is an agreement too."""
    position = found.used[i]
    feature = FEATURES[position]
    here, there = (told(feature, float(values[position])) for values in (found.war, found.past[war]))
    assert here is not None  # the feature is known of both
    assert there is not None
    if here == there:
        return Text(en=f"{feature.names.en} ({here.en})", nl=f"{feature.names.nl} ({here.nl})")
    return Text(
        en=f"{feature.names.en} ({here.en} here, {there.en} there)",
        nl=f"{feature.names.nl} (hier {here.nl}, daar {there.nl})",
    )


def listed(names: Sequence[Text], at_most: int = _MOST) -> Text:
    """Names in a row, the first so many."""
    if not names:
        return Text(en="nothing", nl="niets")
    rest = len(names) - at_most
    en, nl = ("; ".join(getattr(name, language) for name in names[:at_most]) for language in ("en", "nl"))
    return Text(en=f"{en}; and {rest} more", nl=f"{nl}; en nog {rest}") if rest > 0 else Text(en=en, nl=nl)


def ended(profile: Profile) -> Text:
    """How and when a war ended, or that it went on."""
    if profile.end is None:
        return Text(en="still going on, as far as was known", nl="nog gaande, voor zover bekend")
    how = profile.cell("how_ended", math.inf)
    month = round(profile.end_month, 1)
    way = (
        HOW_ENDED[how.value]
        if how is not None
        else Text(en="how is not in the table", nl="hoe staat niet in de tabel")
    )
    return Text(
        en=f"{way.en}, month {EN.number(month)} ({EN.month(profile.end)})",
        nl=f"{way.nl}, maand {NL.number(month)} ({NL.month(profile.end)})",
    )


def held(profile: Profile) -> Text | None:
    """Whether the ending held for five years; None where that is not known."""
    found = profile.cell("ending_held_5y", math.inf)
    if found is None:
        return None
    return Text(en="yes", nl="ja") if found.value == "yes" else Text(en="no", nl="nee")


def treaty(profile: Profile) -> Text | None:
    """When a treaty followed; None where that is not known."""
    found = profile.cell("treaty_month", math.inf)
    if found is None:
        return None
    if found.value == "never":
        return Text(en="none", nl="geen")
    return Text(en=f"month {EN.number(found.number)}", nl=f"maand {NL.number(found.number)}")


def next_in(found: Comparison, war: int) -> Text:
    """What happened after the month compared."""
    profile = found.profiles[war]
    ending, lasting = ended(profile), held(profile)
    if profile.end is None:
        return ending
    left = profile.end_month - found.month
    if left > 0:
        when = Text(
            en=f"{EN.number(round(left, 1))} months later: ", nl=f"{NL.number(round(left, 1))} maanden later: "
        )
    else:
        when = Text(en="had already ended: ", nl="was al afgelopen: ")
    holds = (
        Text(en="", nl="")
        if lasting is None
        else Text(en="; held five years", nl="; hield vijf jaar")
        if lasting.en == "yes"
        else Text(en="; fighting came back within five years", nl="; binnen vijf jaar laaide de strijd weer op")
    )
    return Text(en=f"{when.en}{ending.en}{holds.en}", nl=f"{when.nl}{ending.nl}{holds.nl}")


def sentences(
    record: Record, found: Comparison, nearest: Sequence[int], korea: int | None, trials: Sequence[Foretold]
) -> tuple[Text, ...]:
    """What the reader is told, in order."""
    said = [_order(found, nearest)]
    first = nearest[0]
    like = likeness(found, first)
    alike, differs = listed(like.alike), listed(like.differs)
    war = found.profiles[first].names
    said.append(
        Text(
            en=f"{war.en} agrees in: {alike.en}. It differs in: {differs.en}. What came next: "
            f"{next_in(found, first).en}.",
            nl=f"{war.nl} komt overeen in: {alike.nl}. Verschil: {differs.nl}. Hoe het verderging: "
            f"{next_in(found, first).nl}.",
        )
    )
    if korea is not None:
        said.append(_korea(found, korea))
    said.append(_firmness(found, nearest))
    if trials:
        said.append(_trial(trials, found))
    return tuple(said)


def _order(found: Comparison, nearest: Sequence[int]) -> Text:
    month = round(found.month, 1)
    names = [found.profiles[i].names for i in nearest]
    return Text(
        en=f"Of {found.n_ranked} past wars of which enough is known, these were most like this one in month "
        f"{EN.number(month)}: {'; '.join(name.en for name in names)}.",
        nl=f"Van {found.n_ranked} eerdere oorlogen waarvan genoeg bekend is, leken deze in maand {NL.number(month)} het meest "
        f"op deze: {'; '.join(name.nl for name in names)}.",
    )


def _korea(found: Comparison, korea: int) -> Text:
    rank = found.distances.rank[korea]
    if math.isnan(rank):
        return not_ranked(found.profiles[korea], float(found.distances.known_share[korea]))
    low, high = found.ranges.lower[korea], found.ranges.upper[korea]
    like = likeness(found, korea)
    alike, differs = listed(like.alike), listed(like.differs)
    return Text(
        en=f"Korea comes {_ordinal(rank)} of {found.n_ranked}; under other weights, and with the unknown filled in, anywhere "
        f"from {EN.number(math.floor(low))} to {EN.number(math.ceil(high))}. It agrees in: {alike.en}. It differs in: "
        f"{differs.en}.",
        nl=f"Korea komt op plaats {NL.number(float(rank))} van {found.n_ranked}; met andere gewichten, en met het onbekende "
        f"ingevuld, ergens van {NL.number(math.floor(low))} tot {NL.number(math.ceil(high))}. Overeenkomst: {alike.nl}. "
        f"Verschil: {differs.nl}.",
    )


def _ordinal(rank: float) -> str:
    """A rank in English.

    >>> [_ordinal(r) for r in (1.0, 2.0, 3.0, 11.0, 22.0, 4.5)]
    ['1st', '2nd', '3rd', '11th', '22nd', 'number 4.5']
    """
    if rank != int(rank):
        return f"number {EN.number(rank)}"
    whole = int(rank)
    ending = "th" if whole % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{ending}"


def _firmness(found: Comparison, nearest: Sequence[int]) -> Text:
    """How firmly the order stands."""
    n = len(nearest)
    highest = float(np.max(found.ranges.upper[list(nearest)]))
    often = float((found.ranges.rank[:, nearest[0]] <= n).mean())
    first = found.profiles[nearest[0]].names
    ranked = np.flatnonzero(~np.isnan(found.distances.rank))
    typical = ranked[np.argsort(np.median(found.ranges.rank[:, ranked], axis=0), kind="stable")][:n]
    en, nl = ("; ".join(getattr(found.profiles[i].names, language) for i in typical) for language in ("en", "nl"))
    return Text(
        en=f"The order is not firm. In draws of other weights and of the unknown cells, {first.en} stays among the nearest {n} in "
        f"{EN.percent(often)}; of the {n} named, the least firm falls to place {EN.number(math.ceil(highest))} of {found.n_ranked}. "
        f"Over those draws the typical nearest {n} are: {en}.",
        nl=f"De volgorde staat niet vast. Bij trekkingen van andere gewichten en van de onbekende kenmerken blijft {first.nl} in "
        f"{NL.percent(often)} bij de naaste {n}; van de {n} genoemde zakt de minst vaste naar plaats "
        f"{NL.number(math.ceil(highest))} van {found.n_ranked}. Over die trekkingen zijn de typische naaste {n}: {nl}.",
    )


def verdict(lower: float, upper: float) -> Text:
    """What an interval of skill says."""
    if lower > 0:
        return Text(en="better than the share among all", nl="beter dan het aandeel onder alle")
    if upper < 0:
        return Text(en="worse than the share among all", nl="slechter dan het aandeel onder alle")
    return Text(en="cannot be told from the share among all", nl="niet te onderscheiden van het aandeel onder alle")


def _trial(trials: Sequence[Foretold], found: Comparison) -> Text:
    settled = [t for t in trials if t.question == "settled"] or list(trials)
    # As in the quantities: the landmark nearest to the war's own month.
    trial = ([t for t in settled if t.month <= found.month] or settled[:1])[-1]
    result = trial.nearest
    gain_en = f"{EN.percent(result.skill)} ({EN.percent(result.level)} interval {EN.percent_span(result.lower, result.upper)})"
    gain_nl = f"{NL.percent(result.skill)} ({NL.percent(result.level)}-interval {NL.percent_span(result.lower, result.upper)})"
    says, asked = verdict(result.lower, result.upper), QUESTION_NAMES[trial.question]
    return Text(
        en=f"Do such likenesses foretell? Tried on {result.n} wars that had lasted beyond month {trial.month}, each left out in "
        f"turn, for whether a war {asked.en}: {says.en}. Gain {gain_en}.",
        nl=f"Voorspelt zo'n gelijkenis iets? Beproefd op {result.n} oorlogen die langer dan {trial.month} maanden duurden, elk om "
        f"de beurt weggelaten, op de vraag of een oorlog {asked.nl}: {says.nl}. Winst {gain_nl}.",
    )


def caveats(record: Record, found: Comparison) -> tuple[Text, ...]:
    """What to bear in mind."""
    n, blank = found.n_ranked, [f.names for f, v in zip(FEATURES, found.war, strict=True) if math.isnan(v)]
    said = [
        Text(
            en=f"The {n} wars were chosen as likely company for a long war with a settlement. They are no sample: no rate or "
            "chance may be read from them. The study of endings has the rates.",
            nl=f"De {n} oorlogen zijn gekozen als waarschijnlijk gezelschap voor een lange oorlog met een regeling. Zij zijn geen "
            "steekproef: er valt geen kans uit af te lezen. Die geeft de studie van eindes.",
        ),
        Text(
            en="Each past war is described by what was so in the same month of it; one that had ended by then, in its last month. "
            "Many cells rest on one secondary page; unknown ones drop out of the distance, and wars of which little is known "
            "lie nearer or farther by luck.",
            nl="Elke oorlog is beschreven zoals hij er in dezelfde maand voor stond; een die toen al voorbij was, in zijn laatste "
            "maand. Veel vakken berusten op één pagina uit de tweede hand; onbekende vallen weg uit de afstand, en oorlogen "
            "waarvan weinig bekend is liggen door toeval dichterbij of verder weg.",
        ),
        Text(
            en="Attacker means the side that made the first large attack; where that is disputed, the first side named in the "
            "table. All features count the same (nuclear arms are two questions of half weight): a choice, not a finding.",
            nl="Aanvaller is de partij die de eerste grote aanval deed; waar dat betwist is, de eerstgenoemde in de tabel. Alle "
            "kenmerken tellen even zwaar (kernwapens zijn twee vragen van half gewicht): een keuze, geen uitkomst.",
        ),
    ]
    if blank:
        said.append(
            Text(
                en=f"Not known of this war, so not compared: {', '.join(name.en for name in blank)}.",
                nl=f"Van deze oorlog niet bekend, dus niet vergeleken: {', '.join(name.nl for name in blank)}.",
            )
        )
    if record.hindsight:
        said.append(
            Text(
                en="With hindsight: wars and facts of after the day of the assessment count; of this war itself none do.",
                nl="Met kennis achteraf: oorlogen en feiten van na de dag van de beoordeling tellen mee, van deze oorlog zelf geen.",
            )
        )
    return tuple(said)
