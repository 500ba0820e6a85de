"""The learner (TensorFlow) and the runtime player (LiteRT). Nothing here imports pygame."""

import os

# TensorFlow enables oneDNN's kernels by default only on processors with AVX-512. They made an
# update 2.6 times as fast on a processor with AVX2. TensorFlow reads the variable at its import.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
