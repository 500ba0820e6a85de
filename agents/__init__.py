"""The learner (TensorFlow) and the runtime player (LiteRT). Nothing here imports pygame."""
