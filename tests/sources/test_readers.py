"""Readers of files that users bring, on made-up rows in each publisher's layout, and on the real files where present."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.sources import (
    interstate_wars,
    read_archigos,
    read_atop,
    read_cow_wars,
    read_mid,
    read_nmc,
)
from armistice.sources.nmc import strength_ratio

INTERSTATE = (
    "WarNum,WarName,WarType,ccode,StateName,Side,StartMonth1,StartDay1,StartYear1,EndMonth1,EndDay1,EndYear1,"
    "StartMonth2,StartDay2,StartYear2,EndMonth2,EndDay2,EndYear2,TransFrom,WhereFought,Initiator,Outcome,TransTo,"
    "BatDeath,Version\n"
)
NO_SECOND = "-8,-8,-8,-8,-8,-8"


def interstate(*rows):
    return INTERSTATE + "".join(row + "\n" for row in rows)


def war(number, state, side, start, end, *, second=NO_SECOND, initiator=2, outcome=1, deaths="100"):
    return f"{number},War {number},1,{state},State {state},{side},{start},{end},{second},-8,2,{initiator},{outcome},-8,{deaths},4"


@pytest.fixture
def file(tmp_path):
    def written(text, name="file.csv", *, encoding="utf-8"):
        path = tmp_path / name
        raw = text.encode(encoding)
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return path

    return written


# --- wars -----------------------------------------------------------------------------------------------


def test_dates_pauses_and_missing_codes_of_a_war_between_states(file):
    path = file(
        interstate(
            war(7, 10, 1, "3,24,1848", "8,9,1848", second="3,12,1849,3,30,1849", initiator=1, outcome=2),
            war(7, 20, 2, "3,24,1848", "8,9,1848", second="3,12,1849,3,30,1849", deaths="-9"),
            war(8, 30, 1, "5,-9,1900", "-9,-9,1901", initiator=1, outcome=6),
            war(9, 40, 1, "1,2,1999", "-7,-7,-7", initiator=1, outcome=5),
        )
    )
    found = read_cow_wars(path)
    assert found.version == "COW Inter-State Wars 4.0"
    assert [str(d) for d in found.start] == ["1848-03-24", "1848-03-24", "1900-05-01", "1999-01-02"]
    assert [str(d) for d in found.end] == ["1849-03-30", "1849-03-30", "1901-12-31", "NaT"]
    assert found.start_precision.tolist() == ["day", "day", "month", "day"]
    assert found.end_precision.tolist()[2] == "year"
    assert np.isnan(found.deaths).tolist() == [False, True, False, False]
    assert found.is_initiator.tolist() == [1, 0, 1, 1]
    wars = interstate_wars(found)
    # The war going on has no length yet; both days count.
    assert wars.war_number.tolist() == [7, 8]
    assert wars.days.tolist() == [372, 610]
    assert wars.initiator_outcome.tolist() == [2, 6]


def test_initiators_that_fared_differently_give_no_outcome(file):
    rows = [war(7, s, 1, "1,1,1900", "2,1,1900", initiator=1, outcome=o) for s, o in ((10, 1), (20, 2))]
    assert interstate_wars(read_cow_wars(file(interstate(*rows)))).initiator_outcome.tolist() == [-1]


def test_carriage_returns_tabs_gzip_and_windows_letters_are_read(file):
    text = interstate(war(7, 10, 1, "1,1,1900", "2,1,1900")).replace("State 10", "Württemberg")
    plain = read_cow_wars(file(text))
    for changed in (
        file(text.replace("\n", "\r"), "cr.csv"),
        file(text.replace(",", "\t"), "tabs.txt"),
        file(text, "packed.csv.gz"),
        file(text, "windows.csv", encoding="cp1252"),
    ):
        other = read_cow_wars(changed)
        assert other.party.tolist() == plain.party.tolist() == ["Württemberg"]
        assert (other.end == plain.end).all()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (war(7, 10, 1, "5,1,1900", "4,1,1900"), r"row 3.*War 7 ends on 1900-04-01, before it starts on 1900-05-01"),
        (war(7, 10, 1, "2,30,1900", "4,1,1900"), r"row 3.*start of War 7 is no date: 1900, 2, 30"),
        (war(7, 10, 1, "-8,-8,-8", "4,1,1900"), r"row 3.*no first year"),
        (war(7, 10, 1, "1,1,1900", "4,1,1900", deaths="many"), r"row 3.*BatDeath must be a number, got 'many'"),
        (war(7, 10, 1, "1,1,1900", "4,1,1900", deaths="-50"), r"row 3.*BatDeath must be at least 0, got '-50'"),
        (
            war(7, 10, 1, "1,1,1900", "4,1,1901", second="5,1,1902,3,1,1902"),
            r"row 3.*ends on 1902-03-01, before it starts on 1902-05-01 \(spell 2\)",
        ),
    ],
)
def test_impossible_rows_are_named(file, row, says):
    good = war(6, 10, 1, "1,1,1899", "2,1,1899")
    with pytest.raises(DataError, match=says):
        read_cow_wars(file(interstate(good, row)))


def test_the_other_lists_are_told_apart(file):
    colonial = (
        "WarNum,WarName,WarType,ccode1,SideA,ccode2,SideB,StartMonth1,StartDay1,StartYear1,EndMonth1,EndDay1,EndYear1,"
        "StartMonth2,StartDay2,StartYear2,EndMonth2,EndDay2,EndYear2,Initiator,Interven,TransFrom,Outcome,TransTo,"
        "WhereFought,BatDeath,NonStateDeaths,Version\n"
        f"300,Bombardment,3,210,Here,-8,There,8,26,1816,8,30,1816,{NO_SECOND},1,1,-8,2,-8,6,13,-8,4\n"
    )
    found = read_cow_wars(file(colonial))
    assert (found.version, found.party[0], found.opponent[0]) == ("COW Extra-State Wars 4.0", "Here", "There")
    assert found.side.tolist() == [-1]
    with pytest.raises(DataError, match="needs COW Inter-State"):
        interstate_wars(found)


def test_an_unknown_version_says_what_was_found_and_what_is_known(file):
    with pytest.raises(DataError) as caught:
        read_cow_wars(file("WarNum,WarName,Beginning\n1,A war,1900\n"))
    message = str(caught.value)
    assert "'WarNum', 'WarName', 'Beginning'" in message
    assert "COW Intra-State Wars 5.1" in message
    assert "Nearest is" in message


def test_absent_empty_and_ragged_files(file, tmp_path):
    with pytest.raises(DataError, match=r"No file .*nowhere\.csv; give the path of a COW list"):
        read_cow_wars(tmp_path / "nowhere.csv")
    with pytest.raises(DataError, match="found columns nothing"):
        read_cow_wars(file(""))
    with pytest.raises(DataError, match="a heading and no rows"):
        read_cow_wars(file(INTERSTATE))
    with pytest.raises(DataError, match="row 2: 25 columns, 3 cells"):
        read_cow_wars(file(INTERSTATE + "1,War,1\n"))


# --- capabilities, disputes, alliances, leaders ------------------------------------------------------------------

NMC = "stateabb,ccode,year,milex,milper,irst,pec,tpop,upop,cinc,version\n"


def test_capabilities_and_the_ratio_of_two_sides(file):
    found = read_nmc(file(NMC + "AAA,2,1900,-9,10,1,1,100,10,.3,2025\nBBB,220,1900,5,10,1,1,50,10,.1,2025\n"))
    assert found.version.endswith("2025")
    assert np.isnan(found.military_spending).tolist() == [True, False]
    assert strength_ratio(found, [2], [220], 1900) == pytest.approx(3.0)
    assert strength_ratio(found, [220], [2, 220], 1900) == pytest.approx(0.25)
    assert np.isnan(strength_ratio(found, [2], [999], 1900))
    assert np.isnan(strength_ratio(found, [2], [220], 1901))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("AAA,2,1900,1,1,1,1,1,1,.3,5\nAAA,2,1900,1,1,1,1,1,1,.3,5\n", "row 3: state 2 in 1900 occurs twice"),
        ("AAA,2,1900,1,1,1,1,1,1,1.3,5\n", "cinc is a share from 0 to 1, got 1.3"),
        ("AAA,2,1900,1,1,1,1,-3,1,.3,5\n", "tpop must be at least 0, got '-3'"),
    ],
)
def test_capabilities_that_cannot_be(file, rows, says):
    with pytest.raises(DataError, match=says):
        read_nmc(file(NMC + rows))


MIDA = (
    "dispnum,stday,stmon,styear,endday,endmon,endyear,outcome,settle,fatality,fatalpre,maxdur,mindur,hiact,hostlev,"
    "recip,numa,numb,ongo2014,version\n"
)


def test_disputes(file):
    found = read_mid(file(MIDA + "2,-9,7,1902,24,1,1903,-9,1,6,0,208,178,7,3,0,1,1,0,5\n"))
    assert (found.version, found.outcome[0], found.settlement[0]) == ("COW MID 5 disputes (MIDA)", -1, 1)
    assert (found.shortest_days[0], found.longest_days[0]) == (178, 208)
    with pytest.raises(DataError, match="at least 300 and at most 208 days"):
        read_mid(file(MIDA + "2,-9,7,1902,24,1,1903,6,1,0,0,208,300,7,3,0,1,1,0,5\n"))
    with pytest.raises(DataError, match="outcome 12 is no known code"):
        read_mid(file(MIDA + "2,-9,7,1902,24,1,1903,12,1,0,0,208,178,7,3,0,1,1,0,5\n"))


def test_alliances_in_both_layouts(file):
    official = read_atop(
        file("stateA,stateB,year,atopally,defense,offense,neutral,nonagg,consul\n2,20,1950,1,1,0,0,0,1\n")
    )
    packaged = read_atop(
        file(
            "ccode1,ccode2,year,atop_defense,atop_offense,atop_neutral,atop_nonagg,atop_consul\n2,20,1950,1,0,0,0,NA\n"
        )
    )
    assert official.allies_of(20, 1950) == packaged.allies_of(20, 1950) == [2]
    assert official.allies_of(2, 1950) == []
    assert np.isnan(packaged.consultation[0])
    with pytest.raises(DataError, match="defense must be 0 or 1, got 2"):
        read_atop(file("stateA,stateB,year,defense,offense,neutral,nonagg,consul\n2,20,1950,2,0,0,0,1\n"))


ARCHIGOS = "obsid,leadid,ccode,idacr,leader,startdate,enddate,entry,exit,exitcode,posttenurefate\n"


def test_leaders_and_who_was_in_office(file):
    found = read_archigos(
        file(
            ARCHIGOS
            + "AAA-1,x,2,AAA,First,1900-01-01,1905-06-01,Regular,Irregular,Unknown,Exile\n"
            + "AAA-2,y,2,AAA,Second,1905-06-01,1910-01-01,Irregular,Still in Office,Still in Office,Leader Still in Office\n"
        )
    )
    assert found.fate.tolist() == ["Exile", ""]
    assert found.is_in_office.tolist() == [False, True]
    assert found.in_office(2, np.datetime64("1905-06-01")) == 0  # the one who came first
    assert found.in_office(2, np.datetime64("1905-06-02")) == 1
    assert found.in_office(2, np.datetime64("1899-01-01")) is None
    assert str(found.last_day) == "1910-01-01"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            "A,x,2,AAA,Lost,1905-01-01,1904-01-01,Regular,Regular,Regular,OK",
            "Lost leaves office on 1904-01-01, before",
        ),
        ("A,x,2,AAA,Lost,1905-01-01,NA,Regular,Regular,Regular,OK", "must both be given"),
        ("A,x,2,AAA,Lost,1905-13-01,1906-01-01,Regular,Regular,Regular,OK", "startdate must be a day"),
        ("A,x,2,AAA,Lost,1905-01-01,1906-01-01,Regular,Regular,Regular,Retired", "'Retired' is no known fate"),
    ],
)
def test_spells_that_cannot_be(file, row, says):
    with pytest.raises(DataError, match=says):
        read_archigos(file(ARCHIGOS + row + "\n"))


# --- the real files, where a user has them ---------------------------------------------------------------------


@pytest.fixture
def own_files(shared):
    folder = shared / "data" / "history" / "research_terms"
    if not folder.is_dir():
        pytest.skip(f"the files that may not be shipped are not at {folder}")
    return folder


def test_initiators_do_worse_the_longer_the_war(own_files):
    """Published sign (Slantchev 2004): counts of wins and losses of initiators by days of war."""
    wars = interstate_wars(read_cow_wars(own_files / "cow_interstate_war_v4.0.csv"))
    assert len(wars.days) == 95
    bounds = [(1, 60), (61, 180), (181, 365), (366, 1000), (1001, np.inf)]
    counted = [
        tuple(
            int(((wars.days >= low) & (wars.days <= high) & (wars.initiator_outcome == code)).sum())
            for code in (1, 2)
        )
        for low, high in bounds
    ]
    assert counted == [(16, 5), (14, 7), (10, 4), (8, 4), (3, 6)]


@pytest.mark.parametrize(
    ("name", "read", "rows"),
    [
        ("cow_intrastate_war_v5.1.csv", read_cow_wars, 420),
        ("cow_extrastate_war_v4.0.csv", read_cow_wars, 198),
        ("cow_nonstate_war_v4.0.csv", read_cow_wars, 62),
        ("cow_nmc_v6.csv.gz", read_nmc, 17_121),
        ("cow_mid_disputes_v5.csv.gz", read_mid, 2_436),
        ("gml_mid_disputes_v2.2.1.csv.gz", read_mid, 2_174),
        ("atop_v5_directed_dyad_years.csv.gz", read_atop, 273_296),
        ("archigos_v4.1_full.csv.gz", read_archigos, 3_409),
    ],
)
def test_whole_files_are_read(own_files, name, read, rows):
    found = read(own_files / name)
    length = next(len(value) for value in vars(found).values() if isinstance(value, np.ndarray))
    assert length == rows
