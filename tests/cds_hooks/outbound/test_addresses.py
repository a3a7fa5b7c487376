"""CH-062: which addresses may be called."""

import pytest

from cds_hooks.outbound.addresses import may_call

PUBLIC = ["93.184.216.34", "8.8.8.8", "172.15.0.1", "172.32.0.1", "2606:2800:220:1::1", "64:ff9b::5db8:d822"]
PRIVATE = [
    "10.1.2.3",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
]
NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.0.192",
    "192.88.99.1",
    "ff02::1",
    "::7f00:1",  # 127.0.0.1, IPv4-compatible
    "2002:7f00:1::",  # 127.0.0.1 by 6to4
    "2002:0808:0808::1",
    "2001:0:7f00:1::1",  # Teredo
    "64:ff9b::7f00:1",  # 127.0.0.1 by NAT64
    "64:ff9b::a9fe:a9fe",  # 169.254.169.254 by NAT64
    "64:ff9b:1::a00:1",
    "fec0::1",
    "2001:db8::1",
    "::ffff:0.0.0.0",
    "::ffff:224.0.0.1",
    "not-an-address",
    "",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert may_call(address, private_network=False)
    assert may_call(address, private_network=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_only_where_the_registration_says_so(address: str) -> None:
    assert not may_call(address, private_network=False)
    assert may_call(address, private_network=True)


@pytest.mark.parametrize("address", NEVER)
def test_never(address: str) -> None:
    assert not may_call(address, private_network=False)
    assert not may_call(address, private_network=True)


def test_ipv4_mapped_is_never_public() -> None:
    assert not may_call("::ffff:8.8.8.8", private_network=False)
