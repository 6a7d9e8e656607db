"""Programs compiled for every target and run on every driver, against TensorFlow."""
