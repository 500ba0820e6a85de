"""Every number of a training run, with its unit and its source."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from game.emulation.cabinet import Rules, RulesError

CONFIG_VERSION = 11
READ_VERSIONS = (6, 7, 8, 9, 10, CONFIG_VERSION)  # of runs that are resumed
FRAME_SKIP = 4  # frames per agent step (Mnih et al. 2015)
SCRIPTED_EXPERT = "scripted-expert"  # the teacher that is a program, not a file
ADVISED = "advised:"  # before a teacher's file, to measure it with the expert's advice
# Encoders, see networks.py. The second is the first with a closer look (see crops.py).
IMPALA, IMPALA_CROPS = "s2d2-impala-16-32-32", "s2d2-impala-16-32-32-crops"
NATURE, RAM = "s2d4-nature", "ram"

# What version 6 of the file called some numbers and values. Runs that it began are resumed.
RENAMED = {
    "rehearsal_samples": "state_pretraining_samples",
    "rehearsal_learning_rate": "state_pretraining_learning_rate",
    "facts_weight": "auxiliary_weight",
}
RENAMED_VALUES: dict[tuple[str, Any], str] = {("teacher", "marksman"): SCRIPTED_EXPERT}

# Numbers that earlier versions did not have, with the values that behave like them.
ADDED: dict[str, Any] = {
    "death_at_hit": 0,
    "frozen_encoder": 0,
    "weight_average": 0.995,
    "expert_weight": 0.0,
    "last_learning_rate": 0.0,
    "learning_rate_samples": 0,
    "crop_states": 0,
    "feature_dropout": 0.0,
    "int8_encoder": 0,
    "practice": 0.0,
    "kept_advantages": 0.0,
}

DQN = "Mnih et al. 2015"
RAINBOW = "Hessel et al. 2018"
DOPAMINE = "Castro et al. 2018, Dopamine's Atari settings"
DAGGER = "Ross et al. 2011, DAgger"
QDAGGER = "Agarwal et al. 2022, Reincarnating RL"
MUNCHAUSEN = "Vieillard et al. 2020, Munchausen RL"
MACHADO = "Machado et al. 2018"
BBF = "Schwarzer et al. 2023, Bigger, Better, Faster"
CLARK = "Clark et al. 2024, Beyond the Rainbow"
MEASURED = "measured for this project"

# The limits of a number where nothing else is said; what something is divided by is not zero.
LARGEST, NOT_ZERO = 1e15, 1e-9


class ConfigError(ValueError):
    """A configuration cannot be used; the message says why."""


def _number(default: Any, unit: str, source: str, least: float = 0, most: float = LARGEST) -> Any:
    metadata = {"unit": unit, "source": source, "least": least, "most": most}
    return field(default=default, metadata=metadata)


def _choice(choices: Sequence[str], unit: str, source: str) -> Any:
    """Return the field of a setting that is one of `choices`, the first by default."""
    metadata = {"unit": f"{unit}: {' or '.join(choices)}", "source": source, "choices": choices}
    return field(default=choices[0], metadata=metadata)


@dataclass(frozen=True)
class TrainingConfig:
    """The settings of one run."""

    algorithm: str = _choice(
        ("double-dqn", "iqn"), "algorithm of the student or of the teacher", "choice"
    )
    encoder: str = _choice((IMPALA, IMPALA_CROPS, NATURE, RAM), "encoder of the network", MEASURED)
    seed: int = _number(0, "seed of weights, memory, exploration and emulators", "choice")
    encoder_from: str = _number(
        "", "file of weights whose encoder a new run starts with, or empty for none", "choice"
    )
    # Emulators
    emulators: int = _number(32, "emulators in lock-step", MEASURED, least=1)
    practice: float = _number(
        0.0,
        "share of the emulators that play again what came just before lost lives, in runs that "
        "read the RAM",
        "Florensa et al. 2017, reverse curricula",
        most=0.9,
    )
    frame_skip: int = _number(FRAME_SKIP, "frames per agent step", DQN, least=1)
    sticky: float = _number(0.25, "probability that a frame repeats the last action", MACHADO)
    noop_max: int = _number(30, "largest number of no-op frames when a game starts", DQN)
    frame_cap: int = _number(
        108_000, "frames, the length of the longest game (30 minutes)", DOPAMINE
    )
    # Memory
    memory_frames: int = _number(
        1_000_000, "frames of 84 x 84 that the memory holds (7.1 GB)", DQN, least=1
    )
    learning_starts: int = _number(
        10_000, "agent steps in the memory before the first update", "choice"
    )
    late_invaders: int = _number(
        7, "invaders, a step with so many left or fewer is late in its wave", MEASURED
    )
    death_at_hit: int = _number(
        0,
        "1: a death counts when the cannon is hit, in runs that read the RAM, not when lives fall",
        MEASURED,
        most=1,
    )
    late_weight: float = _number(
        1.0,
        "how many times as often a late step is sampled, in runs that read the RAM",
        MEASURED,
        NOT_ZERO,
    )
    # Return
    gamma: float = _number(0.99, "discount per agent step", DQN, NOT_ZERO, 1)
    n_step: int = _number(3, "agent steps in an n-step return", RAINBOW, least=1)
    n_step_start: int = _number(
        10, "agent steps in an n-step return when a run starts, falling geometrically", BBF, least=1
    )
    n_step_samples: int = _number(
        1_500_000, "gradient samples over which n_step_start falls to n_step", "choice"
    )
    reward_clip: float = _number(
        1.0, "points, rewards are clipped to plus or minus this", DQN, NOT_ZERO
    )
    # Learning
    precision: str = _choice(
        ("auto", "mixed_bfloat16", "float32"),
        "arithmetic of the layers (weights stay float32; auto is the faster on this processor)",
        MEASURED,
    )
    towers: int = _number(2, "parts of a batch that are computed in parallel", MEASURED, least=1)
    batch: int = _number(128, "transitions per update", MEASURED, least=1)
    updates_together: int = _number(
        1, "updates in one call of the compiled function", MEASURED, least=1
    )
    frozen_encoder: int = _number(
        0,
        "1: encoder and keypoints stay as they are, and only the decisions behind them learn",
        MEASURED,
        most=1,
    )
    int8_encoder: int = _number(
        0,
        "1: a frozen encoder looks with weights in 8 bits, as `export --int8` writes them",
        MEASURED,
        most=1,
    )
    crop_states: int = _number(
        0,
        "states of the student's own games from which crops learn at first, behind a frozen "
        "encoder, 0: they stay as they are",
        MEASURED,
        most=1_000_000,
    )
    weight_average: float = _number(
        0.995,
        "share of the average that is kept every 8 updates, behind a frozen encoder",
        "Polyak and Juditsky 1992",
        most=1,
    )
    feature_dropout: float = _number(
        0.0,
        "share of the encoder's features that decisions do not see while they learn, behind a "
        "frozen encoder",
        "Srivastava et al. 2014",
        most=0.9,
    )
    samples_per_step: float = _number(4.0, "gradient samples per agent step", CLARK, NOT_ZERO)
    learning_rate: float = _number(1e-4, "Adam step size", RAINBOW, NOT_ZERO)
    last_learning_rate: float = _number(
        0.0, "Adam step size after learning_rate_samples, if it falls", MEASURED
    )
    learning_rate_samples: int = _number(
        0,
        "gradient samples of this run over which Adam's step size falls evenly, 0: it is constant",
        "choice",
    )
    adam_epsilon: float = _number(
        0.005 / 128, "Adam epsilon (0.005 / batch)", "Schmidt 2021", NOT_ZERO
    )
    gradient_norm: float = _number(
        10.0, "largest global gradient norm", "Wang et al. 2016", NOT_ZERO
    )
    huber_kappa: float = _number(1.0, "TD error at which Huber's loss turns linear", DQN, NOT_ZERO)
    quantiles: int = _number(
        8, "quantiles of IQN, random to learn and evenly spaced to act", MEASURED, least=1
    )
    munchausen: float = _number(
        0.9, "weight of the log-policy in IQN's reward, 0 for none", MUNCHAUSEN, most=1
    )
    munchausen_temperature: float = _number(
        0.03, "units of Q, temperature of that policy", MUNCHAUSEN, NOT_ZERO
    )
    munchausen_floor: float = _number(
        -1.0, "units of Q, the lowest bonus of the log-policy", MUNCHAUSEN, -LARGEST, 0
    )
    mirror: float = _number(
        0.5, "probability that a transition is mirrored before it is learnt", MEASURED, most=1
    )
    target_period: int = _number(
        500, "updates between copies to the target network", MEASURED, least=1
    )
    # Guidance by a teacher (QDagger); used only in a run that has one
    teacher: str = _number(
        "", f"file of the teacher's model, or {SCRIPTED_EXPERT}, or empty for none", "choice"
    )
    distill_weight: float = _number(
        3.0, "weight of the distillation from the teacher at the start", QDAGGER
    )
    distill_temperature: float = _number(
        0.1, "units of Q, temperature of the teacher's and the student's softmax", QDAGGER, NOT_ZERO
    )
    advantage_weight: float = _number(
        40.0, "weight of the squared error of advantages during imitation", MEASURED
    )
    kept_advantages: float = _number(
        0.0,
        "weight of that error beside returns, in weights of the distillation",
        MEASURED,
    )
    expert_weight: float = _number(
        0.0, "hits that are added to the teacher's value of the scripted expert's choice", MEASURED
    )
    imitation_samples: int = _number(
        0, "gradient samples of imitation, learnt from the teacher's values alone, at first", DAGGER
    )
    state_pretraining_samples: int = _number(
        0, "gradient samples of state pretraining, without pictures, before imitation", MEASURED
    )
    state_pretraining_learning_rate: float = _number(
        1e-3, "Adam step size of state pretraining, falling to 0", MEASURED
    )
    auxiliary_weight: float = _number(
        5.0, "weight of the auxiliary prediction's loss during imitation", MEASURED
    )
    offline_updates: int = _number(
        20_000, "updates on the teacher's games before the student acts", "choice"
    )
    guide_steps: int = _number(
        500_000, "agent steps until the teacher no longer acts", "choice", least=1
    )
    # Exploration: each emulator has its own final rate, spaced geometrically (Horgan et al. 2018)
    exploration_steps: int = _number(
        80_000, "agent steps over which epsilon falls", "choice", least=1
    )
    exploration_low: float = _number(
        0.002, "final epsilon of the emulator that explores least", MEASURED, NOT_ZERO, 1
    )
    exploration_high: float = _number(
        0.05, "final epsilon of the emulator that explores most", MEASURED, NOT_ZERO, 1
    )
    # Housekeeping
    trial_samples: int = _number(2_000_000, "gradient samples between trials, 0 for none", "choice")
    trial_episodes: int = _number(100, "games of a trial", MACHADO, least=1)
    checkpoint_minutes: float = _number(4.0, "minutes between checkpoints", "choice")
    check_period: int = _number(
        1_000, "updates between comparisons of the workers' weights", "choice", least=1
    )
    log_seconds: float = _number(30.0, "seconds between lines of the log", "choice")
    refill_steps: int = _number(
        100_000, "agent steps that refill the memory of a resumed run", "choice"
    )

    def __post_init__(self) -> None:
        for each in dataclasses.fields(self):
            self._check(each)
        try:
            self.rules()
        except RulesError as error:
            raise ConfigError(str(error)) from error
        if self.batch % self.towers or self.emulators % self.towers:
            raise ConfigError("batch and emulators must be multiples of towers")
        if self.frozen_encoder and (self.algorithm != "double-dqn" or self.encoder == RAM):
            raise ConfigError("only a student that sees pictures has an encoder to freeze")
        if self.frozen_encoder and self.mirror > 0:
            raise ConfigError(
                "the output of a frozen encoder has no mirror image: add --set mirror=0"
            )
        if self.int8_encoder and not self.frozen_encoder:
            raise ConfigError("only a frozen encoder looks in 8 bits: add --set frozen_encoder=1")
        if self.crop_states and not (self.frozen_encoder and self.encoder == IMPALA_CROPS):
            raise ConfigError(
                "crop_states are for crops behind a frozen encoder: add --set frozen_encoder=1 "
                f"--set encoder={IMPALA_CROPS}"
            )
        if self.encoder == RAM and self.mirror > 0:
            raise ConfigError("the console's RAM has no mirror image: add --set mirror=0")

    def _check(self, each: dataclasses.Field[Any]) -> None:
        value, kind = getattr(self, each.name), cast(Any, type(each.default))
        if not isinstance(value, (int, float) if kind is float else kind):
            raise ConfigError(f"{each.name} cannot be {value!r}: it is {each.metadata['unit']}")
        if (each.name, value) in RENAMED_VALUES:
            raise ConfigError(
                f"the {each.name} {value!r} is now called {RENAMED_VALUES[each.name, value]!r}"
            )
        least, most = (each.metadata.get(end, value) for end in ("least", "most"))
        if kind is not str and not least <= value <= most:
            raise ConfigError(f"{each.name} cannot be {value}: it is from {least:g} to {most:g}")
        choices = each.metadata.get("choices", (value,))
        if value not in choices:
            raise ConfigError(f"{each.name} cannot be {value}: it is {' or '.join(choices)}")

    @classmethod
    def of_teacher(cls, **numbers: Any) -> TrainingConfig:
        """Return the settings of a teacher, an IQN that reads the console's RAM.

        The scripted expert shows it how to play, and chooses actions in the states of its own
        games too. Reading RAM is so cheap that acting is half of the work: hence many emulators,
        large batches, and eight gradient samples for each step.
        """
        return cls(**(TEACHER | numbers))

    def rules(self) -> Rules:
        """Return the rules of play under which a run is trained and evaluated."""
        return Rules(sticky=self.sticky, noop_max=self.noop_max, frame_cap=self.frame_cap)

    def part(self, workers: int) -> TrainingConfig:
        """Return one worker's share of emulators, memory and batch; raise ConfigError if uneven."""
        if self.emulators % (workers * self.towers) or self.batch % (workers * self.towers):
            raise ConfigError(
                f"batch and emulators cannot be shared by {workers} workers of {self.towers} "
                "towers: choose multiples with --set"
            )
        return dataclasses.replace(
            self,
            emulators=self.emulators // workers,
            memory_frames=self.memory_frames // workers,
            batch=self.batch // workers,
        )

    def changed(self, settings: Sequence[str]) -> TrainingConfig:
        """Return a copy with numbers set from texts like "n_step=10"; raise ConfigError."""
        types = {each.name: type(getattr(self, each.name)) for each in dataclasses.fields(self)}
        values: dict[str, Any] = {}
        for setting in settings:
            name, _, text = setting.partition("=")
            if name in RENAMED:
                raise ConfigError(
                    f"{name} is now called {RENAMED[name]}: --set {RENAMED[name]}={text}"
                )
            if name not in types:
                near = ", ".join(difflib.get_close_matches(name, types, 3)) or "another name"
                raise ConfigError(
                    f"there is no number {name!r}: try {near}; a run's config.json lists them all"
                )
            try:
                values[name] = types[name](text)
            except ValueError as error:
                raise ConfigError(f"{setting}: a number is needed after {name}=") from error
        return dataclasses.replace(self, **values)

    def to_json(self) -> str:
        """Return the configuration as JSON, every number beside its unit and source."""
        numbers = {
            f.name: {
                "value": getattr(self, f.name),
                "unit": f.metadata["unit"],
                "source": f.metadata["source"],
            }
            for f in dataclasses.fields(self)
        }
        return json.dumps({"version": CONFIG_VERSION, "numbers": numbers}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> TrainingConfig:
        """Read what `to_json` wrote, now or since version 6; raise ConfigError for others."""
        try:
            data = json.loads(text)
            version, numbers = data["version"], data["numbers"]
            values = {name: entry["value"] for name, entry in numbers.items()}
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError("the run's config.json is not a BigChamp configuration") from error
        if version in READ_VERSIONS[:-1]:
            values = {RENAMED.get(name, name): value for name, value in values.items()}
            values |= {
                name: now
                for (name, before), now in RENAMED_VALUES.items()
                if values.get(name) == before
            }
            values = ADDED | values
        known = {f.name for f in dataclasses.fields(cls)}
        if version not in READ_VERSIONS or set(values) != known:
            raise ConfigError(
                f"the run's config.json is of version {version}, this program reads version "
                f"{CONFIG_VERSION}: start a new run, or resume with the program that wrote it"
            )
        return cls(**values)

    def compare(self, asked: TrainingConfig, names: Iterable[str]) -> None:
        """Raise ConfigError if `asked` differs from this configuration of a run.

        Only the numbers called `names` are compared.
        """
        for name in names:
            value = getattr(self, name)
            if value != getattr(asked, name):
                raise ConfigError(
                    f"the run was started with {name}={value!r}, which cannot be changed: start a "
                    "new run with --name, or leave that number out"
                )


# Where a teacher's settings differ from a student's; all measured for this project.
TEACHER: dict[str, Any] = {
    "algorithm": "iqn",
    "encoder": RAM,
    "munchausen": 0.0,
    "mirror": 0.0,
    "emulators": 128,
    "memory_frames": 2_000_000,
    "refill_steps": 40_000,
    "late_weight": 3.0,
    "gamma": 0.995,
    "n_step": 5,
    "n_step_start": 5,
    "n_step_samples": 0,
    "towers": 1,
    "batch": 256,
    "updates_together": 4,
    "samples_per_step": 8.0,
    "learning_rate": 5e-4,
    "adam_epsilon": 1e-7,  # a table's row is used seldom: 4e-5 hid its gradients
    "target_period": 200,
    "teacher": SCRIPTED_EXPERT,
    "distill_weight": 1.0,
    "offline_updates": 0,
    "guide_steps": 150_000,
    "exploration_steps": 100_000,
    "exploration_low": 0.002,
    "exploration_high": 0.1,
    "trial_samples": 10_000_000,  # a teacher's games are long: a trial takes minutes
}


def load_config(run: Path) -> TrainingConfig:
    """Return the configuration of the run in folder `run`."""
    try:
        return TrainingConfig.from_json((run / "config.json").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{run} is not a run: it has no readable config.json") from error
