"""Code systems under every name that circulates, and codes brought to one spelling.

A code system is known by a short key (`snomed`, `icd-10-cm`, ...). A system nobody stated is guessed only from a code
of unmistakable shape; a local one (an EHR vendor's OID) is none of ours and its codes are not read.
"""

import re

from mappers.recall import remembered

_URIS = {
    "snomed": ("http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96", "2.16.840.1.113883.6.96", "sct"),
    "icd-10-cm": (
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-10",
        "http://hl7.org/fhir/sid/icd-10-gm",
        "http://fhir.de/codesystem/bfarm/icd-10-gm",
        "http://terminology.hl7.org/codesystem/icd-10-cm",
        "urn:oid:2.16.840.1.113883.6.90",
        "urn:oid:2.16.840.1.113883.6.3",
        "2.16.840.1.113883.6.90",
        "2.16.840.1.113883.6.3",
    ),
    "icd-9-cm": (
        "http://hl7.org/fhir/sid/icd-9-cm",
        "http://hl7.org/fhir/sid/icd-9-cm/diagnosis",
        "http://terminology.hl7.org/codesystem/icd9cm",
        "urn:oid:2.16.840.1.113883.6.103",
        "2.16.840.1.113883.6.103",
    ),
    "icd-10-pcs": (
        "http://www.cms.gov/medicare/coding/icd10",
        "http://hl7.org/fhir/sid/icd-10-pcs",
        "urn:oid:2.16.840.1.113883.6.4",
        "2.16.840.1.113883.6.4",
    ),
    "icd-o-3": (
        "http://terminology.hl7.org/codesystem/icd-o-3",
        "http://terminology.hl7.org/codesystem/icd-o",
        "http://hl7.org/fhir/sid/icd-o-3",
        "http://hl7.org/fhir/sid/icd-o",
        "urn:oid:2.16.840.1.113883.6.43.1",
        "urn:oid:2.16.840.1.113883.6.43",
        "2.16.840.1.113883.6.43.1",
    ),
    "loinc": ("http://loinc.org", "urn:oid:2.16.840.1.113883.6.1", "2.16.840.1.113883.6.1"),
    "rxnorm": (
        "http://www.nlm.nih.gov/research/umls/rxnorm",
        "urn:oid:2.16.840.1.113883.6.88",
        "2.16.840.1.113883.6.88",
    ),
    "atc": ("http://www.whocc.no/atc", "urn:oid:2.16.840.1.113883.6.73", "http://fhir.de/codesystem/bfarm/atc"),
    "ncit": (
        "http://ncicb.nci.nih.gov/xml/owl/evs/thesaurus.owl",
        "http://ncithesaurus.nci.nih.gov",
        "http://purl.obolibrary.org/obo/ncit.owl",
        "urn:oid:2.16.840.1.113883.3.26.1.1",
    ),
    "oncotree": ("http://oncotree.mskcc.org", "http://oncotree.mskcc.org/fhir/codesystem/snapshot"),
    "hcpcs": (
        "http://www.cms.gov/medicare/coding/hcpcsreleasecodesets",
        "urn:oid:2.16.840.1.113883.6.285",
    ),
    "hgnc": ("http://www.genenames.org", "http://www.genenames.org/geneid", "urn:oid:2.16.840.1.113883.6.281"),
    "v3-interpretation": (
        "http://terminology.hl7.org/codesystem/v3-observationinterpretation",
        "http://hl7.org/fhir/v2/0078",
    ),
    "sarcoma-facts": ("https://sarcoma-cds.org/fhir/codesystem/sarcoma-facts",),
    "tnm-site": ("tnm-site",),  # the three-letter organ suffixes of an M1, never a coding of their own
}
_BY_URI = {uri: key for key, uris in _URIS.items() for uri in uris}
_LOOSE_NAMES = (
    (re.compile(r"icd-?o"), "icd-o-3"),
    (re.compile(r"icd-?10-?pcs"), "icd-10-pcs"),
    (re.compile(r"icd-?10"), "icd-10-cm"),
    (re.compile(r"icd-?9"), "icd-9-cm"),
    (re.compile(r"snomed"), "snomed"),
    (re.compile(r"loinc"), "loinc"),
    (re.compile(r"rx-?norm"), "rxnorm"),
    (re.compile(r"oncotree"), "oncotree"),
    (re.compile(r"(^|\W)atc($|\W)"), "atc"),
    (re.compile(r"ncit|ncithesaurus|nci thesaurus"), "ncit"),
)

_MORPHOLOGY = re.compile(r"M?-?\s*(\d{4})\s*/?\s*(\d)(?:\s*[/ ]?\s*[0-9A-Z])?$")
_TOPOGRAPHY = re.compile(r"(C\d\d)\.?(\d?)$")
_ICD10_DOTTED = re.compile(r"\s*[A-TV-Za-tv-z]\d[0-9A-Za-z]\.[0-9A-Za-z]{1,4}\s*$")
_LOINC = re.compile(r"\d{1,5}-\d$")
_WITH_HIERARCHY = frozenset({"icd-10-cm", "icd-9-cm", "icd-o-3"})


@remembered(maxsize=1024)
def system_key(uri: str) -> str:
    """The key of the code system behind a URI, OID or loose name; empty for none given, "local" for any other."""
    name = uri.strip().lower().rstrip("/")
    if not name:
        return ""
    name = name.replace("https://", "http://") if name not in _BY_URI else name
    if key := _BY_URI.get(name) or _BY_URI.get("urn:oid:" + name):
        return key
    if name.startswith("http://snomed.info/sct"):  # an edition or version URI
        return "snomed"
    if name.startswith("urn:oid:"):
        return "local"
    for pattern, key in _LOOSE_NAMES:
        if pattern.search(name):
            return key
    return "local"


def guess_system(code: str) -> str:
    """The code system of a code that came without one, told from its shape; empty when the shape is not telling."""
    if re.match(r"\s*M?-?\d{4}/\d", code):
        return "icd-o-3"
    if _ICD10_DOTTED.match(code):
        return "icd-10-cm"
    if re.match(r"\s*C[4-9]\d{3}\s*$", code, re.IGNORECASE):  # C7800: ICD-10-CM without its dot
        return "icd-10-cm"
    if _LOINC.match(code.strip()):
        return "loinc"
    if re.match(r"\s*\d{8,18}\s*$", code):
        return "snomed"
    return ""


def normalise(system: str, code: str) -> str:
    """The code in the one spelling our tables use: upper case, ICD without dots and spaces, ICD-O as dddd/d."""
    code = code.strip()
    if system in ("icd-10-cm", "icd-9-cm", "icd-10-pcs"):
        return code.upper().replace(".", "").replace(" ", "").rstrip("-+*")
    if system == "icd-o-3":
        upper = code.upper()
        if match := _MORPHOLOGY.match(upper):
            return f"{match[1]}/{match[2]}"
        if match := _TOPOGRAPHY.match(upper):
            return match[1] + match[2]
        return upper
    if system == "hgnc" and code.isdigit():
        return "HGNC:" + code
    return code.upper() if system in ("oncotree", "atc", "ncit") else code


def broader(system: str, code: str) -> list[str]:
    """A normalised code and, for hierarchical classifications, its categories, narrowest first."""
    if system not in _WITH_HIERARCHY or "/" in code:
        return [code]
    return [code[:length] for length in range(len(code), 2, -1)] or [code]
