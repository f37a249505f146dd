"""What the study of retaliation says, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from armistice.escalation.retaliation_counts import RetaliationFit
from armistice.escalation.shared_background import Direction
from armistice.estimate import Estimate
from armistice.studies.study import Cell, Chart, Table
from armistice.text import EN, NL, Text

__all__ = [
    "AS_ABOVE",
    "CAVEATS",
    "HOLES",
    "NEEDS",
    "NOT_FAST",
    "NO_FIT",
    "PER",
    "QUANTITIES",
    "QUESTION",
    "TITLE",
    "answered",
    "answering",
    "cell_verdict",
    "first_series",
    "fit_sentences",
    "follows",
    "headline",
    "heat_map",
    "hours_refused",
    "knots",
    "lags",
    "long_chains",
    "matrix_table",
    "no_end",
    "one_side_only",
    "refused",
    "response_chart",
    "sensitivity_row",
    "sensitivity_table",
    "sentences",
    "too_short",
    "within",
]

TITLE: Final = Text(en="Strike and answer", nl="Aanval en antwoord")
QUESTION: Final = Text(
    en="Do the sides answer each other's strikes, how strongly and how fast?",
    nl="Beantwoorden de partijen elkaars aanvallen, hoe sterk en hoe snel?",
)
NEEDS: Final = Text(
    en="Daily counts of the strikes of both sides, on at least 180 days with both; or of one side's deaths or strikes, with days on which "
    "talks broke off and resumed.",
    nl="Dagelijkse tellingen van de aanvallen van beide partijen, op ten minste 180 dagen met beide; of van doden of aanvallen van één "
    "partij, met dagen waarop gesprekken werden afgebroken en hervat.",
)
#: What a quantity comes once for; else for each side.
PER: Final[Mapping[str, str]] = {
    "spectral_radius": "",
    "same_day_correlation": "",
    "ratio_after_suspension": "series",
    "ratio_after_resumption": "series",
}
QUANTITIES: Final[Mapping[str, Text]] = {
    "own_branching": Text(
        en="strikes of this side that follow on one of its own, in the model",
        nl="aanvallen van deze partij die in het model op een eigen aanval volgen",
    ),
    "answers_of": Text(
        en="strikes of this side in direct answer to one of the other side, if an answer can be told",
        nl="aanvallen van deze partij als rechtstreeks antwoord op een van de andere, als dat vast te stellen is",
    ),
    "answers_within_14_days_of": Text(
        en="strikes of this side expected within 14 days after 10 more by the other, if an answer can be told",
        nl="verwachte aanvallen van deze partij binnen 14 dagen na 10 extra door de andere, als dat vast te stellen is",
    ),
    "half_life_days_of": Text(
        en="days within which half of this side's direct answers come, if an answer can be told",
        nl="dagen waarbinnen de helft van de rechtstreekse antwoorden van deze partij komt, als dat vast te stellen is",
    ),
    "answers_within_hours_of": Text(
        en="strikes of this side in direct answer within hours to one of the other side, if that can be told",
        nl="aanvallen van deze partij als rechtstreeks antwoord binnen uren op een van de andere, als dat vast te stellen is",
    ),
    "ratio_after_suspension": Text(
        en="daily number in the four weeks after talks were broken off, over that before",
        nl="dagelijks aantal in de vier weken na het afbreken van gesprekken, gedeeld door dat ervoor",
    ),
    "ratio_after_resumption": Text(
        en="daily number in the four weeks after talks were taken up again, over that before",
        nl="dagelijks aantal in de vier weken na het hervatten van gesprekken, gedeeld door dat ervoor",
    ),
    "fit_p_value": Text(
        en="how often samples of the fitted model describe this side's counts at least as badly",
        nl="hoe vaak steekproeven uit het model de tellingen van deze partij minstens zo slecht beschrijven",
    ),
    "p_value_direction_of": Text(
        en="chance that a background in common would point this clearly to this side as the one that answers",
        nl="kans dat een gedeelde achtergrond deze partij zo duidelijk als de antwoordende zou aanwijzen",
    ),
    "p_value_any_link_of": Text(
        en="chance of so strong a link with the other side's past if there were none, background not considered",
        nl="kans op een zo sterk verband met het verleden van de andere partij als er geen was, achtergrond niet meegerekend",
    ),
    "spectral_radius": Text(
        en="largest eigenvalue of the branching matrix: below 1, chains of strikes die out",
        nl="grootste eigenwaarde van de vertakkingsmatrix: onder 1 doven ketens van aanvallen uit",
    ),
    "same_day_correlation": Text(
        en="how far both sides' strikes of one day move together beyond what the days before foretell",
        nl="hoezeer de aanvallen van beide partijen op dezelfde dag samengaan, los van wat de dagen ervoor voorspellen",
    ),
}
NOT_FAST: Final = Text(
    en="The daily model finds no answers that come mostly within a day, or too many days are missing to look within it.",
    nl="Het dagmodel vindt geen antwoorden die vooral binnen een dag komen, of er ontbreken te veel dagen om daarin te kijken.",
)
HOLES: Final = Text(
    en="The daily counts have a gap as long as the time in which a strike could be answered.",
    nl="De dagelijkse tellingen hebben een gat dat even lang is als de tijd waarin een aanval beantwoord kan worden.",
)
NO_FIT: Final = Text(
    en="The model does not settle on these counts.", nl="Het model komt met deze tellingen niet tot een uitkomst."
)
CAVEATS: Final = (
    Text(
        en="Each side's strikes are counted by the other, which has its own reasons to count high or low.",
        nl="De aanvallen van elke partij worden door de andere geteld, die redenen kan hebben om hoog of laag te tellen.",
    ),
    Text(
        en="Where a series counts drones downed, not drones launched, more defence or better weather also shows as more strikes.",
        nl="Waar een reeks neergehaalde en niet gelanceerde drones telt, lijken meer afweer of beter weer ook op meer aanvallen.",
    ),
    Text(
        en="Drones and missiles count alike. An answer with a heavier weapon, on another target or at the front is not seen.",
        nl="Drones en raketten tellen even zwaar. Een antwoord met een zwaarder wapen, op een ander doel of aan het front blijft "
        "buiten beeld.",
    ),
    Text(
        en="Weather, season, deliveries and talks move both sides at once. Only a link that prefers one direction more than such a "
        "background would is called an answer; sides that answer each other alike cannot be told from it.",
        nl="Weer, seizoen, leveringen en onderhandelingen bewegen beide partijen tegelijk. Alleen een verband dat sterker één kant op "
        "wijst dan zo'n achtergrond zou doen, heet hier een antwoord; partijen die elkaar gelijkelijk beantwoorden, zijn er "
        "niet van te onderscheiden.",
    ),
    Text(
        en="That no answer can be told does not mean that there is none: even over 900 days a strong answer is recognised in only part "
        "of simulated wars.",
        nl="Dat geen antwoord vast te stellen is, betekent niet dat het er niet is: zelfs over 900 dagen wordt een sterk antwoord maar in "
        "een deel van de gesimuleerde oorlogen herkend.",
    ),
    Text(
        en="An answer within the same day cannot be told from its cause in daily counts.",
        nl="Een antwoord binnen dezelfde dag is in dagelijkse tellingen niet van de aanleiding te onderscheiden.",
    ),
)
AS_ABOVE: Final = Text(en="as above", nl="zoals hierboven")


def one_side_only(silent: Sequence[Text], others: Sequence[Text]) -> Text:
    """No daily strikes of a side, and what there is instead."""
    en = " or ".join(f"by {name.en}" for name in silent)
    nl = " of ".join(f"door {name.nl}" for name in silent)
    if not others:
        return Text(
            en=f"The record holds no daily count of strikes {en}: who answers whom cannot be asked.",
            nl=f"Het dossier bevat geen dagelijkse telling van aanvallen {nl}: wie wie beantwoordt, is niet na te gaan.",
        )
    return Text(
        en=f"The record holds no daily count of strikes {en}. It has {EN.number(len(others))} daily "
        f"{'count' if len(others) == 1 else 'counts'} of strikes or deaths ({'; '.join(o.en for o in others)}), "
        "not one for each side: who answers whom cannot be asked.",
        nl=f"Het dossier bevat geen dagelijkse telling van aanvallen {nl}. Het heeft {NL.number(len(others))} dagelijkse "
        f"{'telling' if len(others) == 1 else 'tellingen'} van aanvallen of doden ({'; '.join(o.nl for o in others)}), "
        "niet een voor elke partij: wie wie beantwoordt, is niet na te gaan.",
    )


def too_short(n_days: int, least: int) -> Text:
    """Too few days with both sides."""
    return Text(
        en=f"Both sides' strikes are known on {EN.number(n_days)} days by now; this question needs at least {EN.number(least)}.",
        nl=f"Van beide partijen zijn de aanvallen tot nu toe op {NL.number(n_days)} dagen bekend; deze vraag vergt er ten minste "
        f"{NL.number(least)}.",
    )


def no_end(radius: float) -> Text:
    """Spectral radius of 1 or more."""
    return Text(
        en=f"In the fitted model strikes set off ever more strikes (spectral radius {EN.number(radius)}, which must be below 1): the "
        "growth of these counts leaves no answer.",
        nl=f"In het model roepen aanvallen steeds meer aanvallen op (spectraalstraal {NL.number(radius)}, wat onder 1 moet blijven): "
        "de groei van deze tellingen laat geen antwoord toe.",
    )


def refused(direction: Direction, who: Text, whom: Text) -> Text:
    """Why no number is given for the answers of one side to the other."""
    if direction.verdict == "same day":
        return Text(
            en=f"Strikes by {who.en} and {whom.en} move together within the day, and daily counts do not show which came first.",
            nl=f"Aanvallen door {who.nl} en {whom.nl} gaan binnen de dag samen op, en dagelijkse tellingen laten niet zien wat eerst "
            "kwam.",
        )
    if direction.verdict == "background or both":
        return Text(
            en=f"Whether strikes by {who.en} answer those by {whom.en} cannot be told: a background that moves both would look alike.",
            nl=f"Of aanvallen door {who.nl} een antwoord zijn op die door {whom.nl} is niet te zeggen: een achtergrond die beide "
            "beweegt, zou er hetzelfde uitzien.",
        )
    return Text(
        en=f"The counts point the other way: strikes by {whom.en} answer those by {who.en}. Whether {who.en} answers too cannot be "
        "told beside it.",
        nl=f"De tellingen wijzen de andere kant op: aanvallen door {whom.nl} beantwoorden die door {who.nl}. Of {who.nl} ook antwoordt, "
        "is daarnaast niet te zeggen.",
    )


def hours_refused(who: Text, whom: Text) -> Text:
    """Why no number is given for answers within the day."""
    return Text(
        en=f"Whether strikes by {who.en} answer those by {whom.en} within hours cannot be told: that needs both the test on days and "
        "that on delays to point that way.",
        nl=f"Of aanvallen door {who.nl} binnen uren een antwoord zijn op die door {whom.nl} is niet te zeggen: daarvoor moeten de toets "
        "op dagen en die op vertragingen allebei die kant op wijzen.",
    )


def fit_sentences(p_values: npt.NDArray[np.float64], names: tuple[Text, Text]) -> tuple[Text, ...]:
    """Said only where the model does not describe a side's counts."""
    return tuple(
        Text(
            en=f"The model does not describe the daily counts of {name.en} well: their spread is not that of the model. Its intervals are "
            "to be read with that in mind.",
            nl=f"Het model beschrijft de dagtellingen van {name.nl} niet goed: hun spreiding is anders dan in het model. Lees de "
            "intervallen met dat voorbehoud.",
        )
        for p_value, name in zip(p_values, names, strict=True)
        if p_value <= 0.05
    )


