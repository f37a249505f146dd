"""Korea, 1950-53: the tables of ``wars/korea``.

The front is coded in coarse zones; :data:`ZONES` turns them into kilometres north of the 38th parallel with bounds,
at 111 km to a degree of latitude. A zone's bounds are its edges; known lines (Kansas: 2-6 miles north of the parallel)
take theirs. Rows read by hand stand in ``additions/korea``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from compiling.additions import filled_in, with_additions
from compiling.tables import addresses, number, precise, read_rows, write_rows

NAMES = Path(__file__).parent / "names"
#: Columns of the tables that also hold rows read by hand, and by what they are sorted.
COLUMNS = {
    "talks": "id,date,end_date,date_precision,announced_on,known_on,kind,level,parties,issues,outcome,agreement,"
    "name_en,name_nl,place_en,place_nl,note,source",
    "events": "id,date,end_date,date_precision,known_on,actor,kind,name_en,name_nl,target_en,target_nl,"
    "stated_reason,answer_announced,note,source",
    "figures": "subject,quantity,date,end_date,date_precision,known_on,value,low,high,unit,claimed_by,note,source",
    "exchanges": "date,date_precision,known_on,to_side,persons,civilians,claimed_by,talk,note,source",
    "leaders": "date,date_precision,known_on,side,office,name_en,name_nl,until,how,source",
    "opinion": "date,date_precision,known_on,fieldwork_start,population,pollster,measure,answer,percent,n,note,source",
}
ORDER = {
    "talks": ("date", "id"),
    "events": ("date", "id"),
    "figures": ("date", "subject", "quantity", "claimed_by", "known_on", "end_date"),
    "exchanges": ("date", "to_side", "claimed_by"),
    "leaders": ("date", "side", "office"),
    "opinion": ("date", "population", "measure", "answer", "pollster"),
}
#: km north of the 38th parallel: middle, low, high.
ZONES = {
    "pusan": (-255, -330, -180),
    "south_37": (-111, -135, -90),
    "south_37_38": (-55, -111, 0),
    "at_38": (0, -15, 15),
    "near_38": (0, -30, 30),
    "north_38": (16, 0, 56),
    "north_39": (111, 90, 135),
    "yalu": (300, 220, 390),
}
#: Line Kansas lay 2-6 miles north of the parallel; by July 1951 units stood up to 35 miles north of it.
KANSAS = (6.4, 3.2, 9.7)
ON_KANSAS = {"1951-04-05", "1951-06-15"}
_DELEGATIONS = "UN Command;Korean People's Army and Chinese People's Volunteers"
#: Level and parties where it was not the two delegations that met.
OTHERS = {
    "malik-proposal": ("statement", "Soviet Union"),
    "liaison-kaesong": ("liaison officers", _DELEGATIONS),
    "package-proposal": ("delegations", "UN Command"),
    "menon-draft": ("United Nations", "India"),
    "sick-wounded-reply": ("commanders", "Korean People's Army and Chinese People's Volunteers"),
    "sick-wounded-agreed": ("liaison officers", _DELEGATIONS),
    "unc-may-proposal": ("delegations", "UN Command"),
    "counter-proposal-june": ("delegations", "Korean People's Army and Chinese People's Volunteers"),
    "rhee-accepts": ("leader", "Republic of Korea"),
    "geneva-1954": ("foreign ministers", ""),
}
#: What a reader of the row should know about its source, in our own words.
TALK_NOTES = {
    "break-newsmen": "from a partisan newspaper chronology",
    "break-neutral-zone": "the day on which meetings resumed in August 1951 was not read",
    "break-august-1951": "two sources give 23 August",
    "site-panmunjom": "day not given; about forty days after the break",
    "prisoners-subcommittee-proposed": "from a page of low quality",
    "prisoners-subcommittee": "from a page of low quality",
    "closed-sessions": "the source tells of the intention",
    "sick-wounded-reply": "from a copy of Wikipedia",
    "april-1953-resumes": "the scheduled day; the actual one was not read",
    "july-1953-resumes": "the recess since 18 June; its first day was not read",
}
CAMPAIGNS_NL = {
    "UN Defensive": "VN-verdediging",
    "UN Offensive": "VN-offensief",
    "CCF Intervention": "Chinese interventie",
    "First UN Counteroffensive": "Eerste VN-tegenoffensief",
    "CCF Spring Offensive": "Chinees voorjaarsoffensief",
    "UN Summer-Fall Offensive": "VN-zomer- en najaarsoffensief",
    "Second Korean Winter": "Tweede Koreaanse winter",
    "Korea, Summer-Fall 1952": "Korea, zomer en najaar 1952",
    "Third Korean Winter": "Derde Koreaanse winter",
    "Korea, Summer 1953": "Korea, zomer 1953",
}


def compile_korea(shared: Path, folder: Path) -> dict[str, int]:
    """Write every table; returns rows per file."""
    source = shared / "history/korea"
    return {
        "talks.csv": _talks(source, folder),
        "events.csv": _events(source, folder),
        "figures.csv": _figures(source, folder),
        "exchanges.csv": _exchanges(source, folder),
        "leaders.csv": _write("leaders", [], folder),
        "opinion.csv": _write("opinion", [], folder),
        "front.csv": _front(source, folder),
        "series/us_deaths.csv": _deaths(source, folder),
        "series/air_monthly.csv": _air(source, folder),
    }


def _write(table: str, gathered: Sequence[dict[str, object]], folder: Path) -> int:
    """The gathered rows and those read by hand, in order, after the corrections of ``filled.csv``."""
    columns = COLUMNS[table].split(",")
    rows = filled_in(with_additions(gathered, "korea", table, columns), "korea", table)
    rows.sort(key=lambda row: tuple(str(row.get(column) or "") for column in ORDER[table]))
    return write_rows(folder / f"{table}.csv", columns, rows)


def _talks(source: Path, folder: Path) -> int:
    rows = read_rows(source / "korea_1950_53_negotiations.csv")
    talks: list[dict[str, object]] = []
    for name in read_rows(NAMES / "korea_talks.csv"):
        row = rows[int(name["row"])]
        date, precision = precise(row["date"])
        precision = row["date_precision"] if row["date_precision"] in ("about", "month") else precision
        level, parties = OTHERS.get(name["id"], ("delegations", _DELEGATIONS))
        talks.append(
            {
                "id": name["id"],
                "date": date if precision != "month" else f"{date[:7]}-01",
                "end_date": "1953-05-03" if name["id"] == "little-switch" else None,
                "date_precision": precision,
                "kind": name["kind"],
                "level": level,
                "parties": parties,
                "issues": name["issues"],
                "outcome": name["outcome"],
                "agreement": name["agreement"],
                "name_en": name["name_en"],
                "name_nl": name["name_nl"],
                "place_en": name["place_en"],
                "place_nl": name["place_nl"],
                "note": TALK_NOTES.get(name["id"], ""),
                "source": addresses(row["source_urls"]),
            }
        )
    return _write("talks", talks, folder)


def _events(source: Path, folder: Path) -> int:
    tables = {
        "talks": read_rows(source / "korea_1950_53_negotiations.csv"),
        "front": read_rows(source / "korea_1950_53_front.csv"),
    }
    events: list[dict[str, object]] = []
    for name in read_rows(NAMES / "korea_events.csv"):
        row = tables[name["table"]][int(name["row"])]
        date, precision = precise(row["date"])
        precision = row["date_precision"] if row["date_precision"] in ("about", "month") else precision
        events.append(
            {
                "id": name["id"],
                "date": date if precision != "month" else f"{date[:7]}-01",
                "end_date": None,
                "date_precision": precision,
                "actor": name["actor"],
                "kind": name["kind"],
                "name_en": name["name_en"],
                "name_nl": name["name_nl"],
                "source": addresses(row["source_urls"]),
            }
        )
    for row in read_rows(source / "korea_1950_53_us_army_campaigns.csv"):
        campaign = row["us_army_campaign"]
        events.append(
            {
                "id": "campaign-" + "".join(c if c.isalnum() else "-" for c in campaign.lower()).replace("--", "-"),
                "date": row["start"],
                "end_date": row["end"],
                "date_precision": "day",
                "actor": "north" if campaign.startswith("CCF") else "south",
                "kind": "front",
                "name_en": f"US Army campaign: {campaign}",
                "name_nl": f"Veldtocht volgens het Amerikaanse leger: {CAMPAIGNS_NL[campaign]}",
                "source": "us_army_campaigns",
            }
        )
    return _write("events", events, folder)


def _figures(source: Path, folder: Path) -> int:
    rows = read_rows(source / "korea_1950_53_negotiations.csv")
    figures: list[dict[str, object]] = [
        {
            "subject": "sixty-two-paragraphs",
            "quantity": "paragraphs_agreed",
            "date": "1952-07-01",
            "date_precision": "day",
            "value": 62,
            "unit": "of 63 draft paragraphs",
            "claimed_by": "Foreign Relations of the United States",
            "source": addresses(rows[20]["source_urls"]),
        },
        {
            "subject": "rhee-releases-prisoners",
            "quantity": "prisoners_released",
            "date": "1953-06-18",
            "date_precision": "day",
            "value": 27000,
            "unit": "persons",
            "claimed_by": "Encyclopaedia Britannica; Foreign Relations of the United States",
            "note": "about",
            "source": addresses(rows[35]["source_urls"]),
        },
    ]
    return _write("figures", figures, folder)


def _exchanges(source: Path, folder: Path) -> int:
    row = read_rows(source / "korea_1950_53_negotiations.csv")[27]
    common: dict[str, object] = {
        "date": "1953-05-03",
        "date_precision": "day",
        "talk": "sick-wounded-agreed",
        "claimed_by": "press and archive accounts",
        "note": "last day of the exchange of sick and wounded, from 20 April",
        "source": addresses(row["source_urls"]),
    }
    exchanges: list[dict[str, object]] = [
        {"to_side": "south", "persons": 684, "civilians": None, **common},
        {"to_side": "north", "persons": 1030 + 5194 + 446, "civilians": 446, **common},
    ]
    return _write("exchanges", exchanges, folder)


def _front(source: Path, folder: Path) -> int:
    positions = []
    for row in read_rows(source / "korea_1950_53_front.csv"):
        date, precision = precise(row["date"])
        precision = row["date_precision"] if row["date_precision"] in ("about", "month") else precision
        value, low, high = KANSAS if row["date"] in ON_KANSAS else ZONES[row["zone_coded"]]
        positions.append(
            {
                "date": date if precision != "month" else f"{date[:7]}-01",
                "date_precision": precision,
                "value": value,
                "low": low,
                "high": high,
                "source": addresses(row["source_urls"]),
            }
        )
    return write_rows(folder / "front.csv", list(positions[0]), positions)


def _deaths(source: Path, folder: Path) -> int:
    rows = [
        {"date": row["date"], "us_deaths": row["us_deaths_incident_date"]}
        for row in read_rows(source / "korea_us_deaths_daily.csv")
    ]
    return write_rows(folder / "series/us_deaths.csv", list(rows[0]), rows)


def _air(source: Path, folder: Path) -> int:
    """Two series that measure different things: never splice them. Stray rows of the first after April 1951 are left out."""
    rows = [
        {
            "date": f"{row['month']}-01",
            "tons_all_types": number(row["thor_tons"]) if row["month"] <= "1951-04" else None,
            "short_tons_b29": number(row["thor_b29_bombload_short_tons"]),
        }
        for row in read_rows(source / "korea_1950_53_monthly.csv")
    ]
    return write_rows(folder / "series/air_monthly.csv", list(rows[0]), rows)
