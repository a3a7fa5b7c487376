"""A FHIR server that nobody here wrote (npm, @medplum/fhir-router, in memory), for tests and benchmarks."""

from tools.fhir_server.server import FhirServer, missing, running

__all__ = ["FhirServer", "missing", "running"]
