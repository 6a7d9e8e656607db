"""Tests of the whole: the walkthrough, end to end."""
