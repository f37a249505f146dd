"""By when, and how, the war might end: history and simulation pooled.

Two methods that share no data speak of the same war. History is the endings model (:mod:`._endings_model`), learnt from other
wars. Simulation plays this war forward by the solved bargaining game (:mod:`._simulation_runs`). Their chances are pooled
month by month (:mod:`armistice.outlook.pool`), with weights learnt from wars whose end was known by the record's day and
drawn towards equal ones (:mod:`armistice.outlook.weights`). Intervals run over draws of the endings model, of the game's
assumptions, and of the weights.

The same is done for the record of a year before, with the same draws, so that "further away than a year ago?" has an answer
with an interval. `armistice track` does it for every month.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
from pydantic import Field

import armistice.studies._outlook_pages as pages
import armistice.studies._outlook_words as words
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity
from armistice.outlook.chances import Floats, incidence_by_month, monthly_from_incidence
from armistice.outlook.change import change_since
from armistice.outlook.weights import LearntWeights
from armistice.record.as_of import Record
from armistice.record.reference import CITATION, episodes_as_of
from armistice.record.reference_covariates import AGREEMENTS_CITATION
from armistice.studies._calibration import (
    calibrated,
    calibration_charts,
    calibration_quantities,
    calibration_sentences,
    calibration_tables,
)
from armistice.studies._endings_model import learn
from armistice.studies._outlook_methods import METHODS, Said, SimulationSaid, history_says, simulation_says
from armistice.studies._outlook_played import expected_deaths, foretold, front_fan
from armistice.studies._outlook_pooled import N_DRAWS, Pooled, learnt_weights, months_until_half, pool
from armistice.studies._outlook_ways import AHEAD, GRID, MONTHS, WAYS
from armistice.studies.study import Chart, Parameters, QuantitySpec, Study, StudyResult, Table
from armistice.text import EN, NL, Text
from armistice.units import DIFFERENCE

__all__ = ["STUDY", "OutlookParameters"]

_METHOD: Final = "endings model and solved bargaining games played forward, logarithmic pool; interval over draws of both and of weights"
#: What a method's ``n`` counts; of the pool, what history learnt from.
_OF: Final = {"history": "endings of other wars", "simulation": "wars played"}
_SOURCE: Final = f"{CITATION}; {AGREEMENTS_CITATION}; record and stated assumptions"
#: A comparison with a year ago needs this many days of war before that.
_LEAST_DAYS: Final = 90
_YEAR: Final = dt.timedelta(days=365)
#: Enough for one chance at one horizon.
_WARS_A_YEAR_AGO: Final = 48_000


class OutlookParameters(Parameters):
    """How much is played, and what is held fixed."""

    set: tuple[str, ...] = Field(
        default=(), description="An assumption, as name=value or name=low..high; may be given several times."
    )
    wars: int = Field(default=200_000, ge=100, le=100_000_000, description="Wars played forward in all.")
    draws: int = Field(default=24, ge=2, le=2000, description="Draws of the assumptions, each a game to solve.")
    precision: float = Field(
        default=100.0, gt=0, le=5000, description="Precision of choices: 1/precision is chosen 73 to 27."
    )
    level: float = Field(default=0.95, gt=0.5, lt=1, description="Coverage of the intervals.")
    year_ago: bool = Field(default=True, description="Compare with the record of a year before.")


def _run(record: Record, parameters: OutlookParameters, rng: np.random.Generator) -> StudyResult:
    if record.war.end is not None:
        day = record.war.end.date
        return StudyResult.lacking(
            NotObserved(
                Text(en=f"The war ended on {EN.date(day)}; `armistice backtest {record.war.id}` shows what it would have said.",
                     nl=f"De oorlog eindigde op {NL.date(day)}; `armistice backtest {record.war.id}` laat zien wat er gezegd zou zijn.")
            )
        )  # fmt: skip
    seed = seed_of(rng)
    learnt = learn(record, seed=seed)
    history = None if learnt is None else history_says(record, seed=seed, learnt=learnt)
    simulation = _simulate(record, parameters, seed)
    said, silent = _speaking(history, simulation)
    if not said:
        return StudyResult.lacking(NotIdentified(_both(silent)))
    weights = learnt_weights(record, seed)
    pooled = pool(said, weights, seed=seed)
    quantities = _quantities(said, pooled, weights, parameters.level, seed)
    tables: list[Table | None] = [pages.ways_table(pooled)]
    charts: list[Chart | None] = []
    deaths = None
    if isinstance(simulation, SimulationSaid):
        deaths = expected_deaths(simulation, pooled, level=parameters.level)
        fan = front_fan(simulation)
        charts.append(None if fan is None else pages.fan_chart(record, fan))
    quantities |= _deaths(deaths, simulation, parameters.level)
    if deaths is not None:
        tables.append(pages.deaths_table(record, deaths))
    day = record.as_of - _YEAR
    if parameters.year_ago and day >= record.war.start + dt.timedelta(days=_LEAST_DAYS):
        earlier = record.earlier(day)
        same = episodes_as_of(day, hindsight=record.hindsight) == episodes_as_of(
            record.as_of, hindsight=record.hindsight
        )
        before_history = history_says(earlier, seed=seed, learnt=learnt if same else None)
        before = _simulate(earlier, parameters, seed, wars=min(parameters.wars, _WARS_A_YEAR_AGO))
        quantities["change_in_a_year"] = _change(
            pooled, _speaking(before_history, before)[0], weights, seed, parameters
        )
        if isinstance(simulation, SimulationSaid) and isinstance(before, SimulationSaid):
            came = foretold(before, simulation.simulated.observed.share_a)
            tables.append(pages.check_table(came, record, day))
    else:
        quantities["change_in_a_year"] = words.no_year_ago(record)
    told = words.Told(record, quantities, pooled.methods, silent, weights)
    curves = {name: _curve(each, parameters.level, seed) for name, each in said.items()}
    curves = (
        {"pooled": pages.settled_curve(pooled.incidence, pooled.drawn, parameters.level)} | curves
        if len(said) > 1
        else curves
    )
    sentences, notes = words.sentences(told), words.caveats(told)
    sources: tuple[str, ...] = (CITATION, AGREEMENTS_CITATION)
    if isinstance(simulation, SimulationSaid):
        found, seen = calibrated(record, np.random.default_rng(seed)), simulation.simulated.seen
        quantities |= calibration_quantities(found)
        sentences = (*sentences, *calibration_sentences(record, found))
        tables += calibration_tables(found, np.random.default_rng(seed))
        charts += calibration_charts(found, np.random.default_rng(seed))
        notes, sources = (*notes, *seen.missing), (*sources, *seen.sources)
    return StudyResult(
        headline=words.headline(told),
        sentences=sentences,
        quantities=quantities,
        tables=tuple(
            each for each in (pages.settled_table(told), *tables, pages.weights_table(told)) if each is not None
        ),
        charts=tuple(each for each in (pages.curves_chart(told, curves), *charts) if each is not None),
        caveats=notes,
        sources=tuple(dict.fromkeys(sources)),
    )


def seed_of(rng: np.random.Generator) -> int:
    """The seed that an assessment was given, so that its studies share games and random numbers."""
    entropy = rng.bit_generator.seed_seq.entropy  # type: ignore[attr-defined]
    return int(entropy if isinstance(entropy, int) else rng.integers(2**31))


def _simulate(
    record: Record, parameters: OutlookParameters, seed: int, *, wars: int | None = None
) -> SimulationSaid | Text:
    return simulation_says(
        record,
        seed=seed,
        wars=wars or parameters.wars,
        draws=parameters.draws,
        precision=parameters.precision,
        set=parameters.set,
    )


def _speaking(history: Said | None, simulation: SimulationSaid | Text) -> tuple[dict[str, Said], dict[str, Text]]:
    """What the methods say, and why the others say nothing."""
    said: dict[str, Said] = {}
    silent: dict[str, Text] = {}
    if history is None:
        silent["history"] = Text(
            en="No other conflict had ended and been coded by then, so history has nothing to say.",
            nl="Geen ander conflict was toen geëindigd en te coderen; de geschiedenis heeft dus niets te zeggen.",
        )
    else:
        said["history"] = history
    if isinstance(simulation, Text):
        silent["simulation"] = simulation
    else:
        said["simulation"] = simulation.said
    return said, silent


def _both(silent: dict[str, Text]) -> Text:
    return Text(en=" ".join(each.en for each in silent.values()), nl=" ".join(each.nl for each in silent.values()))


def _estimate(
    value: float, draws: Floats, level: float, n: int, *, unit: str, n_of: str, method: str = _METHOD
) -> Estimate:
    # Draws may be infinite (beyond the months looked ahead), so bounds are order statistics.
    lower = float(np.quantile(draws, (1 - level) / 2, method="lower"))
    upper = float(np.quantile(draws, (1 + level) / 2, method="higher"))
    return Estimate(
        value,
        min(lower, value),
        max(upper, value),
        level=level,
        n=n,
        method=method,
        source=_SOURCE,
        unit=unit,
        n_of=n_of,
    )


def _curve(said: Said, level: float, seed: int) -> Floats:
    """Chance of a settlement by month as one method has it."""
    by_month = incidence_by_month(monthly_from_incidence(said.incidence, GRID))
    drawn = incidence_by_month(monthly_from_incidence(said.drawn, GRID))
    return pages.settled_curve(by_month, drawn[said.picked(N_DRAWS, seed)], level)


def _quantities(
    said: dict[str, Said], pooled: Pooled, weights: LearntWeights, level: float, seed: int
) -> dict[str, Quantity]:
    n, n_of = next((each.n, _OF[name]) for name, each in said.items())
    found: dict[str, Quantity] = {}
    for months in AHEAD:
        found[f"settled_within[{months}]"] = _estimate(
            pooled.settled(months), pooled.settled_draws(months), level, n, unit="probability", n_of=n_of
        )
        found[f"ends_within[{months}]"] = _estimate(
            float(pooled.incidence[months - 1].sum()),
            pooled.ended_draws(months),
            level,
            n,
            unit="probability",
            n_of=n_of,
        )
    for months in (12, 60):
        for w, way in enumerate(WAYS):
            found[f"way_within_{months}_months[{way}]"] = _estimate(
                float(pooled.incidence[months - 1, w]),
                pooled.drawn[:, months - 1, w],
                level,
                n,
                unit="probability",
                n_of=n_of,
            )
    for name, each in said.items():
        curve = _curve(each, level, seed)
        for months in AHEAD:
            value, lower, upper = (float(number) for number in curve[months - 1])
            found[f"{name}_settled_within[{months}]"] = Estimate(
                value, lower, upper, level=level, n=each.n, n_of=_OF[name],
                method=f"{name} alone; interval over its draws", source=_SOURCE, unit="probability",
            )  # fmt: skip
    if len(said) > 1:
        for m, name in enumerate(METHODS):
            found[f"weight[{name}]"] = _estimate(
                float(weights.weights[m]), weights.drawn[:, m], level, len(weights.wars), unit="", n_of="wars learnt from",
                method="least log score, drawn towards equal weights; wars resampled with one imaginary war",
            )  # fmt: skip
    half = float(months_until_half(pooled.incidence))
    ends = found[f"ends_within[{MONTHS}]"]
    assert isinstance(ends, Estimate)
    found["median_months_left"] = (
        words.beyond(level, ends)
        if np.isinf(half)
        else _estimate(half, months_until_half(pooled.drawn), level, n, unit="months", n_of=n_of)
    )
    return found


def _deaths(deaths: Floats | None, simulation: SimulationSaid | Text, level: float) -> dict[str, Quantity]:
    keys = [f"deaths_within[{months}]" for months in AHEAD]
    if deaths is None or isinstance(simulation, Text):
        return dict.fromkeys(keys, words.no_deaths(simulation if isinstance(simulation, Text) else None))
    found: dict[str, Quantity] = {}
    for i, key in enumerate(keys):
        value, lower, upper = (float(number) for number in deaths[i, 2])
        found[key] = Estimate(
            value, lower, upper, level=level, n=simulation.said.n, n_of="wars played", unit="persons",
            method="deaths a month in the simulation, over the pooled chance that the war goes on; interval over draws",
            source="record: claims about losses",
        )  # fmt: skip
    return found


def _change(
    now: Pooled, said: dict[str, Said], weights: LearntWeights, seed: int, parameters: OutlookParameters
) -> Quantity:
    """Chance of a settlement within 12 months, now less a year ago, draw by draw and with the same weights."""
    missing = [name for name in now.methods if name not in said]
    if missing:
        return NotObserved(
            Text(
                en="The record of a year ago lacks what a comparison needs, so whether a settlement is further away now is not known.",
                nl="In het dossier van een jaar geleden ontbreekt wat een vergelijking vraagt; of een regeling nu verder weg is, is niet bekend.",
            )
        )
    then = pool({name: said[name] for name in now.methods}, weights, seed=seed)
    found = change_since(
        [then.settled(), now.settled()], np.stack([then.settled_draws(), now.settled_draws()]), level=parameters.level
    )
    return Estimate(
        found.value, found.lower, found.upper, level=parameters.level, n=len(now.drawn), n_of="draws", unit=DIFFERENCE,
        method="chance of a settlement within 12 months, now less a year ago; same draws, same weights", source=_SOURCE,
    )  # fmt: skip


_WITHIN: Final = Text(en="within so many months", nl="binnen zoveel maanden")
STUDY: Final = Study(
    name="outlook",
    order=5,
    title=Text(en="Outlook", nl="Vooruitzicht"),
    question=Text(en="By when, and how, might this war end?", nl="Wanneer, en hoe, zou deze oorlog kunnen eindigen?"),
    needs=Text(
        en="Nothing but the war's start and type; a front, talks, losses and patrons let it be played forward too.",
        nl="Niet meer dan begin en type van de oorlog; met front, gesprekken, verliezen en beschermheren is die ook vooruit te spelen.",
    ),
    parameters=OutlookParameters,
    quantities={
        "settled_within": QuantitySpec(
            Text(en=f"chance of an armistice or peace agreement {_WITHIN.en}",
                 nl=f"kans op een wapenstilstand of vredesakkoord {_WITHIN.nl}"), per="months"),
        "ends_within": QuantitySpec(
            Text(en=f"chance that it ends in any way {_WITHIN.en}", nl=f"kans dat zij hoe dan ook eindigt {_WITHIN.nl}"),
            per="months"),
        "way_within_12_months": QuantitySpec(
            Text(en="chance that it ends this way within 12 months", nl="kans dat zij binnen 12 maanden zo eindigt"), per="way"),
        "way_within_60_months": QuantitySpec(
            Text(en="chance that it ends this way within 60 months", nl="kans dat zij binnen 60 maanden zo eindigt"), per="way"),
        "history_settled_within": QuantitySpec(
            Text(en=f"history alone: chance of a settlement {_WITHIN.en}",
                 nl=f"geschiedenis alleen: kans op een regeling {_WITHIN.nl}"), per="months"),
        "simulation_settled_within": QuantitySpec(
            Text(en=f"simulation alone: chance of a settlement {_WITHIN.en}",
                 nl=f"simulatie alleen: kans op een regeling {_WITHIN.nl}"), per="months"),
        "weight": QuantitySpec(Text(en="weight in the pool", nl="gewicht in het geheel"), per="method"),
        "median_months_left": QuantitySpec(
            Text(en="months within which an end in any way is as likely as not",
                 nl="maanden waarbinnen een einde, hoe dan ook, even waarschijnlijk is als niet")),
        "deaths_within": QuantitySpec(
            Text(en=f"expected further deaths {_WITHIN.en}", nl=f"te verwachten verdere doden {_WITHIN.nl}"), per="months"),
        "calibration_contraction": QuantitySpec(
            Text(en="how much past endings narrow a parameter of the played wars: spread after over spread before",
                 nl="hoezeer vroegere eindes een parameter van de nagespeelde oorlogen vernauwen: spreiding na gedeeld door voor"),
            per="parameter"),
        "change_in_a_year": QuantitySpec(
            Text(en="chance of a settlement within 12 months, now less a year ago",
                 nl="kans op een regeling binnen 12 maanden, nu min een jaar geleden")),
    },
    run=_run,
)  # fmt: skip
