from __future__ import annotations

from contextlib import suppress

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from zoomcal.endpoints import is_cloud, is_cloud_mail
from zoomcal.errors import CloudMailbox, EntryError
from zoomcal.providers.ews.address import PATH, completed, domain_of, enterable, target_of


@pytest.mark.parametrize(
    ("entered", "url"),
    [
        ("mail.example.org", f"https://mail.example.org{PATH}"),
        (" Mail.Example.ORG ", f"https://mail.example.org{PATH}"),
        ("mail.example.org:444", f"https://mail.example.org:444{PATH}"),
        ("https://mail.example.org:443/", f"https://mail.example.org{PATH}"),
        ("https://mail.example.org/owa/", f"https://mail.example.org{PATH}"),
        ("https://mail.example.org/ews", f"https://mail.example.org{PATH}"),
        ("https://mail.example.org/ews/exchange.asmx?WSDL", f"https://mail.example.org{PATH}"),
        ("HTTPS://mail.example.org/proxy/ews.asmx", "https://mail.example.org/proxy/ews.asmx"),
        ("https://bücher.example", f"https://xn--bcher-kva.example{PATH}"),
        ("https://[2001:db8::1]:444", f"https://[2001:db8::1]:444{PATH}"),
        ("192.0.2.7", f"https://192.0.2.7{PATH}"),
        ("exchange", f"https://exchange{PATH}"),
    ],
)
def test_what_people_enter_becomes_an_endpoint_and_that_stays_as_it_is(entered: str, url: str) -> None:
    assert completed(entered) == url
    assert completed(url) == url


@pytest.mark.parametrize(
    "entered",
    [
        "", "https://", "/EWS/Exchange.asmx", "http://mail.example.org", "file:///etc/passwd", "mail..example.org",
        "-mail.example.org", "ada@mail.example.org", "https://mail.example.org/#x", "https://mail.example.org/?a=b",
        "https://mail.example.org:0x1", "mail.example.org/a\nb", "https://mail.example.org\\@evil.example",
        "https://mail.example.org/\u202egpj", "x" * 300 + ".example.org",
    ],
)  # fmt: skip
def test_what_is_no_endpoint_is_refused_under_its_field(entered: str) -> None:
    with pytest.raises(EntryError) as caught:
        completed(entered)
    assert caught.value.field == "url"


@settings(deadline=None)
@given(st.text())
def test_whatever_is_entered_ends_with_a_safe_endpoint_or_a_sentence(entered: str) -> None:
    with suppress(EntryError):
        url = completed(entered)
        assert url.startswith("https://")
        assert url.isascii()
        assert "@" not in url.partition("/EWS")[0].partition("https://")[2].partition("/")[0]
        assert completed(url) == url


@pytest.mark.parametrize(
    "host",
    [
        "outlook.office365.com", "OUTLOOK.office.com.", "x.y.outlook.com", "partner.outlook.cn", "outlook.cn",
        "exchange.microsoft.com", "contoso.onmicrosoft.com", "msn.com", "outlook.com.br", "outlook.cloud.microsoft",
        "outlook.office.microsoft.scloud", "outlook.eaglex.ic.gov", "x.chinacloudapi.cn", "contoso.onmschina.cn",
    ],
)  # fmt: skip
def test_the_cloud_is_known_in_every_spelling(host: str) -> None:
    assert is_cloud(host)
    with pytest.raises(CloudMailbox):
        completed(host)


@pytest.mark.parametrize(
    "host",
    ["", "outlook.com.example.org", "myoutlook.com", "outlook.example.cn", "mymicrosoft.com", "live.example.org"],
)
def test_other_hosts_are_no_cloud(host: str) -> None:
    assert not is_cloud(host)


@pytest.mark.parametrize("domain", ["hotmail.co.uk", "live.nl", "Outlook.de", "msn.com", "contoso.onmicrosoft.com"])
def test_mail_that_the_cloud_keeps_is_known_by_its_domain(domain: str) -> None:
    assert is_cloud_mail(domain)


@pytest.mark.parametrize("domain", ["mail.live.nl", "live.example", "hotmail.example.de", "alive.nl", ""])
def test_other_domains_may_be_anybodys(domain: str) -> None:
    assert not is_cloud_mail(domain)


ASKED = "https://mail.example.org:8443/EWS/Exchange.asmx"


@pytest.mark.parametrize(
    ("location", "target", "entered"),
    [
        ("https://srv.example:8443/EWS/Exchange.asmx?x=1", *["https://srv.example:8443/EWS/Exchange.asmx"] * 2),
        ("//srv.example/EWS", "https://srv.example/EWS", f"https://srv.example{PATH}"),
        ("/owa/auth/logon.aspx?url=x", "https://mail.example.org:8443/owa/auth/logon.aspx", ""),
        ("https://SRV.example", "https://srv.example", f"https://srv.example{PATH}"),
        ("https://[2001:db8::1]:444/", "https://[2001:db8::1]:444/", f"https://[2001:db8::1]:444{PATH}"),
        ("http://srv.example/EWS/Exchange.asmx", "http://srv.example/EWS/Exchange.asmx", ""),
        ("https://outlook.office365.com/EWS", "https://outlook.office365.com/EWS", ""),
    ],
)
def test_where_a_redirection_leads_is_advised_whole_where_it_can_be_entered(
    location: str, target: str, entered: str
) -> None:
    assert target_of(ASKED, location) == target
    assert enterable(target) == entered


@pytest.mark.parametrize(
    "location",
    [
        "https://[", "https://[bad]/x", "https://%zz/", "https://ho st/", "https://*/", "https://x:99999/", "https://-/",
        "https://user:pw@host/p", "javascript:alert(1)", "file:///etc/passwd", "https://[fe80::1%25x]/",
        "https://[v1.x:y]/", "https://a..b/", "https://srv.example/\u202egpj",
    ],
)  # fmt: skip
def test_a_target_that_nobody_can_go_to_is_none(location: str) -> None:
    assert target_of(ASKED, location) == ""


@settings(deadline=None)
@given(st.text() | st.text().map("https://{}/x".format))
def test_every_target_is_one_that_can_be_asked(location: str) -> None:
    if target := target_of(ASKED, location):
        requests.Request("GET", "https://{}/x".format(target.split("/")[2])).prepare()


def test_the_domain_of_an_address_fits_into_a_host_name() -> None:
    assert domain_of(" ada@Bücher.example ") == "xn--bcher-kva.example"
    assert [domain_of(odd) for odd in ("ada", "a@b@c", "a@b/c", "a@b?c", "a@-b", "<a@b>")] == [""] * 6
