"""The same update on an accelerator, without TensorFlow."""
