"""What the study of violence around talks tells a reader, in English and Dutch."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Final

from armistice.escalation.talks_effect import Pooled, Settings, Side
from armistice.record.as_of import Series
from armistice.record.schema import Talk
from armistice.studies._around_talks_data import Findings, Meeting
from armistice.text import EN, NL, Text, Words

__all__ = [
    "LEAST_ROUNDS_BY_OUTCOME",
    "NO_SERIES",
    "NO_STATES",
    "NO_TALKS",
    "QUANTITIES",
    "caveats",
    "headline",
    "main_finding",
    "no_announced_round",
    "no_round_with_outcome",
    "no_usable_round",
    "no_usable_truce",
    "nothing_detectable",
    "planned",
    "ratio_words",
    "sentences",
    "too_few_by_outcome",
    "too_few_to_compare",
    "too_short",
]

NO_SERIES: Final = Text(
    en="The record holds no daily count of strikes or deaths.",
    nl="Het dossier bevat geen dagelijkse telling van aanvallen of doden.",
)
NO_TALKS: Final = Text(
    en="The record holds no rounds of talks, truces or suspensions that took place by this day.",
    nl="Het dossier bevat geen gespreksrondes, bestanden of opschortingen tot en met deze dag.",
)
NO_STATES: Final = Text(
    en="Within the days of this series the record does not say when talks were suspended and when they were open again.",
    nl="Binnen de dagen van deze reeks zegt het dossier niet wanneer de onderhandelingen waren opgeschort en wanneer "
    "ze weer liepen.",
)

_LISTED: Final = 3
LEAST_ROUNDS_BY_OUTCOME: Final = 3
#: With fewer rounds than this the states of the talks, where recorded, say more than the rounds.
_FEW_ROUNDS: Final = 2
_SIDE_EN: Final = {"before": "before", "after": "after"}
_SIDE_NL: Final = {"before": "voor", "after": "na"}
_OUTCOME: Final = {
    "deal": Text(en="a deal", nl="een akkoord"),
    "partial_deal": Text(en="a partial deal", nl="een deelakkoord"),
    "no_deal": Text(en="nothing", nl="niets"),
}


def _both(side: Side) -> Text:
    return Text(en=_SIDE_EN[side], nl=_SIDE_NL[side])


def _quantities() -> dict[str, Text]:
    found: dict[str, Text] = {}
    for side in ("before", "after"):
        en, nl = _SIDE_EN[side], _SIDE_NL[side]
        found[f"pooled_ratio_{side}"] = Text(
            en=f"violence in the days {en} rounds, over what those days would have had; placebos matched on the level before",
            nl=f"geweld in de dagen {nl} gespreksrondes, gedeeld door wat te verwachten was; vergeleken met even gewelddadige "
            "weken",
        )
        found[f"unmatched_ratio_{side}"] = Text(
            en=f"the same {en} rounds, against placebo dates of any level",
            nl=f"hetzelfde {nl} gespreksrondes, vergeleken met willekeurige weken",
        )
        found[f"plain_ratio_{side}"] = Text(
            en=f"the same {en} rounds, expected level a plain mean",
            nl=f"hetzelfde {nl} gespreksrondes, met een gewoon gemiddelde als verwachting",
        )
        found[f"minimum_detectable_ratio_{side}"] = Text(
            en=f"smallest rise {en} rounds that would be found four times out of five",
            nl=f"kleinste stijging {nl} gespreksrondes die vier van de vijf keer gevonden zou worden",
        )
        found[f"minimum_detectable_ratio_{side}_plain"] = Text(
            en=f"the same {en} rounds, by the plain mean",
            nl=f"hetzelfde {nl} gespreksrondes, met het gewone gemiddelde",
        )
        found[f"p_value_{side}"] = Text(
            en=f"how often placebo rounds differ as much as the real ones {en} talks",
            nl=f"hoe vaak placeborondes minstens zo sterk afwijken als de echte {nl} overleg",
        )
    for outcome, name in _OUTCOME.items():
        found[f"ratio_before_{outcome}"] = Text(
            en=f"violence before rounds that ended in {name.en}", nl=f"geweld voor rondes die {name.nl} opleverden"
        )
        found[f"ratio_before_{outcome}_all_talks"] = Text(
            en=f"violence before every meeting and call that ended in {name.en}",
            nl=f"geweld voor elk overleg en telefoongesprek dat {name.nl} opleverde",
        )
        found[f"minimum_detectable_ratio_before_{outcome}_all_talks"] = Text(
            en=f"smallest rise before those that ended in {name.en} that would be found four times out of five",
            nl=f"kleinste stijging voor overleg dat {name.nl} opleverde die vier van de vijf keer gevonden zou worden",
        )
    found["deal_over_nothing"] = Text(
        en="violence before talks that ended in a deal or part of one, over that before talks that ended in nothing",
        nl="geweld voor overleg met een akkoord of deelakkoord, gedeeld door dat voor overleg zonder",
    )
    found["announced_ratio_before"] = Text(
        en="violence in the days before a round was announced, over what those days would have had",
        nl="geweld in de dagen voordat een ronde werd aangekondigd, gedeeld door wat te verwachten was",
    )
    found["announced_ratio_since"] = Text(
        en="violence between the announcement of a round and the round, over what those days would have had",
        nl="geweld tussen de aankondiging van een ronde en de ronde, gedeeld door wat te verwachten was",
    )
    for side in ("before", "after"):
        for finds, nl in (("more", "meer"), ("less", "minder")):
            found[f"choices_{finds}_{side}"] = Text(
                en=f"share of the ways of asking that find {finds} violence {_SIDE_EN[side]} rounds",
                nl=f"aandeel van de manieren van vragen dat {nl} geweld vindt {_SIDE_NL[side]} rondes",
            )
    found["truce_ratio"] = Text(
        en="violence on days of truces, over what those days would have had",
        nl="geweld op bestandsdagen, gedeeld door wat te verwachten was",
    )
    found["rate_ratio_suspended"] = Text(
        en="mean daily count with talks suspended, over that with talks open (descriptive)",
        nl="gemiddelde per dag met opgeschorte onderhandelingen, gedeeld door dat met lopende (beschrijvend)",
    )
    return found


QUANTITIES: Final[Mapping[str, Text]] = _quantities()


def too_short(series: Series, least: int) -> Text:
    """Too few days for this study."""
    names = series.description.names
    return Text(
        en=f"{names.en}: fewer than {least} days observed so far; too few to say anything about days around talks.",
        nl=f"{names.nl}: tot nu toe minder dan {least} dagen waargenomen; te weinig voor een uitspraak over dagen rond overleg.",
    )


def no_usable_round(series: Series, side: Side, n_rounds: int) -> Text:
    """No round with a window and a comparison."""
    names = series.description.names
    if n_rounds == 0:
        return Text(
            en=f"{names.en}: no round of talks falls within the days of this series.",
            nl=f"{names.nl}: binnen de dagen van deze reeks viel geen gespreksronde.",
        )
    return Text(
        en=f"{names.en}: none of the {n_rounds} rounds has enough observed days {_SIDE_EN[side]} it, "
        "with days to compare them with.",
        nl=f"{names.nl}: geen van de {n_rounds} rondes heeft genoeg waargenomen dagen er{_SIDE_NL[side]}, "
        "met dagen om ze mee te vergelijken.",
    )


def no_announced_round(series: Series) -> Text:
    """No round whose announcement is known and whose days can be judged."""
    names = series.description.names
    return Text(
        en=f"{names.en}: no round with a known day of announcement has enough observed days to judge.",
        nl=f"{names.nl}: geen ronde met bekende dag van aankondiging heeft genoeg waargenomen dagen voor een oordeel.",
    )


def no_round_with_outcome(series: Series, outcome: str) -> Text:
    """No meeting or call with an outcome can be judged."""
    names, name = series.description.names, _OUTCOME[outcome]
    return Text(
        en=f"{names.en}: no meeting or call that ended in {name.en} can be judged.",
        nl=f"{names.nl}: geen overleg dat {name.nl} opleverde kan beoordeeld worden.",
    )


def too_few_to_compare(series: Series) -> Text:
    """Too few meetings of one kind of outcome to tell leverage from spoiling."""
    names = series.description.names
    return Text(
        en=f"{names.en}: fewer than {LEAST_ROUNDS_BY_OUTCOME} meetings with a deal or without one can be judged.",
        nl=f"{names.nl}: minder dan {LEAST_ROUNDS_BY_OUTCOME} keer overleg met een akkoord of zonder kan beoordeeld worden.",
    )


def no_usable_truce(series: Series) -> Text:
    """No truce with observed days."""
    names = series.description.names
    return Text(
        en=f"{names.en}: no truce with observed days falls within this series.",
        nl=f"{names.nl}: binnen deze reeks viel geen bestand met waargenomen dagen.",
    )


def nothing_detectable(series: Series) -> Text:
    """No ratio, however large, would be found."""
    names = series.description.names
    return Text(
        en=f"{names.en}: with these rounds no rise up to a thousandfold would be found reliably.",
        nl=f"{names.nl}: met deze rondes zou zelfs een verduizendvoudiging niet betrouwbaar gevonden worden.",
    )


def too_few_by_outcome(outcome: str, n_rounds: int, least: int) -> Text:
    """Too few rounds with an outcome."""
    name = _OUTCOME[outcome]
    return Text(
        en=f"Rounds that ended in {name.en} and can be judged: {n_rounds}; a separate answer needs at least {least}.",
        nl=f"Te beoordelen rondes die {name.nl} opleverden: {n_rounds}; een apart antwoord vergt er ten minste {least}.",
    )


def main_finding(found: Sequence[Findings]) -> Findings:
    """The series for the headline: the first with an answer before talks, else the first."""
    return next((f for f in found if f.effects["before", "model"].matched is not None), found[0])


def _excludes_one(pooled: Pooled) -> bool:
    return not pooled.lower <= 1.0 <= pooled.upper


def ratio_words(pooled: Pooled, language: Words) -> str:
    """A ratio with its interval, in words."""
    return (
        f"{language.number(pooled.ratio, significant=2)} ({language.span(pooled.lower, pooled.upper, significant=2)})"
    )


def _rounds(n: int) -> Text:
    return Text(
        en=f"{EN.number(n)} round{'' if n == 1 else 's'} of talks",
        nl=f"{NL.number(n)} gespreksronde{'' if n == 1 else 's'}",
    )


def headline(found: Sequence[Findings], settings: Settings) -> Text:
    """One sentence for the first screen."""
    main = main_finding(found)
    names = main.calendar.series.description.names
    pooled = main.effects["before", "model"].matched
    if main.states is not None and (pooled is None or pooled.n_rounds < _FEW_ROUNDS):
        return _state_sentence(main)
    if pooled is None:
        return Text(
            en="No round of talks falls on days for which violence was counted day by day: no answer about days around talks.",
            nl="Geen gespreksronde valt op dagen waarop het geweld per dag is geteld: geen antwoord over de dagen rond overleg.",
        )
    rounds = _rounds(pooled.n_rounds)
    if _excludes_one(pooled):
        more_en, more_nl = ("more", "meer") if pooled.ratio > 1 else ("less", "minder")
        return Text(
            en=f"In the {settings.window_days} days before {rounds.en} there was {more_en} violence than on comparable dates "
            f"({names.en}): {ratio_words(pooled, EN)} times what was to be expected.",
            nl=f"In de {settings.window_days} dagen voor {rounds.nl} was er {more_nl} geweld dan op vergelijkbare data "
            f"({names.nl}): {ratio_words(pooled, NL)} keer wat te verwachten was.",
        )
    rounds = Text(en=f"the {rounds.en} that this count covers", nl=f"de {rounds.nl} die deze telling dekt")
    return Text(
        en=f"Whether violence rises before talks cannot be told from {rounds.en} ({names.en}): "
        f"{ratio_words(pooled, EN)} times what was to be expected, and {_unseen(pooled, EN)}.",
        nl=f"Of het geweld toeneemt voor overleg valt uit {rounds.nl} niet op te maken ({names.nl}): "
        f"{ratio_words(pooled, NL)} keer wat te verwachten was, en {_unseen(pooled, NL)}.",
    )


def _unseen(pooled: Pooled, language: Words) -> str:
    factor = language.number(pooled.detectable_above, significant=2)
    if pooled.detectable_above == float("inf"):
        return (
            "geen enkel effect zou betrouwbaar te zien zijn"
            if language.language == "nl"
            else "no effect of any size would be seen reliably"
        )
    return (
        f"een effect kleiner dan een factor {factor} zou niet te zien zijn"
        if language.language == "nl"
        else f"an effect smaller than a factor {factor} would not be seen"
    )


def sentences(found: Sequence[Findings], settings: Settings) -> tuple[Text, ...]:
    """What the reader is told: the leading series in full, of the others what differs, then truces and the state of talks."""
    main = main_finding(found)
    pooled = main.effects["before", "model"].matched
    leads = main.states is not None and (pooled is None or pooled.n_rounds < _FEW_ROUNDS)
    said = [*([_state_sentence(main)] if leads else []), *_around(main, settings)]
    others = [findings for findings in found if findings is not main]
    if others:
        said += _others(others)
    said += _truces(main)
    if main.states is not None and not leads:
        said.append(_state_sentence(main))
    return tuple(said)


def _around(findings: Findings, settings: Settings) -> list[Text]:
    names = findings.calendar.series.description.names
    parts: list[Text] = []
    for side in ("before", "after"):
        pooled = findings.effects[side, "model"].matched
        if pooled is None:
            continue
        rounds, words = _rounds(pooled.n_rounds), _both(side)
        if _excludes_one(pooled):
            so = Text(en="other dates rarely differ so much", nl="andere data wijken zelden zo sterk af")
        else:
            so = Text(en=f"cannot tell, {_unseen(pooled, EN)}", nl=f"niet te zeggen, {_unseen(pooled, NL)}")
        parts.append(
            Text(
                en=f"{words.en} {rounds.en} {ratio_words(pooled, EN)}; {so.en}",
                nl=f"{words.nl} {rounds.nl} {ratio_words(pooled, NL)}; {so.nl}",
            )
        )
    if not parts:
        return [no_usable_round(findings.calendar.series, "before", len(findings.calendar.rounds))]
    head = Text(
        en=f"{names.en} in {settings.window_days} days, times what was to be expected: {parts[0].en}.",
        nl=f"{names.nl} in {settings.window_days} dagen, keer wat te verwachten was: {parts[0].nl}.",
    )
    rest = [Text(en=f"{_capital(part.en)}.", nl=f"{_capital(part.nl)}.") for part in parts[1:]]
    return [head, *rest]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _others(found: Sequence[Findings]) -> list[Text]:
    """The other series in one sentence: only what differs reliably from the expected level is told."""
    told: list[Text] = []
    n = 0
    for findings in found:
        names = findings.calendar.series.description.names
        for side in ("before", "after"):
            pooled = findings.effects[side, "model"].matched
            if pooled is None:
                continue
            n += 1
            if _excludes_one(pooled):
                words, rounds = _both(side), _rounds(pooled.n_rounds)
                told.append(
                    Text(
                        en=f"{names.en} {words.en} {rounds.en}, {ratio_words(pooled, EN)} times",
                        nl=f"{names.nl} {words.nl} {rounds.nl}, {ratio_words(pooled, NL)} keer",
                    )
                )
    if not n:
        return [
            Text(
                en="The other counts have no round with enough days before or after it.",
                nl="De andere tellingen hebben geen ronde met genoeg dagen ervoor of erna.",
            )
        ]
    listed_en, listed_nl = "; ".join(t.en for t in told), "; ".join(t.nl for t in told)
    few = len(told) == 1
    return [
        Text(
            en=f"The other counts, {n} comparisons before and after rounds: "
            + (f"{len(told)} differ{'s' if few else ''} from what was to be expected ({listed_en})." if told else "none differs from what was to be expected."),
            nl=f"De andere tellingen, {n} vergelijkingen voor en na rondes: "
            + (f"{len(told)} wijk{'t' if few else 'en'} af van wat te verwachten was ({listed_nl})." if told else "geen wijkt af van wat te verwachten was."),
        )
    ]  # fmt: skip


def _truces(findings: Findings) -> list[Text]:
    pooled = findings.truces.unmatched
    if pooled is None:
        return []
    names = findings.calendar.series.description.names
    judged = [r for r in findings.truces.rounds if r.unusable is None]
    days = sum(r.n_window for r in judged)
    n = len(judged)
    return [
        Text(
            en=f"{names.en}, on {days} days of {n} truce{'' if n == 1 else 's'}: {ratio_words(pooled, EN)} times what those "
            "days would have had.",
            nl=f"{names.nl}, op {days} dagen van {n} bestand{'' if n == 1 else 'en'}: {ratio_words(pooled, NL)} keer wat die "
            "dagen anders gehad zouden hebben.",
        )
    ]


def _state_sentence(findings: Findings) -> Text:
    states = findings.states
    assert states is not None
    names = findings.calendar.series.description.names
    return Text(
        en=f"{names.en}: {EN.number(states.rate)} a day over {states.n_days} days with talks suspended, "
        f"{EN.number(states.other_rate)} over {states.n_other_days} days with talks open; a ratio of "
        f"{EN.number(states.ratio, significant=2)} ({EN.span(states.lower, states.upper, significant=2)}). "
        "That describes; it does not say which caused which.",
        nl=f"{names.nl}: {NL.number(states.rate)} per dag over {states.n_days} dagen met opgeschorte onderhandelingen, "
        f"{NL.number(states.other_rate)} over {states.n_other_days} dagen met lopende; een verhouding van "
        f"{NL.number(states.ratio, significant=2)} ({NL.span(states.lower, states.upper, significant=2)}). "
        "Dat is een beschrijving en zegt niet wat de oorzaak van wat was.",
    )


def planned(talks: Sequence[Talk]) -> tuple[Text, ...]:
    """Rounds announced by as_of and not held yet."""
    if not talks:
        return ()
    return (
        Text(
            en=f"Announced but not held yet, and not counted: {'; '.join(t.name_en for t in talks)}.",
            nl=f"Aangekondigd maar nog niet gehouden, en niet meegeteld: {'; '.join(t.name_nl for t in talks)}.",
        ),
    )


def caveats(found: Sequence[Findings], settings: Settings) -> tuple[Text, ...]:
    """What to bear in mind."""
    said = [
        Text(
            en="A ratio above 1 before talks can mean that violence was used as leverage, that talks were called because of "
            "violence, or both. Matching on the weeks before repairs only a call because of those weeks.",
            nl="Een verhouding boven 1 voor overleg kan betekenen dat geweld als drukmiddel diende, dat er juist vanwege het "
            "geweld overleg kwam, of allebei. De vergelijking met even gewelddadige weken vangt alleen dat tweede op.",
        ),
        Text(
            en="The figures are one party's reports. The day of a round belongs to no window, and truce days to none either.",
            nl="De cijfers zijn opgaven van één partij. De dag van een ronde hoort bij geen enkel venster, en bestandsdagen evenmin.",
        ),
    ]
    n_tests = sum(f.effects[side, "model"].matched is not None for f in found for side in ("before", "after"))
    if n_tests > 2:
        said.append(
            Text(
                en=f"{n_tests} tests at 5% stand here, for several series and both sides of the rounds: now and then one "
                "of them calls chance an effect.",
                nl=f"Hier staan {n_tests} toetsen op 5%, voor verschillende reeksen en beide kanten van de rondes: af en toe "
                "ziet er een toeval voor een effect aan.",
            )
        )
    close = _close_pairs(found, settings)
    if len(close) > _LISTED:
        said.append(
            Text(
                en=f"{len(close)} pairs of rounds lie within {settings.together_days} days of each other. Days in the windows of "
                "two rounds count for neither, no window serves as comparison for another, and placebo rounds keep the same "
                "distances.",
                nl=f"{len(close)} paren rondes liggen binnen {settings.together_days} dagen van elkaar. Dagen in de vensters van "
                "twee rondes tellen voor geen van beide, geen venster dient als vergelijking voor een ander, en placeborondes "
                "houden dezelfde afstanden.",
            )
        )
    elif close:
        listed_en = "; ".join(f"{a.label.en} and {b.label.en} ({days} days)" for a, b, days in close)
        listed_nl = "; ".join(f"{a.label.nl} en {b.label.nl} ({days} dagen)" for a, b, days in close)
        said.append(
            Text(
                en=f"Rounds close to each other: {listed_en}. Days in the windows of two rounds count for neither, no window "
                "serves as comparison for another, and placebo rounds keep the same distance.",
                nl=f"Rondes vlak na elkaar: {listed_nl}. Dagen in de vensters van twee rondes tellen voor geen van beide, "
                "geen venster dient als vergelijking voor een ander, en placeborondes houden dezelfde afstand.",
            )
        )
    if any(row.sides == 1 and row.unusable is None for f in found for row in f.effects["before", "model"].rounds):
        said.append(
            Text(
                en="What follows the latest round was not known yet: it is compared with the weeks before only, "
                "and so are its placebos.",
                nl="Wat op de laatste ronde volgde was nog niet bekend: die wordt alleen met de weken ervoor vergeleken, "
                "net als haar placebo's.",
            )
        )
    return tuple(said)


def _close_pairs(found: Sequence[Findings], settings: Settings) -> list[tuple[Meeting, Meeting, int]]:
    rounds = sorted({m for f in found for m in f.calendar.rounds}, key=lambda m: m.first)
    return [
        (a, b, (b.first - a.first).days)
        for a, b in itertools.pairwise(rounds)
        if (b.first - a.first).days <= settings.together_days
    ]
