"""Start a war folder: an empty, commented skeleton, or a copy of a war to change."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from armistice.errors import ParameterError
from armistice.record.load import war_folder_path
from armistice.record.schema import TABLES

__all__ = ["new_war"]


def new_war(path: str | Path, from_war: str | Path | None = None) -> Path:
    """Write a war folder that passes every check, for its owner to fill in or change.

    The folder is made beside its place and moved there when it is complete, so that nothing is left
    half-written.

    Parameters
    ----------
    path : str or Path
        Where; must not exist, or be an empty folder. Its parent must exist.
    from_war : str or Path, optional
        A bundled war's name (or a war folder) to copy; by default an empty skeleton. The copy's id is the name of
        its folder.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ParameterError
        If something stands at ``path``, its parent does not exist, or ``from_war`` is unknown.
    """
    path = Path(path)
    origin = None if from_war is None else war_folder_path(from_war)
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise ParameterError(f"{path} exists and is not an empty folder; nothing was written. Choose another name.")
    if not path.absolute().parent.is_dir():
        raise ParameterError(f"{path.absolute().parent} does not exist; nothing was written. Make that folder first.")
    with tempfile.TemporaryDirectory(prefix=".new-war-", dir=path.absolute().parent) as beside:
        made = Path(beside) / "war"
        if origin is None:
            _write_skeleton(made, path.absolute().name)
        else:
            shutil.copytree(origin, made, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
            _rename(made / "war.toml", _war_id(path.absolute().name))
        if path.exists():  # an empty folder is filled, not replaced: somebody may stand in it
            for part in made.iterdir():
                part.rename(path / part.name)
        else:
            made.rename(path)
    return path


def _war_id(folder_name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", folder_name.lower()).strip("-") or "my-war"


def _rename(war_toml: Path, war_id: str) -> None:
    """Give a copy an id of its own, so that its reports do not overwrite those of the war it came from."""
    text = war_toml.read_text(encoding="utf-8")
    # Keys of the top come before the first table, so the first id is the war's.
    war_toml.write_text(re.sub(r'(?m)^id *= *"[^"]*"', f'id = "{war_id}"', text, count=1), encoding="utf-8")


def _write_skeleton(folder: Path, name: str) -> None:
    (folder / "series").mkdir(parents=True)
    texts = {
        "war.toml": _WAR.replace("@id@", _war_id(name)),
        "SOURCES.toml": _SOURCES,
        "claims.toml": _CLAIMS,
        "series/strikes.csv": "date,strikes_a,source,note\n",
    }
    for file, model in TABLES.items():
        columns = list(model.model_fields)
        first = [column for column in ("id", "date", "date_precision", "end_date", "known_on") if column in columns]
        last = ["source", "note"]
        middle = [column for column in columns if column not in first + last]
        texts[file] = ",".join([*first, *middle, *last]) + "\n"
    for file, text in texts.items():
        (folder / file).write_text(text.removeprefix("\n"), encoding="utf-8")


_WAR = """
# A war, described. docs/war-folder.md lists every key and every column of the tables beside this file.
# Lines that begin with # are remarks. Run `armistice check` on the folder after each change.

schema_version = 1
id = "@id@"                                      # lower-case letters, digits, - and _
names = { en = "Name of the war", nl = "Naam van de oorlog" }
start = 2024-01-01                               # first day of the war
start_source = "example"                         # a key in SOURCES.toml, or an http address
default_as_of = 2024-12-31                       # the day of an assessment when none is asked for
type_of_conflict = "interstate"                  # extrasystemic, interstate, intrastate, internationalised_intrastate
incompatibility = "territory"                    # territory, government, both
ucdp_conflict_ids = []                           # UCDP conflicts that are this war: kept out of its own comparison

# The two sides. Their ids are what the tables use.
[side_a]
id = "a"
names = { en = "Side A", nl = "Partij A" }
members = []                                     # states or groups that fight on this side

# States or bodies that support a side from outside; support.csv refers to them by id.
# [[side_a.patrons]]
# id = "supporter"
# names = { en = "A supporter", nl = "Een steunverlener" }

[side_b]
id = "b"
names = { en = "Side B", nl = "Partij B" }
members = []

# Only when the war is over. Records of earlier days do not see this.
# [end]
# date = 2024-12-01
# outcome = "ceasefire"          # peace_agreement, ceasefire, victory_a, victory_b, low_activity, actor_ceases
# source = "example"

# What front.csv measures; delete this section together with front.csv when you have no figures.
[front]
measure = "area_km2"                             # area_km2 (held by `side`) or position_km (a line on an axis)
side = "a"                                       # whose gain is an increase
names = { en = "Area held by side A", nl = "Gebied in handen van partij A" }
claimed_by = "Who draws the map"
publication_lag_days = 1                         # days after its date until a row could be known
source = "example"

# Ground that a side may be trying to take, for "at this pace, how long?"
# [[objectives]]
# id = "province"
# names = { en = "the rest of the province", nl = "de rest van de provincie" }
# side = "a"
# remaining = 1000.0             # in the unit of the front
# measured_on = 2024-06-01       # records of earlier days do not see this
# source = "example"

# Matters on the table; talks.csv refers to them by id.
[[issues]]
id = "prisoners"
names = { en = "Prisoners of war", nl = "Krijgsgevangenen" }

# One section per column of a file under series/. A blank cell means "not reported"; 0 means what zero_means says.
[[series]]
id = "strikes-a"
file = "series/strikes.csv"
column = "strikes_a"
names = { en = "Strikes by side A", nl = "Aanvallen door partij A" }
measures = "strikes"                             # strikes, deaths, personnel_losses, equipment_losses, sorties, other
side = "a"                                       # who acts (strikes, sorties) or suffers (deaths, losses)
every = "day"                                    # day or month
is_count = true                                  # whole numbers of events
unit = { en = "strikes a day", nl = "aanvallen per dag" }
zero_means = { en = "reported as none", nl = "als geen gemeld" }
claimed_by = "Who reports the figures"
publication_lag_days = 0
source = "example"

# Days after its date until a row without known_on counts as known, by file.
[publication_lag_days]
"opinion.csv" = 14
"support.csv" = 60
"""

_SOURCES = """
# Where figures come from: one section per source. Rows name the key in their column `source`, or give an
# http address instead.

[example]
title = "Title of the source"
publisher = "Who published it"
url = "https://example.org/source"
licence = "CC BY 4.0"                            # what you may do with it; "unknown" is an answer too
citation = "Author (year), Title."
# retrieved = 2024-12-31
"""

_CLAIMS = """
# Statements to hold against the evidence: one [[claims]] section each, in your own words.

# [[claims]]
# id = "long-war"
# made_on = 2024-12-01
# statement = { en = "More strikes than in spring.", nl = "Meer aanvallen dan in het voorjaar." }
# [claims.query]
# table = "series"
# where = { id = "strikes-a" }
# first_day = 2024-11-01
# last_day = 2024-11-30
# take = "sum"
# supported_if = "value > 900"
# contradicted_if = "value <= 900"
"""
