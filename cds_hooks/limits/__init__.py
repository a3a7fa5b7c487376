"""What keeps one process from taking on more than it can do."""

from cds_hooks.limits.admission import Admission, AdmissionLayer
from cds_hooks.limits.content import check_resources, depth_refused

__all__ = ["Admission", "AdmissionLayer", "check_resources", "depth_refused"]
