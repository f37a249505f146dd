"""The assessment: every study run on one record, the claims judged, and five lines that answer.

>>> import armistice as arm                                                       # doctest: +SKIP
>>> arm.assess(arm.load_war("ukraine").as_of("2025-06-03"), seed=1).answer[0].en   # doctest: +SKIP
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from threadpoolctl import threadpool_limits

import armistice
from armistice.claims import ClaimVerdict, judge, read_claims
from armistice.errors import ParameterError
from armistice.record.as_of import Record
from armistice.record.coverage import Coverage, coverage
from armistice.record.schema import Source, War
from armistice.studies import all_studies
from armistice.studies.study import Parameters, Study, StudyResult
from armistice.text import EN, NL, Text

__all__ = ["SCHEMA_VERSION", "Assessment", "StudyOutcome", "assess", "run_study"]

#: Raised when a field is renamed, removed or changes its meaning; added fields keep it.
SCHEMA_VERSION: Final = 1

_LINES_ON_THE_FIRST_SCREEN: Final = 5
#: The studies that answer "how far, and what would bring it nearer" most directly; others stand further down the page.
_SPEAK_FIRST: Final = ("outlook", "front-line", "deals", "bargain")


@dataclass(frozen=True, slots=True)
class StudyOutcome:
    """A study, the parameters it ran with, and what it found."""

    study: Study
    parameters: Parameters
    result: StudyResult

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "title": self.study.title.to_json(),
            "question": self.study.question.to_json(),
            "parameters": self.parameters.model_dump(mode="json"),
            **self.result.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the studies make of a war, as known on one day.

    Parameters
    ----------
    record : Record
        What was known.
    seed : int
        With the same record and seed, :meth:`to_json_text` is the same to the last byte.
    answer : tuple of Text
        Five lines for a reader in a hurry.
    studies : mapping of str to StudyOutcome
        By name, in the order of the report.
    claims : tuple of ClaimVerdict
    coverage : Coverage
        What the record holds and what it lacks.
    """

    record: Record
    seed: int
    answer: tuple[Text, ...]
    studies: Mapping[str, StudyOutcome]
    claims: tuple[ClaimVerdict, ...]
    coverage: Coverage

    @property
    def war(self) -> War:
        """The war, without an end that was not known yet."""
        return self.record.war

    @property
    def sources(self) -> Mapping[str, Source]:
        """Where the record's figures come from, by key."""
        return self.record.sources

    def to_json(self) -> dict[str, Any]:
        """Plain data that follow the published JSON Schema."""
        record, war = self.record, self.record.war
        return {
            "schema_version": SCHEMA_VERSION,
            "armistice_version": armistice.__version__,
            "war": {
                "id": war.id,
                "names": war.names.to_json(),
                "start": war.start.isoformat(),
                "as_of": record.as_of.isoformat(),
                "days_at_war": record.days_at_war,
                "end": None
                if war.end is None
                else {"date": war.end.date.isoformat(), "outcome": war.end.outcome, "source": war.end.source},
            },
            "seed": self.seed,
            "hindsight": record.hindsight,
            "answer": [line.to_json() for line in self.answer],
            "studies": {name: outcome.to_json() for name, outcome in self.studies.items()},
            "claims": [verdict.to_json() for verdict in self.claims],
            "coverage": self.coverage.to_json(),
            "sources": {
                key: {
                    "title": source.title,
                    "licence": source.licence,
                    "citation": source.citation,
                    "url": source.url,
                }
                for key, source in self.sources.items()
            },
        }

    def to_json_text(self) -> str:
        """The assessment as JSON text."""
        return json.dumps(self.to_json(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def assess(
    record: Record,
    *,
    seed: int = 1,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    on_progress: Callable[[Study], None] | None = None,
    on_outcome: Callable[[StudyOutcome], None] | None = None,
) -> Assessment:
    """Run every study on a record and judge its claims.

    Parameters
    ----------
    record : Record
        From ``load_war(...).as_of(...)``.
    seed : int
        Each study draws from a stream of its own, so that adding a study does not change the others.
    parameters : mapping of str to mapping, optional
        By study name, parameters that differ from their defaults.
    on_progress : callable, optional
        Called with each study before it runs.
    on_outcome : callable, optional
        Called with each study and its result after it ran.

    Returns
    -------
    Assessment

    Raises
    ------
    ParameterError
        If the seed is negative or ``parameters`` names a study that does not exist.
    """
    studies = all_studies()
    unknown = sorted(set(parameters or {}) - {study.name for study in studies})
    if unknown:
        raise ParameterError(f"No study is called {unknown[0]!r}; there are: {', '.join(s.name for s in studies)}.")
    outcomes: dict[str, StudyOutcome] = {}
    for study in studies:
        if on_progress is not None:
            on_progress(study)
        outcomes[study.name] = run_study(study, record, seed=seed, **(parameters or {}).get(study.name, {}))
        if on_outcome is not None:
            on_outcome(outcomes[study.name])
    claims = judge(
        read_claims(record.claims_toml), record, {name: outcome.result for name, outcome in outcomes.items()}
    )
    return Assessment(record, seed, _answer(outcomes, claims), outcomes, claims, coverage(record))


def run_study(study: Study, record: Record, *, seed: int = 1, **parameters: Any) -> StudyOutcome:
    """One study on a record; ``parameters`` that are not given keep their defaults."""
    if seed < 0:
        raise ParameterError(f"seed must be 0 or more, got {seed}.")
    chosen = study.parameters(**parameters)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(study.name.encode()),)))
    # One thread: the matrices are small, so that more threads only wait for one another (eightfold on a busy machine),
    # and sums then come out the same whatever the number of cores.
    with threadpool_limits(limits=1):
        return StudyOutcome(study, chosen, study.run(record, chosen, rng))


