#!/bin/sh
# LiteRT's XNNPACK delegate joins five tensors in one concatenation, but not six.
#
# Versions   tensorflow-cpu 2.21.0, ai-edge-litert 2.3.0, Python 3.11, Linux x86_64
# Expected   A concatenation along the channels of float32 is delegated, however many it joins.
# Real       One of six stays outside and cuts the graph in two, each part with a start of its own.
# Way round  Join four or five at a time, and then what came of it.
# Exits 0 while it is so, 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install tensorflow-cpu==2.21.0 ai-edge-litert==2.3.0
TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import sys

import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter


def parts(count):
    """Return how many parts of the graph are delegated."""

    @tf.function(input_signature=[tf.TensorSpec([1, 8])], autograph=False)
    def joined(x):
        return tf.nn.relu(tf.concat([x * (number + 1.0) for number in range(count)], axis=1))

    converter = tf.lite.TFLiteConverter.from_concrete_functions([joined.get_concrete_function()])
    interpreter = Interpreter(model_content=converter.convert(), num_threads=1)
    interpreter.allocate_tensors()
    names = [operation["op_name"] for operation in interpreter._get_ops_details()]
    return names.count("DELEGATE")


found = {count: parts(count) for count in (4, 5, 6, 7)}
print("parts of the graph, by the number of tensors joined:", found)
sys.exit(0 if found == {4: 1, 5: 1, 6: 2, 7: 2} else 1)
PYTHON
