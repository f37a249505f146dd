"""Phases: has the war entered a new phase, when, and how sure is that?

Weekly logs of front movement, of each side's strikes and of losses, asked twice: a hidden Markov model
(:mod:`armistice.escalation.regimes`) says whether the war is in another phase than a year ago, and change points
(:mod:`armistice.escalation.change_points`) say when the level changed. The first is wary of gradual growth, the second
misses next to no change but takes fast growth for one; "no new phase" is said only where neither sees any.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from pydantic import Field

import armistice.studies._phases_pages as pages
import armistice.studies._phases_words as words
from armistice.errors import DataError
from armistice.escalation.change_points import Steps, find_steps
from armistice.escalation.regimes import LEAST_WEEKS, PhaseChange, Phases, RegimeSettings, find_phases, phase_changes
from armistice.escalation.windows import FloatArray
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity, Reported
from armistice.record.as_of import Record
from armistice.studies._phases_weeks import Column, last_day, weekly_columns
from armistice.studies.study import Parameters, QuantitySpec, Study, StudyResult
from armistice.text import Text

__all__ = ["STUDY", "PhasesParameters"]

_DRAWS_LEFT_OUT: Final = 30
_NONE: Final = Text(
    en=f"Phases need a daily count of strikes or losses, or a front on record often, over at least {LEAST_WEEKS} weeks.",
    nl=f"Fasen vragen een dagelijkse telling van aanvallen of verliezen, of een vaak waargenomen front, over ten minste "
    f"{LEAST_WEEKS} weken.",
)


class PhasesParameters(Parameters):
    """What counts as a phase."""

    most_phases: int = Field(default=3, ge=2, le=4, description="The most phases that are tried.")
    phase_weeks: float = Field(default=26.0, ge=8, le=104, description="Weeks that a phase lasts on average.")
    recent_weeks: int = Field(default=4, ge=1, le=12, description="Last weeks, compared with the same a year before.")
    draws: int = Field(default=60, ge=20, le=2000, description="Bootstrap samples for the interval.")


def _run(record: Record, parameters: PhasesParameters, rng: np.random.Generator) -> StudyResult:
    last = last_day(record)
    columns, dropped = ([], []) if last is None else weekly_columns(record, last)
    if last is None or not columns:
        reason = NotObserved(_NONE)
        return StudyResult.lacking(reason)
    panel = np.column_stack([column.values for column in columns])
    settings = RegimeSettings(
        most_phases=parameters.most_phases,
        phase_weeks=parameters.phase_weeks,
        recent_weeks=parameters.recent_weeks,
        n_draws=parameters.draws,
    )
    try:
        found = find_phases(panel, rng, settings)
    except DataError:
        return StudyResult.lacking(NotIdentified(_NONE))
    steps = find_steps(panel)
    without = _left_out(columns, panel, settings, rng)
    weeks = [last - dt.timedelta(days=7 * (len(panel) - 1 - i) + 6) for i in range(len(panel))]
    names = words.phase_names(found.best, columns)
    changes = phase_changes(found.best)
    sources = sorted({column.source for column in columns})
    return StudyResult(
        headline=words.headline(found, steps, last),
        sentences=(
            *words.sentences(found, names, changes, weeks),
            words.steps_sentence(steps, weeks),
            *words.rests_on(found, without),
            *words.late_series(columns, weeks),
            *dropped,
        ),
        quantities=_quantities(found, steps, changes, panel, ", ".join(sources)),
        tables=(
            pages.fits_table(found),
            pages.levels_table(found.best, names, columns),
            pages.changes_table(changes, names, weeks),
            pages.steps_table(steps, columns, weeks),
            pages.sensitivity_table(found, without),
        ),
        charts=() if len(names) < 2 else (pages.ribbon(found.best, names, weeks),),
        caveats=words.CAVEATS,
        sources=tuple(sources),
    )


def _left_out(
    columns: Sequence[Column], panel: FloatArray, settings: RegimeSettings, rng: np.random.Generator
) -> list[tuple[Text, Phases]]:
    """The answer without each column in turn."""
    if len(columns) < 2:
        return []
    quick = replace(settings, n_draws=min(settings.n_draws, _DRAWS_LEFT_OUT))
    return [(column.names, find_phases(np.delete(panel, i, axis=1), rng, quick)) for i, column in enumerate(columns)]


def _quantities(
    found: Phases, steps: Steps, changes: Sequence[PhaseChange], panel: FloatArray, source: str
) -> dict[str, Quantity]:
    n_weeks = len(panel)
    made: dict[str, Quantity] = {
        "new_phase_probability": Estimate(
            found.new_phase, found.lower, found.upper, level=0.95, n=n_weeks, n_of="weeks", source=source, unit="probability",
            method="hidden Markov model with inertia, averaged by BIC over numbers of phases and gradual drift; parametric bootstrap",
        ),
        "level_changed_probability": Estimate(
            steps.last_year, steps.lower, steps.upper, level=0.95, n=n_weeks, n_of="weeks", source=source, unit="probability",
            method="change points by exact recursions, weighed against drift; the span is that over one change in one, two or four years",
        ),
        "n_phases": Reported(
            1.0 if found.drift_weight > found.weights.max() else float(len(found.best.levels)), "computed here", n_weeks, "lowest BIC", source, unit="phases", n_of="weeks"
        ),
    }  # fmt: skip
    without_phases = found.drift_weight + float(found.weights[0])
    if changes and without_phases <= 0.5:
        change = changes[-1]
        made["weeks_in_phase"] = Estimate(
            float(n_weeks - change.week), float(n_weeks - max(change.latest, change.week)),
            float(n_weeks - min(change.earliest, change.week)), level=0.95, n=n_weeks, n_of="weeks", source=source, unit="weeks",
            method="weeks since the likeliest phase last changed; from surely the old to surely the new phase",
        )  # fmt: skip
    else:
        made["weeks_in_phase"] = NotIdentified(
            Text(
                en="No change of phase is told apart in these weeks.",
                nl="In deze weken is geen overgang te onderscheiden.",
            )
        )
    return made


STUDY = Study(
    name="phases",
    order=47,
    title=Text(en="Phases of the war", nl="Fasen van de oorlog"),
    question=Text(
        en="Has the war entered a new phase, when, and how sure is that?",
        nl="Is de oorlog een nieuwe fase ingegaan, wanneer, en hoe zeker is dat?",
    ),
    needs=_NONE,
    parameters=PhasesParameters,
    quantities={
        "new_phase_probability": QuantitySpec(
            Text(
                en="probability that the last four weeks are in another phase than the same weeks a year before",
                nl="kans dat de laatste vier weken in een andere fase zijn dan dezelfde weken een jaar eerder",
            )
        ),
        "level_changed_probability": QuantitySpec(
            Text(
                en="probability that the level changed within the last year, at once or by fast growth",
                nl="kans dat het niveau in het laatste jaar veranderde, ineens of door snelle groei",
            )
        ),
        "n_phases": QuantitySpec(
            Text(
                en="number of phases that describes the weeks best",
                nl="aantal fasen dat de weken het best beschrijft",
            )
        ),
        "weeks_in_phase": QuantitySpec(Text(en="weeks in the present phase", nl="weken in de huidige fase")),
    },
    run=_run,
)
