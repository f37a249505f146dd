"""`new`: a folder that passes every check, whole or not at all."""

import filecmp
import shutil

import pytest

from armistice.claims import read_claims
from armistice.errors import ParameterError
from armistice.record.check import check_war
from armistice.record.load import bundled_wars, load_war, war_folder_path
from armistice.record.schema import TABLES
from armistice.record.skeleton import new_war
from tests.record.small_war import FILES


def test_a_skeleton_passes_every_check_and_has_every_file(tmp_path):
    folder = new_war(tmp_path / "My war")
    assert check_war(folder) == []
    assert {path.name for path in folder.iterdir()} == {*TABLES, "war.toml", "SOURCES.toml", "claims.toml", "series"}
    war = load_war(folder)
    assert war.id == "my-war"
    record = war.as_of()
    assert record.talks == ()
    assert record.series("strikes-a").values.size == 0
    assert record.front.dates.size == 0


def test_every_remark_of_a_skeleton_shows_something_that_works(tmp_path):
    """Taking away the # of every example gives a folder that passes too."""
    folder = new_war(tmp_path / "war")
    for name in ("war.toml", "SOURCES.toml", "claims.toml"):
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        opened = [
            line.removeprefix("# ") if line.startswith("# [") or (line.startswith("# ") and " = " in line) else line
            for line in lines
        ]
        assert opened != lines
        (folder / name).write_text("\n".join(opened) + "\n", encoding="utf-8")
    assert check_war(folder) == []
    record = load_war(folder).as_of("2024-12-31")
    assert record.war.end.outcome == "ceasefire"
    assert [patron.id for patron in record.war.side_a.patrons] == ["supporter"]
    (claim,) = read_claims(record.claims_toml)
    assert claim.query.where == {"id": record.war.series[0].id}


def test_a_skeleton_can_be_filled_in(tmp_path):
    folder = new_war(tmp_path / "war")
    path = folder / "talks.csv"
    header = path.read_text().strip().split(",")
    cells = {
        "id": "first",
        "date": "2024-02-01",
        "kind": "direct_round",
        "name_en": "First",
        "name_nl": "Eerste",
        "issues": "prisoners",
        "source": "example",
    }
    path.write_text(path.read_text() + ",".join(cells.get(column, "") for column in header) + "\n")
    assert [talk.id for talk in load_war(folder).as_of().talks] == ["first"]


@pytest.mark.parametrize("name", bundled_wars())
def test_a_copy_of_a_bundled_war_is_the_same_under_its_own_id(tmp_path, name):
    folder = new_war(tmp_path / "Our copy", from_war=name)
    assert check_war(folder) == []
    compared = filecmp.dircmp(war_folder_path(name), folder)
    assert (compared.left_only, compared.right_only, compared.diff_files) == ([], [], ["war.toml"])
    before, after = ((f / "war.toml").read_text().splitlines() for f in (war_folder_path(name), folder))
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [(f'id = "{name}"', 'id = "our-copy"')]


def test_a_folder_of_ones_own_can_be_copied(tmp_path, small_war):
    folder = new_war(tmp_path / "copy", from_war=small_war)
    assert (folder / "series/strikes.csv").read_text() == FILES["series/strikes.csv"].removeprefix("\n")
    assert load_war(folder).id == "copy"


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "war").mkdir()
    assert check_war(new_war(tmp_path / "war")) == []


def test_a_folder_with_something_in_it_is_refused_and_left_as_it_was(tmp_path):
    folder = tmp_path / "war"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(ParameterError, match="exists and is not an empty folder; nothing was written"):
        new_war(folder)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("path", "from_war", "message"),
    [
        ("nowhere/war", None, "nowhere does not exist; nothing was written"),
        ("war", "atlantis", "There is no bundled war and no folder called 'atlantis'"),
    ],
)
def test_what_cannot_be_written_leaves_nothing(tmp_path, path, from_war, message):
    with pytest.raises(ParameterError, match=message):
        new_war(tmp_path / path, from_war=from_war)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_nothing(tmp_path, small_war, monkeypatch):
    def full(*args, **kwargs):
        shutil.copy2(small_war / "war.toml", args[1].with_name("half"))
        raise OSError("no space left")

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(OSError, match="no space left"):
        new_war(tmp_path / "copy", from_war=small_war)
    assert [path.name for path in tmp_path.iterdir()] == ["small"]
