"""Whatever stands in the files, the check says what is wrong in lines of text; it never breaks."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from armistice.errors import RecordError
from armistice.record.check import check_war
from armistice.record.load import load_war
from tests.record.same import plain
from tests.record.small_war import FILES, write_small_war

NAMES = sorted(name for name in FILES if name != "claims.toml")
BITS = (
    "", ",", ";", '"', "\n", "-1", "0", "9999-12-31", "0001-01-01", "2020-13", "2020", "nan", "1e400", "é", "\t", "[", "]", "[[", "=",
    "{}", "[]", "true", "north", "archive", "first-round", "2020-06-30T10:00:00", "month", "x" * 300,
)  # fmt: skip


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(NAMES), data=st.data())
def test_a_damaged_file_is_told_or_taken_never_a_crash(tmp_path_factory, name, data):
    folder = write_small_war(tmp_path_factory.mktemp("any") / "small")
    path = folder / name
    text = path.read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.sampled_from([0, 1, 4, 10, 40]))
        text = text[:start] + data.draw(st.sampled_from(BITS)) + text[start + length :]
    path.write_text(text, encoding="utf-8", newline="")
    problems = check_war(folder)
    assert all(isinstance(problem, str) and problem and "\n" not in problem for problem in problems)
    if problems:
        with pytest.raises(RecordError):
            load_war(folder)
    else:
        plain(load_war(folder).as_of("2022-01-01"))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("SOURCES.toml", 'archive = "a book"\n'),
        ("SOURCES.toml", "archive = [1]\n"),
        ("war.toml", "series = 3\n"),
        ("war.toml", "series = [3]\n"),
        ("war.toml", 'side_a = "north"\n'),
        ("war.toml", ""),
        ("talks.csv", "\n\n"),
        ("series/strikes.csv", "date\n"),
    ],
)
def test_odd_files_are_told(small_war, file, text):
    (small_war / file).write_text(text, encoding="utf-8")
    problems = check_war(small_war)
    assert problems
    assert all(problem.startswith(file) for problem in problems)


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("war.toml", "start = 2020-01-01", "start = 2020-01-01T10:00:00", "war.toml, key 'start': found 2020-01-01 10:00:00; expected a date."),
        ("war.toml", "remaining = 50.0", 'remaining = "much"', "war.toml, [[objectives]] 1 (valley), key 'remaining': found 'much'; expected a number."),
        ("war.toml", "publication_lag_days = 3", "publication_lag_days = 99999999999", "war.toml, [[series]] 2 (losses), key 'publication_lag_days': found 99999999999; expected at most 36525."),
        ("opinion.csv", "2020-06-28", "9999-12-31", "opinion.csv, row 3, column 'date': 9999-12-31 lies in the future."),
        ("support.csv", "2020-05", "9999-12", "support.csv, row 3, column 'date': 9999-12-01 lies in the future."),
        ("series/monthly.csv", "2020-06", "9999-12", "series/monthly.csv, row 4, column 'date': 9999-12-01 lies in the future."),
    ],
)  # fmt: skip
def test_extremes_and_wrong_types_are_told(small_war, file, old, new, problem):
    path = small_war / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    (found,) = check_war(small_war)
    assert found.startswith(problem)


def test_a_war_of_the_first_year_is_no_crash(small_war):
    war = small_war / "war.toml"
    war.write_text(war.read_text().replace("start = 2020-01-01", "start = 0001-01-01"))
    assert check_war(small_war) == []
