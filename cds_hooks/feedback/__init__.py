"""What clinicians did with cards: reading it, and reporting on it."""

from cds_hooks.feedback.feedback import Feedback
from cds_hooks.feedback.parse import parse_feedback

__all__ = ["Feedback", "parse_feedback"]
