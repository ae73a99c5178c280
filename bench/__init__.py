"""Benchmarks of our own: `make bench`, or `python -m bench live` for one part. Never a test.

Each claim is a ratio of two things measured in the same run, since the clock of a shared machine
says little by itself. What the figures mean and what they were last time: docs/bench.md.
"""
