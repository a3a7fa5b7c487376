"""Runs the HL7 CQL conformance suite against this engine, from text and from the official translator's ELM.

The suite itself (https://github.com/cqframework/cql-tests, Apache-2.0) is not part of this repository; ``SUITE`` names
the file it is read from: gzipped JSON, a list of objects with ``file group name expr expected invalid actual exp``.
"""
