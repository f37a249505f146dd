"""Russia and Ukraine: numbers that somebody states, each with who says so and since when it is known.

From the tables of casualties and of the balance of strength, from ``names/ukraine_figures.csv`` (numbers that the
gathered talks and strikes mention) and from :data:`STATED` (pages read for this record).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from compiling.additions import with_additions
from compiling.tables import Row, addresses, cut_note, number, precise, read_rows, slug, write_rows

NAMES = Path(__file__).parent / "names"
SIDES = {"Russia": "russia", "Ukraine": "ukraine"}

FIGURE_COLUMNS = (
    "subject", "quantity", "date", "end_date", "date_precision", "known_on", "value", "low", "high", "unit",
    "claimed_by", "note", "source",
)  # fmt: skip
_SPIDERWEB = "https://thecitizenng.com/ukraine-drones-hit-4-russian-airfields-41-warplanes/"
_SBU = "https://www.newsbytesapp.com/news/world/zelensky-praises-117-drone-attack-as-ukraine-damages-40-russian-jets/story"
_FOX = "https://aggregator.oikosix.com/?p=12143"
_REUTERS = "https://www.daily8.com/en/article/8d9fa13020036aaf085332afcfbb6242"
_MEDINSKY = "https://aispruce.com/2025/06/02/russia-and-ukraine-agree-to-largest-ever-prisoner-swap"
_MAY = "https://unn.ua/en/news/meeting-in-istanbul-how-the-negotiations-between-ukraine-and-russia-ended-and-what-to-expect"
_CHILDREN = (
    "https://unn.ua/en/news/russia-has-put-forward-its-usual-predatory-demands-in-the-negotiations-peace-in-exchange-"
    "for-the-captured-ukrainian-territories"
)
#: subject, quantity, date, known on, value, low, high, unit, who says so, source: read for this record.
STATED = (
    ("spiderweb", "aircraft_hit", "2025-06-01", "", 41, None, None, "aircraft", "Security Service of Ukraine", _SPIDERWEB),
    ("spiderweb", "aircraft_hit", "2025-06-01", "2025-06-04", None, None, 20, "aircraft", "US officials (Reuters)", _REUTERS),
    ("spiderweb", "aircraft_destroyed", "2025-06-01", "2025-06-02", None, 11, 15, "aircraft", "US officials (Fox News)", _FOX),
    ("spiderweb", "aircraft_destroyed", "2025-06-01", "2025-06-04", 10, None, None, "aircraft", "US officials (Reuters)", _REUTERS),
    ("spiderweb", "damage_usd", "2025-06-01", "", 7e9, None, None, "USD", "Security Service of Ukraine", _SBU),
    ("spiderweb", "damage_usd", "2025-06-01", "2025-06-02", 2e9, None, None, "USD", "other Ukrainian experts (Fox News)", _FOX),
    ("spiderweb", "cruise_missile_carriers_percent", "2025-06-01", "", 34, None, None,
     "% of carriers at the main bases", "Security Service of Ukraine", _SBU),
    ("istanbul-1", "prisoners_each", "2025-05-16", "", 1000, None, None, "persons", "Ukrainian delegation (Umerov)", _MAY),
    ("istanbul-1", "prisoners_each", "2025-05-16", "", 1000, None, None, "persons", "both parties (UNN)", _MAY),
    ("istanbul-2", "prisoners_each", "2025-06-02", "", None, 1000, None, "persons", "Russian delegation (Medinsky)", _MEDINSKY),
    ("children-list", "children_named", "2025-06-02", "", 339, None, None, "children", "Ukrainian delegation", _CHILDREN),
    ("children-list", "children_offered", "2025-06-02", "", 10, None, None, "children",
     "two unnamed Ukrainian officials (Axios)", _CHILDREN),
)  # fmt: skip


def compile_figures(source: Path, folder: Path) -> int:
    """Write ``figures.csv``; a figure counts from the day on which it was stated, where that was read."""
    figures: list[dict[str, object]] = [
        dict(
            zip(
                ("subject", "quantity", "date", "known_on", "value", "low", "high", "unit", "claimed_by", "source"),
                stated,
                strict=True,
            )
        )
        for stated in STATED
    ]
    sources = _sources_of_rows(source)
    for row in read_rows(NAMES / "ukraine_figures.csv"):
        figures.append({**row, "source": row["source"] or sources[row["subject"]]})
    for figure in figures[: len(STATED)]:  # said in public on the day, unless a later day stands there
        figure["known_on"] = figure["known_on"] or figure["date"]
    for row in read_rows(source / "casualties.csv"):
        date, precision = precise(row["date"])
        subject = {"Russia": "russia", "Ukraine": "ukraine"}.get(row["side"], "war")
        low, high = number(row["low"]), number(row["high"])
        single = high is None and low is not None
        figures.append(
            {
                "subject": subject,
                "quantity": slug(row["quantity"]).replace("-", "_"),
                "date": date,
                "date_precision": precision,
                "known_on": _known_in(row["note"]) or (date if precision == "day" else ""),
                "value": low if single else None,
                "low": None if single else low,
                "high": high,
                "unit": "persons",
                "claimed_by": row["who_says"],
                "note": cut_note(row["note"]),
                "source": addresses(row["source"]),
            }
        )
    for row in read_rows(source / "balance.csv"):
        start, _, end = row["period"].partition("..")
        date, precision = precise(start)
        figures.append(
            {
                "subject": SIDES[row["side"]],
                "quantity": slug(row["quantity"]).replace("-", "_"),
                "date": date,
                "end_date": end or None,
                "date_precision": precision,
                "known_on": PUBLISHED.get((row["who_says"].split(" ")[0], row["period"]))
                or _stated_on(row)
                or _vintage(row["source"]),
                "value": number(row["value"]),
                "unit": row["unit"],
                "claimed_by": row["who_says"] + (" (plan cut in April)" if "plan cut" in row["note"] else ""),
                "note": cut_note(row["note"]),
                "source": addresses(row["source"]) or _world_bank(row["source"]),
            }
        )
    figures = with_additions(figures, "ukraine", "figures", FIGURE_COLUMNS)
    figures.sort(key=lambda figure: (str(figure["date"]), str(figure["subject"]), str(figure["quantity"])))
    return write_rows(folder / "figures.csv", FIGURE_COLUMNS, figures)


def _sources_of_rows(source: Path) -> dict[str, str]:
    """The addresses of talks and events by id."""
    found = {}
    for names, table in (("talks", "negotiation_events_ukraine"), ("events", "strikes_notable")):
        rows = read_rows(source / f"{table}.csv")
        for name in read_rows(NAMES / f"ukraine_{names}.csv"):
            found[name["id"]] = addresses(rows[int(name["row"])]["source"]) or "russian_mod"
    return found


def _known_in(note: str) -> str:
    """The day in a note such as "monthly count as known on 18 July 2023"."""
    if "as known on" not in note:
        return ""
    words = note.split("as known on ")[1].replace(";", "").split()
    return dt.datetime.strptime(" ".join(words[:3]), "%d %B %Y").date().isoformat()


#: When yearly figures were published, by who says so and the year they speak of.
PUBLISHED = {
    ("SIPRI", "2023"): "2024-04-22",
    ("SIPRI", "2024"): "2025-04-28",
    ("CSIS", "2025-06"): "2025-06-03",
}
_REUTERS_MAY = "wbbsewbgov"  # a reprint of Reuters of 16 May 2025: forecasts, and plans for the year


def _stated_on(row: Row) -> str:
    """The day of the page for plans and forecasts, which are known before their period is over."""
    return "2025-05-16" if _REUTERS_MAY in row["source"] and ".." not in row["period"] else ""


def _vintage(cell: str) -> str:
    """The day of the edition in a source such as "data/gdp.csv @ bac348b (2025-05-01; World Bank)"."""
    return cell.partition("(")[2].partition(";")[0] if "World Bank" in cell else ""


def _world_bank(cell: str) -> str:
    return "world_bank_gdp" if "datasets/gdp" in cell else "world_bank_population"