#: From here on chains of answers last so long that a baseline takes part of them (docs/validation-retaliation.md).
_LONG_RADIUS, _LONG_HALF_LIFE = 0.5, 2.0


def long_chains(fit: RetaliationFit) -> tuple[Text, ...]:
    """Said where answers come slowly and bring about more answers for so long that part of them passes for background."""
    slow = (fit.half_life_days >= _LONG_HALF_LIFE) & (fit.branching > 0.1)
    if fit.spectral_radius < _LONG_RADIUS or not slow.any():
        return ()
    return (
        Text(
            en="Answers come slowly here and bring about further ones for weeks. Part of such chains passes for background, so that these "
            "numbers are rather too low and their intervals too narrow: in the slowest simulated wars they held the truth in three "
            "quarters of cases, not in 95%.",
            nl="Antwoorden komen hier traag en roepen wekenlang nieuwe op. Een deel van zulke ketens gaat voor achtergrond door; deze getallen "
            "zijn daarom eerder te laag en hun intervallen te smal: in de traagste gesimuleerde oorlogen bevatten ze de waarheid in "
            "driekwart van de gevallen en niet in 95%.",
        ),
    )


def _claim(direction: Direction, names: tuple[Text, Text]) -> tuple[Text, Text] | None:
    if direction.verdict == "second answers first":
        return names[1], names[0]
    if direction.verdict == "first answers second":
        return names[0], names[1]
    return None


