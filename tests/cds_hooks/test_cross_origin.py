"""Section P: browser clients."""

import pytest
import requests

ORIGIN = "https://ehr.example.org"
PATHS = ["/cds-services", "/cds-services/sarcoma-patient-view", "/explain/sarcoma-patient-view"]


@pytest.mark.requirement("CH-146", "CH-147")
@pytest.mark.parametrize("path", PATHS)
def test_preflight_needs_no_token(server: str, path: str) -> None:
    asked = {
        "origin": ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    answer = requests.options(server + path, headers=asked, timeout=10)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert {"authorization", "content-type", "accept"} <= {one.strip() for one in allowed.split(",")}
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.requirement("CH-147")
def test_other_origins_may_not_read(server: str) -> None:
    other = {"origin": "https://evil.example.com"}
    answer = requests.get(server + "/cds-services", headers=other, timeout=10)
    assert "access-control-allow-origin" not in answer.headers
    assert "Origin" in answer.headers["vary"]
    asked = other | {"access-control-request-method": "POST"}
    assert "access-control-allow-origin" not in requests.options(server + PATHS[1], headers=asked, timeout=10).headers
