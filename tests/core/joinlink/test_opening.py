from __future__ import annotations

import pytest

from zoomcal.errors import Refused
from zoomcal.joinlink import Fields, Kind, Link, Place, find
from zoomcal.joinlink.opening import Purpose, address_for, check

NUMBER = "81234567890"


def opened(text: str, *, native: bool = True) -> str:
    link = find(Fields(location=text)).link
    assert link is not None
    return address_for(link, native=native)


@pytest.mark.parametrize(
    ("found", "given_to_client"),
    [
        (f"https://us02web.zoom.us/j/{NUMBER}?pwd=aB.1", f"zoommtg://us02web.zoom.us/join?action=join&confno={NUMBER}&pwd=aB.1"),
        (f"zoom.us/j/{NUMBER}", f"zoommtg://zoom.us/join?action=join&confno={NUMBER}"),
        (f"https://zoomgov.com/j/{NUMBER}?pwd=a%2Bb%26c", f"zoommtg://zoomgov.com/join?action=join&confno={NUMBER}&pwd=a%2Bb%26c"),
        (f"https://zoom.us/w/{NUMBER}?pwd=a", f"zoommtg://zoom.us/join?action=join&confno={NUMBER}&pwd=a"),
        (f"https://zoom.us/j/{NUMBER}?pwd=a&from=addon#success", f"zoommtg://zoom.us/join?action=join&confno={NUMBER}&pwd=a"),
        (f"zoommtg://zoom.us/join?confno={NUMBER}&pwd=a", f"zoommtg://zoom.us/join?action=join&confno={NUMBER}&pwd=a"),
    ],
)  # fmt: skip
def test_the_client_is_given_a_plain_number(found: str, given_to_client: str) -> None:
    assert opened(found) == given_to_client


@pytest.mark.parametrize(
    "url",
    [
        f"https://zoom.us/w/{NUMBER}?tk=a.b&pwd=c",
        f"https://zoom.us/j/{NUMBER}?pwd=a&tk=b",
        f"https://zoom.us/j/{NUMBER}?pwd=a&unheard=b",
        f"https://zoom.us/j/{NUMBER}?zak=b",
        f"https://zoom.us/w/{NUMBER}?uname=Hana%20Mai%22%0A&tk=a.b%3D_-.AG.c~d&pwd=e",
        f"https://zoom.us/w/{NUMBER}?tk=a.b&uname=Hana%20Mai",
        "https://zoom.us/my/anna?pwd=a",
        f"https://zoom.us/s/{NUMBER}?pwd=a",
        f"https://app.zoom.us/wc/{NUMBER}/join?pwd=a",
        f"https://app.zoom.us/wc/join/{NUMBER}",
    ],
)
def test_what_a_rewriting_could_break_is_opened_untouched(url: str) -> None:
    assert opened(url) == url


@pytest.mark.parametrize(
    ("found", "page"),
    [
        (f"http://zoom.us/j/{NUMBER}?pwd=a", f"https://zoom.us/j/{NUMBER}?pwd=a"),
        (f"HTTP://ZOOM.US:80/j/{NUMBER}", f"https://zoom.us/j/{NUMBER}"),
        (f"zoommtg://zoom.us/join?confno={NUMBER}&pwd=a%2Bb&uname=A", f"https://zoom.us/j/{NUMBER}?pwd=a%2Bb"),
        (f"zoommtg://zoom.us/start?confno={NUMBER}&zak=secret", f"https://zoom.us/s/{NUMBER}"),
    ],
)
def test_the_browser_is_given_https(found: str, page: str) -> None:
    assert opened(found, native=False) == page


