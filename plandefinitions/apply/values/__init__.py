"""Values and where they go: dynamicValue paths, writing into resources, CQL values as FHIR."""