def _answer(outcomes: Mapping[str, StudyOutcome], claims: tuple[ClaimVerdict, ...]) -> tuple[Text, ...]:
    """The first screen: a line for each of the studies that answer most directly, the last one for the claims.

    Where one of them has nothing to say it says so; where one does not exist, the next study in order speaks.
    """
    lines: list[Text] = []
    first = [name for name in _SPEAK_FIRST if name in outcomes]
    for outcome in (outcomes[name] for name in [*first, *(name for name in outcomes if name not in first)]):
        if outcome.result.headline is not None:
            lines.append(outcome.result.headline)
        elif outcome.result.reason is not None:
            title, why = outcome.study.title, outcome.result.reason
            lines.append(Text(en=f"{title.en}: {why.en}", nl=f"{title.nl}: {why.nl}"))
    return (*lines[: _LINES_ON_THE_FIRST_SCREEN - 1], _limits(claims, _change(outcomes)))


def _change(outcomes: Mapping[str, StudyOutcome]) -> Text | None:
    """What the outlook says of a year ago, where it has a say."""
    from armistice.studies._outlook_words import change_sentence

    found = outcomes.get("outlook")
    return None if found is None else change_sentence(found.result.quantities)


def _limits(claims: tuple[ClaimVerdict, ...], change: Text | None) -> Text:
    """How many statements hold, and whether a settlement is further away than a year ago."""
    further = change or Text(
        en="Whether a settlement is further away than a year ago is not known.",
        nl="Of een regeling verder weg is dan een jaar geleden, is niet bekend.",
    )
    if not claims:
        return further
    count = {verdict: sum(claim.verdict == verdict for claim in claims) for verdict in ("supported", "contradicted")}
    waiting = sum(claim.verdict in ("not_yet_assessed", "not_testable") for claim in claims)
    rest = len(claims) - sum(count.values()) - waiting
    return Text(
        en=f"{further.en} Of {EN.number(len(claims))} statements about this war, {count['supported']} are supported, "
        f"{count['contradicted']} contradicted, {rest} undecided on this record and {waiting} not assessed.",
        nl=f"{further.nl} Van {NL.number(len(claims))} uitspraken over deze oorlog zijn er {count['supported']} ondersteund, "
        f"{count['contradicted']} weersproken, {rest} op dit dossier onbeslist en {waiting} niet beoordeeld.",
    )
