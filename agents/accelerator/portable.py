"""Export a run's arithmetic as StableHLO, for machines with an accelerator but no TensorFlow.

The learner's own update and the networks themselves are compiled: jax2tf hands TensorFlow's graphs
to XLA, which runs them anywhere (see docs/accelerated.md). `train.py` beside this module plays and
learns with them.

runs/NAME/portable/act.hlo      variables, stacks [L, 4, 84, 84] -> Q [L, 6]
runs/NAME/portable/teach.hlo    RAM observations [L, 2, 129] -> the teacher's Q [L, 6]
runs/NAME/portable/update.hlo   variables, optimizer, inputs of the loss -> both, scalars
runs/NAME/portable/sizes.json   L, the batch, and the names of the scalars

A student that imitates a teacher learns from [], stacks, the teacher's Q and state targets. One
without a teacher learns from the target network's variables, stacks, actions, returns, discounts
and the stacks in which the returns end.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import keras
import numpy as np
import tensorflow as tf
from jax.experimental import jax2tf

from agents.accelerator.train import FOLDER, SIZES, imitates
from agents.config import RAM, ConfigError, TrainingConfig, load_config
from agents.inference.observation import OBSERVATIONS, RAM_OBSERVATION
from agents.learning.algorithms import ALGORITHMS, Scalars, Transitions, imitation_loss
from agents.learning.learner import Learner, assign
from agents.networks.networks import ACTIONS, behind_fold, fold_stacks, iqn_network
from agents.runs import checkpoint
from agents.runs.export import decide
from agents.state.targets import TARGETS
from game.system.validators import count

STUDENT = "double-dqn"
Loss = Callable[..., tuple[tf.Tensor, Scalars]]  # of the inputs; scalars to log


class PortableError(RuntimeError):
    """The run cannot be exported; the message says why."""


def export_portable(run: Path, platform: str, lanes: int, batch: int) -> Path:
    """Export the functions of a student's run in folder `run`; return the folder they are in.

    They are compiled for XLA's `platform` ("cuda", "rocm", "tpu" or "cpu"), for `lanes` emulators
    and for updates of `batch` states. Raises PortableError.
    """
    try:
        config = load_config(run)
    except ConfigError as error:
        raise PortableError(str(error)) from error
    if config.algorithm != STUDENT or bool(config.teacher) != imitates(config):
        raise PortableError(
            "only a student that imitates a teacher (imitation_samples), or has none, is portable"
        )
    if imitates(config) and config.mirror > 0:
        raise PortableError(
            "state targets and the teacher's Q are not mirrored: add --set mirror=0"
        )
    learner = Learner(config)
    seen = OBSERVATIONS[config.encoder]
    online, target = _specs(learner.online.variables), _specs(learner.target.variables)
    optimizer = _specs(learner.optimizer.variables)
    stacks = _spec((batch, seen.stack, *seen.shape), np.uint8)
    shown = _spec((lanes, seen.stack, *seen.shape), np.uint8)
    scalars: list[str] = []
    functions: dict[str, tuple[Callable[..., Any], list[Any]]] = {
        "act": (_act(learner, config), [online, shown])
    }
    if imitates(config):
        ram = _spec((lanes, RAM_OBSERVATION.stack, *RAM_OBSERVATION.shape), np.uint8)
        functions["teach"] = _teach(config), [ram]
        learnt_from = [[], stacks, _spec((batch, ACTIONS)), _spec((batch, TARGETS))]
        loss = _imitation(learner, config)
    else:
        numbers = _spec((batch,))
        learnt_from = [target, stacks, _spec((batch,), np.int32), numbers, numbers, stacks]
        loss = _returns(learner, config)
    update = _update(learner, config, loss, scalars)
    functions["update"] = update, [online, optimizer, *learnt_from]
    folder = run / FOLDER
    folder.mkdir(exist_ok=True)
    for name, (function, shapes) in functions.items():
        compiled = jax2tf.call_tf(tf.function(function, autograph=False), has_side_effects=False)
        exported = jax.export.export(jax.jit(compiled), platforms=[platform])(*shapes)
        (folder / f"{name}.hlo").write_bytes(exported.serialize())
    sizes = {"lanes": lanes, "batch": batch, "scalars": scalars}
    (folder / SIZES).write_text(json.dumps(sizes), encoding="utf-8")
    return folder


def _act(learner: Learner, config: TrainingConfig) -> Callable[..., tf.Tensor]:
    student = behind_fold(learner.online)

    def act(variables: list[tf.Tensor], stacks: tf.Tensor) -> tf.Tensor:
        with _replaced(learner.online.variables, variables):
            return student(fold_stacks(stacks, config.encoder))["q"]

    return act


def _teach(config: TrainingConfig) -> Callable[..., tf.Tensor]:
    teacher = iqn_network(RAM)
    try:
        assign(
            "online",
            teacher.variables,
            checkpoint.load_weights(Path(config.teacher).with_suffix(".npz"))[0],
        )
    except (OSError, ValueError) as error:
        raise PortableError(
            f"the weights beside the teacher {config.teacher} cannot be used: {error}"
        ) from error

    weights = [np.asarray(variable) for variable in teacher.variables]

    def teach(ram: tf.Tensor) -> tf.Tensor:
        # Constants, because the teacher does not learn.
        with _replaced(teacher.variables, [tf.constant(array) for array in weights]):
            return decide(teacher, ram)["q"]

    return teach


def _imitation(learner: Learner, config: TrainingConfig) -> Loss:
    student = behind_fold(learner.online)

    def loss(
        stacks: tf.Tensor, teacher_q: tf.Tensor, state_targets: tf.Tensor
    ) -> tuple[tf.Tensor, Scalars]:
        folded = fold_stacks(stacks, config.encoder)
        batch = Transitions(folded, None, None, None, None, teacher_q, state_targets, None)
        return imitation_loss(config, student, batch)

    return loss


def _returns(learner: Learner, config: TrainingConfig) -> Loss:
    online, target = behind_fold(learner.online), behind_fold(learner.target)

    def loss(
        s_tm1: tf.Tensor, a_tm1: tf.Tensor, r_t: tf.Tensor, discount_t: tf.Tensor, s_t: tf.Tensor
    ) -> tuple[tf.Tensor, Scalars]:
        before, after = fold_stacks(s_tm1, config.encoder), fold_stacks(s_t, config.encoder)
        unasked = tf.fill([tf.shape(a_tm1)[0], ACTIONS], np.float32(np.nan))
        batch = Transitions(before, a_tm1, r_t, discount_t, after, unasked, None, tf.constant(0.0))
        seed = tf.zeros([2], tf.int32)  # double Q draws nothing
        return ALGORITHMS[config.algorithm].loss(config, online, target, batch, seed)

    return loss


def _update(
    learner: Learner, config: TrainingConfig, loss_of: Loss, names: list[str]
) -> Callable[..., tuple[Any, ...]]:
    optimizer = learner.optimizer

    def update(
        variables: list[tf.Tensor],
        state: list[tf.Tensor],
        target: list[tf.Tensor],
        *learnt_from: tf.Tensor,
    ) -> tuple[Any, ...]:
        variables = [tf.identity(variable) for variable in variables]
        replaced = [*learner.online.variables, *learner.target.variables[: len(target)]]
        with tf.GradientTape() as tape:
            tape.watch(variables)
            with _replaced(replaced, [*variables, *target]):
                loss, scalars = loss_of(*learnt_from)
        gradients = tape.gradient(loss, variables, unconnected_gradients="zero")
        gradients, _ = tf.clip_by_global_norm(gradients, config.gradient_norm)
        names[:] = sorted(scalars)
        variables, state = _adam(optimizer, state, gradients, variables)
        return variables, state, tf.stack([scalars[name] for name in names])

    return update


def _adam(
    optimizer: keras.optimizers.Adam,
    state: list[tf.Tensor],
    gradients: list[tf.Tensor],
    variables: list[tf.Tensor],
) -> tuple[list[tf.Tensor], list[tf.Tensor]]:
    """Return the variables and Adam's `state` after one step, without changing either in place.

    Keras has no such function for TensorFlow. The state is in the order of Keras's variables: the
    number of steps, the learning rate, and two moments (Kingma and Ba 2015, algorithm 1) of each
    variable.
    """
    steps, rate, *moments = state
    steps += 1
    power = tf.cast(steps, tf.float32)
    first, second = optimizer.beta_1, optimizer.beta_2
    size = rate * tf.sqrt(1 - second**power) / (1 - first**power)
    after: list[tf.Tensor] = []
    kept: list[tf.Tensor] = []
    for gradient, variable, m, v in zip(
        gradients, variables, moments[::2], moments[1::2], strict=True
    ):
        m += (gradient - m) * (1 - first)
        v += (tf.square(gradient) - v) * (1 - second)
        kept += [m, v]
        after.append(variable - size * m / (tf.sqrt(v) + optimizer.epsilon))
    return after, [steps, rate, *kept]


def _replaced(variables: list[keras.Variable], values: list[tf.Tensor]) -> keras.StatelessScope:
    """Return a scope in which `values` replace `variables`."""
    return keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True)))


def _specs(variables: list[keras.Variable]) -> list[Any]:
    return [_spec(tuple(v.shape), v.dtype) for v in variables]


def _spec(shape: tuple[int, ...], dtype: Any = np.float32) -> Any:
    return jax.ShapeDtypeStruct(shape, dtype)


def main() -> int:
    """Read the command line and export a run."""
    parser = argparse.ArgumentParser(
        prog="python -m agents.accelerator.portable", description=__doc__
    )
    parser.add_argument("run", type=Path, help="a run's folder, runs/NAME")
    parser.add_argument("--platform", default="cuda", choices=("cuda", "rocm", "tpu", "cpu"))
    parser.add_argument("--lanes", type=count, default=960, help="emulators in all")
    parser.add_argument("--batch", type=count, default=1024, help="states in an update")
    options = parser.parse_args()
    try:
        print(export_portable(options.run, options.platform, options.lanes, options.batch))
    except PortableError as error:
        print(f"bigchamp: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
