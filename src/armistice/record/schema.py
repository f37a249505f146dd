"""The schema of a war folder: one model per file, from which checks, messages and docs are made.

A war is a folder that anyone can write in a text editor and a spreadsheet:

``war.toml`` (:class:`War`), ``SOURCES.toml`` (:class:`Source` by key), ``talks.csv`` (:class:`Talk`),
``events.csv`` (:class:`Event`), ``figures.csv`` (:class:`Figure`), ``exchanges.csv``
(:class:`Exchange`), ``opinion.csv`` (:class:`Opinion`), ``leaders.csv`` (:class:`Leader`),
``support.csv`` (:class:`Support`), ``front.csv`` (:class:`FrontObservation`) and any number of
``series/*.csv`` (described in ``war.toml`` by :class:`SeriesDescription`), ``claims.toml``.

Every dated row says, or implies, when it became known (:meth:`Row.became_known`): a record as of a day
holds only rows known by the end of that day. A blank cell means "not read", never 0 or "no".
"""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from armistice.text import Text

__all__ = [
    "TABLES",
    "Assumption",
    "End",
    "Event",
    "Exchange",
    "Figure",
    "FrontDescription",
    "FrontObservation",
    "Issue",
    "IssueType",
    "Leader",
    "Objective",
    "Opinion",
    "Patron",
    "Row",
    "SeriesDescription",
    "Side",
    "Source",
    "Support",
    "Talk",
    "Theatre",
    "War",
]

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
LagDays = Annotated[int, Field(ge=0, le=36_525)]
DatePrecision = Literal["day", "about", "month", "year"]
TalkKind = Literal[
    "direct_round",
    "indirect_round",
    "leader_call",
    "leader_summit",
    "truce",
    "sectoral_deal",
    "prisoner_exchange",
    "proposal",
    "suspension",
    "resumption",
    "armistice",
    "treaty",
    "other",
]
TalkOutcome = Literal["deal", "partial_deal", "no_deal", "held", "broken", "disputed", "pending"]
EventKind = Literal[
    "front",
    "deep_strike",
    "symbolic",
    "mass_strike",
    "spoiler",
    "incursion",
    "assassination",
    "infrastructure",
    "political",
    "announcement",
    "other",
]
IssueType = Literal["exchange", "sectoral", "ceasefire", "concession", "procedure"]
ConflictType = Literal["extrasystemic", "interstate", "intrastate", "internationalised_intrastate"]
Outcome = Literal["peace_agreement", "ceasefire", "victory_a", "victory_b", "low_activity", "actor_ceases"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


# --- war.toml -------------------------------------------------------------------------------------------


class Patron(_Model):
    """A state or body that supports a side from outside."""

    id: Slug
    names: Text


class Side(_Model):
    """One of the two sides."""

    id: Slug
    names: Text
    members: tuple[str, ...] = Field(default=(), description="States or groups fighting on this side.")
    patrons: tuple[Patron, ...] = ()


class Issue(_Model):
    """A matter on the table, to which talks refer by ``id``."""

    id: Slug
    names: Text
    type: IssueType | None = Field(
        default=None,
        description="`exchange`: people or bodies are handed over. `sectoral`: a limited restraint (energy, shipping). "
        "`ceasefire`: the fighting stops along the line. `concession`: one side asks, the other gives. `procedure`: "
        "agenda, place, level. Blank: the study of bargaining leaves it out.",
    )
    asked_by: Slug | None = Field(default=None, description="For a concession: id of the side that asks for it.")
    position_source: str = Field(default="", description="Where the sides' positions on it can be read.")


class Theatre(_Model):
    """The area against which the pace of the front is judged."""

    names: Text
    area_km2: float = Field(gt=0, description="Its size; the pace of the front is given as a share of it.")
    source: str


class FrontDescription(_Model):
    """What ``front.csv`` measures."""

    measure: Literal["area_km2", "position_km"] = Field(
        description="`area_km2`: area held by `side`. `position_km`: a line on an axis; up is forward for `side`."
    )
    side: Slug = Field(description="The side whose gain is an increase.")
    names: Text = Field(description="What is measured, for axis titles.")
    claimed_by: str = Field(description="Who draws the map.")
    full_extent: tuple[float, float] | None = Field(
        default=None,
        description="For `position_km`: the positions at which `side` holds nothing and everything.",
    )
    publication_lag_days: LagDays = Field(
        default=0, description="Days after the date of a row until it could be known."
    )
    source: str


class Objective(_Model):
    """A stretch of ground that a side may be trying to take, for "at this pace, X years to ..."."""

    id: Slug
    names: Text
    side: Slug = Field(description="The side that may be trying to take it.")
    remaining: float = Field(gt=0, description="How much is left, in the unit of the front (km² or km).")
    measured_on: dt.date = Field(description="The day for which `remaining` holds; unknown before.")
    source: str


class SeriesDescription(_Model):
    """What one column of one ``series/*.csv`` measures."""

    id: Slug
    file: str = Field(pattern=r"^series/[A-Za-z0-9_-]+\.(csv|parquet)$")
    column: str = Field(description="Heading of its column in the file.")
    names: Text
    measures: Literal["strikes", "deaths", "personnel_losses", "equipment_losses", "sorties", "other"]
    side: Slug | None = Field(
        default=None, description="Who acts (strikes, sorties) or who suffers (deaths, losses)."
    )
    every: Literal["day", "month"] = Field(default="day", description="One row per day, or per month.")
    is_count: bool = Field(default=True, description="Whole numbers of events, fit for count models.")
    unit: Text = Field(description="For axis titles, for example: drones a day.")
    zero_means: Text = Field(description="What a 0 says, for example: reported as none.")
    claimed_by: str = Field(description="Who reports the figures.")
    publication_lag_days: LagDays = Field(description="Days after the date of a row until its figure could be known.")
    usable_from: dt.date | None = Field(default=None, description="Earlier rows are too thin for studies.")
    source: str


class End(_Model):
    """How the war ended. Unknown to any record as of an earlier day than ``known_on``."""

    date: dt.date = Field(description="The last day of the war.")
    outcome: Outcome
    known_on: dt.date | None = Field(default=None, description="The day it became public; blank: `date`.")
    source: str


class Assumption(_Model):
    """Something one war cannot tell, given as a range."""

    id: Slug
    names: Text
    low: float
    high: float
    unit: str = ""
    reason: str = Field(description="Why this range.")

    @model_validator(mode="after")
    def _ordered(self) -> Assumption:
        if self.low > self.high:
            raise ValueError(f"low ({self.low}) is above high ({self.high}); swap them")
        return self


class War(_Model):
    """``war.toml``: names, sides, what is measured where."""

    schema_version: Literal[1] = Field(description="The version of this schema.")
    id: Slug
    names: Text
    start: dt.date = Field(description="The first day of the war.")
    start_source: str = Field(default="", description="Key in SOURCES.toml, or an address.")
    default_as_of: dt.date = Field(description="The day of an assessment when none is asked for.")
    type_of_conflict: ConflictType = Field(description="UCDP type of conflict.")
    incompatibility: Literal["territory", "government", "both"] = Field(
        description="What the war is about, as UCDP codes it."
    )
    ucdp_conflict_ids: tuple[int, ...] = Field(
        default=(), description="UCDP conflicts that are this war, to be left out of its own reference set."
    )
    side_a: Side = Field(description="UCDP side A where UCDP codes the war.")
    side_b: Side
    end: End | None = None
    theatre: Theatre | None = None
    front: FrontDescription | None = None
    objectives: tuple[Objective, ...] = ()
    issues: tuple[Issue, ...] = ()
    series: tuple[SeriesDescription, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    publication_lag_days: dict[str, LagDays] = Field(
        default_factory=dict,
        description="By file name: days after its date until a row without known_on counts as known.",
    )

    @property
    def side_ids(self) -> tuple[str, str]:
        """The ids of the two sides, A first."""
        return (self.side_a.id, self.side_b.id)

    def side(self, side_id: str) -> Side:
        """The side with this id."""
        for side in (self.side_a, self.side_b):
            if side.id == side_id:
                return side
        raise KeyError(side_id)


# --- SOURCES.toml ---------------------------------------------------------------------------------------


class Source(_Model):
    """Where figures come from. Rows name it by its key, or give an address themselves."""

    title: str
    publisher: str = ""
    url: str = ""
    licence: str = Field(description="What may be done with it; never blank.")
    citation: str = Field(description="As it is to be cited.")
    retrieved: dt.date | None = Field(default=None, description="The day it was read.")
    sha256: str = Field(default="", description="Of the file that was read, where it was a file.")
    note: str = ""


# --- the tables -----------------------------------------------------------------------------------------


class Row(_Model):
    """What all dated rows share."""

    date: dt.date = Field(description="When; the first day where it lasted longer.")
    date_precision: DatePrecision = Field(
        default="day",
        description="How precisely the date is known; filled in where it is written as a month or year.",
    )
    known_on: dt.date | None = Field(
        default=None, description="The day the row became public; blank: when it ended, plus the file's lag."
    )
    source: str = Field(min_length=1, description="Key in SOURCES.toml, or addresses separated by ' ; '.")
    note: str = Field(default="", description="Own words, at most a line.")

    def last_day(self) -> dt.date:
        """The last day that the row speaks of, given how precise its date is."""
        if self.date_precision == "month":
            return self.date.replace(day=calendar.monthrange(self.date.year, self.date.month)[1])
        if self.date_precision == "year":
            return dt.date(self.date.year, 12, 31)
        return self.date

    def became_known(self, lag_days: int = 0) -> dt.date:
        """The day from which a record may hold this row."""
        return self.known_on or self.last_day() + dt.timedelta(days=lag_days)


class _Lasting(Row):
    end_date: dt.date | None = Field(default=None, description="The last day, where it lasted longer than one.")

    def last_day(self) -> dt.date:
        return self.end_date or super().last_day()

    @model_validator(mode="after")
    def _ends_after_start(self) -> _Lasting:
        if self.end_date is not None and self.end_date < self.date:
            raise ValueError(f"end_date {self.end_date} is before date {self.date}; correct one of them")
        return self


class Talk(_Lasting):
    """``talks.csv``: a round, call, truce, deal, proposal or breakdown."""

    id: Slug
    announced_on: dt.date | None = Field(default=None, description="The day the meeting or truce was made public.")
    kind: TalkKind
    name_en: str = Field(description="What readers see, in English; `name_nl` in Dutch.")
    name_nl: str
    place_en: str = ""
    place_nl: str = ""
    level: str = Field(default="", description="delegations, leaders, envoys, mediator, ...")
    parties: tuple[str, ...] = Field(default=(), description="Separated by ';'.")
    issues: tuple[Slug, ...] = Field(default=(), description="Ids of [[issues]], separated by ';'.")
    outcome: TalkOutcome | None = Field(default=None, description="Blank: not read.")
    agreement: str = Field(default="", description="What was agreed, one or two words; blank when nothing was.")


class Event(_Lasting):
    """``events.csv``: a notable dated act. Chosen by prominence: never a basis for rates."""

    id: Slug
    actor: str = Field(description="Id of a side, or another actor's name.")
    kind: EventKind
    name_en: str = Field(description="What readers see, in English; `name_nl` in Dutch.")
    name_nl: str
    target_en: str = ""
    target_nl: str = ""
    stated_reason: str = Field(default="", description="Why, as the actor says, in own words.")
    answer_announced: bool | None = Field(
        default=None, description="Whether the struck side said in public that it would answer."
    )
    answers: Slug | None = Field(default=None, description="Id of the event that this one was said to answer.")
    denied_by: Slug | None = Field(
        default=None,
        description="Id of the side that denies the act, or its own part in it. Blank: no denial was read.",
    )


class Figure(_Lasting):
    """``figures.csv``: a number that somebody states. Disputed figures are two rows."""

    subject: str = Field(description="Id of a side, event or talk, or 'war'.")
    quantity: Slug = Field(description="What is counted: one name, and one unit, for one thing.")
    value: float | None = None
    low: float | None = Field(default=None, description="Where the source gives a range, its lower end.")
    high: float | None = Field(default=None, description="Its upper end.")
    unit: str
    claimed_by: str = Field(min_length=1, description="Who states the figure.")

    @model_validator(mode="after")
    def _says_something(self) -> Figure:
        if self.value is None and self.low is None and self.high is None:
            raise ValueError("value, low and high are all blank; give at least one or delete the row")
        return self


class Exchange(Row):
    """``exchanges.csv``: people or bodies handed to one side, as one party counts them."""

    to_side: Slug = Field(description="Id of the side that received them.")
    persons: int | None = Field(default=None, ge=0, description="People, civilians among them.")
    civilians: int | None = Field(default=None, ge=0, description="Of these, civilians.")
    bodies: int | None = Field(default=None, ge=0, description="The dead who were handed over.")
    claimed_by: str = Field(default="", description="Whose count it is.")
    mediator: str = ""
    talk: Slug | None = Field(default=None, description="Id of the talk that agreed it.")


class Opinion(Row):
    """``opinion.csv``: one answer in one poll; ``date`` is the last day of fieldwork."""

    fieldwork_start: dt.date | None = Field(default=None, description="First day of fieldwork.")
    population: str = Field(description="Who was asked, for example the id of a side.")
    pollster: str
    measure: Slug = Field(description="What was asked: one name for one question.")
    answer: str
    percent: float = Field(ge=0, le=100, description="Share of those asked who gave this answer.")
    n: int | None = Field(default=None, gt=0, description="How many were asked.")


class Leader(Row):
    """``leaders.csv``: a spell in office; ``date`` is its first day."""

    side: str = Field(description="Id of a side, or a patron or mediator.")
    office: str
    name_en: str
    name_nl: str
    until: dt.date | None = Field(default=None, description="Last day in office; hidden from earlier records.")
    how: str = Field(default="", description="How the spell ended.")


class Support(Row):
    """``support.csv``: aid by month; ``date`` is the first of the month, precision month."""

    date_precision: DatePrecision = Field(default="month", description="A month, unless said otherwise.")
    patron: Slug = Field(description="Id of one of the patrons in war.toml.")
    to_side: Slug
    kind: Literal["military", "financial", "humanitarian", "total"]
    amount: float = Field(ge=0)
    unit: str = Field(description="Currency and scale, for example: EUR million, prices of 2021.")


class FrontObservation(Row):
    """``front.csv``: the front on one day; blank ``value`` means not observed."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    place_en: str = ""
    place_nl: str = ""


TABLES: dict[str, type[Row]] = {
    "talks.csv": Talk,
    "events.csv": Event,
    "figures.csv": Figure,
    "exchanges.csv": Exchange,
    "opinion.csv": Opinion,
    "leaders.csv": Leader,
    "support.csv": Support,
    "front.csv": FrontObservation,
}
