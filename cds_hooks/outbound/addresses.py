"""Which addresses may be called.

Special-purpose addresses: RFC 6890 and the IANA registries. IPv6 addresses that carry an IPv4 address in them lead to
that one, so it is what counts, or they are refused.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_SHARED = IPv4Network("100.64.0.0/10")
_NEVER_4 = tuple(map(IPv4Network, ("0.0.0.0/8", "192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4")))
"""This network, protocol assignments, relays of 6to4, multicast, reserved and broadcast."""
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_6 = IPv6Network("2000::/3")
_UNIQUE_LOCAL = IPv6Network("fc00::/7")
_NOT_GLOBAL_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Protocol assignments (Teredo among them), documentation, 6to4."""


def may_call(address: str, *, private_network: bool) -> bool:
    """Whether this numeric address may be called: a public one; with `private_network` also a private, loopback or
    link-local one. Multicast, unspecified, reserved and transition addresses never are.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return _may_call_4(ip, private_network)
    if ip.ipv4_mapped is not None:
        return private_network and _may_call_4(ip.ipv4_mapped, private_network)
    if ip in _NAT64:
        return _may_call_4(IPv4Address(ip.packed[12:]), private_network=False)
    if ip in _GLOBAL_6:
        return not any(ip in network for network in _NOT_GLOBAL_6)
    return private_network and _is_private_6(ip)


def is_loopback(address: str) -> bool:
    """Whether this numeric address is this machine's own."""
    return ip_address(address.partition("%")[0]).is_loopback


def _may_call_4(ip: IPv4Address, private_network: bool) -> bool:
    if any(ip in network for network in _NEVER_4):
        return False
    return private_network or (ip.is_global and ip not in _SHARED)


def _is_private_6(ip: IPv6Address) -> bool:
    return ip.is_loopback or ip.is_link_local or ip in _UNIQUE_LOCAL
