"""Wraps an address as the gateways do; written from LINKS.md alone, and sharing nothing with the code under test."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote

_RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_SHORTEST_RUN = 2


def _all(url: str) -> str:
    return quote(url, safe="")


def _proofpoint_v2(url: str) -> str:
    escaped = _all(url).replace("-", "%2D").replace("_", "%5F").replace("%2F", "_").replace("%", "-")
    return f"https://urldefense.proofpoint.com/v2/url?u={escaped}&d=DwMFaQ&c=euGZ-sJ_&r=a&m=b&s=c&e="


def _proofpoint_v3(url: str) -> str:
    kept, replaced, at = "", "", 0
    while at < len(url):
        run = 0
        while at + run < len(url) and url[at + run] in "?=&%#+;*" and run < len(_RUNS) + 1:
            run += 1
        if run:
            kept += "*" if run < _SHORTEST_RUN else f"**{_RUNS[run - _SHORTEST_RUN]}"
            replaced += url[at : at + run]
            at += run
        else:
            kept += url[at]
            at += 1
    encoded = urlsafe_b64encode(replaced.encode()).decode().rstrip("=")
    return f"https://urldefense.com/v3/__{kept}__;{encoded}!!JmoZiZGB!aB-c_D$"


def _sophos(url: str) -> str:
    encoded = b64encode(url.encode()).decode().rstrip("=")
    return f"https://eu-west-1.protection.sophos.com?d=example.org&u={_all(encoded)}&i=NWY&t=abc%3D&h=d"


LOSSLESS: dict[str, Callable[[str], str]] = {
    "Safe Links": lambda url: (
        f"https://eur02.safelinks.protection.outlook.com/?url={_all(url)}&data=05%7C02&reserved=0"
    ),
    "Safe Links, government": lambda url: f"https://gcc02.safelinks.protection.office365.us/?url={_all(url)}&data=05",
    "Safe Links, China": lambda url: (
        f"https://chn01.safelinks.protection.partner.outlook.cn/ap/w-1/?data=5&url={_all(url)}"
    ),
    "Teams": lambda url: f"https://statics.teams.cdn.office.net/x/1/atp-safelinks.html?url={_all(url)}&locale=en-us",
    "Google": lambda url: f"https://www.google.com/url?q={_all(url)}&sa=D&source=calendar",
    "Proofpoint 1": lambda url: f"https://urldefense.proofpoint.com/v1/url?u={_all(url)}&k=a%3D%3D%0A&r=b",
    "Proofpoint 2": _proofpoint_v2,
    "Proofpoint 3": _proofpoint_v3,
    "Cisco": lambda url: f"http://secure-web.cisco.com/1aBc-D_e/{_all(url)}",
    "Barracuda": lambda url: f"https://linkprotect.cudasvc.com/url?a={_all(url)}&c=E,1,a&typo=1",
    "Slack": lambda url: f"https://slack-redir.net/link?url={_all(url)}&v=3",
    "LinkedIn": lambda url: f"https://www.linkedin.com/safety/go?url={_all(url)}&trk=x",
    "Facebook": lambda url: f"https://l.facebook.com/l.php?u={_all(url)}&h=AT0",
    "Symantec": lambda url: f"https://clicktime.symantec.com/3AbC?u={_all(url)}",
    "FireEye": lambda url: f"https://protect2.fireeye.com/v1/url?k=a-b&q=1&e=c&u={_all(url)}",
    "Trend Micro": lambda url: f"https://ca-1001-ctp.trendmicro.com:443/wis/clicktime/v1/query?url={_all(url)}&umid=a",
    "Sophos": _sophos,
}
