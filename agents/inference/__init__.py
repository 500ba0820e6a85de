"""Everything that playing with a network needs, without TensorFlow."""
