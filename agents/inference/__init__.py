"""What playing needs of a network, without TensorFlow."""
