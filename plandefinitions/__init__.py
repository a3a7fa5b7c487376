"""Guidance as FHIR PlanDefinitions: content checked when loaded, applied to a patient, shown as CDS Hooks cards.

::

    from plandefinitions.apply import apply, load
    from plandefinitions.cards import cards_of

    loaded = load([Path("guidance")])
    applied = apply(loaded.content, "http://example.org/PlanDefinition/p", bundle, subject="Patient/1", now=...)
    cards_of([applied])
"""