def headline(direction: Direction, names: tuple[Text, Text], answers: Estimate | None) -> Text:
    """One sentence for the first screen."""
    claim = _claim(direction, names)
    if claim is not None and answers is not None:
        who, whom = claim
        return Text(
            en=f"Strikes by {who.en} follow those by {whom.en}, more than the reverse: after 10 more, about "
            f"{EN.number(answers.value, significant=2)} more within 14 days ({EN.span(answers.lower, answers.upper, significant=2)}).",
            nl=f"Aanvallen door {who.nl} volgen op die door {whom.nl}, meer dan omgekeerd: na 10 extra ongeveer "
            f"{NL.number(answers.value, significant=2)} extra binnen 14 dagen "
            f"({NL.span(answers.lower, answers.upper, significant=2)}).",
        )
    if direction.verdict == "same day":
        return Text(
            en=f"{names[0].en} and {names[1].en} strike more on the same days; daily counts do not show who answers whom.",
            nl=f"{names[0].nl} en {names[1].nl} vallen vaker op dezelfde dagen aan; dagelijkse tellingen laten niet zien wie wie "
            "beantwoordt.",
        )
    return Text(
        en=f"Daily counts do not tell whether {names[0].en} and {names[1].en} answer each other's strikes.",
        nl=f"Dagelijkse tellingen laten niet zien of {names[0].nl} en {names[1].nl} elkaars aanvallen beantwoorden.",
    )


