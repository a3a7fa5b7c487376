from __future__ import annotations

import pytest

from tests.cds_hooks.authentication.ehr import Door


@pytest.fixture
def door() -> Door:
    """Knows one client, with its keys in the settings."""
    return Door()
