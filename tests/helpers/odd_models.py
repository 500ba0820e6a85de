"""Whole models of LiteRT that are no BigChamp model; making them takes TensorFlow."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

WRONG = ("signature", "side", "type", "width", "scalar", "outputs", "input", "loop", "large")


def odd_model(tensorflow: ModuleType, wrong: str, folder: Path) -> bytes:
    """Return a model that says the mean of its input, one thing of it `wrong`, or "nothing".

    One with a "loop" never answers, and a "large" one wants 40 GB to do so.
    """
    tf = tensorflow

    class Network(tf.Module):  # type: ignore[misc, name-defined]
        @tf.function(
            input_signature=[
                tf.TensorSpec(
                    [None, *([42, 42, 4] if wrong == "side" else [84, 84, 4])],
                    tf.float32 if wrong == "type" else tf.uint8,
                    name="pixels" if wrong == "input" else "frames",
                )
            ]
        )
        def decide(self, frames: Any) -> Any:
            value = tf.reduce_mean(tf.cast(frames, tf.float32), axis=[1, 2, 3])[:, None]
            if wrong == "loop":
                value = tf.while_loop(
                    lambda seen: tf.reduce_all(seen < 1e30),
                    lambda seen: (tf.minimum(seen + 1, 1e6),),
                    (value,),
                )[0]
            elif wrong == "large":
                value = tf.reduce_max(tf.tile(value[:, :, None], [1, 100_000, 100_000]), [1, 2])
                value = value[:, None]
            wide = tf.tile(value, [1, 5 if wrong == "width" else 6])
            q = tf.reduce_mean(value) if wrong == "scalar" else wide
            if wrong == "outputs":
                return {"value": value, "q": q}
            return {"value": value, "advantage": 0 * value + tf.zeros([1, 6]), "q": q}

    network = Network()
    name = "other" if wrong == "signature" else "decide"
    saved = str(folder / f"saved-{wrong}")
    tf.saved_model.save(network, saved, signatures={name: network.decide})
    converter = tf.lite.TFLiteConverter.from_saved_model(saved, signature_keys=[name])
    model: bytes = converter.convert()
    return model
