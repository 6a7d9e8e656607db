"""The main job on real input: a classifier of handwritten digits, from TensorFlow to two devices."""
