"""One worker of test_cluster's two: learns from its part of seeded batches, saves its weights."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from agents.config import TrainingConfig
from agents.experience.memory import Batch
from agents.inference.observation import OBSERVATIONS
from agents.learning.cluster import ClusterError, join
from agents.learning.learner import Learner
from agents.runs.train import set_threads

BATCH, UPDATES = 128, 3


def batch_of(update: int, encoder: str) -> Batch:
    """A seeded batch of all workers together, of what the `encoder` sees."""
    random = np.random.default_rng(update)
    seen = OBSERVATIONS[encoder]
    shape = (BATCH, seen.stack, *seen.shape)
    return Batch(
        s_tm1=random.integers(0, 256, shape, np.uint8),
        a_tm1=random.integers(0, 6, BATCH).astype(np.int32),
        r_t=random.normal(size=BATCH).astype(np.float32),
        discount_t=random.choice([0.0, 0.97], BATCH).astype(np.float32),
        s_t=random.integers(0, 256, shape, np.uint8),
        teacher_q=random.normal(size=(BATCH, 6)).astype(np.float32),
        state_targets=np.zeros((BATCH, 0), np.float32),
    )


def learn(learner: Learner, config: TrainingConfig, index: int, workers: int) -> None:
    """Learn from part `index` of each batch."""
    for update in range(UPDATES):
        fields = vars(batch_of(update, config.encoder))
        mine = {n: part_of(x, config.updates_together, index, workers) for n, x in fields.items()}
        learner.learn(Batch(**mine), guidance=1.0)


def part_of(array: Any, together: int, index: int, workers: int) -> Any:
    """Return the part of one worker: its share of each of the updates that a batch holds."""
    part = BATCH // (together * workers)
    shares = array.reshape(together, workers, part, *array.shape[1:])
    return shares[:, index].reshape(together * part, *array.shape[1:])


def main(config: str, connect_seconds: str, spoilt: str, out: str) -> None:
    settings = TrainingConfig.from_json(config)
    set_threads(settings.towers)
    cluster = join(os.environ["TF_CONFIG"], float(connect_seconds))
    keras.utils.set_random_seed(settings.seed + cluster.index)  # the chief's weights count
    learner = Learner(settings, cluster)
    learn(learner, settings, cluster.index, cluster.workers)
    assert cluster.any(cluster.index == 1)
    assert not cluster.any(False)
    assert cluster.share_text(f"from {cluster.index}") == "from 0"
    cluster.check_equal(learner.state())
    np.savez(f"{out}-{cluster.index}.npz", **learner.state())
    if int(spoilt) == cluster.index:
        variable = learner.online.variables[0]
        variable.assign(variable + 1e-6)
    cluster.check_equal(learner.state())


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ClusterError as error:
        print(f"bigchamp: {error}", file=sys.stderr)
        sys.exit(1)
