"""Training on an accelerator with JAX: the same update, without TensorFlow."""
