"""The comparable wars of the study of endings: the reference set with its dates drawn, and kinds of war within it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from armistice.history import EndingShares, ending_shares
from armistice.record.as_of import Record
from armistice.record.reference import OUTCOMES, TYPES, ReferenceEpisodes
from armistice.text import Text

MONTH_DAYS: Final = 365.25 / 12
#: Months ahead of the assessment.
AHEAD: Final = (3, 6, 12, 24, 60)
YEAR, LAST = AHEAD.index(12), len(AHEAD) - 1
# Groups of causes: each outcome alone, then these.
GROUPS: Final = np.vstack(
    [np.eye(len(OUTCOMES)), [1, 1, 0, 0, 0, 0], [1] * 6, [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1]]
)
SETTLED, ALL, VICTORY, FADED = (len(OUTCOMES) + i for i in range(4))

TYPE_NAMES: Final = {
    "interstate": (
        Text(en="conflicts between states", nl="conflicten tussen staten"),
        Text(en="wars between states", nl="oorlogen tussen staten"),
    ),
    "intrastate": (
        Text(en="civil conflicts", nl="binnenlandse conflicten"),
        Text(en="civil wars", nl="burgeroorlogen"),
    ),
    "internationalised_intrastate": (
        Text(en="civil conflicts with foreign troops", nl="binnenlandse conflicten met buitenlandse troepen"),
        Text(en="civil wars with foreign troops", nl="burgeroorlogen met buitenlandse troepen"),
    ),
    "extrasystemic": (
        Text(en="colonial conflicts", nl="koloniale conflicten"),
        Text(en="colonial wars", nl="koloniale oorlogen"),
    ),
    "": (
        Text(en="armed conflicts of every type", nl="gewapende conflicten van elk type"),
        Text(en="wars of every type", nl="oorlogen van elk type"),
    ),
}


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of war to compare with: its name, and which episodes belong in each draw of dates."""

    key: str
    name: Text
    member: npt.NDArray[np.bool_]  # (draws, episodes)


@dataclass(frozen=True, eq=False)
class ReferenceSet:
    """The reference set with its dates drawn, and the landmark: how long this war has lasted, in months."""

    episodes: ReferenceEpisodes
    lasted: npt.NDArray[np.float64]  # (draws, episodes), months
    starts: npt.NDArray[np.float64]  # (draws, episodes), days since 1970-01-01
    landmark: float
    level: float

    @property
    def at_landmark(self) -> npt.NDArray[np.float64]:
        """The day on which each episode had lasted as long, in days since 1970-01-01, shape (draws, episodes)."""
        return self.starts + self.landmark * MONTH_DAYS

    def shares(
        self, member: npt.NDArray[np.bool_], ahead: Sequence[float] | npt.NDArray[np.float64], groups: Any = GROUPS
    ) -> EndingShares | None:
        """Shares ended among members, or None if none had lasted as long."""
        some = (member & (self.lasted > self.landmark)).any(axis=0)
        if not some.any():
            return None
        return ending_shares(
            self.lasted[:, some], self.episodes.outcome[some], ahead, n_causes=len(OUTCOMES), groups=groups,
            clusters=self.episodes.conflict_id[some], at_risk=member[:, some], landmark=self.landmark,
            level=self.level,
        )  # fmt: skip

    def at_risk(self, member: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        """Per episode, the share of draws in which it is a member that had lasted as long."""
        return np.asarray((member & (self.lasted > self.landmark)).mean(axis=0))


def intensity_of(record: Record) -> Literal["war", "minor"] | None:
    """Whether some calendar year so far saw 1,000 deaths or losses by any one series; None if nothing counts them."""
    most = None
    for series in record.all_series.values():
        if series.description.measures not in ("deaths", "personnel_losses"):
            continue
        seen = ~np.isnan(series.values)
        if seen.any():
            year = series.dates[seen].astype("datetime64[Y]").astype(np.int64)
            most = max(most or 0.0, float(np.bincount(year - year.min(), series.values[seen]).max()))
    return None if most is None else "war" if most >= 1000 else "minor"


def kinds_of_war(record: Record, drawn: ReferenceSet, reached: str | None) -> list[Kind]:
    """Kinds of war from narrow to wide, as each episode stood when it had lasted as long."""
    own, episodes, on = record.war.type_of_conflict, drawn.episodes, drawn.at_landmark
    same_type = episodes.type_known(on) == TYPES.index(own) + 1
    everyone = np.ones_like(same_type)
    kinds = [Kind("type", TYPE_NAMES[own][0], same_type), Kind("all", TYPE_NAMES[""][0], everyone)]
    if reached is None:
        return kinds
    highest = episodes.intensity_reached(on)
    same_intensity = highest == 2 if reached == "war" else highest == 1
    return [
        Kind("type-intensity", _with_intensity(own, reached), same_type & same_intensity),
        kinds[0],
        Kind("intensity", _with_intensity("", reached), same_intensity),
        kinds[1],
    ]


def _with_intensity(kind: str, reached: str) -> Text:
    conflicts, wars = TYPE_NAMES[kind]
    if reached == "war":
        return Text(en=f"{wars.en} (1,000 deaths in some year)", nl=f"{wars.nl} (1.000 doden in enig jaar)")
    return Text(en=f"{conflicts.en} below 1,000 deaths a year", nl=f"{conflicts.nl} onder 1.000 doden per jaar")


#: Kinds from narrow to wide, each with its answer, or None where no war had lasted as long.
Asked: TypeAlias = Sequence[tuple[Kind, EndingShares | None]]
