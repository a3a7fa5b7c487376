"""The demo patients: invented records with invented sarcoma courses, written by ``scripts/generate_patients.py``.

``record`` builds the resources of an EHR, ``history`` an ordinary medical life, ``oncology`` and ``orders`` the sarcoma
course and the draft orders; ``stories_*`` tell one patient each and say, from the guidance alone, what must come of it.
"""
