"""Section C: templates made from resource types."""

from cds_hooks.prefetch import Template, patient_templates


def test_patient_first_then_by_name_each_once() -> None:
    made = patient_templates(["Observation", "Patient", "BodyStructure", "Observation"])
    assert [one.key for one in made] == ["patient", "bodyStructures", "observations"]
    assert made[0] == Template("patient", "Patient", "Patient/{{context.patientId}}", required=True)
    assert made[2] == Template(
        "observations", "Observation", "Observation?patient={{context.patientId}}", required=False
    )


def test_plural_of_y_and_parameters_that_are_not_called_patient() -> None:
    study, event = patient_templates(["ImagingStudy", "AdverseEvent"])[:0:-1]
    assert study.key == "imagingStudies"
    assert event.query == "AdverseEvent?subject={{context.patientId}}"


def test_required() -> None:
    required = {one.key: one.required for one in patient_templates(["Condition", "Procedure"])}
    assert required == {"patient": True, "conditions": True, "procedures": False}
    assert all(one.required for one in patient_templates(["Procedure"], all_required=True))
