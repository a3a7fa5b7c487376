"""Guidance content: read from files, checked, compiled once, immutable."""
