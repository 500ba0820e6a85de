"""Several workers as one learner, with TensorFlow's own strategy, configured by TF_CONFIG alone.

Each worker runs the same command with its own emulators and its own share of the memory. Gradients
are summed over all workers in every update, so their weights stay equal. The first worker, the
chief, writes the run's folder. Without TF_CONFIG there is one worker.
"""

from __future__ import annotations

import hashlib
import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

CONNECT_SECONDS = 60.0
LOST = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.InternalError,
)


class ClusterError(RuntimeError):
    """The workers cannot work together; the message says why and what to do."""


@dataclass(frozen=True)
class Task:
    """The workers' addresses, `host:port`, and the index of this process among them."""

    workers: list[str]
    index: int


def read_task(text: str) -> Task:
    """Read TF_CONFIG, such as {"cluster": {"worker": ["a:1", "b:1"]}, "task": {"index": 0}}.

    A cluster's chief, if it names one, is its first worker. Raises ClusterError.
    """
    try:
        data = json.loads(text)
        chief, workers = (list(data["cluster"].get(kind, [])) for kind in ("chief", "worker"))
        kind, index = data["task"].get("type", "worker"), data["task"]["index"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ClusterError(
            "TF_CONFIG is not what TensorFlow expects: it needs a table with "
            '"cluster": {"worker": ["host:port", ...]} and "task": {"type": "worker", "index": N}'
        ) from error
    addresses = [*chief, *workers]
    for address in addresses:
        host, _, port = str(address).rpartition(":")
        if not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
            raise ClusterError(f"TF_CONFIG names a worker {address!r}, which is not host:port")
    if kind not in ("chief", "worker"):
        raise ClusterError(f"TF_CONFIG calls this process a {kind!r}, but only workers train")
    number = index + (len(chief) if kind == "worker" else 0) if isinstance(index, int) else -1
    if not 0 <= number < len(addresses):
        raise ClusterError(
            f"TF_CONFIG calls this process {kind} {index}, but names only {len(addresses)} workers"
        )
    return Task(addresses, number)


class Cluster:
    """The cluster as one of its workers sees it."""

    def __init__(self, strategy: tf.distribute.Strategy, task: Task) -> None:
        self.strategy = strategy
        self.index = task.index
        self.workers = len(task.workers)

    @property
    def chief(self) -> bool:
        """Whether this worker writes the run's folder."""
        return self.index == 0

    def share(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the chief's `values`, which have the same shape and type on every worker."""
        if self.workers == 1:
            return values
        return self._sum(values if self.chief else np.zeros_like(values))

    def share_text(self, text: str) -> str:
        """Return the chief's `text`."""
        size = int(self.share(np.array(len(text.encode()), np.int64)))
        data = np.frombuffer(text.encode().ljust(size)[:size], np.uint8).astype(np.int32)
        return self.share(data).astype(np.uint8).tobytes().decode()

    def any(self, flag: bool) -> bool:
        """Whether `flag` is set on any worker."""
        if self.workers == 1:
            return flag
        return bool(self._sum(np.array(flag, np.float32)) > 0)

    def check_equal(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Raise ClusterError on a worker whose `arrays` differ from the chief's."""
        digest = hashlib.sha256()
        for name in sorted(arrays):
            digest.update(np.ascontiguousarray(arrays[name]).tobytes())
        mine = np.frombuffer(digest.digest(), np.uint8).astype(np.float32)
        if not np.array_equal(self.share(mine), mine):
            raise ClusterError(
                f"the weights of worker {self.index} differ from the chief's: start all "
                "workers again to resume from the last checkpoint"
            )

    def _sum(self, values: NDArray[Any]) -> NDArray[Any]:
        with losing_a_worker_is_said():
            result: NDArray[Any] = self.strategy.run(_sum, args=(tf.constant(values),)).numpy()
        return result


@tf.function  # type: ignore[untyped-decorator]
def _sum(x: tf.Tensor) -> tf.Tensor:
    x = tf.identity(x)  # the strategy accepts no argument that is on no device
    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, x)


@contextmanager
def losing_a_worker_is_said() -> Iterator[None]:
    """Turn TensorFlow's errors about a lost worker into a ClusterError."""
    try:
        yield
    except LOST as error:
        raise ClusterError(
            "another worker was lost: start all workers again with the same command, and the "
            "run resumes from its last checkpoint"
        ) from error


def join(text: str | None, connect_seconds: float = CONNECT_SECONDS) -> Cluster:
    """Join the cluster that TF_CONFIG's `text` describes; without a text there is one worker.

    Call this before any other use of TensorFlow. Raises ClusterError for a TF_CONFIG that cannot
    be used, and for workers that do not answer within `connect_seconds`.
    """
    if not text:
        return Cluster(tf.distribute.get_strategy(), Task(["alone"], 0))
    task = read_task(text)
    _meet(task, connect_seconds)
    try:
        strategy = tf.distribute.MultiWorkerMirroredStrategy()
    except (tf.errors.OpError, RuntimeError, ValueError) as error:
        raise ClusterError(
            f"worker {task.index} cannot join at {task.workers[task.index]}: give every worker the "
            "same TF_CONFIG"
        ) from error
    return Cluster(strategy, task)


def _meet(task: Task, seconds: float) -> None:
    """Wait until all workers answer at their addresses.

    TensorFlow itself would wait for an hour and hold Python's lock meanwhile. A worker that has
    met all others starts TensorFlow's server, which answers at the same address.
    """
    own = task.workers[task.index]
    missing = [address for address in task.workers if address != own]
    deadline = time.monotonic() + seconds
    try:
        with socket.create_server(("", int(own.rpartition(":")[2]))):
            while missing := [address for address in missing if not _answers(address)]:
                if time.monotonic() > deadline:
                    raise ClusterError(
                        f"{', '.join(missing)} did not answer within {seconds:.0f} s: start every "
                        "worker of TF_CONFIG, and let them reach each other"
                    )
                time.sleep(0.2)
    except OSError as error:
        raise ClusterError(
            f"worker {task.index} cannot listen at {own}: {error.strerror}"
        ) from error


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=2):
            return True
    except (OSError, UnicodeError):  # not the name of a host
        return False
