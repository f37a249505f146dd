"""Which past wars does this one resemble, as they stood in the same month, and what happened next in them.

Estimand: none beyond the table. The wars of :mod:`armistice.record.profiles` were chosen as company for a long war with a
settlement, so that distances order these wars and say nothing of how often wars end so. Estimator: Gower's distance over
what is known of both wars in the same month; the range of ranks is that under other weights of the features and with the
unknown cells filled in. Whether the nearest wars foretell endings at all is tried on the table itself, each war left out
in turn, and told whatever comes out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import Field

from armistice.errors import ParameterError
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity
from armistice.history import Distances, LeaveOneOut, RankRange, gower_distances, leave_one_out, rank_ranges
from armistice.record.as_of import Record
from armistice.record.profiles import MONTH_DAYS, Profile, profiles_of_others
from armistice.studies import _analogues_pages as pages
from armistice.studies import _analogues_words as words
from armistice.studies._analogues_features import FEATURES, describe, describe_record
from armistice.studies.study import Parameters, QuantitySpec, Study, StudyResult
from armistice.text import Text

__all__ = ["STUDY", "AnaloguesParameters", "Comparison", "Foretold", "foretell"]

SOURCE: Final = "table of war profiles of this package, each row with its source"
#: Months of a war in which the trial describes it.
_LANDMARKS: Final = (6, 12, 24, 36)
_SETTLED: Final = ("armistice", "ceasefire", "peace_agreement")
#: Wars without which a trial is not worth printing.
_FEWEST: Final = 12
#: Of either answer: with one or two wars of the rarer, the interval over wars is too narrow to be believed.
_FEWEST_OF_EACH: Final = 3
QUESTIONS: Final = ("settled", "ends_within_12_months")
#: Wars' worth of the share among all others that the steadier of the two forecasts adds to the nearest.
_SHRINK: Final = 5.0


class AnaloguesParameters(Parameters):
    """What is compared, and how firm the order is."""

    nearest: int = Field(default=5, ge=1, le=20, description="Nearest wars to describe.")
    features: tuple[str, ...] = Field(
        default=(), description="Compare on this feature only (may be given several times); all by default."
    )
    min_known_share: float = Field(
        default=0.5, gt=0, lt=1, description="Share of the features that must be known of a war to rank it."
    )
    draws: int = Field(default=1000, ge=50, le=20000, description="Draws of weights and of unknown cells.")
    level: float = Field(default=0.95, gt=0.5, lt=1, description="Share of the draws that the range of ranks holds.")


@dataclass(frozen=True, eq=False)
class Comparison:
    """The war beside the past wars: everything that tables, charts and sentences are made of.

    Parameters
    ----------
    profiles : tuple of Profile
        Past wars, cut at the record's day.
    months : ndarray of float64, shape (n_wars,)
        The month in which each is described.
    war : ndarray of float64, shape (n_features,)
    past : ndarray of float64, shape (n_wars, n_features)
    used : ndarray of int64, shape (n_used,)
        Features compared on: known of this war and of some past one.
    origin : dict
        By feature: from the record, or from the table.
    distances : Distances
        Over the used features.
    ranges : RankRange
    """

    profiles: tuple[Profile, ...]
    month: float
    months: npt.NDArray[np.float64]
    war: npt.NDArray[np.float64]
    past: npt.NDArray[np.float64]
    used: npt.NDArray[np.int64]
    origin: dict[str, str]
    distances: Distances
    ranges: RankRange

    @property
    def n_ranked(self) -> int:
        """Past wars of which enough is known."""
        return int((~np.isnan(self.distances.rank)).sum())

    def nearest(self, n: int) -> list[int]:
        """Positions of the nearest ranked wars, nearest first."""
        order = np.argsort(np.where(np.isnan(self.distances.rank), np.inf, self.distances.rank), kind="stable")
        return [int(i) for i in order[: min(n, self.n_ranked)]]

    def position(self, key: str) -> int | None:
        """Where a war stands in the arrays, by its key."""
        return next((i for i, profile in enumerate(self.profiles) if profile.key == key), None)


@dataclass(frozen=True, slots=True)
class Foretold:
    """One trial of the nearest wars: question, month, and the result of each of the two forecasts."""

    question: str
    month: int
    nearest: LeaveOneOut
    steadier: LeaveOneOut


def _compared(
    record: Record, parameters: AnaloguesParameters, rng: np.random.Generator
) -> Comparison | NotIdentified:
    profiles = profiles_of_others(record)
    if not profiles:
        return NotIdentified(words.no_war_before(record))
    month = record.days_at_war / MONTH_DAYS
    seen = [math.inf if record.hindsight else (record.as_of - p.start).days / MONTH_DAYS for p in profiles]
    months = np.array([min(month, p.end_month, last) for p, last in zip(profiles, seen, strict=True)])
    past = np.array([describe(p, m) for p, m in zip(profiles, months.tolist(), strict=True)])
    war, origin = describe_record(record)
    used = _used(parameters.features, war, past)
    weights = np.array([FEATURES[i].weight for i in used])
    distances = gower_distances(
        war[used], past[:, used], weights=weights, names=[FEATURES[i].id for i in used],
        min_known_share=parameters.min_known_share,
    )  # fmt: skip
    ranked = ~np.isnan(distances.rank)
    if not ranked.any():
        return NotIdentified(words.too_little_known(record))
    ranges = rank_ranges(
        war[used], past[:, used], rng=rng, weights=weights, ranked=ranked, n_draws=parameters.draws,
        level=parameters.level,
    )  # fmt: skip
    return Comparison(profiles, month, months, war, past, used, origin, distances, ranges)


def _used(
    asked: tuple[str, ...], war: npt.NDArray[np.float64], past: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Features to compare on. Those that are asked for by name must exist and be known somewhere."""
    known = [feature.id for feature in FEATURES]
    unknown = [name for name in asked if name not in known]
    if unknown:
        raise ParameterError(f"No feature is called {unknown[0]!r}; there are: {', '.join(known)}.")
    if asked:
        blank = [name for name in asked if math.isnan(war[known.index(name)])]
        if blank:
            raise ParameterError(
                f"Feature {blank[0]!r} is not known of this war; leave it out, or fill in the record."
            )
        return np.array([i for i, name in enumerate(known) if name in asked])
    return np.flatnonzero(~np.isnan(war) & ~np.isnan(past).all(axis=0))


