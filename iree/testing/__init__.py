"""What tests share: evaluators and comparisons. Nothing of the product depends on it."""
