"""Only what anybody may reach is public."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.net.addresses import interleaved, is_public

PRIVATE = {
    "SSRF-01": "127.0.0.1 127.8.8.8 ::1",
    "SSRF-02": "10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 fc00::1 fdff::1",
    "SSRF-03": "169.254.169.254 fe80::1 febf::1 fd00:ec2::254",
    "SSRF-04": "0.0.0.0 0.1.2.3 ::",
    "SSRF-05": "100.64.0.1 100.127.255.255 192.0.0.8 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 "
    "192.88.99.1 240.0.0.1 255.255.255.255 224.0.0.1 239.255.255.255 ff00::1 ff02::1",
    "SSRF-07": "::ffff:127.0.0.1 ::ffff:7f00:1 64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b:1::1 64:ff9b:1::808:808 "
    "2002:7f00:1:: 2002:808:808:: 2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "SSRF-08": "::127.0.0.1 ::8.8.8.8 fec0::1 feff::1",
    "SSRF-09": "2001:db8::1 100::1 5f00::1 3fff::1 3fff:fff::1",
    "neither": "fe80::1%lo 1.2.3 x 127.1",
}


@pytest.mark.parametrize(
    "address",
    [pytest.param(address, id=f"{row} {address}") for row, found in PRIVATE.items() for address in found.split()],
)
def test_special_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "172.15.255.255",
        "172.32.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "192.0.1.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "2001:200::1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_ordinary_address_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_ipv4_is_the_same_however_it_is_wrapped(address: IPv4Address) -> None:
    assert is_public(f"::ffff:{address}") == is_public(f"64:ff9b::{address}") == is_public(str(address))


@given(st.ip_addresses())
def test_public_is_never_more_than_the_standard_library_says(address: IPv4Address | IPv6Address) -> None:
    if is_public(str(address)) and not getattr(address, "ipv4_mapped", None):
        assert not any((address.is_private, address.is_multicast, address.is_loopback, address.is_link_local))


@pytest.mark.parametrize(
    ("found", "tried"),
    [
        ("", ""),
        ("1.1.1.1", "1.1.1.1"),
        ("2::1 2::2 2::3 1.1.1.1 1.1.1.2", "2::1 1.1.1.1 2::2 1.1.1.2"),
        ("1.1.1.1 1.1.1.1 1.1.1.2", "1.1.1.1 1.1.1.2"),
        ("1.1.1.1 2::1", "1.1.1.1 2::1"),
        ("1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5", "1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4"),
    ],
    ids=["none", "one", "NET-48 families take turns", "twice", "order kept", "NET-04 four at most"],
)
def test_addresses_are_tried_in_turns(found: str, tried: str) -> None:
    assert interleaved(found.split(), 4) == tried.split()