def foretell(profiles: tuple[Profile, ...], month: int, *, question: str, k: int = 5) -> Foretold | None:
    """Whether the nearest wars foretell an ending better than all others do, each war left out in turn.

    Parameters
    ----------
    profiles : tuple of Profile
        Those that have ended are used, if they lasted beyond ``month``.
    month : int
        Month of each war in which it is described.
    question : {"settled", "ends_within_12_months"}
        An armistice, ceasefire or agreement rather than a victory or fading; or an end within the next 12 months.
    k : int

    Returns
    -------
    Foretold or None
        None with fewer than twelve such wars, or fewer than three that went either way.
    """
    chosen: list[tuple[Profile, bool]] = []
    for profile in profiles:
        if profile.end is None or profile.end_month <= month:
            continue
        how = profile.cell("how_ended", math.inf)
        if question == "settled" and how is None:
            continue
        settled = how is not None and how.value in _SETTLED
        chosen.append((profile, settled if question == "settled" else profile.end_month <= month + 12))
    came = [happened for _, happened in chosen]
    if len(chosen) < max(_FEWEST, k + 2) or min(sum(came), len(came) - sum(came)) < _FEWEST_OF_EACH:
        return None
    table = np.array([describe(profile, month) for profile, _ in chosen])
    weights = np.array([feature.weight for feature in FEATURES])
    alone, mixed = (
        leave_one_out(table, came, k=k, shrink=shrink, weights=weights, min_known_share=0.3)
        for shrink in (0.0, _SHRINK)
    )
    return Foretold(question, month, alone, mixed)


