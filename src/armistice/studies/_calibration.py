"""The played wars held against how other wars ended: what is learnt, and what follows for a war that has lasted so long.

The reference set is that of :mod:`armistice.record.reference`: other wars only, this war left out, and only what could be
coded by the record's day. The method is that of :mod:`armistice.simulation.calibrate`.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from armistice.estimate import NotIdentified, Quantity, Reported
from armistice.history import draw_durations, influence
from armistice.record.as_of import Record
from armistice.record.reference import CITATION, OUTCOMES, TYPES, reference_episodes
from armistice.simulation.calibrate import NOT_LEARNT, Calibration, ClassShares, calibrate
from armistice.simulation.grouped import CAUSES, SUMMARY_MONTHS, GroupedEndings, design_effect, grouped_endings
from armistice.simulation.war_class import PARAMETERS, PRIOR
from armistice.studies._endings_set import MONTH_DAYS, TYPE_NAMES
from armistice.studies.study import Chart, Table
from armistice.text import EN, NL, Text

__all__ = [
    "CAUSE_NAMES",
    "PARAMETER_NAMES",
    "calibrated",
    "calibration_charts",
    "calibration_quantities",
    "calibration_sentences",
    "calibration_tables",
    "cause_of_outcome",
    "few_draws",
    "observed_endings",
]

Wars = Literal["type", "all"]
#: UCDP's outcomes as the played wars know them; "actor ceases" counts as fading, as in the study of endings.
_CAUSE: Final = {
    "peace_agreement": "settlement", "ceasefire": "settlement", "victory_a": "victory", "victory_b": "victory",
    "low_activity": "fading", "actor_ceases": "fading",
}  # fmt: skip
_DRAWS: Final = 20
_KEPT: Final = 64
#: Months that the picture shows; the table has all.
_SHOWN: Final = (3, 12, 60)
#: With fewer effective draws, posterior quantiles are rough.
_ENOUGH_DRAWS: Final = 100

CAUSE_NAMES: Final = (
    Text(en="agreement or ceasefire", nl="akkoord of staakt-het-vuren"),
    Text(en="victory of a side", nl="overwinning van een partij"),
    Text(en="fighting fades", nl="gevechten doven uit"),
)
PARAMETER_NAMES: Final = {
    "cost": Text(en="costs of war to the sides (place in their range)",
                 nl="kosten van de oorlog voor de partijen (plaats in hun bereik)"),
    "office": Text(en="what signing may cost leaders (place in its range)",
                   nl="wat tekenen leiders kan kosten (plaats in het bereik)"),
    "movement": Text(en="movement of the front (mean square a month, in shares)",
                     nl="beweging van het front (gemiddeld kwadraat per maand, in delen)"),
    "talks": Text(en="monthly chance that talks open", nl="maandelijkse kans dat gesprekken beginnen"),
    "spread": Text(en="differences between wars (sd of logarithms)",
                   nl="verschillen tussen oorlogen (sd van logaritmen)"),
    "fading": Text(en="monthly chance that fighting fades", nl="maandelijkse kans dat gevechten uitdoven"),
}  # fmt: skip


def cause_of_outcome(outcome: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """From outcome codes of the reference set (0 going on) to 0 or 1 + position in ``CAUSES``."""
    codes = np.array([0, *(1 + CAUSES.index(_CAUSE[name]) for name in OUTCOMES)])
    return np.asarray(codes[outcome])


def observed_endings(record: Record, rng: np.random.Generator, wars: Wars = "type") -> GroupedEndings:
    """How other wars ended, as known on the record's day: of the same type, or all.

    Parameters
    ----------
    record : Record
    rng : Generator
        Draws dates known only to the month or year.
    wars : {"type", "all"}

    Returns
    -------
    GroupedEndings
        All zero where no war could be coded yet.
    """
    episodes = reference_episodes(record)
    empty = GroupedEndings(np.zeros(len(SUMMARY_MONTHS)), np.zeros((len(SUMMARY_MONTHS), len(CAUSES))))
    if not episodes.n:
        return empty
    days, starts = draw_durations(
        episodes.start_earliest, episodes.start_latest, episodes.end_earliest, episodes.end_latest, n_draws=_DRAWS,
        rng=rng,
    )  # fmt: skip
    lasted, cause = days / MONTH_DAYS, cause_of_outcome(episodes.outcome)
    member = np.ones(lasted.shape, dtype=bool)
    if wars == "type":
        member = episodes.type_known(starts) == TYPES.index(record.war.type_of_conflict) + 1
    if not member.any():
        return empty
    some = member[0] if member[0].any() else member.any(axis=0)
    found = influence(lasted[0, some], cause[some], SUMMARY_MONTHS, n_causes=len(CAUSES))
    effect = design_effect(found.influence, episodes.conflict_id[some])
    return grouped_endings(lasted, cause, member=member, design_effect=effect)


_done: OrderedDict[tuple[object, ...], tuple[Record, Calibration]] = OrderedDict()


def calibrated(record: Record, rng: np.random.Generator, *, wars: Wars = "type") -> Calibration:
    """The classes of wars that the played wars may come from, weighed by how other wars ended.

    Parameters
    ----------
    record : Record
        Its day decides what was known, its age what this war has lasted.
    rng : Generator
        Only its seed counts, so that studies of one assessment share one calibration.
    wars : {"type", "all"}
        Wars of this war's type, or all.

    Returns
    -------
    Calibration
        The prior where no other war could be coded by then.
    """
    entropy = rng.bit_generator.seed_seq.entropy  # type: ignore[attr-defined]
    key = (id(record), repr(entropy), wars)
    if key not in _done:
        own = np.random.default_rng(np.random.SeedSequence(entropy, spawn_key=(zlib.crc32(b"calibration"),)))
        found = calibrate(observed_endings(record, own, wars), lasted=record.days_at_war / MONTH_DAYS)
        _done[key] = (record, found)  # holds the record, so that its id is not given to another
        while len(_done) > _KEPT:
            _done.popitem(last=False)
    return _done[key][1]


# --- for the reader ---------------------------------------------------------------------------------------


def few_draws(found: Calibration) -> bool:
    """Whether so few draws carry the weight that quantiles are rough."""
    return found.effective_sample_size < _ENOUGH_DRAWS


def calibration_quantities(found: Calibration) -> dict[str, Quantity]:
    """How much each parameter was learnt, as ``calibration_contraction[name]``, and the draws behind it."""
    quantities: dict[str, Quantity] = {}
    n = max(1, round(float(found.observed.at_risk[0])))
    for name, ratio in zip(PARAMETERS, found.contraction, strict=True):
        key = f"calibration_contraction[{name}]"
        if ratio > NOT_LEARNT:
            quantities[key] = NotIdentified(
                Text(en=f"Not learnt: past endings leave {EN.percent(min(float(ratio), 1.0))} of the prior's spread.",
                     nl=f"Niet geleerd: vroegere eindes laten {NL.percent(min(float(ratio), 1.0))} van de spreiding vooraf over.")
            )  # fmt: skip
        else:
            quantities[key] = Reported(
                float(ratio), "this study", n, "posterior over prior standard deviation, grouped likelihood of endings",
                CITATION, n_of="other wars",
            )  # fmt: skip
    return quantities


def calibration_sentences(record: Record, found: Calibration, wars: Wars = "type") -> tuple[Text, ...]:
    """What was learnt from other wars and what was not."""
    n, effect = float(found.observed.at_risk[0]), found.observed.design_effect
    if n == 0:
        return (
            Text(en="No other war could be coded by then: the played wars rest on assumptions alone.",
                 nl="Geen andere oorlog was toen te coderen: de nagespeelde oorlogen rusten alleen op aannames."),
        )  # fmt: skip
    kind = TYPE_NAMES[record.war.type_of_conflict if wars == "type" else ""][0]
    learnt = [PARAMETER_NAMES[name] for name, yes in zip(PARAMETERS, found.learnt, strict=True) if yes]
    blank = [PARAMETER_NAMES[name] for name, yes in zip(PARAMETERS, found.learnt, strict=True) if not yes]
    told = [
        Text(en=f"The played wars are weighed by how {EN.number(round(n))} other {kind.en} ended"
             + (f" (they tell as much as {EN.number(round(n / effect))} that are unrelated)." if effect > 1.05 else "."),
             nl=f"De nagespeelde oorlogen zijn gewogen naar hoe {NL.number(round(n))} andere {kind.nl} eindigden"
             + (f" (zij zeggen zoveel als {NL.number(round(n / effect))} die los van elkaar staan)." if effect > 1.05 else "."))
    ]  # fmt: skip
    if learnt:
        told.append(Text(en=f"That narrows: {_listed(learnt, 'en')}.", nl=f"Dat vernauwt: {_listed(learnt, 'nl')}."))
    if blank:
        told.append(
            Text(en=f"Not learnt, so as assumed: {_listed(blank, 'en')}.",
                 nl=f"Niet geleerd, dus zoals aangenomen: {_listed(blank, 'nl')}.")
        )  # fmt: skip
    return tuple(told)


def _listed(names: list[Text], language: Literal["en", "nl"]) -> str:
    words = [name.in_language(language).split(" (")[0] for name in names]
    if len(words) == 1:
        return words[0]
    return ", ".join(words[:-1]) + (" and " if language == "en" else " en ") + words[-1]


def calibration_tables(found: Calibration, rng: np.random.Generator) -> tuple[Table, Table]:
    """What was learnt of each parameter; and whether the calibrated wars end as those observed did."""
    return _learnt_table(found), _check_table(found, found.predictive(rng))


def _learnt_table(found: Calibration) -> Table:
    from armistice.simulation.abc import weighted_quantiles

    low, middle, high = weighted_quantiles(found.theta, found.weights, [0.025, 0.5, 0.975])
    rows = []
    for k, name in enumerate(PARAMETERS):
        ratio = float(found.contraction[k])
        verdict = Text(en="not learnt", nl="niet geleerd") if ratio > NOT_LEARNT else Text(en="learnt", nl="geleerd")
        prior = Text(en=EN.span(PRIOR.lower[k], PRIOR.upper[k]), nl=NL.span(PRIOR.lower[k], PRIOR.upper[k]))
        posterior = Text(en=EN.span(low[k], high[k], significant=2), nl=NL.span(low[k], high[k], significant=2))
        rows.append((PARAMETER_NAMES[name], prior, float(middle[k]), posterior, ratio, verdict))
    return Table(
        "calibration-learnt",
        Text(en="What past endings teach the played wars", nl="Wat vroegere eindes de nagespeelde oorlogen leren"),
        (
            Text(en="of a kind of war", nl="van een soort oorlogen"), Text(en="assumed", nl="aangenomen"),
            Text(en="middle", nl="midden"), Text(en="95% of the weight", nl="95% van het gewicht"),
            Text(en="spread left", nl="spreiding die overblijft"), Text(en="", nl=""),
        ),
        tuple(rows),
        note=Text(
            en="Spread left: standard deviation after over before; above 0.9 counts as not learnt.",
            nl="Spreiding die overblijft: standaardafwijking na gedeeld door voor; boven 0,9 geldt als niet geleerd.",
        ),
    )  # fmt: skip


def _check_table(found: Calibration, predicted: ClassShares) -> Table:
    seen = found.observed.incidence()
    rows: list[tuple[Text | str | float | int | None, ...]] = []
    for k, cause in enumerate(CAUSE_NAMES):
        for j, months in enumerate(SUMMARY_MONTHS):
            if not found.observed.at_risk[j] > 0 or np.isnan(predicted.share[j, k]):
                continue
            inside = predicted.lower[j, k] <= seen[j, k] <= predicted.upper[j, k]
            span = Text(
                en=EN.percent_span(predicted.lower[j, k], predicted.upper[j, k]),
                nl=NL.percent_span(predicted.lower[j, k], predicted.upper[j, k]),
            )
            verdict = Text(en="yes", nl="ja") if inside else Text(en="no", nl="nee")
            shown = [
                Text(en=EN.percent(float(share)), nl=NL.percent(float(share)))
                for share in (seen[j, k], predicted.share[j, k])
            ]
            rows.append((cause, months, *shown, span, verdict))
    return Table(
        "calibration-check",
        Text(en="Do the calibrated wars end as other wars did?",
             nl="Eindigen de gekalibreerde oorlogen zoals andere oorlogen?"),
        (
            Text(en="ending", nl="einde"), Text(en="within months", nl="binnen maanden"),
            Text(en="other wars", nl="andere oorlogen"), Text(en="played wars", nl="nagespeelde oorlogen"),
            Text(en="95% of as many played wars", nl="95% van evenveel nagespeelde oorlogen"),
            Text(en="inside", nl="erbinnen"),
        ),
        tuple(rows),
        note=Text(en="The wars used to calibrate are those checked here: a check of the model's shape, not a forecast test.",
                  nl="De oorlogen waarmee gekalibreerd is, zijn die waarmee hier gecontroleerd wordt: dit toetst de vorm "
                  "van het model, niet de voorspelling."),
    )  # fmt: skip


def calibration_charts(found: Calibration, rng: np.random.Generator) -> tuple[Chart, ...]:
    """Endings of other wars against the calibrated played wars, by months since the start."""
    if not found.observed.at_risk[0] > 0:
        return ()
    predicted, seen = found.predictive(rng), found.observed.incidence()
    columns: dict[str, list[object]] = {"label": [], "value": [], "lower": [], "upper": [], "group": []}
    groups = (Text(en="played wars", nl="nagespeelde oorlogen"), Text(en="other wars", nl="andere oorlogen"))
    for k, cause in enumerate(CAUSE_NAMES):
        for j, months in enumerate(SUMMARY_MONTHS):
            if months not in _SHOWN or np.isnan(predicted.share[j, k]):
                continue
            label = Text(en=f"{cause.en}, {months} months", nl=f"{cause.nl}, {months} maanden")
            played = (predicted.share[j, k], predicted.lower[j, k], predicted.upper[j, k])
            for group, (value, low, high) in zip(groups, (played, (seen[j, k],) * 3), strict=True):
                columns["label"].append(label)
                columns["value"].append(float(value))
                columns["lower"].append(float(low))
                columns["upper"].append(float(high))
                columns["group"].append(group)
    return (
        Chart(
            "calibration-check",
            "intervals",
            Text(en="Played wars and other wars", nl="Nagespeelde oorlogen en andere oorlogen"),
            Text(en="The share of wars ended in each way, by months since their start: other wars, and as many played ones "
                 "(dot and range of 95%).",
                 nl="Het deel van de oorlogen dat zo eindigde, naar maanden sinds het begin: andere oorlogen, en evenveel "
                 "nagespeelde (stip en bereik van 95%)."),
            columns,
            Text(en="share of wars", nl="deel van de oorlogen"),
            Text(en="", nl=""),
        ),
    )  # fmt: skip
