"""FHIR data as CQL sees it: indexed resources, property access, and the conversions of FHIRHelpers.

Import from the modules: ``index`` (DataIndex), ``properties`` (get_property, accessor), ``shapes`` (element_info),
``fhir_helpers``, ``element`` (FhirElement), ``instances``, ``context`` (reading), ``warnings``.
"""
