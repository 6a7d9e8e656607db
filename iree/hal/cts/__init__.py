"""The conformance suite: what every driver must do, one file for each behaviour, each test on each driver."""
