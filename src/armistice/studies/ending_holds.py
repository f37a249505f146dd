"""Does an ending hold: how often fighting came back after ceasefires, agreements, victories and fading.

Estimand: for endings of one sort, the chance that the same two parties (or anyone in the same conflict) fight again,
25 deaths in a calendar year, within so many years. Estimator: one minus Kaplan-Meier from the day of the ending, dates
known only to the month or year drawn from where they may lie, intervals that allow for endings of one conflict being
alike. Only what could be coded by the record's day is used (:mod:`armistice.record.reference`).

Two things the terminations cannot tell are told in their own words. An ending counts as one only when the next calendar
year stayed quiet, so that the first year says nothing; for it, and without that condition, there are signed agreements:
did the parties fight on in the calendar years after signing, whether or not the agreement stopped anything? And
"armistice without treaty" is no class of UCDP: ceasefires between states come nearest, and the profiles list those wars.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import Field

from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity
from armistice.history import EndingShares, draw_durations, next_episodes, renewal_shares
from armistice.record.as_of import Record
from armistice.record.reference import CITATION, OUTCOMES, TYPES, ReferenceEpisodes, reference_episodes
from armistice.record.reference_covariates import AGREEMENTS_CITATION, read_agreements
from armistice.studies import _ending_holds_pages as pages
from armistice.studies.study import Parameters, QuantitySpec, Study, StudyResult
from armistice.text import EN, NL, Text

__all__ = ["KINDS", "STUDY", "EndingHoldsParameters", "Followed"]

_YEAR_DAYS: Final = 365.25
#: Years after the ending; the first is within the year that must stay quiet.
YEARS: Final = (2, 5, 10)
_FIVE: Final = YEARS.index(5)
#: Years after signing.
SIGNED_YEARS: Final = (1, 5)
KINDS: Final = {
    "peace_agreement": Text(en="peace agreement", nl="vredesakkoord"),
    "ceasefire": Text(en="ceasefire without agreement", nl="staakt-het-vuren zonder akkoord"),
    "victory": Text(en="victory of either side", nl="overwinning van een van beide"),
    "low_activity": Text(en="fighting that faded", nl="strijd die doofde"),
    "ceasefire_between_states": Text(
        en="ceasefire without agreement, between states", nl="staakt-het-vuren zonder akkoord, tussen staten"
    ),
    "agreement_between_states": Text(en="peace agreement, between states", nl="vredesakkoord, tussen staten"),
}
SIGNED: Final = {
    "with_ceasefire": Text(en="agreement with a ceasefire, signed while fighting",
                           nl="akkoord met staakt-het-vuren, getekend tijdens de strijd"),
    "any": Text(en="any agreement, signed while fighting", nl="enig akkoord, getekend tijdens de strijd"),
}  # fmt: skip


class EndingHoldsParameters(Parameters):
    """How the answer is computed."""

    draws: int = Field(default=20, ge=2, le=500, description="Draws of dates known only to the month or year.")
    level: float = Field(default=0.95, gt=0.5, lt=1, description="Coverage of the intervals.")


@dataclass(frozen=True, eq=False)
class Followed:
    """Endings of one sort and what became of them.

    Parameters
    ----------
    rows : ndarray of int64
        Positions among the reference episodes.
    is_renewed : ndarray of bool
    shares : EndingShares or None
        None where there is no such ending.
    """

    rows: npt.NDArray[np.int64]
    is_renewed: npt.NDArray[np.bool_]
    shares: EndingShares | None


def _run(record: Record, parameters: EndingHoldsParameters, rng: np.random.Generator) -> StudyResult:
    episodes = reference_episodes(record)
    if not (episodes.outcome > 0).any():
        return StudyResult.lacking(
            NotObserved(
                Text(en=f"No ending of another war could be coded by {EN.date(record.as_of)}.",
                     nl=f"Op {NL.date(record.as_of)} viel nog geen einde van een andere oorlog te coderen.")
            )
        )  # fmt: skip
    by_dyad = _follow(episodes, episodes.dyad_id, parameters, rng)
    by_conflict = _follow(episodes, episodes.conflict_id, parameters, rng)
    signed = {
        name: _after_signing(record, episodes, parameters, only_ceasefire=name == "with_ceasefire") for name in SIGNED
    }
    quantities: dict[str, Quantity] = {}
    for kind in KINDS:
        quantities[f"renewed_within_1_year[{kind}]"] = NotIdentified(pages.FIRST_YEAR)
        for i, years in enumerate(YEARS):
            quantities[f"renewed_within_{years}_years[{kind}]"] = _estimate(
                by_dyad[kind].shares, i, "dyad", parameters
            )
        quantities[f"conflict_renewed_within_5_years[{kind}]"] = _estimate(
            by_conflict[kind].shares, _FIVE, "conflict", parameters
        )
    for name, shares in signed.items():
        for i, years in enumerate(SIGNED_YEARS):
            what = f"fought_within_{years}_year{'s' * (years > 1)}_of_signing[{name}]"
            quantities[what] = _estimate(shares, i, "signed", parameters)
    return StudyResult(
        sentences=pages.sentences(by_dyad, signed, quantities),
        quantities=quantities,
        tables=(
            pages.holds_table(by_dyad, by_conflict),
            pages.signed_table(signed),
            pages.between_states_table(episodes, by_dyad["ceasefire_between_states"]),
            *pages.without_treaty_table(record),
        ),
        charts=(pages.holds_chart(by_dyad),),
        caveats=pages.caveats(record, episodes),
        sources=(CITATION, AGREEMENTS_CITATION),
    )


def _masks(episodes: ReferenceEpisodes) -> dict[str, npt.NDArray[np.bool_]]:
    """Which episodes ended in each way."""

    def how(*names: str) -> npt.NDArray[np.bool_]:
        return np.isin(episodes.outcome, [OUTCOMES.index(name) + 1 for name in names])

    last_type = episodes.type[np.arange(episodes.n), episodes.last_year - int(episodes.years[0])]
    between_states = last_type == TYPES.index("interstate") + 1
    return {
        "peace_agreement": how("peace_agreement"),
        "ceasefire": how("ceasefire"),
        "victory": how("victory_a", "victory_b"),
        "low_activity": how("low_activity"),
        "ceasefire_between_states": how("ceasefire") & between_states,
        "agreement_between_states": how("peace_agreement") & between_states,
    }


def _follow(
    episodes: ReferenceEpisodes,
    groups: npt.NDArray[np.int64],
    parameters: EndingHoldsParameters,
    rng: np.random.Generator,
) -> dict[str, Followed]:
    """Endings by sort, each followed until its group fought again."""
    found = next_episodes(groups, episodes.first_year, episodes.last_year, episodes.outcome > 0, episodes.end_latest)
    ending, after = np.flatnonzero(found.is_ending), found.following[found.is_ending]
    back = after >= 0
    last_day = np.datetime64(episodes.last_day)
    quiet, _ = draw_durations(
        episodes.end_earliest[ending], episodes.end_latest[ending],
        np.where(back, episodes.start_earliest[after], last_day), np.where(back, episodes.start_latest[after], last_day),
        n_draws=parameters.draws, rng=rng,
    )  # fmt: skip
    result: dict[str, Followed] = {}
    for kind, mask in _masks(episodes).items():
        of = mask[ending]
        shares = (
            renewal_shares(
                quiet[:, of] / _YEAR_DAYS, back[of], YEARS, clusters=episodes.conflict_id[ending][of],
                level=parameters.level,
            )
            if of.any()
            else None
        )  # fmt: skip
        result[kind] = Followed(ending[of], back[of], shares)
    return result


def _after_signing(
    record: Record, episodes: ReferenceEpisodes, parameters: EndingHoldsParameters, *, only_ceasefire: bool
) -> EndingShares | None:
    """Whether parties fought (25 deaths) in the calendar years after a year in which they fought and signed."""
    agreements = read_agreements()
    last = episodes.last_day.year
    as_of = float(np.datetime64(record.as_of).astype(np.int64))
    known = agreements.dyad_id > 0
    if not record.hindsight:
        known &= agreements.known_on <= as_of
    if only_ceasefire:
        known &= agreements.ceasefire
    year = agreements.known_on.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    fought: dict[int, set[int]] = {}
    conflict: dict[int, int] = {}
    for dyad, group, row in zip(episodes.dyad_id, episodes.conflict_id, episodes.intensity, strict=True):
        fought.setdefault(int(dyad), set()).update(int(y) for y in episodes.years[row > 0] if y <= last)
        conflict[int(dyad)] = int(group)
    signed = sorted({(int(d), int(y)) for d, y in zip(agreements.dyad_id[known], year[known], strict=True)})
    seen = [(dyad, y) for dyad, y in signed if y < last and y in fought.get(dyad, ())]
    if not seen:
        return None
    again = [min((later for later in fought[dyad] if later > y), default=None) for dyad, y in seen]
    until = [last - y if later is None else later - y for (_, y), later in zip(seen, again, strict=True)]
    return renewal_shares(
        until, [later is not None for later in again], SIGNED_YEARS, clusters=[conflict[dyad] for dyad, _ in seen],
        level=parameters.level,
    )  # fmt: skip


def _estimate(shares: EndingShares | None, a: int, by: str, parameters: EndingHoldsParameters) -> Quantity:
    if shares is None:
        return NotObserved(pages.NONE_SO_FAR)
    if math.isnan(shares.lower[a, 0]):
        return NotIdentified(pages.NOT_FOLLOWED)
    how = (
        "calendar years after signing" if by == "signed" else f"by {by}; {parameters.draws} draws of imprecise dates"
    )
    return Estimate(
        float(shares.share[a, 0]), float(shares.lower[a, 0]), float(shares.upper[a, 0]), level=shares.level,
        n=round(shares.at_risk), n_of="signings" if by == "signed" else "endings", unit="probability",
        method=f"1 - Kaplan-Meier, {how}; Clopper-Pearson on the effective number of endings",
        source=AGREEMENTS_CITATION if by == "signed" else CITATION,
    )  # fmt: skip


STUDY: Final = Study(
    name="ending-holds",
    order=16,
    title=Text(en="Does an ending hold", nl="Houdt een einde stand"),
    question=Text(
        en="After a ceasefire, an agreement, a victory, or fighting that faded: how often did the fighting come back?",
        nl="Na een staakt-het-vuren, een akkoord, een overwinning of uitdoven: hoe vaak kwam de strijd terug?",
    ),
    needs=Text(en="Nothing of the war but its start: it is about other wars.",
               nl="Van de oorlog niet meer dan het begin: het gaat om andere oorlogen."),
    parameters=EndingHoldsParameters,
    quantities={
        "renewed_within_1_year": QuantitySpec(
            Text(en="chance that the parties fight again within 1 year of ending so",
                 nl="kans dat de partijen binnen 1 jaar na zo’n einde weer vechten"), per="ending"),
        **{
            f"renewed_within_{years}_years": QuantitySpec(
                Text(en=f"chance that the parties fight again within {years} years of ending so",
                     nl=f"kans dat de partijen binnen {years} jaar na zo’n einde weer vechten"), per="ending")
            for years in YEARS
        },
        "conflict_renewed_within_5_years": QuantitySpec(
            Text(en="chance that anyone in the same conflict fights again within 5 years, once all had stopped",
                 nl="kans dat in hetzelfde conflict iemand binnen 5 jaar weer vecht, nadat allen waren gestopt"),
            per="ending"),
        "fought_within_1_year_of_signing": QuantitySpec(
            Text(en="chance that the parties fight in the calendar year after signing",
                 nl="kans dat de partijen in het kalenderjaar na tekening vechten"), per="agreement"),
        "fought_within_5_years_of_signing": QuantitySpec(
            Text(en="chance that the parties fight in the five calendar years after signing",
                 nl="kans dat de partijen in de vijf kalenderjaren na tekening vechten"), per="agreement"),
    },
    run=_run,
)  # fmt: skip
