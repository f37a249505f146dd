"""Russia and Ukraine, 2022-02-24 to 2025-06-30: the tables of ``wars/ukraine``.

Traps met here (see the notes in SOURCES.toml): a strike file writes 0 for days on which nothing was reported; the
scrape of Russian claims has holes; polls, aid and answers to strikes became public after the day they speak of.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from compiling.additions import filled_in, with_additions
from compiling.stated import compile_figures
from compiling.tables import Row, addresses, cut_note, number, precise, read_rows, write_rows

NAMES = Path(__file__).parent / "names"
SIDES = {"Russia": "russia", "Ukraine": "ukraine"}
EU_MEMBERS = {
    "Austria", "Belgium", "Bulgaria", "Croatia", "Cyprus", "Czechia", "Denmark", "Estonia", "Finland", "France",
    "Germany", "Greece", "Hungary", "Ireland", "Italy", "Latvia", "Lithuania", "Luxembourg", "Malta", "Netherlands",
    "Poland", "Portugal", "Romania", "Slovakia", "Slovenia", "Spain", "Sweden", "EU (Commission and Council)",
}  # fmt: skip
#: Days on which the stored messages of the Russian ministry are too few to count anything.
HOLE = ("2025-05-06", "2025-05-12")


def compile_ukraine(shared: Path, folder: Path) -> dict[str, int]:
    """Write every table; returns rows per file."""
    source = shared / "ukraine"
    return {
        "talks.csv": _talks(source, folder),
        "events.csv": _events(source, folder),
        "figures.csv": compile_figures(source, folder),
        "exchanges.csv": _exchanges(source, folder),
        "opinion.csv": _opinion(source, folder),
        "leaders.csv": _leaders(source, folder),
        "support.csv": _support(source, folder),
        "front.csv": _front(source, folder),
        "series/russian_strikes.csv": _russian_strikes(source, folder),
        "series/ukrainian_drones.csv": _ukrainian_drones(source, folder),
        "series/russian_losses.csv": _russian_losses(source, folder),
        "series/confirmed_deaths.csv": _confirmed_deaths(source, folder),
    }


def _talks(source: Path, folder: Path) -> int:
    rows = read_rows(source / "negotiation_events_ukraine.csv")
    talks: list[dict[str, object]] = []
    for name in read_rows(NAMES / "ukraine_talks.csv"):
        row = rows[int(name["row"])]
        date, precision = precise(row["date"])
        talks.append(
            {
                "id": name["id"],
                "date": date,
                "end_date": row["end_date"],
                "date_precision": precision,
                "announced_on": row["announced_on"],
                "known_on": _not_before(row["known_on"], row["end_date"] or date),
                "kind": name["kind"],
                "level": row["level"],
                "parties": row["parties"],
                "issues": row["issues"],
                "outcome": name["outcome"],
                "agreement": name["agreement"],
                "name_en": name["name_en"],
                "name_nl": name["name_nl"],
                "place_en": name["place_en"],
                "place_nl": name["place_nl"],
                "note": "",
                "source": addresses(row["source"]),
            }
        )
    columns = list(talks[0])
    talks = filled_in(with_additions(talks, "ukraine", "talks", columns), "ukraine", "talks")
    talks.sort(key=lambda talk: (str(talk["date"]), str(talk["id"])))
    return write_rows(folder / "talks.csv", columns, talks)


def _not_before(known_on: str, last_day: str) -> str:
    """``known_on``, unless it lies before the row was over: then the row is known when it is over."""
    return known_on if known_on >= last_day else ""


#: Acts whose reason or announced answer became public on a later day; that statement is a row of its own.
SAID_LATER = {"bridge-2022", "kursk", "atacms-november-2024", "spiderweb"}
#: id, date, actor, the act that it answers, names, reason given, source.
STATEMENTS = (
    (
        "answer-announced-2022-10-10", "2022-10-10", "russia", "bridge-2022",
        "Putin announces a severe response to further attacks such as that on the Crimean Bridge",
        "Poetin kondigt een hard antwoord aan op verdere aanvallen zoals die op de Krimbrug",
        "", "https://www.thenationalnews.com/world/2022/10/10/putin-vows-severe-response-to-any-more-terrorist-attacks-by-ukraine/",
    ),
    (
        "kursk-aims-2024-08-19", "2024-08-19", "ukraine", "",
        "Zelensky states the aims of the Kursk incursion", "Zelensky noemt de doelen van de inval in Koersk",
        "pressure on Russia towards a fair peace, a buffer zone, prisoners to exchange",
        "https://www.themoscowtimes.com/2024/08/19/putin-aide-says-no-peace-talks-with-kyiv-amid-kursk-offensive-a86070"
        " ; https://www.urdupoint.com/en/world/russia-will-not-talk-to-ukraine-given-kursk-1854879.html",
    ),
    (
        "answer-announced-2024-11-28", "2024-11-28", "russia", "atacms-november-2024",
        "Putin calls the strikes on the energy grid an answer to ATACMS missiles, and threatens more",
        "Poetin noemt de aanvallen op het energienet een antwoord op ATACMS-raketten en dreigt met meer",
        "", "https://www.brecorder.com/news/40334907/putin-says-ukrainian-infrastructure-attack-was-revenge-for-kyivs-strikes-on-russia",
    ),
    (
        "answer-announced-2025-06-04", "2025-06-04", "russia", "spiderweb",
        "Putin tells Trump that he will have to respond to the strike on the air bases",
        "Poetin zegt tegen Trump dat hij zal moeten reageren op de aanval op de vliegbases",
        "", "http://en.people.cn/n3/2025/0605/c90000-20323616.html",
    ),
)  # fmt: skip


def _events(source: Path, folder: Path) -> int:
    rows = read_rows(source / "strikes_notable.csv")
    events: list[dict[str, object]] = []
    for name in read_rows(NAMES / "ukraine_events.csv"):
        row = rows[int(name["row"])]
        date, precision = precise(row["date"])
        alleged = "alleged" in row["actor"]
        events.append(
            {
                "id": name["id"],
                "date": date,
                "end_date": "",
                "date_precision": precision,
                "known_on": name["known_on"],
                "actor": SIDES[row["actor"].split(" ")[0]],
                "kind": name["kind"],
                "name_en": name["name_en"],
                "name_nl": name["name_nl"],
                "stated_reason": row["stated_reason"],
                "answer_announced": {"yes": "true", "no": "false"}.get(row["answer_announced"], ""),
                "note": "Ukraine's part is Russia's allegation" if alleged else "",
                "source": addresses(row["source"]) or "russian_mod",
            }
        )
    for event in events:
        if event["id"] in SAID_LATER:
            event["answer_announced"] = event["stated_reason"] = ""
    for statement in STATEMENTS:
        columns = ("id", "date", "actor", "answers", "name_en", "name_nl", "stated_reason", "source")
        row = dict(zip(columns, statement, strict=True))
        events.append({**row, "date_precision": "day", "kind": "announcement"})
    table = [*events[0], "answers", "denied_by"]
    events = filled_in(with_additions(events, "ukraine", "events", table), "ukraine", "events")
    events.sort(key=lambda event: (str(event["date"]), str(event["id"])))
    return write_rows(folder / "events.csv", table, events)


def _exchanges(source: Path, folder: Path) -> int:
    """Two rows an exchange, one for each side; blank persons where numbers were withheld or not read."""
    exchanges: list[dict[str, object]] = []
    details = {row["date"]: row for row in read_rows(NAMES / "ukraine_exchanges.csv")}
    for row in read_rows(source / "prisoner_exchanges.csv"):
        talk = "istanbul-1" if "2025-05-23" <= row["date"] <= "2025-05-25" else ""
        talk = "istanbul-2" if row["date"] >= "2025-06-09" else talk
        detail = details.get(row["date"], {})
        for side in ("ukraine", "russia"):
            bodies = detail.get(f"bodies_to_{side}", "")
            persons = row[f"returned_to_{side}"]
            # Bodies alone were handed over on some days: then nothing is said of the other side.
            if not persons and not bodies and "bodies only" in detail.get("note", ""):
                continue
            exchanges.append(
                {
                    "date": row["date"],
                    "to_side": side,
                    "persons": persons,
                    "civilians": detail.get(f"civilians_to_{side}", ""),
                    "bodies": bodies,
                    "claimed_by": detail.get("claimed_by", ""),
                    "mediator": row["mediator"],
                    "talk": talk,
                    "note": detail.get("note", ""),
                    "source": addresses(row["source"]),
                }
            )
    columns = list(exchanges[0])
    exchanges = filled_in(with_additions(exchanges, "ukraine", "exchanges", columns), "ukraine", "exchanges")
    exchanges.sort(key=lambda row: (str(row["date"]), str(row["to_side"]) == "russia"))
    return write_rows(folder / "exchanges.csv", columns, exchanges)


_MEASURES = {
    "fight until victory": "fight_or_negotiate",
    "continue military action": "continue_or_talk",
    "how much longer": "endure",
    "how long will": "how_long",
    "could the conflict": "nato_war_possible",
    "should ukraine be open": "concessions_for_peace",
    "follow events": "attention",
    "support the actions": "support_military",
    "would mediators": "mediators_help",
}


def _opinion(source: Path, folder: Path) -> int:
    polls: list[dict[str, object]] = []
    for row in read_rows(source / "opinion.csv"):
        date, precision = precise(row["date"])
        measure = next(name for key, name in _MEASURES.items() if key in row["question"].lower())
        answer, _, remark = row["answer"].partition(" (")
        note = remark.rstrip(")") if remark else ""
        if note.startswith("first"):
            measure += "_first_published"
        known = "2025-06-02" if "published 2 June 2025" in row["fieldwork"] else ""
        known = "2025-06-06" if (measure, date) == ("endure", "2025-06-03") else known
        if (row["pollster"], precision) == ("Gallup", "year"):  # as restated with the figures of 2024
            known = "2024-11-30"
        if (measure, date) == ("attention", "2025-01-01"):
            known = "2025-02-17"
        polls.append(_poll(SIDES[row["country"]], measure, answer, date, precision, known, row, note))
    for row in read_rows(source / "approval.csv"):
        date, precision = precise(row["date"])
        side = "russia" if row["leader"] == "Putin" else "ukraine"
        known = "2025-06-16" if (row["leader"], date) == ("Zelensky", "2025-06-03") else ""
        measure = f"{row['measure']}_president"
        polls.append(_poll(side, measure, "yes", date, precision, known, row, cut_note(row["note"])))
        if row["percent_against"]:
            against = {**row, "percent": row["percent_against"]}
            polls.append(_poll(side, measure, "no", date, precision, known, against, ""))
    for row in read_rows(source / "kiis_territorial_concessions.csv"):
        end = row["fieldwork"].partition("/")[2]
        date, precision = precise(end or row["month"])
        for column, answer in (
            ("against_any_concession_pct", "refuse any"),
            ("ready_some_concession_pct", "ready for some"),
        ):
            if row[column]:
                poll = {**row, "percent": row[column], "pollster": "KIIS", "n": ""}
                polls.append(_poll("ukraine", "territorial_concessions", answer, date, precision, "", poll, ""))
    columns = list(polls[0])
    polls = with_additions(polls, "ukraine", "opinion", columns)
    polls.sort(
        key=lambda poll: (str(poll["date"]), str(poll["measure"]), str(poll["population"]), str(poll["answer"]))
    )
    return write_rows(folder / "opinion.csv", columns, polls)


def _poll(
    side: str, measure: str, answer: str, date: str, precision: str, known: str, row: Row, note: str
) -> dict[str, object]:
    return {
        "date": date,
        "date_precision": precision,
        "known_on": known,
        "fieldwork_start": _fieldwork_start(row["fieldwork"]),
        "population": side,
        "pollster": row["pollster"],
        "measure": measure,
        "answer": answer,
        "percent": row["percent"],
        "n": row["n"] if row["n"].isdigit() else None,
        "note": note,
        "source": addresses(row["source"]),
    }


_FIELDWORK = re.compile(r"(\d{1,2}) ?(\w*)-\d{1,2} (\w+) (\d{4})")


def _fieldwork_start(fieldwork: str) -> str:
    """The first day in "15 May-3 June 2025", "2-12 May 2025" or "2023-02-14/2023-02-22"."""
    first = fieldwork.partition("/")[0] if "/" in fieldwork else ""
    if found := _FIELDWORK.match(fieldwork):
        day, own_month, month, year = found.groups()
        first = dt.datetime.strptime(f"{day} {own_month or month} {year}", "%d %B %Y").date().isoformat()
    return first


def _leaders(source: Path, folder: Path) -> int:
    """Spells whose first day, month or year was read; the others wait for a source."""
    leaders: list[dict[str, object]] = []
    for row in read_rows(source / "leaders.csv"):
        if not row["in_date"]:
            continue
        date, precision = precise(row["in_date"])
        until = row["out_date"] if row["out_date"].count("-") == 2 else ""
        leaders.append(
            {
                "date": date,
                "date_precision": precision,
                "side": SIDES[row["side"]],
                "office": row["office"],
                "name_en": row["name"],
                "name_nl": DUTCH_PEOPLE.get(row["name"], row["name"]),
                "until": until,
                "how": row["how"] if until else "",
                "note": "",
                "source": addresses(row["source"]),
            }
        )
    table = list(leaders[0])
    columns = ("date", "side", "office", "name_en", "name_nl", "until", "how", "source")
    leaders += [{**dict(zip(columns, spell, strict=True)), "date_precision": "day"} for spell in PRESIDENTS]
    leaders = filled_in(with_additions(leaders, "ukraine", "leaders", table), "ukraine", "leaders")
    leaders.sort(key=lambda row: (str(row["date"]), str(row["office"]), str(row["side"])))
    return write_rows(folder / "leaders.csv", table, leaders)


#: Spells that the gathered table lacks, read for this record.
PRESIDENTS = (
    ("2019-05-20", "ukraine", "president", "Volodymyr Zelensky", "Volodymyr Zelensky", "", "",
     "https://qha.com.ua/en/novosti-en/zelensky-took-the-oath-and-became-president-of-ukraine/"),
    ("2021-01-20", "united_states", "president", "Joe Biden", "Joe Biden", "2025-01-20", "end of term",
     "https://www.thequint.com/news/world/joe-biden-president-united-states-inaugural-speech ; "
     "https://www.newsbytesapp.com/news/world/donald-trump-inaugurated-as-47th-us-president/story"),
    ("2025-01-20", "united_states", "president", "Donald Trump", "Donald Trump", "", "",
     "https://www.newsbytesapp.com/news/world/donald-trump-inaugurated-as-47th-us-president/story"),
)  # fmt: skip
DUTCH_PEOPLE = {
    "Sergei Shoigu": "Sergej Sjojgoe",
    "Andrei Belousov": "Andrej Beloesov",
    "Sergei Surovikin": "Sergej Soerovikin",
    "Valery Gerasimov": "Valeri Gerasimov",
    "Vladimir Putin": "Vladimir Poetin",
}


def _support(source: Path, folder: Path) -> int:
    """Allocations by month, donor group and kind; a month in which a group allocated nothing is 0."""
    totals: dict[tuple[str, str, str], float] = {}
    months = set()
    for row in read_rows(source / "kiel_support_by_donor_month.csv"):
        if not row["year"].isdigit():
            continue
        month = f"{row['year']}-{int(row['month']):02d}"
        if month < "2022-02":
            continue
        months.add(month)
        group = (
            "united_states"
            if row["country"] == "United States"
            else "eu_and_members"
            if row["country"] in EU_MEMBERS
            else "other_donors"
        )
        for kind in ("military", "financial", "humanitarian"):
            key = (month, group, kind)
            totals[key] = totals.get(key, 0.0) + float(row[kind] or 0)
    rows = [
        {
            "date": f"{month}-01",
            "patron": group,
            "to_side": "ukraine",
            "kind": kind,
            "amount": round(totals.get((month, group, kind), 0.0), 6),
            "unit": "EUR bn",
            "source": "kiel",
        }
        for month in sorted(months)
        for group in ("united_states", "eu_and_members", "other_donors")
        for kind in ("military", "financial", "humanitarian")
    ]
    return write_rows(folder / "support.csv", list(rows[0]), rows)


def _front(source: Path, folder: Path) -> int:
    rows = [
        {"date": row["date"], "value": number(row["occupied_total_km2"]), "source": "deepstate"}
        for row in read_rows(source / "occupied_area_daily.csv")
        if row["occupied_total_km2"]
    ]
    return write_rows(folder / "front.csv", list(rows[0]), rows)


def _russian_strikes(source: Path, folder: Path) -> int:
    """A day without any source row says that nothing was reported, not that nothing flew."""
    rows = []
    for row in read_rows(source / "russian_strikes_daily.csv"):
        reported = int(row["source_rows"]) > 0
        rows.append(
            {
                "date": row["date"],
                "long_range_drones": row["longrange_drone_launched"] if reported else None,
                "missiles": row["missiles_launched"] if reported else None,
            }
        )
    return write_rows(folder / "series/russian_strikes.csv", list(rows[0]), rows)


def _ukrainian_drones(source: Path, folder: Path) -> int:
    rows = []
    for row in read_rows(source / "russian_mod_uav_claims_daily.csv"):
        hole = HOLE[0] <= row["date"] <= HOLE[1]
        value = number(row["ua_uav_claimed_downed"])
        rows.append({"date": row["date"], "claimed_downed": None if hole else value})
    return write_rows(folder / "series/ukrainian_drones.csv", list(rows[0]), rows)


def _russian_losses(source: Path, folder: Path) -> int:
    """Daily increase of the claimed total; where the total stood still, that day and the next are unknown."""
    rows = []
    stood_still = False
    for row in read_rows(source / "russian_losses_official_ua_daily.csv"):
        increase = number(row["personnel_daily"])
        known = increase is not None and increase > 0 and not stood_still
        stood_still = increase is not None and increase <= 0
        rows.append({"date": row["date"], "personnel": increase if known else None})
    return write_rows(folder / "series/russian_losses.csv", list(rows[0]), rows)


def _confirmed_deaths(source: Path, folder: Path) -> int:
    rows = [
        {"date": row["isoDate"], "ukraine": row["ukraineDeaths"], "russia": row["russiaDeaths"]}
        for row in read_rows(source / "confirmed_deaths_both_sides_daily.csv")
        if row["isoDate"] >= "2022-02-24"  # the row before is a bucket for undated deaths
    ]
    return write_rows(folder / "series/confirmed_deaths.csv", list(rows[0]), rows)
