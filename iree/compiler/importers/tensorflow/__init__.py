"""TensorFlow programs through TensorFlow's own bridge to mhlo. TensorFlow is imported when the first one is."""
