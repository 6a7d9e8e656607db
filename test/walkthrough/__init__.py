"""The walkthrough as a test: its listings read as they stand, its program compiled to each of them."""
