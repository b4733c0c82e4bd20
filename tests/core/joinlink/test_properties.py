from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import quote

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.core.joinlink.wrapping import LOSSLESS
from zoomcal.joinlink import Fields, Finding, Place, find, survey
from zoomcal.joinlink.wrappers import unwrap
from zoomcal.joinlink.zoom import read, read_usual

OURS = {"zoom.us", "zoom.com", "zoom.com.cn", "zoomgov.com", "zoom-x.de"}

labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True).filter(lambda label: "--" not in label)
vanity = st.builds(
    lambda names, domain: ".".join([*names, domain]), st.lists(labels, max_size=2), st.sampled_from(sorted(OURS))
).filter(lambda host: host.split(".")[0] not in {"docs", "events", "api", "news", "blog", "trust", "status"})
numbers = st.integers(100_000_000, 99_999_999_999).map(str)
passcodes = st.from_regex(r"[A-Za-z0-9_-]{1,20}(\.1)?", fullmatch=True)
links = st.builds(lambda host, number, code: f"https://{host}/j/{number}?pwd={code}", vanity, numbers, passcodes)
chains = st.lists(st.sampled_from(sorted(LOSSLESS)), max_size=4)
PIECES = [
    *(
        "zoom",
        "Zoom",
        "zoom.us",
        "https://",
        "http://",
        "/",
        "/j/",
        "81234567890",
        "?pwd=",
        "abc.1",
        "@",
        "\\",
        "%",
        "&",
    ),
    *(
        "&amp;",
        "=",
        "=3D",
        "=\n",
        "<",
        ">",
        '<a href="',
        '"',
        "'",
        "</a>",
        "<br>",
        " ",
        "<!--",
        "-->",
        "\n",
        "\t",
        "*",
        "|",
    ),
    *(
        "\u200b",
        "\ufeff",
        ".",
        ",",
        "; ",
        ":",
        "!",
        ")",
        "]",
        "%3E",
        "__",
        "___",
        "__;",
        "%3A%2F%2F",
        "#success",
        "xn--",
    ),
    *(
        "Meeting ID: ",
        "812 3456 7890",
        "Passcode: ",
        "Teams",
        "Webex",
        "zoommtg://",
        "confno=",
        "join?",
        "evil.example",
    ),
    *(
        "urldefense.com/v3/__",
        "nam02.safelinks.protection.outlook.com/?url=",
        "ｚ",
        "о",
        "ü",
        "会議",
        "\ud800",
        "&#122;",
    ),
    *("\\/", "\\n", "\\u0026"),
]
tangles = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


def independently_ours(host: str) -> bool:
    """A second opinion on whose host it is: label by label, from the right."""
    if not re.fullmatch(r"[a-z0-9.-]+", host):
        return False
    parts = host.split(".")
    if any(not part or part.startswith(("-", "xn--")) or part.endswith("-") for part in parts):
        return False
    try:
        ip_address(host)
    except ValueError:
        return any(parts[-len(domain.split(".")) :] == domain.split(".") for domain in OURS)
    return False


def joined_host(finding: Finding) -> str | None:
    return finding.link.host if finding.link and finding.is_zoom and finding.link.url else None


@given(links, chains)
def test_what_gateways_wrapped_is_unwrapped_as_it_was(link: str, chain: list[str]) -> None:
    wrapped = link
    for name in chain:
        wrapped = LOSSLESS[name](wrapped)
    assert unwrap(wrapped).url == link
    assert len(unwrap(wrapped).wrappers) == len(chain)
    found = find(Fields(location=wrapped)).link
    assert found is not None
    assert found.url == link
    quoted = wrapped.replace("&", "&amp;")
    assert (
        find(Fields(description=f'<p>Hi <a href="{quoted}">Join</a></p>')).link
        == find(Fields(description=f"Hi <{wrapped}> there")).link
    )


@given(vanity, numbers, passcodes, st.text(max_size=20), chains)
def test_what_stands_before_the_passcode_is_kept(
    host: str, number: str, code: str, name: str, chain: list[str]
) -> None:
    link = f"https://{host}/j/{number}?uname={quote(name, safe='')}&pwd={code}"
    wrapped = link
    for gateway in chain:
        wrapped = LOSSLESS[gateway](wrapped)
    quoted = wrapped.replace("&", "&amp;")
    found = find(Fields(body_html=f'<p>Hi <a href="{quoted}">Join</a></p>')).link
    assert found is not None
    assert (found.url, found.passcode) == (link, code)


@given(st.text(max_size=40), st.sampled_from(["", "?pwd=abc.1"]), chains)
def test_no_host_is_accepted_that_a_second_opinion_refuses(host: str, query: str, chain: list[str]) -> None:
    address = f"https://{host}/j/81234567890{query}"
    for name in chain:
        address = LOSSLESS[name](address.encode("utf-8", "replace").decode())
    accepted = joined_host(find(Fields(conference_url=address)))
    assert accepted is None or independently_ours(accepted)


@given(
    labels,
    labels,
    st.sampled_from(["{z}.{a}.{b}", "{a}{z}", "{a}-{z}", "{z}@{a}.{b}", "{a}.{b}/{z}", "{z}.{a}", "{z}:81"]),
)
def test_a_host_around_the_name_is_never_zoom(a: str, b: str, shape: str) -> None:
    for name in OURS:
        host = shape.format(z=name, a=a, b=b)
        assume(not independently_ours(host))
        finding = find(Fields(location=f"https://{host}/j/81234567890", description=f"{host}/j/81234567890"))
        assert not finding.is_zoom, host


@given(tangles, tangles)
def test_anything_is_answered_and_only_zoom_is_accepted(location: str, description: str) -> None:
    fields = Fields(location=location, description=description, body_html=description)
    finding, candidates = find(fields), survey(fields)
    host = joined_host(finding)
    assert host is None or independently_ours(host)
    assert str(finding.why)
    assert next((candidate.link for candidate in candidates if candidate.link), None) == finding.link


@given(st.text(st.characters(), max_size=300))
def test_no_text_raises(text: str) -> None:
    finding = find(Fields(conference_url=text, location=text, description=text, body_html=text))
    assert not finding.is_zoom or "zoom" in text.lower()


@given(links)
def test_the_short_way_reads_what_the_long_way_reads(link: str) -> None:
    usual = read_usual(link)
    assert usual is None or usual == read(link)


@given(
    links,
    st.sampled_from(
        ["{}.", "({})", "<{}>", '"{}"', "{},", "**{}**", "{}\u200b", "{}。", "Zoom:{}", "<{}|Join>", "{}%3E"]
    ),
)
def test_punctuation_around_a_link_is_not_part_of_it(link: str, around: str) -> None:
    found = find(Fields(location=around.format(link))).link
    assert found is not None
    assert (found.url, found.place) == (link, Place.LOCATION)