def sentences(
    direction: Direction,
    names: tuple[Text, Text],
    fit: RetaliationFit,
    own: tuple[Estimate, Estimate],
    days: tuple[np.datetime64, np.datetime64],
) -> tuple[Text, ...]:
    """What the reader is told, in order."""
    first, last = (day.astype(dt.date) for day in days)
    made = [
        Text(
            en=f"Strikes of both sides were counted from {EN.date(first)} to {EN.date(last)}, on {EN.number(direction.n_days)} days with "
            "both after the first four weeks.",
            nl=f"Van {NL.date(first)} tot en met {NL.date(last)} zijn de aanvallen van beide partijen geteld, na de eerste vier weken op "
            f"{NL.number(direction.n_days)} dagen voor beide.",
        )
        if fit.settings.lag_days == 28
        else Text(
            en=f"Strikes of both sides were counted from {EN.date(first)} to {EN.date(last)}.",
            nl=f"Van {NL.date(first)} tot en met {NL.date(last)} zijn de aanvallen van beide partijen geteld.",
        )
    ]
    claim = _claim(direction, names)
    if claim is None:
        made.append(refused(direction, names[1], names[0]))
    p_values = (direction.p_second_answers, direction.p_first_answers)
    made.append(
        Text(
            en=f"A background in common alone would point at least as clearly to {names[1].en} as the one that answers in "
            f"{EN.percent(p_values[0])} of cases, and to {names[0].en} in {EN.percent(p_values[1])}; an answer is claimed only below 5%, and only if nothing points the other way and the two do not move together within the day.",
            nl=f"Een gedeelde achtergrond alleen zou in {NL.percent(p_values[0])} van de gevallen minstens zo duidelijk naar {names[1].nl} "
            f"wijzen als de partij die antwoordt, en in {NL.percent(p_values[1])} naar {names[0].nl}; pas onder 5% heet het een antwoord, en alleen als niets de andere kant op wijst en beide niet binnen de dag samen bewegen.",
        )
    )
    for name, one in zip(names, own, strict=True):
        if one.lower > 0:
            made.append(
                Text(
                    en=f"Strikes by {name.en} come in clusters: on average each is followed by "
                    f"{EN.number(one.value, significant=2)} more of its own ({EN.span(one.lower, one.upper, significant=2)}).",
                    nl=f"Aanvallen door {name.nl} komen in groepen: op elke volgen er gemiddeld "
                    f"{NL.number(one.value, significant=2)} van dezelfde partij ({NL.span(one.lower, one.upper, significant=2)}).",
                )
            )
    return tuple(made)


