"""The data models a library can use: System and FHIR 4.0.1 (see ``cql.models.model``)."""

from cql.models.model import ClassInfo, ContextInfo, Model, is_known, model

__all__ = ["ClassInfo", "ContextInfo", "Model", "is_known", "model"]
