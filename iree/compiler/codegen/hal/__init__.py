"""What generated classes over the HAL do, in no language yet: hal_python and hal_cpp say it."""