def cell_verdict(direction: Direction, i: int, j: int) -> Text:
    """How to read an entry: series i after series j."""
    if i == j:
        return Text(en="own clusters", nl="eigen groepen")
    if direction.verdict == ("second answers first" if i == 1 else "first answers second"):
        return Text(en="an answer", nl="een antwoord")
    return Text(en="cannot be told from a background", nl="niet van een achtergrond te onderscheiden")


def matrix_table(rows: tuple[tuple[Cell, ...], ...]) -> Table:
    """The branching matrix with its intervals."""
    return Table(
        "branching",
        Text(en="What follows on a strike", nl="Wat op een aanval volgt"),
        (
            Text(en="after a strike by", nl="na een aanval door"),
            Text(en="strikes by", nl="aanvallen door"),
            Text(en="directly, per strike", nl="rechtstreeks, per aanval"),
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
            Text(en="half of them within days", nl="de helft binnen dagen"),
            Text(en="reading", nl="lezing"),
        ),
        rows,
        note=Text(
            en="Each number describes what follows in the model. Only a row that says so is an answer.",
            nl="Elk getal beschrijft wat in het model volgt. Alleen een rij waarbij dat staat, is een antwoord.",
        ),
    )


def knots(days: int) -> Text:
    """A label: the baseline's knots."""
    return Text(
        en=f"background: what changes more slowly than {days} days",
        nl=f"achtergrond: wat trager verandert dan {days} dagen",
    )


def lags(days: int) -> Text:
    """A label: the lag window."""
    return Text(en=f"answers within {days} days", nl=f"antwoorden binnen {days} dagen")


def first_series(names: Sequence[Text]) -> Text:
    """A label: one series of each side."""
    return Text(en=f"only: {'; '.join(n.en for n in names)}", nl=f"alleen: {'; '.join(n.nl for n in names)}")


_VERDICTS: Final = {
    "second answers first": Text(en="second answers first", nl="tweede antwoordt op eerste"),
    "first answers second": Text(en="first answers second", nl="eerste antwoordt op tweede"),
    "background or both": Text(en="cannot be told", nl="niet vast te stellen"),
    "same day": Text(en="within the day: cannot be told", nl="binnen de dag: niet vast te stellen"),
}


def sensitivity_row(label: Text, branching: npt.NDArray[np.float64], direction: Direction) -> tuple[Cell, ...]:
    """One choice and what it gives."""
    return (
        label, float(branching[1, 0]), float(branching[0, 1]), direction.p_second_answers, direction.p_first_answers,
        _VERDICTS[direction.verdict],
    )  # fmt: skip


