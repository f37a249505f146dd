"""Play many wars on one core, on several processes or on a cluster, with the same result to the last bit.

Work is cut into parts of a fixed size, whatever the number of workers; what a part comes to depends on the part alone
(:mod:`armistice.simulation.play`), and parts are put together in the order of the tasks. A worker that dies takes no
result with it: its part is played again. With a folder, finished parts are kept there (:mod:`.parts`), and a run that was
interrupted goes on where it stopped.
"""

from __future__ import annotations

import importlib
import itertools
import os
import signal
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args
from urllib.parse import urlsplit

from armistice.errors import ArmisticeError, MissingExtraError, ParameterError
from armistice.simulation.parts import PartsFolder, part_key
from armistice.simulation.play import Played, play
from armistice.simulation.rules import Rules

__all__ = ["ENGINES", "PART_WARS", "Engine", "RunInterrupted", "Task", "WorkersLostError", "run_tasks"]

Engine: TypeAlias = Literal["serial", "processes", "dask"]
ENGINES: Final[tuple[Engine, ...]] = get_args(Engine)
#: Wars in a part: large enough that sending it costs little, small enough that an interruption loses little. Fixed,
#: since a part is what a resume folder holds.
PART_WARS: Final = 250_000
#: Workers that may die in a row without a part being finished.
_MOST_LOST: Final = 5
_RETRIES: Final = 3
_ONE_THREAD: Final = {
    "NUMBA_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
#: A cluster started here listens to this machine only, on ports that are free.
_QUIET: Final[Mapping[str, Any]] = {"dashboard_address": "127.0.0.1:0", "scheduler_kwargs": {"dashboard": False}}
Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Task:
    """Wars to play under the same rules.

    Parameters
    ----------
    rules : Rules
    n_wars : int
    months : int
        At most so many months each.
    seed : int
    first_war : int
        Number of the first; wars of the same number and seed meet the same chances under other rules.
    """

    rules: Rules
    n_wars: int
    months: int
    seed: int
    first_war: int = 0

    def parts(self) -> Iterator[Task]:
        """The same wars in parts of at most ``PART_WARS``, in order."""
        for done in range(0, self.n_wars, PART_WARS):
            wars = min(PART_WARS, self.n_wars - done)
            yield Task(self.rules, wars, self.months, self.seed, self.first_war + done)


class RunInterrupted(KeyboardInterrupt):
    """A run was interrupted (Ctrl-C, or a signal to terminate); its message says what is kept and how to go on.

    Parameters
    ----------
    done, total : int
        Wars played, of those asked for.
    folder : Path or None
        Where finished parts are kept.
    """

    def __init__(self, done: int, total: int, folder: Path | None) -> None:
        self.done, self.total, self.folder = done, total, folder
        kept = (
            f"They are kept in {folder}: the same call with this folder goes on from there."
            if folder is not None
            else "They are lost; with a folder to resume from (--resume FOLDER) they would be kept."
        )
        super().__init__(f"Interrupted after {done:,} of {total:,} wars. {kept}")


class WorkersLostError(ArmisticeError, RuntimeError):
    """Worker processes died again and again without finishing anything."""


def run_tasks(
    tasks: Sequence[Task],
    *,
    engine: Engine = "processes",
    workers: int | None = None,
    folder: Path | str | None = None,
    on_progress: Progress | None = None,
    scheduler: str | None = None,
) -> list[Played]:
    """Play all wars of all tasks.

    Parameters
    ----------
    tasks : sequence of Task
    engine : {"serial", "processes", "dask"}
        In this process; in worker processes of this machine; on a Dask cluster (started here if no scheduler is given).
        A script that uses worker processes must be importable: keep its calls under ``if __name__ == "__main__":``.
    workers : int, optional
        Worker processes; as many as there are processors if left out. No more are started than there are parts, and
        none where one part or one worker is all there is.
    folder : Path or str, optional
        Keeps finished parts, and takes from there those that an earlier run finished. Made if needed.
    on_progress : callable, optional
        Called with the wars played so far and those asked for.
    scheduler : str, optional
        Address of a Dask scheduler that runs already, such as "tcp://192.0.2.1:8786".

    Returns
    -------
    list of Played
        One for each task, in their order; the same whatever the engine and the number of workers.

    Raises
    ------
    ParameterError
        If the engine is unknown, a number is below 1, or a scheduler is given to another engine than Dask.
    MissingExtraError
        If the engine is Dask and it is not installed.
    RunInterrupted
        On Ctrl-C or a signal to terminate (the latter only where this runs in the main thread).
    WorkersLostError
        If workers die without finishing anything.
    """
    if engine not in ENGINES:
        raise ParameterError(f"engine must be one of {', '.join(ENGINES)}, got {engine!r}.")
    if workers is not None and workers < 1:
        raise ParameterError(f"workers must be 1 or more, got {workers}.")
    if scheduler is not None and engine != "dask":
        raise ParameterError(f"scheduler is for engine 'dask', got engine {engine!r}.")
    for number, task in enumerate(tasks):
        if task.n_wars < 1:
            raise ParameterError(f"tasks[{number}].n_wars must be 1 or more, got {task.n_wars}.")
    run = _Run(tasks, None if folder is None else PartsFolder(Path(folder)), on_progress)
    wanted = min(workers or _processors(), max(len(run.missing), 1))
    try:
        with _terminable():
            if scheduler is not None or (engine == "dask" and run.missing):
                _on_dask(run, wanted, scheduler)
            elif engine == "serial" or wanted == 1:
                _here(run)
            else:
                _on_processes(run, wanted)
    except KeyboardInterrupt:
        raise RunInterrupted(run.done, run.total, None if run.folder is None else run.folder.path) from None
    return run.results()


class _Run:
    """What is to be done, what is done, and what is still missing.

    Parts that are the same (a scenario that changes nothing) are played once.
    """

    def __init__(self, tasks: Sequence[Task], folder: PartsFolder | None, on_progress: Progress | None) -> None:
        self.folder, self.on_progress = folder, on_progress
        hashes: dict[int, str] = {}
        self.keys: list[list[str]] = []
        self.parts: dict[str, Task] = {}
        self.found: dict[str, Played] = {}
        for task in tasks:
            rules = hashes.setdefault(id(task.rules), "") or task.rules.content_hash()
            hashes[id(task.rules)] = rules
            keys = []
            for part in task.parts():
                key = part_key(rules, part.first_war, part.n_wars, part.months, part.seed)
                self.parts.setdefault(key, part)
                keys.append(key)
            self.keys.append(keys)
        self.total = sum(part.n_wars for part in self.parts.values())
        if folder is not None:
            for key in self.parts:
                kept = folder.read(key)
                if kept is not None:
                    self.found[key] = kept
        self._tell()

    @property
    def missing(self) -> dict[str, Task]:
        return {key: part for key, part in self.parts.items() if key not in self.found}

    @property
    def done(self) -> int:
        return sum(self.parts[key].n_wars for key in self.found)

    def keep(self, key: str, played: Played) -> None:
        self.found[key] = played
        if self.folder is not None:
            self.folder.write(key, played)

    def finish(self, key: str, played: Played) -> None:
        self.keep(key, played)
        self._tell()

    def results(self) -> list[Played]:
        return [Played.merged([self.found[key] for key in keys]) for keys in self.keys]

    def _tell(self) -> None:
        if self.on_progress is not None:
            self.on_progress(self.done, self.total)


#: Workers of somebody else's cluster may have several threads; compiled loops with threads of their own take turns.
_ONE_AT_A_TIME: Final = threading.Lock()


def _play_part(part: Task) -> Played:
    """What a worker does."""
    with _ONE_AT_A_TIME:
        return play(part.rules, n_wars=part.n_wars, months=part.months, seed=part.seed, first_war=part.first_war)


# --- in this process -------------------------------------------------------------------------------------


def _here(run: _Run) -> None:
    for key, part in run.missing.items():
        run.finish(key, _play_part(part))


# --- in worker processes ---------------------------------------------------------------------------------


class _Worker:
    """A process that plays what it is sent, one part at a time.

    Each has a connection of its own and nothing in common with the others, so that one that dies takes nothing with it
    (pools of the standard library share queues, and may hang when a worker is killed). Started afresh, never forked, so
    that threads of the caller do no harm.
    """

    def __init__(self) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self.key: str | None = None
        with _environment(_ONE_THREAD):
            self.process.start()
        theirs.close()

    def give(self, key: str, part: Task) -> None:
        """Send a part; if the worker is dead, :meth:`answer` will say so."""
        self.key = key
        with suppress(OSError):
            self.connection.send(part)

    def answer(self) -> Played | None:
        """What came of the part, or None if the worker died; errors of playing are raised."""
        try:
            answer: Played | Exception = self.connection.recv()
        except (EOFError, OSError):
            return None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stop(self) -> None:
        """End it, whatever it is doing."""
        self.connection.close()
        self.process.terminate()
        self.process.join(5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()


def _serve(connection: Connection) -> None:
    """The life of a worker: it leaves Ctrl-C to its parent, and ends when its parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            part = connection.recv()
        except EOFError:
            return
        try:
            answer: Played | Exception = _play_part(part)
        except Exception as error:
            answer = error
        try:
            connection.send(answer)
        except OSError:
            return
        except Exception as error:  # the answer could not be sent as it is: say what it was rather than die
            connection.send(RuntimeError(f"{answer!r} ({error})"))


def _on_processes(run: _Run, n_workers: int) -> None:
    waiting = deque(run.missing.items())
    workers: list[_Worker] = []
    lost_in_a_row = 0

    def next_part(worker: _Worker) -> None:
        worker.key = None
        if waiting:
            worker.give(*waiting.popleft())

    try:
        workers += [_Worker() for _ in range(n_workers)]  # all start before any is waited for
        for worker in workers:
            next_part(worker)
        while busy := [worker for worker in workers if worker.key is not None]:
            ready = wait([worker.connection for worker in busy])
            for worker in (one for one in busy if one.connection in ready):
                key = worker.key
                assert key is not None
                played = worker.answer()
                if played is None:
                    lost_in_a_row += 1
                    if lost_in_a_row >= _MOST_LOST:
                        raise WorkersLostError(
                            f"{lost_in_a_row} worker processes died in a row without finishing anything. Is there enough "
                            "memory? A script needs its calls under `if __name__ == '__main__':`. engine='serial' needs no "
                            "workers."
                        )
                    waiting.appendleft((key, run.parts[key]))
                    worker.stop()
                    place = workers.index(worker)
                    worker = workers[place] = _Worker()
                else:
                    lost_in_a_row = 0
                    worker.key = None
                    run.finish(key, played)
                next_part(worker)
    finally:
        try:
            for worker in workers:
                if worker.key is not None and worker.key not in run.found and worker.connection.poll():
                    with suppress(Exception):  # finished just before an interruption
                        played = worker.answer()
                        if played is not None:
                            run.keep(worker.key, played)
        finally:
            for worker in workers:
                worker.stop()


# --- on a Dask cluster -----------------------------------------------------------------------------------


def _on_dask(run: _Run, workers: int, scheduler: str | None) -> None:
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise MissingExtraError("The cluster engine needs Dask: pip install 'armistice[cluster]'.") from error
    with _dask_client(distributed, workers, scheduler) as client:
        _same_version(client)
        waiting = iter(list(run.missing.items()))
        running: dict[str, str] = {}
        at_once = 2 * max(sum(client.nthreads().values()), 1)
        completed = distributed.as_completed(loop=client.loop)
        try:
            while True:
                for key, part in itertools.islice(waiting, at_once - len(running)):
                    # pure=False: never answered from what another client computed with other code.
                    future = client.submit(_play_part, part, pure=False, retries=_RETRIES)
                    running[future.key] = key
                    completed.add(future)
                if not running:
                    return
                future = next(completed)
                played = future.result()
                run.finish(running.pop(future.key), played)
        except distributed.KilledWorker as error:
            raise WorkersLostError(f"The cluster's workers died again and again: {error}") from error
        finally:
            if running:
                client.cancel(list(completed.futures), force=True)


@contextmanager
def _dask_client(distributed: Any, workers: int, scheduler: str | None) -> Iterator[Any]:
    if scheduler is not None:
        _answers(scheduler)
        with distributed.Client(scheduler, timeout="30s", set_as_default=False) as client:
            yield client
        return
    with (
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, env=dict(_ONE_THREAD), **_QUIET
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def _answers(scheduler: str) -> None:
    """See that somebody listens there: a client that fails to connect leaves a broken event loop behind."""
    place = urlsplit(scheduler if "://" in scheduler else f"tcp://{scheduler}")
    try:
        port = place.port
        if port is None or not place.hostname:
            raise ValueError("write it as tcp://host:port")
        if place.scheme in ("tcp", "tls"):
            socket.create_connection((place.hostname, port), timeout=10).close()
    except (OSError, ValueError) as error:
        raise ParameterError(f"No Dask scheduler answers at {scheduler}: {error}.") from error


def _own_version() -> str:
    from armistice.simulation.parts import code_version

    return code_version()


def _same_version(client: Any) -> None:
    """Workers elsewhere may run another version, which may play another war."""
    ours = _own_version()
    client.wait_for_workers(1, timeout="60s")
    others = {worker: version for worker, version in client.run(_own_version).items() if version != ours}
    if others:
        worker = sorted(others)[0]
        raise ParameterError(
            f"Worker {worker} of the cluster runs another version of armistice ({others[worker]}, here {ours}). "
            "Install the same version there."
        )


# --- signals and surroundings ----------------------------------------------------------------------------


@contextmanager
def _terminable() -> Iterator[None]:
    """A signal to terminate interrupts as Ctrl-C does, so that what is finished is kept and told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Variables that processes started meanwhile inherit."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
