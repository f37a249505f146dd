"""A small, valid war folder for the tests to bend and break."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "war.toml": """
schema_version = 1
id = "small"
names = { en = "A small war", nl = "Een kleine oorlog" }
start = 2020-01-01
start_source = "archive"
default_as_of = 2020-06-30
type_of_conflict = "interstate"
incompatibility = "territory"

[side_a]
id = "north"
names = { en = "North", nl = "Noord" }
[[side_a.patrons]]
id = "empire"
names = { en = "The empire", nl = "Het keizerrijk" }

[side_b]
id = "south"
names = { en = "South", nl = "Zuid" }

[end]
date = 2020-12-01
known_on = 2020-12-02
outcome = "ceasefire"
source = "archive"

[front]
measure = "area_km2"
side = "north"
names = { en = "Area held by North", nl = "Gebied van Noord" }
claimed_by = "Mapmaker"
publication_lag_days = 2
source = "archive"

[[objectives]]
id = "valley"
names = { en = "The valley", nl = "De vallei" }
side = "north"
remaining = 50.0
measured_on = 2020-04-01
source = "archive"

[[issues]]
id = "prisoners"
names = { en = "Prisoners", nl = "Gevangenen" }

[[series]]
id = "drones"
file = "series/strikes.csv"
column = "drones_north"
names = { en = "Drones", nl = "Drones" }
measures = "strikes"
side = "north"
unit = { en = "drones a day", nl = "drones per dag" }
zero_means = { en = "reported as none", nl = "als geen gemeld" }
claimed_by = "South"
publication_lag_days = 0
source = "archive"

[[series]]
id = "losses"
file = "series/strikes.csv"
column = "losses_south"
names = { en = "Losses", nl = "Verliezen" }
measures = "personnel_losses"
side = "south"
is_count = false
unit = { en = "people a day", nl = "mensen per dag" }
zero_means = { en = "reported as none", nl = "als geen gemeld" }
claimed_by = "North"
publication_lag_days = 3
source = "archive"

[[series]]
id = "sorties"
file = "series/monthly.csv"
column = "sorties"
names = { en = "Sorties", nl = "Vluchten" }
measures = "sorties"
side = "south"
every = "month"
unit = { en = "sorties a month", nl = "vluchten per maand" }
zero_means = { en = "none flown", nl = "geen gevlogen" }
claimed_by = "South"
publication_lag_days = 10
source = "archive"

[publication_lag_days]
"opinion.csv" = 5
"support.csv" = 30
""",
    "SOURCES.toml": """
[archive]
title = "Archive of the small war"
licence = "CC0-1.0"
citation = "Archive (2021)"
""",
    "talks.csv": """id,date,end_date,known_on,announced_on,kind,name_en,name_nl,parties,issues,outcome,source
first-round,2020-02-10,2020-02-12,,2020-02-01,direct_round,First round,Eerste ronde,North;South,prisoners,partial_deal,archive
quiet-round,2020-03-05,,2020-05-20,2020-05-20,indirect_round,Quiet round,Stille ronde,North|South,,no_deal,archive
easter,2020-04-12,2020-04-13,,,truce,Easter truce,Paasbestand,,,broken,https://example.org/easter
long-truce,2020-06-20,2020-07-20,2020-06-20,2020-06-15,truce,Long truce,Lang bestand,,,held,archive
late-round,2020-07-01,,,,direct_round,Late round,Late ronde,,prisoners,deal,archive
""",
    "events.csv": """id,date,date_precision,end_date,known_on,actor,kind,name_en,name_nl,answers,answer_announced,source
bridge,2020-03-01,day,,,south,symbolic,A bridge,Een brug,,yes,archive
raid,2020-03-04,day,,,north,mass_strike,A raid,Een aanval,bridge,,archive
march,2020-03,,,,north,front,A month of gains,Een maand winst,,,archive
siege,2020-06-01,day,2020-07-15,2020-06-03,north,front,A siege,Een beleg,,,archive
later,2020-08-01,day,,,north,front,Later,Later,raid,,archive
""",
    "figures.csv": """subject,quantity,date,end_date,value,low,high,unit,claimed_by,source
bridge,dead,2020-03-02,,12,,,people,South,archive
bridge,dead,2020-03-02,,40,,,people,North,archive
war,dead,2020-01-01,2020-03,,900,1200,people,Monitor,archive
late-round,exchanged,2020-07-02,,100,,,people,North,archive
""",
    "exchanges.csv": """date,to_side,persons,bodies,claimed_by,talk,source
2020-02-20,north,300,,North,first-round,archive
2020-02-20,south,303,,South,first-round,archive
2020-07-05,south,,25,South,late-round,archive
""",
    "opinion.csv": """date,fieldwork_start,population,pollster,measure,answer,percent,n,source
2020-03-20,2020-03-10,south,Pollster,concessions,ready,20.5,1000,archive
2020-06-28,2020-06-20,south,Pollster,concessions,ready,25,1000,archive
""",
    "leaders.csv": """date,side,office,name_en,name_nl,until,how,source
2015-05-01,north,president,A. North,A. Noord,2020-09-01,voted out,archive
2018-05-01,south,president,B. South,B. Zuid,,,archive
""",
    "support.csv": """date,patron,to_side,kind,amount,unit,source
2020-01,empire,north,military,10.5,million EUR,archive
2020-05,empire,north,military,12,million EUR,archive
2020-06,empire,north,military,0,million EUR,archive
""",
    "front.csv": """date,value,low,high,source
2020-01-10,100,,,archive
2020-02-10,,110,130,archive
2020-03-10,,,,archive
2020-06-29,140,139,141,archive
""",
    "series/strikes.csv": """date,drones_north,losses_south
2020-01-01,5,10.5
2020-01-02,,11
2020-01-04,7,
2020-06-30,9,3
2020-07-02,11,4
""",
    "series/monthly.csv": """date,sorties
2020-01,100
2020-03-01,120
2020-06,90
""",
    "claims.toml": "",
}


def write_small_war(folder: Path) -> Path:
    """Write the folder; its war ran from January to December 2020 and is assessed as of 30 June."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.removeprefix("\n"), encoding="utf-8")
    return folder
