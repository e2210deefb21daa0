"""Only public addresses of the internet, and the web's ports, are connected to."""

import pytest

from app.outward.addresses import is_allowed


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_allowed(address, 443)
    assert is_allowed(address, 80)


@pytest.mark.parametrize("port", [0, 22, 25, 5432, 6379, 8080])
def test_a_port_that_is_not_the_webs_is_not(port: int) -> None:
    assert not is_allowed("8.8.8.8", port)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "192.168.1.1"),
        *("100.64.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1", "::127.0.0.1"),
        *("::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::7f00:1", "64:ff9b:1::1", "2001:db8::1", "2002:7f00:1::"),
        *("2001::1", "100::1", "4000::1"),
    ],
)
def test_an_address_that_leads_elsewhere_is_not_in_any_form(address: str) -> None:
    assert not is_allowed(address, 443)
