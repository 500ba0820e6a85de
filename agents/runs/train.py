"""A training run: a folder that can be stopped and resumed at any moment.

runs/NAME/config.json      every number, with its unit and source
runs/NAME/log.jsonl        measurements, one line every half minute
runs/NAME/events           the same for TensorBoard
runs/NAME/checkpoint-*     weights, optimizer, target network, counters, random states
runs/NAME/curve.png        score over gradient samples
runs/NAME/best.*           the model of the best trial (see trials.py)
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import signal
import sys
import time
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from agents.config import RAM, SCRIPTED_EXPERT, ConfigError, TrainingConfig, load_config
from agents.experience.collector import Step, open_collector
from agents.experience.emulators import EmulatorsError
from agents.experience.memory import Memory
from agents.experience.mirror import mirror
from agents.inference.episode import POSITION_BUCKET
from agents.inference.evaluate import EvaluationError, EvaluationStoppedError, entropy_bits
from agents.inference.observation import OBSERVATIONS
from agents.inference.player import ModelError, read_card
from agents.learning.cluster import Cluster, ClusterError, join
from agents.learning.crop_learning import CropLearner
from agents.learning.decision_learner import DecisionLearner
from agents.learning.learner import Learner
from agents.learning.schedules import (
    exploration,
    explored,
    longest_return,
    return_steps,
    teacher_share,
)
from agents.learning.state_pretraining import ERROR_PICTURES, StatePretraining, prediction_errors
from agents.learning.teacher import AdvisedTeacher, Guide, ScriptedExpert, Teacher
from agents.networks.networks import ACTIONS
from agents.runs import checkpoint
from agents.runs.curves import draw_curves
from agents.runs.export import ExportError
from agents.runs.log import LOG, Log
from agents.runs.trials import hold_trial
from agents.state import ram_map
from agents.state.targets import TARGETS, state_targets
from game.system.ending import SIGNALS, is_ignored
from game.system.files import write_atomically

# A step takes well under a second. A longer one means that the process was paused.
LONGEST_STEP_S = 5.0
ERASE = "\r\x1b[K"  # a terminal's current line


class TrainingError(RuntimeError):
    """A run cannot start or go on; the message says what to do."""


class Run:
    """One run: emulators, memory, learner, and the counters that connect them."""

    def __init__(
        self,
        folder: Path,
        config: TrainingConfig,
        weights: Path | None = None,
        cluster: Cluster | None = None,
    ) -> None:
        """Open the run in `folder` and resume it from its newest intact checkpoint.

        A run without a checkpoint starts with the weights and counters in the file `weights`, if
        there is one. Each worker of `cluster` has its part of the emulators, memory and batch, and
        all start with the state that the chief finds.
        """
        keras.utils.set_random_seed(config.seed)
        self.folder = folder
        self.config = config
        self.cluster = cluster or join(None)
        self._local = config.part(self.cluster.workers)
        self.learner = _learner(config, self.cluster)
        self._teacher = _teacher(config)
        privileged = self._teacher is not None and self._teacher.reads_ram
        # State targets take memory, so only a student that imitates records them.
        self._records_targets = (
            config.imitation_samples > 0 and privileged and not config.frozen_encoder
        )
        if config.state_pretraining_samples and not (
            self._records_targets and self.cluster.workers == 1
        ):
            raise TrainingError(
                "state pretraining needs one worker, imitation_samples and a teacher that reads RAM"
            )
        if config.practice and not (privileged or config.encoder == RAM):
            raise TrainingError(
                "practice needs the RAM, which says when a life is lost: name a teacher that reads "
                "it, or add --set practice=0"
            )
        if config.crop_states and not privileged:
            raise TrainingError("crops are learnt from the RAM: name a teacher that reads it")
        self._state_pretraining: StatePretraining | None = None  # during state pretraining
        self._offline_updates = config.offline_updates if config.teacher else 0
        self._log = Log(folder) if self.cluster.chief else None
        try:
            self.memory = Memory(
                self._local.memory_frames,
                self._local.emulators,
                most_steps=longest_return(config),
                gamma=config.gamma,
                reward_clip=config.reward_clip,
                seed=config.seed + self.cluster.index,
                observation=self.learner.observation,
                late_weight=config.late_weight,
                state_targets=TARGETS if self._records_targets else 0,
            )
        except ValueError as error:
            raise TrainingError(f"{error}: start a new run with more memory_frames") from error
        self._random = np.random.default_rng(config.seed + self.cluster.index)
        self._begun: dict[str, Any] = {}  # the part of a row that is known before the step ends
        self.agent_steps = 0
        self.updates = 0
        self.hours = 0.0  # of learning, without pauses
        self.pretrained_samples = 0  # gradient samples of state pretraining
        self.crops_learnt = not config.crop_states
        self.starts = 0  # so that each start plays other games
        self.trials = 0
        self.best: float | None = None  # mean score of the best trial
        if self.cluster.chief and not self._resume():
            if config.encoder_from:
                self._take_encoder(Path(config.encoder_from))
            if weights is not None:
                self._begin_from(weights)
        self._share_start()
        self.starts += 1
        first_game = 100_000 * self.starts + self.cluster.index * self._local.emulators
        self.collector = open_collector(self._local, config.seed + first_game, ram=privileged)
        self._thread = ThreadPoolExecutor(1)
        self._following: Future[tuple[Step, NDArray[Any]]]  # what follows the step under way
        self._looked: NDArray[Any] | None = None  # what the learner's `look` said of the present
        # Agent steps since the last line of the log, by the cannon's position (if it is read) and
        # action.
        self._done = np.zeros((256 // POSITION_BUCKET, ACTIONS), np.int64)
        # Points and lost lives since then: long before the first games of a run end, they say how
        # well it plays.
        self._points = self._deaths = 0
        # Of the learner's own choices in states that it met for the first time since then: how
        # many there were, how many were the teacher's, and the hits that the others lose.
        self._fresh = np.zeros(3)
        self._practised = np.zeros(2, np.int64)  # how often since then, and lost lives in it
        self._helped = False  # whether the teacher may have acted in the last step

    @property
    def samples(self) -> int:
        """Gradient samples so far: updates times batch."""
        return self.updates * self.config.batch

    def reached(self, score: float) -> bool:
        """Whether the last hundred training games, without a teacher acting, average `score`."""
        return not self._helped and self.collector.games.reached(score)

    def measured(self) -> dict[str, Any]:
        """Return statistics of the last training games, and of the actions since the last call.

        Games include exploration. Those in which a teacher acted are left out as soon as it no
        longer acts. `score` and `median` are points; `action_shares` add up to one. `top_pair` is
        the most frequent pair of position and action, if the position is read. `points` were scored
        and `deaths` are the lives lost since the last call, outside practice. `practised` is how
        often practice began since, and `practice_deaths` how often the life was lost again.
        `fresh_agreement` is the share of own choices since then that the teacher would have made
        too, and `fresh_regret` the teacher's
        hits that such a choice loses on average, in states that were not learnt from yet.
        """
        recent = list(self.collector.games.recent)
        steps = max(1, self._done.sum())
        shares, top = self._done.sum(axis=0) / steps, self._done.max() / steps
        self._done[:] = 0
        since: dict[str, float] = {"points": self._points, "deaths": self._deaths}
        self._points = self._deaths = 0
        if self.config.practice:
            since["practised"], since["practice_deaths"] = self._practised.tolist()
            self._practised[:] = 0
        states, same, lost = self._fresh
        if states:
            since["fresh_agreement"] = round(same / states, 4)
            since["fresh_regret"] = round(lost / states, 5)
        self._fresh[:] = 0
        return {
            "score": round(float(np.mean(recent)), 1) if recent else None,
            "median": round(float(np.median(recent)), 1) if recent else None,
            "games": self.collector.games.count,
            **since,
            "action_shares": [round(float(share), 4) for share in shares],
            "action_entropy_bits": round(entropy_bits(shares), 4),
            **({} if self.collector.ram is None else {"top_pair": {"share": round(float(top), 4)}}),
            "guidance": round(self.guidance(), 4),
            "teacher_share": round(teacher_share(self.config, self.agent_steps), 4),
        }

    def _begin_step(self) -> None:
        """Choose an action for every emulator and start the step."""
        config, shown, emulators = self.config, self.collector.observations, self._local.emulators
        q, kept = self.learner.act(self._look() if self._looked is None else self._looked)
        actions = self._choose(q)
        share, teacher_q = teacher_share(config, self.agent_steps), None
        if self._teacher is not None and (share > 0 or self._imitates or self.guidance() > 0):
            teacher_q = self._teacher.q(shown, self.collector.ram)
            lost = teacher_q.max(axis=1) - np.take_along_axis(teacher_q, actions[:, None], 1)[:, 0]
            self._fresh += len(actions), np.sum(lost == 0), lost.sum()
            follow = self._random.random(emulators) < share
            actions = np.where(follow, teacher_q.argmax(axis=1), actions)
        actions = explored(actions, self._exploration(), self._random)
        self.collector.send(actions)
        self._begun = {
            "frames": kept,
            "actions": actions,
            "teacher_q": teacher_q,
            **self._read(),
        }
        ram = self.collector.ram
        buckets = 0 * actions if ram is None else ram[:, -1, ram_map.CANNON_X] // POSITION_BUCKET
        np.add.at(self._done, (buckets, actions), 1)
        if self._helped and share == 0:
            self.collector.games.forget()
        self._helped = share > 0
        self._following = self._thread.submit(self._follow)

    def _choose(self, q: NDArray[np.float32]) -> NDArray[np.int64]:
        """Choose by the policy that is learnt: greedy, or soft with Munchausen's (Gumbel-max)."""
        config = self.config
        if config.algorithm == "iqn" and config.munchausen > 0:
            noise = self._random.gumbel(size=q.shape)
            return np.argmax(q / config.munchausen_temperature + noise, axis=1)
        return np.argmax(q, axis=1)

    def _follow(self) -> tuple[Step, NDArray[Any]]:
        """Wait for the emulators and look at what they show, while the learner learns."""
        step = self.collector.receive()
        return step, self._look()

    def _look(self) -> NDArray[Any]:
        looked: NDArray[Any] = self.learner.look(self.collector.observations)
        return looked

    def wait(self) -> tuple[Step, NDArray[Any]]:
        """Wait until the step that was begun is over; return it and what the learner saw then."""
        return self._following.result()

    def _end_step(self) -> None:
        """Wait for the emulators and add the step to the memory."""
        step, self._looked = self.wait()
        practising = self.collector.games.practising
        self._points += int(step.rewards[~practising].sum())
        self._deaths += int(step.deaths[~practising].sum())
        self._practised += step.final[practising].sum(), step.deaths[practising].sum()
        self.memory.add(
            rewards=step.rewards,
            deaths=step.deaths,
            final=step.final,
            idle=step.idle,
            **self._begun,
        )

    def _read(self) -> dict[str, NDArray[Any]]:
        """Return what a row records from the RAM, if the RAM is read."""
        ram = self.collector.ram
        if ram is None:
            return {}
        read: dict[str, NDArray[Any]] = {
            "late": ram[:, -1, ram_map.COUNT] <= self.config.late_invaders
        }
        if self._records_targets:
            read["state_targets"] = state_targets(ram)
        return read

    def guidance(self) -> float:
        """Return the weight of the teacher's term: it falls as the best trial nears its score."""
        if self._teacher is None:
            return 0.0
        return self.config.distill_weight * self._teacher.lead(self.best or 0.0)

    @property
    def _imitates(self) -> bool:
        """Whether the student imitates its teacher, whatever its own score."""
        return self._teacher is not None and self.samples < self.config.imitation_samples

    def learn_crops(self, stop: StopSignal) -> None:
        """Let the student play, and teach its crops by what it came to (see crop_learning.py).

        A run that is stopped meanwhile begins this again.
        """
        if self.crops_learnt:
            return
        learner, rates = CropLearner(self.config, self.learner.online), self._exploration()
        _live(f"playing until {self.config.crop_states:,} states are kept for the crops")
        while not learner.full and not stop.requested:
            shown, ram = self.collector.observations, self.collector.ram
            assert ram is not None, "checked when the run was opened"
            learner.keep(shown, state_targets(ram))
            q, _ = self.learner.act(self._look())
            self.collector.send(explored(self._choose(q), rates, self._random))
            self.collector.receive()
        for line in learner.learn():
            if stop.requested:
                return
            _live(line)
        assert isinstance(self.learner, DecisionLearner), "crops are learnt behind a frozen encoder"
        self.learner.encoder_changed()
        self.crops_learnt = True
        self.save()

    def _exploration(self) -> NDArray[np.float64]:
        """Return epsilon of each of this worker's emulators."""
        rates = exploration(self.config, self.agent_steps)
        return rates[self.cluster.index :: self.cluster.workers]

    def refill(self, stop: StopSignal) -> None:
        """Act without learning until the memory holds enough steps to learn from."""
        config = self.config
        begins = self.updates == 0 and self._teacher is None
        wanted = config.learning_starts if begins else config.refill_steps
        _live(f"filling the memory with {wanted:,} agent steps")
        frames, emulators = self._local.memory_frames, self._local.emulators
        least = (longest_return(config) + 1) * emulators  # fewer cannot be sampled
        wanted = max(least, min(wanted // self.cluster.workers, frames - frames % emulators))
        while len(self.memory) < wanted and not stop.requested:
            self._begin_step()
            self._end_step()

    def advance(self) -> dict[str, Any]:
        """Act once in every emulator and do the updates due meanwhile; return the last scalars.

        State pretraining comes first, if the run has it. Then a run with a teacher learns from the
        games with which the teacher filled the memory.
        """
        if self.pretrained_samples < self.config.state_pretraining_samples:
            return self._pretrain()
        if self.updates < self._offline_updates:
            return self._learn()
        self._begin_step()
        before, self.agent_steps = self.agent_steps, self.agent_steps + self.config.emulators
        together = self.config.updates_together
        calls_per_step = self.config.samples_per_step / (self.config.batch * together)
        scalars: dict[str, Any] = {}
        for _ in range(int(before * calls_per_step), int(self.agent_steps * calls_per_step)):
            scalars = self._learn()
        self._end_step()
        return scalars

    def _pretrain(self) -> dict[str, Any]:
        """Train the decision head without pictures (see state_pretraining.py)."""
        config, guide = self.config, self._teacher
        assert guide is not None, "checked when the run was opened"
        if self._state_pretraining is None:
            errors = prediction_errors(self.learner.online, self.memory.sample(ERROR_PICTURES, 1))
            seed = config.seed + 100_000 * self.starts
            self._state_pretraining = StatePretraining(
                config, self.learner.online, guide, errors, seed
            )
        scalars = self._state_pretraining.advance(
            self.pretrained_samples / config.state_pretraining_samples
        )
        self.pretrained_samples += self._state_pretraining.samples_per_step
        if self.pretrained_samples >= config.state_pretraining_samples:
            self._state_pretraining.close()
            self._state_pretraining = None
            self.learner.copy_to_target()
        return scalars | {"pretrained_samples": self.pretrained_samples}

    def _learn(self) -> dict[str, Any]:
        together = self.config.updates_together
        size = self._local.batch * together
        batch = self.memory.sample(size, return_steps(self.config, self.samples))
        if self.config.mirror > 0:
            which = self.memory.random.random(len(batch.a_tm1)) < self.config.mirror
            batch = mirror(batch, which)
        scalars = self.learner.learn(batch, self.guidance(), self._imitates)
        self.updates += together
        if self.updates % self.config.target_period < together:
            self.learner.copy_to_target()
        if self.cluster.workers > 1 and self.updates % self.config.check_period < together:
            self.cluster.check_equal(self.learner.state())
        return scalars

    def close(self) -> None:
        """Let the emulators go."""
        self._thread.shutdown()
        self.collector.close()
        if self._state_pretraining is not None:
            self._state_pretraining.close()

    def save(self) -> None:
        """Write a checkpoint, if this worker is the chief."""
        if not self.cluster.chief:
            return
        state = {
            "agent_steps": self.agent_steps,
            "updates": self.updates,
            "hours": self.hours,
            checkpoint.PRETRAINED: self.pretrained_samples,
            "crops_learnt": self.crops_learnt,
            "starts": self.starts,
            "trials": self.trials,
            "best": self.best,
            "random": self._random.bit_generator.state,
            "memory_random": self.memory.random.bit_generator.state,
        }
        checkpoint.save(
            self.folder, self.samples + self.pretrained_samples, self.learner.state(), state
        )

    def trial_due(self) -> bool:
        """Whether enough was learnt since the last trial."""
        apart = self.config.trial_samples
        return apart > 0 and self.samples >= (self.trials + 1) * apart

    def hold_trial(self, stop: StopSignal) -> dict[str, Any]:
        """Evaluate the network by the protocol and keep the best model; return an entry to log.

        The entry is empty if the trial was stopped. A trial counts once it is over, so that one cut
        short by a crash is repeated. A trial that fails counts too, and the run goes on.
        """
        number = self.samples // self.config.trial_samples
        self.save()
        result: dict[str, Any] = {}
        if self.cluster.chief:
            try:
                result = hold_trial(
                    self.folder, self.config, number, self.best, lambda: stop.requested
                )
            except EvaluationStoppedError:
                pass
            except (EvaluationError, ExportError, ModelError) as error:
                result = {"failed": str(error)}
        if "fresh" in result:
            self.best = result["trial"]["mean"]
        self.best = _none(self.cluster.share(np.array(_nan(self.best))))
        if not self.cluster.any(bool(result)):  # only the chief's is not empty
            return {}
        self.trials = number
        self.save()
        return {"samples": self.samples, "hours": round(self.hours, 4), **result}

    def log(self, entry: dict[str, Any]) -> None:
        """Add a line to the log, if this worker is the chief."""
        if self._log is not None:
            self._log.write(entry)

    def draw(self) -> None:
        """Draw the curve so far, if this worker is the chief and there is a score."""
        log = self.folder / LOG
        if self.cluster.chief and log.exists():
            with contextlib.suppress(ValueError):
                draw_curves({self.folder.name: log}, self.folder / "curve.png")

    def _begin_from(self, file: Path) -> None:
        try:
            arrays, state = checkpoint.load_weights(file)
            self.learner.begin_from(arrays)
            self.agent_steps = int(state["agent_steps"])
            # That run's batch may have been another; weights of before do not say.
            samples = state.get("samples", state["updates"] * self.config.batch)
            self.updates = int(samples) // self.config.batch
            self.hours = float(state["hours"])
            # Trials that were due in the run of these weights are not held again.
            self.trials = self.samples // (self.config.trial_samples or self.samples + 1)
        except (OSError, KeyError, ValueError, TypeError) as error:
            raise TrainingError(f"cannot start from {file}: {error}") from error

    def _take_encoder(self, file: Path) -> None:
        if isinstance(self.learner, DecisionLearner):
            raise TrainingError(
                "a frozen encoder needs its decisions too: use --from instead of encoder_from"
            )
        try:
            self.learner.take_encoder(checkpoint.load_weights(file)[0])
        except (OSError, ValueError) as error:
            raise TrainingError(f"cannot take the encoder of {file}: {error}") from error

    def _share_start(self) -> None:
        """Load the chief's weights and counters on every worker."""
        if self.cluster.workers == 1:
            return
        arrays = {name: self.cluster.share(a) for name, a in self.learner.state().items()}
        self.learner.restore(arrays)
        counters = (self.agent_steps, self.updates, self.starts, self.trials)
        shared = self.cluster.share(np.array(counters, np.int64))
        self.agent_steps, self.updates, self.starts, self.trials = shared.tolist()
        hours_and_best = self.cluster.share(np.array([self.hours, _nan(self.best)]))
        self.hours, self.best = float(hours_and_best[0]), _none(hours_and_best[1])

    def _resume(self) -> bool:
        try:
            loaded = checkpoint.load(self.folder)
        except checkpoint.DamagedError as error:
            raise TrainingError(
                f"{error}: start a new run with --name, and --from if you have exported a model"
            ) from error
        if loaded is None:
            return False
        arrays, state = loaded
        try:
            self.learner.restore(arrays)
            self.agent_steps = int(state["agent_steps"])
            self.updates = int(state["updates"])
            self.hours = float(state["hours"])
            self.pretrained_samples = int(state[checkpoint.PRETRAINED])
            self.crops_learnt = bool(state.get("crops_learnt", True))  # before there were any
            self.starts = int(state["starts"])
            self.trials = int(state["trials"])
            self.best = None if state["best"] is None else float(state["best"])
            self._random.bit_generator.state = state["random"]
            self.memory.random.bit_generator.state = state["memory_random"]
        except (KeyError, ValueError, TypeError) as error:
            raise TrainingError(
                f"the checkpoint in {self.folder} is of another version ({error}): "
                "start a new run with --name"
            ) from error
        return True


def _nan(value: float | None) -> float:
    return math.nan if value is None else value


def _none(value: Any) -> float | None:
    return None if math.isnan(value) else float(value)


def _learner(config: TrainingConfig, cluster: Cluster) -> Learner | DecisionLearner:
    if not config.frozen_encoder:
        return Learner(config, cluster)
    if cluster.workers > 1:
        raise TrainingError(
            "behind a frozen encoder only one worker learns: start it without TF_CONFIG"
        )
    return DecisionLearner(config)


def _teacher(config: TrainingConfig) -> Guide | None:
    if not config.teacher:
        return None
    if config.teacher == SCRIPTED_EXPERT:
        if config.imitation_samples:
            raise TrainingError(
                "the scripted expert chooses actions but cannot value them: name a model as the "
                "teacher, or add --set imitation_samples=0"
            )
        return ScriptedExpert()
    try:
        teacher = Teacher(Path(config.teacher), config.rules())
        return AdvisedTeacher(teacher, config.expert_weight) if config.expert_weight else teacher
    except ModelError as error:
        raise TrainingError(f"the teacher cannot guide: {error}") from error


def encoder_of(weights: Path | None) -> list[str]:
    """Return the encoder that the card beside the file `weights` names, if it names one."""
    try:
        encoder = None if weights is None else read_card(weights).get("encoder")
    except ModelError:  # weights can be used without the card
        return []
    return [encoder] if isinstance(encoder, str) and encoder in OBSERVATIONS else []


def open_run(
    folder: Path,
    config: TrainingConfig,
    weights: Path | None = None,
    cluster: Cluster | None = None,
    asked: Collection[str] = (),
) -> Run:
    """Open the run in `folder`; a run that exists keeps its configuration.

    Raises TrainingError if that differs from `config` in the numbers named in `asked`.
    """
    cluster = cluster or join(None)
    file = folder / "config.json"
    try:
        begins = cluster.chief and not file.exists()
        if cluster.chief and not begins:
            kept = load_config(folder)
            kept.compare(config, asked)
            config = kept
        config = TrainingConfig.from_json(cluster.share_text(config.to_json()))
        with contextlib.ExitStack() as until_open:
            run = Run(folder, config, weights, cluster)
            until_open.callback(run.close)
            if begins:  # only now: a run that cannot be opened can be started with other numbers
                write_atomically(file, config.to_json().encode())
            until_open.pop_all()
        return run
    except OSError as error:
        raise TrainingError(f"cannot write to {folder}: {error.strerror}") from error
    except ConfigError as error:
        raise TrainingError(str(error)) from error


def train(
    folder: Path,
    config: TrainingConfig,
    minutes: float | None = None,
    until: float | None = None,
    weights: Path | None = None,
    asked: Collection[str] = (),
) -> None:
    """Train the run in `folder` until it is to stop, then save it.

    A new run starts with the weights in the file `weights`, if there is one. A run that exists must
    agree with `config` in the numbers named in `asked`. Training stops after `minutes` of learning,
    when the last hundred training games without a teacher acting average `until` points, or on
    Ctrl-C or another signal that asks to end. With several workers in TF_CONFIG a signal to one of
    them stops all.

    Raises TrainingError.
    """
    set_threads(config.towers)
    try:
        cluster = join(os.environ.get("TF_CONFIG"))
        run = open_run(folder, config, weights, cluster, asked)
        with StopSignal() as stop, contextlib.closing(run):
            run.learn_crops(stop)
            run.refill(stop)
            _loop(run, stop, minutes, until)
            run.save()
            run.draw()
    except (ClusterError, EmulatorsError) as error:
        raise TrainingError(str(error)) from error
    except OSError as error:
        raise TrainingError(
            f"cannot write to {folder} ({error.strerror}): the last checkpoint is kept, "
            "make room and start the same command again"
        ) from error
    finally:
        _end_live()
    _say(
        f"saved {folder} after {run.samples / 1e6:.2f} million gradient samples "
        f"and {run.hours:.2f} hours of learning"
    )


def set_threads(towers: int) -> None:
    """Let `towers` operations run in parallel, each on one thread (see learner.Learner)."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(towers)


class StopSignal:
    """Turns every signal that asks to end into a flag, so that a run stops between two steps."""

    def __init__(self) -> None:
        self.requested = False

    def __enter__(self) -> StopSignal:
        # A shell ignores SIGINT for what it starts in the background; SIGHUP is ignored on purpose.
        wanted = [signal.SIGINT, *(number for number in SIGNALS if not is_ignored(number))]
        self._before = {number: signal.signal(number, self._request) for number in wanted}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _request(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True


def _loop(run: Run, stop: StopSignal, minutes: float | None, until: float | None) -> None:
    began = last = logged = saved = time.monotonic()
    samples_logged, steps_logged = run.samples, run.agent_steps
    while not run.cluster.any(stop.requested):
        scalars = run.advance()
        now = time.monotonic()
        run.hours += min(now - last, LONGEST_STEP_S) / 3600
        last = now
        if now - logged >= run.config.log_seconds:
            entry = {
                "samples": run.samples,
                "hours": round(run.hours, 4),
                "agent_steps": run.agent_steps,
                "samples_per_s": round((run.samples - samples_logged) / (now - logged), 1),
                "agent_steps_per_s": round((run.agent_steps - steps_logged) / (now - logged), 1),
                **run.measured(),
                **{name: round(float(value), 5) for name, value in scalars.items()},
            }
            run.log(entry)
            logged, samples_logged, steps_logged = now, run.samples, run.agent_steps
            minutes_left = None if minutes is None else minutes - (now - began) / 60
            _show(entry, minutes_left)
        if run.trial_due():
            _live(f"trial of {run.config.trial_episodes} games")
            result = run.hold_trial(stop)
            # The time of a trial is not learning time.
            began, last, logged = (x + time.monotonic() - now for x in (began, last, logged))
            if result:
                run.log(result)
                _live(
                    result.get(
                        "failed", f"best trial so far: {run.best or 0:.0f} points on average"
                    )
                )
        if until is not None and run.reached(until):
            stop.requested = True
        if now - saved >= run.config.checkpoint_minutes * 60:
            run.save()
            run.draw()
            saved = now
        if minutes is not None and last - began >= minutes * 60:
            stop.requested = True


def _show(entry: dict[str, Any], minutes_left: float | None) -> None:
    score = "-" if entry["score"] is None else f"{entry['score']:.0f}"
    left = "" if minutes_left is None else f", {max(0.0, minutes_left):.0f} minutes left"
    if "pretrained_samples" in entry:
        _live(
            f"state pretraining: {entry['pretrained_samples'] / 1e6:.2f} million samples, "
            f"score {entry.get('pretraining_score', math.nan):.0f}{left}, "
            f"divergence from the teacher {entry['teacher_kl']:.3f} nats"
        )
        return
    _live(
        f"{entry['samples'] / 1e6:.2f} million gradient samples, score {score}{left}, "
        f"{entry['samples_per_s']:.0f} samples/s, {entry['agent_steps_per_s']:.0f} steps/s, "
        f"expected hits {entry.get('q_online', 0):.2f}, "
        f"actions {' '.join(f'{share:.0%}' for share in entry['action_shares'])}"
    )


def _live(line: str) -> None:
    """Show `line`: on a terminal in place of the last one, elsewhere as a line of its own.

    A terminal shows as much of it as fits, because a line that wraps could not be replaced.
    """
    if sys.stdout.isatty():
        _say(f"{ERASE}{line[: shutil.get_terminal_size().columns - 1]}", end="")
    else:
        _say(line)


def _end_live() -> None:
    """Erase the live line, so that what is printed next does not stand behind it."""
    if sys.stdout.isatty():
        _say(ERASE, end="")


def _say(text: str, end: str = "\n") -> None:
    """Print `text`; where that cannot be, such as on a full disk, the run goes on."""
    with contextlib.suppress(OSError):
        print(text, end=end, flush=True)
