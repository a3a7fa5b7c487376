"""The page of all settings: ``python -m tools.configuration`` writes it from the models of ``cds_hooks.settings``."""
