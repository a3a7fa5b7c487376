"""What a procedure is: its modality, the organ its name implies, and the role it plays (procedure_classes.csv)."""

from dataclasses import dataclass

from mappers.terminology.tables import table


@dataclass(frozen=True, slots=True)
class ProcedureClass:
    """`role`: primary, local-therapy, investigation, sequencing, tumour-board, referral or systemic."""

    key: str
    modality: str
    organ: str
    role: str


PROCEDURES: dict[str, ProcedureClass] = {
    row["procedure"]: ProcedureClass(row["procedure"], row["modality"], row["organ"], row["role"])
    for row in table("procedure_classes")
}
