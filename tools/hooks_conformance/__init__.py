"""Which requirement of CDS Hooks is checked by which tests: ``python -m tools.hooks_conformance`` writes the table.

Tests carry ``@pytest.mark.requirement("CH-031", ...)``. A requirement that no test can check has a reason in
``reasons.yaml``. ``requirements.csv`` has the rows: what CDS Hooks 2.0.1 asks of a service, the harmless parts of the
3.0 ballot, the hooks of the CDS Hooks Library, and rules of practice.
"""