def sensitivity_table(names: tuple[Text, Text], rows: tuple[tuple[Cell, ...], ...]) -> Table:
    """All choices."""
    first, second = names
    return Table(
        "sensitivity",
        Text(en="The same question under other choices", nl="Dezelfde vraag met andere keuzes"),
        (
            Text(en="choice", nl="keuze"),
            Text(en=f"{second.en} after {first.en}, per strike", nl=f"{second.nl} na {first.nl}, per aanval"),
            Text(en=f"{first.en} after {second.en}, per strike", nl=f"{first.nl} na {second.nl}, per aanval"),
            Text(en=f"p, {second.en} answers", nl=f"p, {second.nl} antwoordt"),
            Text(en=f"p, {first.en} answers", nl=f"p, {first.nl} antwoordt"),
            Text(en="verdict", nl="oordeel"),
        ),
        rows,
        note=Text(
            en=f"First: {first.en}; second: {second.en}. p: how often a background in common would point so clearly to that side. "
            "With several choices tried, one verdict that differs is weak evidence.",
            nl=f"Eerste: {first.nl}; tweede: {second.nl}. p: hoe vaak een gedeelde achtergrond zo duidelijk naar die partij zou wijzen. "
            "Bij meerdere keuzes is één afwijkend oordeel zwak bewijs.",
        ),
    )


def answered(name: Text) -> Text:
    """A heading of the heat map."""
    return Text(en=f"after a strike by {name.en}", nl=f"na een aanval door {name.nl}")


def answering(name: Text) -> Text:
    """A row of the heat map."""
    return Text(en=f"strikes by {name.en}", nl=f"aanvallen door {name.nl}")


def follows(who: Text, whom: Text) -> Text:
    """A group of the chart of responses."""
    return Text(en=f"{who.en}, after 10 more by {whom.en}", nl=f"{who.nl}, na 10 extra door {whom.nl}")


def within(days: int) -> Text:
    """A label of the chart of responses."""
    return Text(
        en=f"within {days} day{'' if days == 1 else 's'}", nl=f"binnen {days} {'dag' if days == 1 else 'dagen'}"
    )


def heat_map(columns: Mapping[str, Sequence[Any]]) -> Chart:
    """Who excites whom."""
    return Chart(
        "who-excites-whom",
        "heatmap",
        Text(en="Who sets off whose strikes", nl="Wie wiens aanvallen oproept"),
        Text(
            en="For each strike, the share of a further strike that it brings about directly; shown only where it can be told from none "
            "and, between the sides, from a background in common.",
            nl="Per aanval het aandeel van een volgende aanval dat er rechtstreeks uit voortkomt; alleen waar dat van niets te "
            "onderscheiden is en, tussen de partijen, van een gedeelde achtergrond.",
        ),
        columns,
        x=Text(en="", nl=""),
        y=Text(en="", nl=""),
    )


def response_chart(columns: Mapping[str, Sequence[Any]], *, is_claimed: bool) -> Chart:
    """Expected extra strikes after ten more of the other side."""
    warning = Text(
        en=" The direction cannot be told, so this describes what followed, not what answered.",
        nl=" De richting is niet vast te stellen; dit beschrijft dus wat volgde, niet wat een antwoord was.",
    )
    return Chart(
        "responses",
        "intervals",
        Text(en="After ten more strikes by the other side", nl="Na tien extra aanvallen door de andere partij"),
        Text(
            en="How many more strikes the model expects, with 95% intervals." + ("" if is_claimed else warning.en),
            nl="Hoeveel extra aanvallen het model verwacht, met intervallen van 95%."
            + ("" if is_claimed else warning.nl),
        ),
        columns,
        x=Text(en="extra strikes, added up", nl="extra aanvallen, opgeteld"),
        y=Text(en="", nl=""),
        reference=0.0,
    )
