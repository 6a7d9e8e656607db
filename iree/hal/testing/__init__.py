"""Aids of the HAL's tests."""
