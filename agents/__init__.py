"""The learner (TensorFlow) and the runtime player (LiteRT). Nothing here imports pygame."""

import os

# TensorFlow asks for oneDNN's kernels by itself only on processors with AVX-512. On one with
# AVX2 they made an update 2.6 times as fast. It reads this when it is first imported.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
