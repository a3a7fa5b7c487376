"""Ends processes at random moments and looks what became of their data."""
