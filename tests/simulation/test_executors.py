"""One answer to the last bit, whoever plays the wars and whatever happens to them meanwhile."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest

from armistice.bargaining.equilibrium import solve
from armistice.bargaining.game import Game, State
from armistice.errors import MissingExtraError, ParameterError, StatisticalWarning
from armistice.simulation import executors, parts
from armistice.simulation.executors import RunInterrupted, Task, WorkersLostError, run_tasks
from armistice.simulation.parts import _to_bytes
from armistice.simulation.play import play
from armistice.simulation.rules import Forces, Strikes, Violence, rules_of

distributed = pytest.importorskip("distributed")
psutil = pytest.importorskip("psutil")


@pytest.fixture(scope="module")
def rules():
    """Everything on, on a small front."""
    game = Game(front_cells=4, mobility=0.3, issues=()).without("security", "office")
    forces = Forces(
        losses="aimed", rate=(0.02, 0.03), persons=(1e5, 8e4), noise=0.4, push_losses=(0.5, 0.5),
        killed_share=(0.3, 0.25), break_point=(0.5, 0.5), replenished=(500.0, 900.0),
    )  # fmt: skip
    strikes = Strikes(rise=(0.2, 0.3), fall=(0.3, 0.3), deaths=((1.0, 20.0, 200.0),) * 2, suspends_talks=0.1)
    violence = Violence(forces, strikes, lull=0.01)
    return rules_of(solve(game, precision=60, certify=False), State(front=2), violence)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(executors, "PART_WARS", 40)


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, env=executors._ONE_THREAD, **executors._QUIET
    ) as running:
        yield running


def tasks(rules, seed=3):
    """Two tasks of unequal length, neither a whole number of parts."""
    return [Task(rules, 250, 24, seed), Task(rules, 90, 12, seed, first_war=1000)]


def bytes_of(results):
    return [_to_bytes(one) for one in results]


@pytest.fixture(scope="module")
def expected(rules):
    """Played in one go, without an executor."""
    return bytes_of(
        play(task.rules, n_wars=task.n_wars, months=task.months, seed=task.seed, first_war=task.first_war)
        for task in tasks(rules)
    )


def kill_one_worker(name="spawn_main"):
    """SIGKILL, as the kernel does when memory runs out."""
    workers = [
        child for child in psutil.Process().children(recursive=True) if any(name in word for word in child.cmdline())
    ]
    assert workers
    workers[0].send_signal(signal.SIGKILL)


# --- the same answer -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("engine", "workers"), [("serial", 1), ("processes", 1), ("processes", 2), ("processes", 8)])
def test_any_number_of_workers_gives_the_same_bytes(rules, expected, engine, workers):
    assert bytes_of(run_tasks(tasks(rules), engine=engine, workers=workers)) == expected


def test_a_cluster_started_here_gives_the_same_bytes(rules, expected):
    assert bytes_of(run_tasks(tasks(rules), engine="dask", workers=2)) == expected


def test_a_cluster_that_runs_already_gives_the_same_bytes(rules, expected, cluster):
    assert bytes_of(run_tasks(tasks(rules), engine="dask", scheduler=cluster.scheduler_address)) == expected


def test_another_seed_gives_other_wars(rules, expected):
    assert bytes_of(run_tasks(tasks(rules, seed=4), engine="serial")) != expected


def test_a_killed_worker_process_changes_nothing(rules, expected):
    killed = []

    def kill_once(done, total):
        if not killed and 0 < done < total:
            killed.append(done)
            kill_one_worker()

    assert bytes_of(run_tasks(tasks(rules), engine="processes", workers=2, on_progress=kill_once)) == expected
    assert killed


def test_a_killed_worker_of_a_cluster_changes_nothing(rules, expected, cluster):
    killed = []

    def kill_once(done, total):
        if not killed and 0 < done < total:
            killed.append(done)
            with distributed.Client(cluster, set_as_default=False) as client:
                pids = client.run(os.getpid)
            os.kill(next(iter(pids.values())), signal.SIGKILL)

    found = run_tasks(tasks(rules), engine="dask", scheduler=cluster.scheduler_address, on_progress=kill_once)
    assert bytes_of(found) == expected
    assert killed


def test_the_same_wars_are_played_once(rules, monkeypatch):
    played = []
    real = executors._play_part
    monkeypatch.setattr(executors, "_play_part", lambda part: played.append(part) or real(part))
    first, second = run_tasks([Task(rules, 80, 12, 1), Task(rules, 80, 12, 1)], engine="serial")
    assert len(played) == 2  # parts, not four
    assert _to_bytes(first) == _to_bytes(second)


# --- interrupted and resumed -----------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["serial", "processes"])
def test_an_interrupted_run_keeps_what_is_finished_and_goes_on_from_there(
    rules, expected, engine, tmp_path, monkeypatch
):
    def terminate(done, total):
        if done >= 80:
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(RunInterrupted) as caught:
        run_tasks(tasks(rules), engine=engine, workers=2, folder=tmp_path, on_progress=terminate)
    assert 80 <= caught.value.done < 340
    assert f"of 340 wars. They are kept in {tmp_path}" in str(caught.value)
    assert sum(1 for _ in tmp_path.glob("*.part")) == len(list(tmp_path.iterdir()))  # nothing half-written
    kept = [file.name for file in tmp_path.glob("*.part")]
    again = []
    real = executors._play_part
    monkeypatch.setattr(executors, "_play_part", lambda part: again.append(part) or real(part))
    assert bytes_of(run_tasks(tasks(rules), engine="serial", folder=tmp_path)) == expected
    assert len(kept) >= 2
    assert len(again) == 10 - len(kept)  # seven parts of the first task, three of the second
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_without_a_folder_an_interruption_says_how_to_keep_what_is_done(rules):
    def stop(done, total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(RunInterrupted, match=r"Interrupted after 40 of 340 wars. They are lost; .*--resume FOLDER"):
        run_tasks(tasks(rules), engine="serial", on_progress=stop)


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "nonsense"])
def test_a_damaged_part_is_noticed_and_played_again(rules, expected, tmp_path, damage):
    run_tasks(tasks(rules), engine="serial", folder=tmp_path)
    file = sorted(tmp_path.glob("*.part"))[0]
    content = bytearray(file.read_bytes())
    whole = bytes(content)
    if damage == "flipped":
        content[len(content) // 2] ^= 1
    elif damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "empty":
        content = bytearray()
    else:  # a right checksum over what is no part
        import hashlib

        content = bytearray(parts._FIRST_LINE + hashlib.sha256(b"?").hexdigest().encode() + b"\n?")
    file.write_bytes(bytes(content))
    with pytest.warns(StatisticalWarning, match=f"{file.name} is damaged; this part is played again"):
        found = run_tasks(tasks(rules), engine="serial", folder=tmp_path)
    assert bytes_of(found) == expected
    assert file.read_bytes() == whole


def test_parts_of_another_version_seed_or_rule_are_not_taken(rules, tmp_path, monkeypatch):
    keys = set()
    for seed, months in ((1, 12), (2, 12), (1, 13)):
        run_tasks([Task(rules, 30, months, seed)], engine="serial", folder=tmp_path)
        keys |= {file.name for file in tmp_path.glob("*.part")}
    assert len(keys) == 3
    monkeypatch.setattr(parts, "code_version", lambda: "another")
    run_tasks([Task(rules, 30, 12, 1)], engine="serial", folder=tmp_path)
    assert len(list(tmp_path.glob("*.part"))) == 4


def test_wars_kept_one_by_one_survive_the_folder(rules, tmp_path):
    played = play(rules, n_wars=20, months=12, seed=1, keep_wars=True)
    folder = parts.PartsFolder(tmp_path)
    folder.write("a", played)
    back = folder.read("a")
    np.testing.assert_array_equal(back.wars.deaths, played.wars.deaths)
    assert back.wars.ending.dtype == np.int8
    assert back.histogram_months == played.histogram_months
    assert folder.read("b") is None


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "threads"}, "engine must be one of serial, processes, dask, got 'threads'"),
        ({"workers": 0}, "workers must be 1 or more, got 0"),
        (
            {"engine": "serial", "scheduler": "tcp://127.0.0.1:1"},
            "scheduler is for engine 'dask', got engine 'serial'",
        ),
        (
            {"engine": "dask", "scheduler": "nowhere"},
            "No Dask scheduler answers at nowhere: write it as tcp://host:port",
        ),
        ({"engine": "dask", "scheduler": "tcp://127.0.0.1:1"}, "No Dask scheduler answers at tcp://127.0.0.1:1: "),
    ],
)
def test_wrong_options_are_refused(rules, options, message):
    with pytest.raises(ParameterError, match=message):
        run_tasks(tasks(rules), **options)


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(rules, tmp_path):
    (tmp_path / "file").write_text("here already")
    with pytest.raises(ParameterError, match="Cannot keep parts in"):
        run_tasks(tasks(rules), engine="serial", folder=tmp_path / "file" / "inside")


def test_without_dask_it_says_what_to_install(rules, monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(executors.importlib, "import_module", absent)
    with pytest.raises(MissingExtraError, match=r"pip install 'armistice\[cluster\]'"):
        run_tasks(tasks(rules), engine="dask", workers=2)


def test_a_cluster_of_another_version_is_refused(rules, cluster, monkeypatch):
    monkeypatch.setattr(parts, "code_version", lambda: "9.9 here")
    with pytest.raises(ParameterError, match="of the cluster runs another version of armistice"):
        run_tasks(tasks(rules), engine="dask", scheduler=cluster.scheduler_address)


def dies(connection):
    """A worker that is killed before it does anything."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_workers_that_die_without_finishing_anything_end_the_run(rules, monkeypatch):
    before = {child.pid for child in psutil.Process().children()}
    monkeypatch.setattr(executors, "_serve", dies)
    with pytest.raises(WorkersLostError, match="5 worker processes died in a row"):
        run_tasks(tasks(rules), engine="processes", workers=2)
    left = [child for child in psutil.Process().children() if child.pid not in before]
    assert not [child for child in left if "spawn_main" in " ".join(child.cmdline())]


def test_what_goes_wrong_in_a_worker_is_raised_here(rules):
    with pytest.raises(ParameterError, match=r"months must lie from 1 to 1200, got 5000"):
        run_tasks([Task(rules, 250, 5000, 1)], engine="processes", workers=2)


def test_workers_with_several_threads_give_the_same_bytes(rules, expected):
    with distributed.LocalCluster(n_workers=1, threads_per_worker=3, **executors._QUIET) as threaded:
        found = run_tasks(tasks(rules), engine="dask", scheduler=threaded.scheduler_address)
    assert bytes_of(found) == expected
