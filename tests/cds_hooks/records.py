"""Records of one patient, `x1`, that several tests send: a sarcoma of the thigh, and metastases in the lungs."""

SARCOMA = {
    "resourceType": "Condition",
    "id": "c1",
    "subject": {"reference": "Patient/x1"},
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "verificationStatus": {"coding": [{"code": "confirmed"}]},
    "code": {"text": "Leiomyosarcoma of the thigh"},
    "onsetDateTime": "2024-01-10",
}
LUNG = SARCOMA | {
    "id": "c2",
    "code": {
        "coding": [{"system": "http://snomed.info/sct", "code": "94391008"}],
        "text": "Secondary malignant neoplasm of lung",
    },
    "onsetDateTime": "2026-05-01",
}
