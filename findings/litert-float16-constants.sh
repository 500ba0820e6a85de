#!/bin/sh
# TensorFlow's LiteRT converter, asked for float16 weights, rounds every float constant.
#
# Versions   tensorflow-cpu 2.21.0, ai-edge-litert 2.3.0, Python 3.11, Linux x86_64
# Expected   A model without weights is the same with float16 weights as without: the documentation
#            of post-training float16 quantization speaks of converting the weights.
# Real       The scalars of the formula become float16 too. 100.06 becomes 100.0625 and 1 / 0.021
#            becomes 47.625, and exp(-((x - 100.06) / 0.021)^2) at 100.03 falls from 0.130 to 0.091.
#            A network that spreads positions over narrow bells answers wrongly by as much.
# Way round  Convert in float32, and store only the large weights in float16 afterwards.
# Exits 0 while it is so, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install tensorflow-cpu==2.21.0 ai-edge-litert==2.3.0
TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import sys

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter


@tf.function(input_signature=[tf.TensorSpec([1])], autograph=False)
def bell(x):
    return tf.exp(-(((x - 100.06) / 0.021) ** 2))


def answer(float16):
    converter = tf.lite.TFLiteConverter.from_concrete_functions([bell.get_concrete_function()])
    if float16:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    interpreter = Interpreter(model_content=converter.convert(), num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], np.float32([100.03]))
    interpreter.invoke()
    return float(interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0])


plain, half = answer(float16=False), answer(float16=True)
print(f"a model without weights: {plain:.4f} in float32, {half:.4f} with float16 weights")
sys.exit(0 if abs(plain - half) > 0.01 else 1)
PYTHON
