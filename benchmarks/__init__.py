"""Measured ratios against peers; never timed tests."""
