"""Whatever a server says ends with an answer or with an error of ours."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.contract.ews.secure import ScriptedExchange, Told, at, folders, names
from tests.contract.ews.stage import PASSWORD
from tests.contract.provider_contract import ME
from zoomcal.domain.meetings import AccountId, Timed
from zoomcal.endpoints import Endpoints, ExchangeEndpoints
from zoomcal.errors import ZoomCalError
from zoomcal.providers.base import Calendar
from zoomcal.providers.ews.client import EwsSession
from zoomcal.providers.ews.discovery import find
from zoomcal.providers.ews.grant import Secret
from zoomcal.providers.http import Retry

ONCE = Retry(attempts=1, attempts_unheard=1)
DAY = Timed(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/'
    'services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body>{}</s:Body>'
    "</s:Envelope>"
)
said = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=30)
places = said.map("https://{}/EWS".format) | said | st.sampled_from(["https://[", "//x:99999", "https://[::1%25]/"])
proofs = st.binary(max_size=90).map(lambda token: "NTLM " + b64encode(b"NTLMSSP\0\2\0\0\0" + token).decode())
challenges = st.sampled_from(["Basic", "NTLM", "Negotiate", "NTLM ====", "Basic, NTLM"]) | proofs | said
headers = st.fixed_dictionaries(
    {},
    optional={
        "Location": places,
        "WWW-Authenticate": challenges,
        "Content-Type": said,
        "Content-Encoding": st.sampled_from(["gzip", "deflate", "x"]),
        "Retry-After": said | st.integers().map(str),
        "Set-Cookie": said,
        "X-CasErrorCode": said,
    },
)
bodies = st.one_of(
    st.binary(max_size=60),
    said.map(lambda text: json.dumps({"Url": f"https://{text}"}).encode()),
    said.map(lambda text: ENVELOPE.format(text).encode()),
    st.lists(said, max_size=2).map(lambda found: ENVELOPE.format("".join(f"<m:{each}/>" for each in found)).encode()),
    st.lists(st.sampled_from([ME, "x", "a@b", "\u202e@x.y"]), max_size=3).map(names),
    st.just(folders(b'DistinguishedFolderId Id="calendar" DistinguishedFolderId Id="contacts"')),
)
statuses = st.sampled_from([200, 204, 301, 302, 304, 307, 401, 403, 407, 429, 440, 451, 500, 503, 511]) | st.integers(
    200, 599
)
asking = st.tuples(st.just(401), challenges.map(lambda challenge: {"WWW-Authenticate": challenge}), st.just(b""))
told: st.SearchStrategy[Told] = st.tuples(statuses, headers, bodies) | asking


def tries(server: ScriptedExchange) -> list[Callable[[], object]]:
    """Return the ways in which a server is asked."""
    here = f"127.0.0.1:{server.server_port}"
    endpoints = Endpoints(ca_file=server.ca_file, exchange=ExchangeEndpoints(hosts=here))
    kept = [
        Secret(url=server.url, username=ME, password=PASSWORD, address=ME, method=method).dumps()
        for method in ("Basic", "NTLM")
    ]
    sessions = [EwsSession(AccountId(f"exchange:{ME}"), secret, endpoints, retry=ONCE) for secret in kept]
    calendar = Calendar(id="c", name="c", primary=True)
    return [
        lambda: at(server).wait(Event(), 20.0),
        lambda: find(ME, endpoints, Event(), timeout_s=20.0),
        *(session.calendars for session in sessions),
        lambda: list(sessions[0].meetings(calendar, DAY)),
        lambda: list(sessions[0].changes(None)),
        *(session.close for session in sessions),
    ]


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(first=told, then=told)
@example(first=(302, {"Location": "https://["}, b""), then=(200, {}, b""))
@example(first=(401, {"WWW-Authenticate": "Basic"}, b""), then=(302, {"Location": "https://ho st/"}, b""))
def test_whatever_a_server_says_ends_in_an_answer_or_a_sentence(
    server: ScriptedExchange, first: Told, then: Told
) -> None:
    server.front = first
    for attempt in tries(server):
        server.answers = [first, then]
        with suppress(ZoomCalError):
            attempt()