def _run(record: Record, parameters: AnaloguesParameters, rng: np.random.Generator) -> StudyResult:
    found = _compared(record, parameters, rng)
    if isinstance(found, NotIdentified):
        return StudyResult.lacking(found)
    trials = [
        trial
        for question in QUESTIONS
        for month in _LANDMARKS
        if (trial := foretell(found.profiles, month, question=question, k=parameters.nearest)) is not None
    ]
    nearest = found.nearest(parameters.nearest)
    korea = found.position("korea")
    shown = nearest if korea is None or korea in nearest else [*nearest, korea]
    return StudyResult(
        sentences=words.sentences(record, found, nearest, korea, trials),
        quantities={**_ranks(found, parameters), **_skills(found, trials)},
        tables=(
            pages.nearest_table(found, shown),
            pages.features_table(record, found, shown),
            pages.timeline_table(record, found, shown),
            pages.ranks_table(found),
            *pages.trials_tables(trials),
        ),
        charts=(pages.timeline_chart(record, found, shown), pages.ranks_chart(found, shown)),
        caveats=words.caveats(record, found),
        sources=(SOURCE,),
    )


def _ranks(found: Comparison, parameters: AnaloguesParameters) -> dict[str, Quantity]:
    quantities: dict[str, Quantity] = {}
    tail = (1 - parameters.level) / 2
    how = f"Gower's distance in month {found.month:.1f} over {len(found.used)} features"
    for i, profile in enumerate(found.profiles):
        rank, distance = float(found.distances.rank[i]), float(found.distances.distance[i])
        if math.isnan(rank):
            reason = NotIdentified(words.not_ranked(profile, float(found.distances.known_share[i])))
            quantities[f"distance_rank[{profile.key}]"] = quantities[f"distance[{profile.key}]"] = reason
            continue
        low, high = (float(x) for x in np.quantile(found.ranges.distance[:, i], [tail, 1 - tail]))
        for name, value, lower, upper in (
            ("distance_rank", rank, float(found.ranges.lower[i]), float(found.ranges.upper[i])),
            ("distance", distance, low, high),
        ):
            quantities[f"{name}[{profile.key}]"] = Estimate(
                value, min(lower, value), max(upper, value), level=parameters.level, n=found.n_ranked,
                n_of="past wars", source=SOURCE, method=f"{how}; range over {parameters.draws} draws of the weights "
                "(Dirichlet) and of unknown cells",
            )  # fmt: skip
    return quantities


def _skills(found: Comparison, trials: list[Foretold]) -> dict[str, Quantity]:
    """Skill at the landmark nearest to, and not beyond, the war's own month, for which there is a trial."""
    quantities: dict[str, Quantity] = {}
    for question in QUESTIONS:
        those = [trial for trial in trials if trial.question == question and trial.month <= found.month] or [
            trial for trial in trials if trial.question == question
        ][:1]
        if not those:
            quantities[f"leave_one_out_skill[{question}]"] = NotObserved(words.NO_TRIAL)
            continue
        trial = those[-1]
        result = trial.nearest
        quantities[f"leave_one_out_skill[{question}]"] = Estimate(
            result.skill, result.lower, result.upper, level=result.level, n=result.n, n_of="past wars", source=SOURCE,
            method=f"1 - Brier score of the nearest wars / of all others, month {trial.month}; jackknife over wars",
        )  # fmt: skip
    return quantities


STUDY: Final = Study(
    name="analogues",
    order=15,
    title=Text(en="Wars that resemble this one", nl="Oorlogen die op deze lijken"),
    question=Text(
        en="Which past wars does this one resemble, as they stood in the same month, and what happened next in them?",
        nl="Op welke oorlogen lijkt deze, zoals die er in dezelfde maand voor stonden, en hoe ging het daar verder?",
    ),
    needs=Text(
        en="Talks, leaders, front and supporters of the war, as far as the folder has them; what is unknown stays so.",
        nl="Gesprekken, leiders, front en steun van buiten, voor zover de map die heeft; wat onbekend is, blijft dat.",
    ),
    parameters=AnaloguesParameters,
    quantities={
        "distance_rank": QuantitySpec(
            Text(en="place among past wars, 1 being the most alike",
                 nl="plaats onder eerdere oorlogen; 1 lijkt het meest"), per="war"),
        "distance": QuantitySpec(
            Text(en="distance, from 0 (alike in all that is known) to 1",
                 nl="afstand, van 0 (gelijk in al wat bekend is) tot 1"), per="war"),
        "leave_one_out_skill": QuantitySpec(
            Text(en="gain of forecasts from the nearest wars over the share among all (below 0: worse)",
                 nl="winst van voorspellingen uit de naaste oorlogen op het aandeel onder alle (onder 0: slechter)"),
            per="question"),
    },
    run=_run,
)  # fmt: skip
