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
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

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
#: Times that all workers may die in a row without a part being finished.
_REBUILDS: Final = 3
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

    def finish(self, key: str, played: Played) -> None:
        self.found[key] = played
        if self.folder is not None:
            self.folder.write(key, played)
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


def _on_processes(run: _Run, workers: int) -> None:
    """Workers are started afresh (never forked, so that threads of the caller do no harm), and again if one dies."""
    lost_in_a_row = 0
    while run.missing:
        before = len(run.found)
        try:
            _until_one_dies(run, workers)
        except BrokenProcessPool:
            lost_in_a_row = 0 if len(run.found) > before else lost_in_a_row + 1
            if lost_in_a_row >= _REBUILDS:
                raise WorkersLostError(
                    f"All worker processes died {_REBUILDS} times in a row before finishing anything. Is there enough "
                    "memory? A script needs its calls under `if __name__ == '__main__':`. engine='serial' needs no workers."
                ) from None


def _until_one_dies(run: _Run, workers: int) -> None:
    with _environment(_ONE_THREAD):
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin_worker)
        # Few at a time: what waits is held pickled, and rules are large.
        waiting = iter(list(run.missing.items()))
        running: dict[Future[Played], str] = {}
        try:
            for key, part in itertools.islice(waiting, 2 * workers):
                running[pool.submit(_play_part, part)] = key
            while running:
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    played = future.result()
                    run.finish(running.pop(future), played)
                for key, part in itertools.islice(waiting, len(finished)):
                    running[pool.submit(_play_part, part)] = key
        except BaseException:
            for future, key in running.items():  # what others finished meanwhile
                if future.done() and not future.cancelled() and future.exception() is None:
                    run.finish(key, future.result())
            _stop(pool)
            raise
        pool.shutdown()


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers at once: what they are playing is not wanted any more."""
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        with suppress(Exception):
            process.terminate()
    for process in processes:
        with suppress(Exception):
            process.join(5)


def _begin_worker() -> None:
    """A worker leaves Ctrl-C to its parent, and ends when its parent does, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=follow, daemon=True).start()


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
                    future = client.submit(_play_part, part, pure=False, retries=_REBUILDS)
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
        try:
            client = distributed.Client(scheduler, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise ParameterError(f"No Dask scheduler answers at {scheduler}: {error}") from error
        with client:
            yield client
        return
    with (
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, env=dict(_ONE_THREAD), **_QUIET
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


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
