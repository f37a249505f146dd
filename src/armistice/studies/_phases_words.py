"""What the study of phases says: names of phases, the answer, what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from armistice.escalation.change_points import Steps
from armistice.escalation.regimes import PhaseChange, PhaseFit, Phases
from armistice.studies._phases_weeks import HALF, Column
from armistice.text import EN, NL, Text

__all__ = ["CAVEATS", "headline", "late_series", "phase_names", "rests_on", "sentences", "steps_sentence", "verdict"]

_LATE_WEEKS: Final = 8
_WORTH_SAYING: Final = 0.05
#: Levels further apart than this (logs) give a phase its name.
_CLEAR: Final = 0.5


def phase_names(fit: PhaseFit, columns: Sequence[Column]) -> list[Text]:
    """A name for each phase, from what stands out in it."""
    n = len(fit.levels)
    if n == 1:
        return [Text(en="one phase", nl="één fase")]
    plain = [Text(en=f"phase {chr(65 + i)}", nl=f"fase {chr(65 + i)}") for i in range(n)]
    kinds = [column.kind for column in columns]
    if "strikes" not in kinds and "front" not in kinds:
        return [
            Text(en=f"{p.en}: losses {EN.number(v)} a day", nl=f"{p.nl}: verliezen {NL.number(v)} per dag")
            for p, v in zip(plain, np.exp(fit.levels[:, 0]) - HALF, strict=True)
        ]
    marks = {}
    for kind in ("strikes", "front"):
        which = [i for i, k in enumerate(kinds) if k == kind]
        if which:
            level = fit.levels[:, which].mean(axis=1)
            order = np.argsort(level)
            if level[order[-1]] - level[order[-2]] > _CLEAR:
                marks[kind] = int(order[-1])
    named = []
    for i, p in enumerate(plain):
        if marks.get("strikes") == i == marks.get("front"):
            named.append(Text(en=f"{p.en}: strike war and movement", nl=f"{p.nl}: aanvallen op afstand en beweging"))
        elif marks.get("strikes") == i:
            named.append(Text(en=f"{p.en}: strike war", nl=f"{p.nl}: aanvallen op afstand"))
        elif marks.get("front") == i:
            named.append(Text(en=f"{p.en}: manoeuvre", nl=f"{p.nl}: beweging"))
        else:
            named.append(Text(en=f"{p.en}: attrition", nl=f"{p.nl}: uitputting"))
    return named


def verdict(found: Phases, steps: Steps) -> Literal["new", "same", "cannot tell"]:
    """A new phase where the model is sure of one; none where the model is sure and the change points see no step either."""
    if found.lower > 0.5:
        return "new"
    return "same" if found.upper < 0.5 and steps.upper < 0.5 else "cannot tell"


def headline(found: Phases, steps: Steps, last: dt.date) -> Text:
    en = f"{EN.percent(found.new_phase)} ({EN.percent_span(found.lower, found.upper)})"
    nl = f"{NL.percent(found.new_phase)} ({NL.percent_span(found.lower, found.upper)})"
    said = verdict(found, steps)
    if said == "cannot tell":
        why_en, why_nl = "", ""
        if found.upper < 0.5:
            why_en = f", but the level changed within the year with a probability of {EN.percent(steps.last_year)}"
            why_nl = f", maar met een kans van {NL.percent(steps.last_year)} veranderde het niveau in dat jaar"
        return Text(
            en=f"Whether the war is in another phase than a year before cannot be told: the probability is {en}{why_en}, by the "
            f"weeks up to {EN.date(last)}.",
            nl=f"Of de oorlog in een andere fase is dan een jaar eerder, is niet te zeggen: de kans is {nl}{why_nl}, naar de weken "
            f"tot {NL.date(last)}.",
        )
    so_en, so_nl = ("is", "is") if said == "new" else ("is not", "is niet")
    return Text(
        en=f"The war {so_en} in another phase than a year before: a probability of {en}, by the weeks up to {EN.date(last)}.",
        nl=f"De oorlog {so_nl} in een andere fase dan een jaar eerder: een kans van {nl}, naar de weken tot {NL.date(last)}.",
    )


def steps_sentence(steps: Steps, weeks: Sequence[dt.date]) -> Text:
    """When the level last changed, by change points."""
    en = f"{EN.percent(steps.last_year)} ({EN.percent(steps.lower)} to {EN.percent(steps.upper)}, by how often changes are expected)"
    nl = f"{NL.percent(steps.last_year)} ({NL.percent(steps.lower)} tot {NL.percent(steps.upper)}, naar hoe vaak een wisseling te verwachten is)"
    sure = [step for step in steps.steps if step.probability > 0.5]
    if not sure:
        return Text(
            en="Change points find no lasting change of level that gradual growth would not explain as well; one in the last year has a "
            f"probability of {en}.",
            nl="Een zoektocht naar breekpunten vindt geen blijvende verandering van niveau die geleidelijke groei niet even goed "
            f"verklaart; de kans op een in het laatste jaar is {nl}.",
        )
    step = sure[-1]
    first, last, week = weeks[step.earliest], weeks[step.latest], weeks[step.week]
    return Text(
        en=f"Change points put the last lasting change of level in the week of {EN.date(week)} (between {EN.date(first)} and "
        f"{EN.date(last)}); one in the last year has a probability of {en}. Fast growth looks the same.",
        nl=f"Breekpunten leggen de laatste blijvende verandering van niveau in de week van {NL.date(week)} (tussen {NL.date(first)} "
        f"en {NL.date(last)}); de kans op een in het laatste jaar is {nl}. Snelle groei ziet er hetzelfde uit.",
    )


def sentences(
    found: Phases, names: Sequence[Text], changes: Sequence[PhaseChange], weeks: Sequence[dt.date]
) -> list[Text]:
    if len(names) < 2:
        return [
            Text(
                en="The weeks tell no phases apart: one level with inertia, or steady drift, describes them best.",
                nl="De weken laten geen fasen onderscheiden: één niveau met traagheid, of gestage groei of daling, beschrijft ze het best.",
            )
        ]
    now = int(np.argmax(found.best.probability[-1]))
    said = []
    if found.drift_weight > _WORTH_SAYING:
        said.append(
            Text(
                en="Gradual growth or decline without any phases describes the weeks too, with a weight of "
                f"{EN.percent(found.drift_weight)}.",
                nl="Geleidelijke groei of daling zonder fasen beschrijft de weken ook, met een gewicht van "
                f"{NL.percent(found.drift_weight)}.",
            )
        )
    said.append(
        Text(
            en=f"If there are phases, {len(names)} describe the weeks best, and the last week is in '{names[now].en}'.",
            nl=f"Als er fasen zijn, beschrijven {len(names)} de weken het best, en de laatste week hoort bij '{names[now].nl}'.",
        )
    )
    if changes:
        change = changes[-1]
        earlier = np.flatnonzero(np.argmax(found.best.probability[: change.week], axis=1) == now)
        if len(earlier):
            day = weeks[int(earlier[-1])]
            said.append(
                Text(
                    en=f"As far as these series tell, the war was in that phase before, last in the week of {EN.date(day)}.",
                    nl=f"Voor zover deze reeksen het zeggen, was de oorlog eerder in die fase, het laatst in de week van {NL.date(day)}.",
                )
            )
        said.append(
            Text(
                en=f"The last change began in the week of {EN.date(weeks[change.week])} (between {EN.date(weeks[change.earliest])} and "
                f"{EN.date(weeks[change.latest])}).",
                nl=f"De laatste overgang begon in de week van {NL.date(weeks[change.week])} (tussen {NL.date(weeks[change.earliest])} en "
                f"{NL.date(weeks[change.latest])}).",
            )
        )
    return said


CAVEATS: Final = (
    Text(
        en="Another phase here means other levels of strikes, losses and movement than a year before. It does not say who answers "
        "whom, nor what the strikes are aimed at.",
        nl="Een andere fase betekent hier: andere niveaus van aanvallen, verliezen en beweging dan een jaar eerder. Het zegt niet wie "
        "wie beantwoordt, en niet waarop de aanvallen zijn gericht.",
    ),
    Text(
        en="The names of the phases follow from which level is highest in them; the interval covers the error of estimation and "
        "the number of phases, not the choice of series.",
        nl="De namen van de fasen volgen uit welk niveau daarin het hoogst is; het interval dekt de schattingsfout en het aantal fasen, "
        "niet de keuze van de reeksen.",
    ),
    Text(
        en="Growth that bends more than once can look like a change of phase; docs/validation-escalation.md says how often growth does.",
        nl="Groei die meer dan eens van tempo wisselt, kan op een overgang lijken; docs/validation-escalation.md zegt hoe vaak groei dat doet.",
    ),
)


def rests_on(found: Phases, without: Sequence[tuple[Text, Phases]]) -> list[Text]:
    """Which series the answer rests on: those without which it would be another."""
    if found.lower <= 0.5 <= found.upper:
        return []
    names = [name for name, other in without if other.lower <= 0.5 <= other.upper]
    if not names:
        return []
    return [
        Text(
            en="Without one of these series the weeks could not tell: " + "; ".join(name.en for name in names) + ".",
            nl="Zonder een van deze reeksen zouden de weken het niet kunnen zeggen: "
            + "; ".join(name.nl for name in names)
            + ".",
        )
    ]


def late_series(columns: Sequence[Column], weeks: Sequence[dt.date]) -> list[Text]:
    """Series that begin later than the others: before that, the phases are told by the others alone."""
    said = []
    for column in columns:
        first = int(np.flatnonzero(np.isfinite(column.values))[0])
        if first > _LATE_WEEKS:
            day = weeks[first]
            said.append(
                Text(
                    en=f"On record from {EN.month(day)} only: {column.names.en}. Before, the other series alone tell the phases apart.",
                    nl=f"Pas bekend vanaf {NL.month(day)}: {column.names.nl}. Daarvoor onderscheiden alleen de andere reeksen de fasen.",
                )
            )
    return said