def test_a_meeting_known_by_its_number_opens_at_zoom_or_its_government_cloud() -> None:
    link = find(Fields(description=f"Zoom Meeting ID: {NUMBER} Passcode: 1234")).link
    assert link is not None
    assert address_for(link, native=True) == f"https://zoom.us/j/{NUMBER}"
    assert address_for(link, native=True, government=True) == f"https://zoomgov.com/j/{NUMBER}"
    named = find(Fields(description=f"ZoomGov, https://www.zoomgov.com/u/abc\nMeeting ID: {NUMBER}")).link
    assert named is not None
    assert address_for(named, native=True) == f"https://zoomgov.com/j/{NUMBER}"


def test_every_link_of_a_made_up_host_is_refused() -> None:
    link = Link(kind=Kind.JOIN, place=Place.LOCATION, url=f"https://evil.example/j/{NUMBER}", host="evil.example")
    with pytest.raises(Refused):
        address_for(link, native=False)
    with pytest.raises(Refused):
        address_for(link, native=True)


PASSES = {
    Purpose.JOIN: [
        f"https://us02web.zoom.us/j/{NUMBER}?pwd=a",
        "https://zoom.us/meeting/register/tZA",
        f"zoommtg://zoom.us/join?action=join&confno={NUMBER}&pwd=a%2Bb",
    ],
    Purpose.CONSENT: [
        "https://accounts.google.com/o/oauth2/v2/auth?client_id=a",
        "https://login.internal:8443/authorize",
        "http://127.0.0.1:40123/authorize?a=b",
        "http://[::1]:80/x",
        "http://localhost:9/x",
    ],
    Purpose.PAGE: ["https://teams.microsoft.com/l/meetup-join/19%3ameeting"],
    Purpose.CALL: ["zoomphonecall://+16465588656", "zoomphonecall://911"],
    Purpose.MAIL: ["mailto:anna.lee@example.org"],
}
STOPPED = {
    Purpose.JOIN: [
        "https://zoom.us/",
        "https://zoom.us/rec/share/abc",
        "https://zoom.us/signin",
        f"https://zoom.us.evil.example/j/{NUMBER}",
        f"http://zoom.us/j/{NUMBER}",
        f"https://user@zoom.us/j/{NUMBER}",
        f"https://zoom.us/j/{NUMBER}\n",
        f"https://zoom.us/j/{NUMBER} --x",
        f"https://zoom.us/j/{NUMBER}?pwd=" + "a" * 2048,
        f"zoommtg://evil.example/join?action=join&confno={NUMBER}",
        f"zoommtg://zoom.us/join?action=join&confno={NUMBER}&x=y",
        f"zoomus://zoom.us/join?action=join&confno={NUMBER}",
        "zoommtg://zoom.us/sso?token=a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://127.0.0.1/",
        "",
    ],
    Purpose.CONSENT: [
        "http://accounts.example/authorize",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1@evil.example/",
        "https://user@accounts.example/",
        "file:///tmp/x",
        "https://accounts.example/\x00",
    ],
    Purpose.PAGE: [
        "http://example.org/",
        "https://localhost/",
        "https://192.168.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://user@example.org/",
        "https://example.org:8443/",
        "file:///tmp/x",
    ],
    Purpose.CALL: ["zoomphonecall://+1646;x", "zoomphonecall://12", "tel:+16465588656", "https://zoom.us/"],
    Purpose.MAIL: ["mailto:a@b.example?cc=c@d.example&attach=/etc/passwd", "mailto:", "mailto:a b@c.example"],
}


@pytest.mark.parametrize(("purpose", "address"), [(purpose, one) for purpose, all_ in PASSES.items() for one in all_])
def test_the_gate_lets_pass(purpose: Purpose, address: str) -> None:
    check(address, purpose)
    others = {other for other in Purpose if other not in (purpose, Purpose.CONSENT, Purpose.PAGE)}
    for other in others:
        with pytest.raises(Refused):
            check(address, other)


@pytest.mark.parametrize(("purpose", "address"), [(purpose, one) for purpose, all_ in STOPPED.items() for one in all_])
def test_the_gate_stops(purpose: Purpose, address: str) -> None:
    with pytest.raises(Refused):
        check(address, purpose)
