"""Requests with faults in them, by the thousand, against a running service: see ``__main__``."""
