"""Autodiscover: version 2, which needs no password, and the XML of Outlook's days (POX), which does.

Sources: [MS-OXWSADISC], https://learn.microsoft.com/exchange/client-developer/web-service-reference/pox-autodiscover-response-for-exchange.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zoomcal.sandbox.exchange.problems import Fault
from zoomcal.sandbox.exchange.soap import parsed, text
from zoomcal.sandbox.exchange.users import User

_RESPONSE = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
_OUTLOOK = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
_KNOWN = {"ews": "EWS", "autodiscoverv1": "AutodiscoverV1"}


def version_two(request: Request, ews_url: str) -> Response:
    """Answer where a protocol is spoken; the address is not looked up, so that nobody can try addresses out."""
    protocol = request.query_params.get("protocol") or request.query_params.get("Protocol") or ""
    address = request.path_params.get("address") or request.query_params.get("Email", "")
    if "@" not in address:
        return _refused("InvalidEmailAddress", "The given email address is not valid.")
    name = _KNOWN.get(protocol.casefold())
    if name is None:
        return _refused("InvalidProtocol", f"The given protocol value '{protocol}' is invalid.")
    url = ews_url if name == "EWS" else f"{ews_url.partition('/EWS/')[0]}/Autodiscover/Autodiscover.xml"
    return JSONResponse({"Protocol": name, "Url": url})


def plain_old(content: bytes, user: User, ews_url: str) -> Response:
    """Answer Outlook's XML request of a signed-in user."""
    try:
        root = parsed(content)
    except Fault:
        return _xml(_error(600, "Invalid Request"))
    address = next((each.text or "" for each in root.iter() if each.tag.endswith("}EMailAddress")), "")
    if address.strip().casefold() != user.mailbox.address.casefold():
        return _xml(_error(500, "The e-mail address cannot be found."))
    protocols = "".join(
        f"<Protocol><Type>{kind}</Type><Server>{text(ews_url.split('/')[2])}</Server><SSL>On</SSL>"
        f"<AuthPackage>Ntlm</AuthPackage><ASUrl>{text(ews_url)}</ASUrl><EwsUrl>{text(ews_url)}</EwsUrl></Protocol>"
        for kind in ("EXCH", "EXPR")
    )
    return _xml(
        f'<Response xmlns="{_OUTLOOK}"><User><DisplayName>{text(user.mailbox.name)}</DisplayName>'
        f"<AutoDiscoverSMTPAddress>{text(user.mailbox.address)}</AutoDiscoverSMTPAddress></User>"
        f"<Account><AccountType>email</AccountType><Action>settings</Action>{protocols}</Account></Response>"
    )


def _error(code: int, said: str) -> str:
    return (
        f'<Response><Error Time="00:00:00.0000000" Id="1"><ErrorCode>{code}</ErrorCode><Message>{said}</Message>'
        "<DebugData/></Error></Response>"
    )


def _xml(inside: str) -> Response:
    content = f'<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="{_RESPONSE}">{inside}</Autodiscover>'
    return Response(content, media_type="text/xml; charset=utf-8")


def _refused(code: str, said: str) -> Response:
    return JSONResponse({"ErrorCode": code, "ErrorMessage": said}, 400)
