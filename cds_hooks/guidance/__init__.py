"""The pages that a clinician opens from a card: what is recommended, to whom, and on what evidence. No patient data."""

from cds_hooks.guidance.routes import guidance_routes

__all__ = ["guidance_routes"]
