"""What the study of symbolic strikes says, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from armistice.escalation.symbolic import AnswerProbability, Outcome
from armistice.text import EN, NL, Text

__all__ = [
    "CAVEATS",
    "NO_ACTS",
    "NO_SERIES",
    "OUTCOMES",
    "QUANTITIES",
    "SAID",
    "headline",
    "no_series_of",
    "one_side",
    "too_few",
    "too_short",
    "waiting",
]

QUANTITIES: Final = {
    "answer_probability": Text(
        en="probability that an act like the latest one is visibly answered",
        nl="kans dat een daad als de laatste zichtbaar wordt beantwoord",
    ),
    "answer_probability_of": Text(
        en="probability that this side visibly answers a marked act",
        nl="kans dat deze partij een gemarkeerde daad zichtbaar beantwoordt",
    ),
    "restraint_probability_of": Text(
        en="probability that this side's strikes do not visibly rise after a marked act",
        nl="kans dat de aanvallen van deze partij na een gemarkeerde daad niet zichtbaar toenemen",
    ),
    "announced_answers_of": Text(
        en="marked acts after which this side announced an answer, as far as recorded",
        nl="gemarkeerde daden waarna deze partij een antwoord aankondigde, voor zover vastgelegd",
    ),
    "ratio_after": Text(
        en="strikes in the days after an act relative to what comparable days lead to expect",
        nl="aanvallen in de dagen na een daad ten opzichte van wat vergelijkbare dagen doen verwachten",
    ),
}
NO_ACTS: Final = Text(
    en="The record holds no marked acts (a bridge, an air base, a raid, an assassination) whose day is known.",
    nl="De gegevens bevatten geen gemarkeerde daden (een brug, een vliegbasis, een inval, een moordaanslag) met een bekende dag.",
)
NO_SERIES: Final = Text(
    en="The record holds no daily count of the strikes of either side, so an answer cannot be seen.",
    nl="De gegevens bevatten geen dagelijkse telling van de aanvallen van een van beide partijen; een antwoord is dus niet te zien.",
)
OUTCOMES: Final[Mapping[Outcome, Text]] = {
    "answered": Text(en="strikes rose visibly", nl="aanvallen namen zichtbaar toe"),
    "restraint": Text(en="no visible rise", nl="geen zichtbare toename"),
    "not yet observed": Text(en="not yet observed", nl="nog niet waargenomen"),
    "not observed": Text(en="too few days on record", nl="te weinig dagen bekend"),
}
SAID: Final = {
    True: Text(en="announced", nl="aangekondigd"),
    False: Text(en="read, none found", nl="gelezen, niets gevonden"),
    None: Text(en="not recorded", nl="niet vastgelegd"),
}
CAVEATS: Final = (
    Text(
        en="Some acts are ascribed to a side that denies them; the table says which. Mass strikes on cities are not counted as acts here, so the "
        "numbers of acts of the two sides say nothing about who strikes more, or who began.",
        nl="Sommige daden worden toegeschreven aan een partij die ze ontkent; de tabel zegt welke. Massale aanvallen op steden tellen hier niet als daad; "
        "de aantallen daden van beide partijen zeggen dus niets over wie meer aanvalt, of wie begon.",
    ),
    Text(
        en="Events are chosen by prominence: an act that was answered is likelier to be recorded, which makes answers look likelier.",
        nl="Gebeurtenissen zijn op bekendheid gekozen: een daad die werd beantwoord, wordt eerder vastgelegd; antwoorden lijken "
        "daardoor waarschijnlijker.",
    ),
    Text(
        en="Only the number of strikes is measured. An answer by a single unusual weapon, by a harsher target or by other means "
        "leaves no trace here, so no visible rise does not prove restraint.",
        nl="Alleen het aantal aanvallen wordt gemeten. Een antwoord met één ongewoon wapen, op een zwaarder doel of met andere "
        "middelen laat hier geen spoor na; geen zichtbare toename bewijst dus geen terughoudendheid.",
    ),
    Text(
        en="A rise after an act need not be because of it: large strikes are prepared for weeks.",
        nl="Een toename na een daad hoeft niet door die daad te komen: grote aanvallen worden weken voorbereid.",
    ),
)


def no_series_of(side: Text) -> Text:
    """No series tells whether a side answered."""
    return Text(
        en=f"No daily count long enough tells whether {side.en} answered.",
        nl=f"Geen dagelijkse telling die lang genoeg is, vertelt of {side.nl} antwoordde.",
    )


def too_short(side: Text, n_days: int, needed: int) -> Text:
    """The series are shorter than the comparison needs."""
    return Text(
        en=f"The counts that would show an answer of {side.en} cover {n_days} days; telling an answer from chance takes {needed}.",
        nl=f"De tellingen die een antwoord van {side.nl} zouden tonen, beslaan {n_days} dagen; om een antwoord van toeval te "
        f"onderscheiden zijn er {needed} nodig.",
    )


def too_few(side: Text, n: int, needed: int) -> Text:
    """Too few acts with their window on record."""
    return Text(
        en=f"Only {n} marked act{'' if n == 1 else 's'} against {side.en} can be compared with what followed; "
        f"a probability needs at least {needed}.",
        nl=f"Bij slechts {n} gemarkeerde {'daad' if n == 1 else 'daden'} tegen {side.nl} is te zien wat volgde; voor een kans zijn "
        f"er ten minste {needed} nodig.",
    )


def headline(actor: Text, other: Text, found: AnswerProbability) -> Text:
    """One sentence on the direction of the latest act."""
    return Text(
        en=f"Of {found.n} marked acts of {actor.en} that can be compared, {found.answered} "
        f"{'was' if found.answered == 1 else 'were'} followed by clearly more strikes of {other.en}: a visible answer to a new "
        f"act has a probability of {EN.percent(found.value)} ({EN.percent_span(found.lower, found.upper)}).",
        nl=f"Van {found.n} gemarkeerde daden van {actor.nl} die te vergelijken zijn, {'werd' if found.answered == 1 else 'werden'} "
        f"{found.answered} gevolgd door duidelijk meer aanvallen van {other.nl}: de kans op een zichtbaar antwoord op een nieuwe "
        f"daad is {NL.percent(found.value)} ({NL.percent_span(found.lower, found.upper)}).",
    )


def one_side(
    actor: Text, other: Text, found: AnswerProbability | None, announced: int, n_acts: int, days: int, chance: float
) -> Text:
    """What is known of one direction, restraint and announcements included."""
    said = Text(
        en=f"For {announced} of {n_acts} recorded acts an answer was announced or a later strike was called one.",
        nl=f"Bij {announced} van {n_acts} vastgelegde daden werd een antwoord aangekondigd of werd een latere aanval zo genoemd.",
    )
    if found is None:
        return Text(
            en=f"{other.en} after acts of {actor.en}: nothing can be measured yet. {said.en}",
            nl=f"{other.nl} na daden van {actor.nl}: er is nog niets te meten. {said.nl}",
        )
    quiet = found.n - found.answered
    if found.n == 1:
        return Text(
            en=f"{other.en} after acts of {actor.en}: after the only one that can be judged, strikes "
            f"{'rose visibly' if found.answered else 'did not visibly rise'} within {days} days: too few for a "
            f"probability. {said.en}",
            nl=f"{other.nl} na daden van {actor.nl}: na de enige die te beoordelen is, namen de aanvallen binnen {days} dagen "
            f"{'zichtbaar' if found.answered else 'niet zichtbaar'} toe: te weinig voor een kans. {said.nl}",
        )
    return Text(
        en=f"{other.en} after acts of {actor.en}: in {found.answered} of {found.n} cases (acts close together count once) strikes rose "
        f"within {days} days as they do "
        f"after only {EN.percent(chance)} of comparable days; in {quiet} they did not. {said.en}",
        nl=f"{other.nl} na daden van {actor.nl}: in {found.answered} van {found.n} gevallen (daden kort na elkaar tellen één keer) namen de "
        f"aanvallen binnen {days} dagen zo "
        f"toe als na maar {NL.percent(chance)} van vergelijkbare dagen; in {quiet} niet. {said.nl}",
    )


def waiting(names: Sequence[Text], days: int) -> Text:
    """Acts whose window is not over."""
    return Text(
        en=f"The {days} days after these acts are not on record yet: " + "; ".join(name.en for name in names) + ".",
        nl=f"De {days} dagen na deze daden zijn nog niet bekend: " + "; ".join(name.nl for name in names) + ".",
    )
