"""Lenient reading of FHIR R4 JSON: elements, dates, references and code system names as they really circulate."""
