"""From a network to a model of LiteRT, TensorFlow's runtime of the arcade."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from agents.networks.quantization import quantized


def converted(
    network: keras.Model,
    answer: Callable[[tf.Tensor], dict[str, tf.Tensor]],
    signature: str,
    shown: tf.TensorSpec,
    int8: bool = False,
) -> bytes:
    """Convert `network` to LiteRT with one `signature`, its weights in float16 or `int8`.

    `answer` returns what the model is to return for what is `shown`, its only input.

    Keras's own archive is used because a plain `tf.Module` around a Keras 3 model is saved without
    its weights, and the converter does not notice.
    """
    archive: Any = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint(name=signature, fn=answer, input_signature=[shown])
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[signature])
        return quantized(converter.convert(), int8)
