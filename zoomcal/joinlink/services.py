"""Other meeting services, as their addresses and their invitations name them."""

from __future__ import annotations

import re

_BY_HOST = (
    ("teams.microsoft.com", "Teams"),
    ("teams.live.com", "Teams"),
    ("teams.microsoft.us", "Teams"),
    ("gov.teams.microsoft.us", "Teams"),
    ("meet.google.com", "Google Meet"),
    ("webex.com", "Webex"),
    ("meet.lync.com", "Skype"),
    ("join.skype.com", "Skype"),
    ("gotomeeting.com", "GoTo"),
    ("gotowebinar.com", "GoTo"),
    ("meet.goto.com", "GoTo"),
    ("bluejeans.com", "BlueJeans"),
    ("chime.aws", "Chime"),
    ("whereby.com", "Whereby"),
    ("meet.jit.si", "Jitsi"),
    ("ringcentral.com", "RingCentral"),
    ("larksuite.com", "Lark"),
    ("feishu.cn", "Feishu"),
    ("meeting.tencent.com", "Tencent Meeting"),
    ("voovmeeting.com", "VooV"),
    ("jiomeet.com", "JioMeet"),
    ("meeting.zoho.com", "Zoho"),
    ("dialpad.com", "Dialpad"),
    ("8x8.vc", "8x8"),
)

HOST = re.compile("|".join(re.escape(host) for host, _ in _BY_HOST))

MENTION = re.compile(
    r"microsoft\s+teams|\bms[\s-]teams|teams(?!\nmeeting[\s-]?(?:id|n))[\s-](?:meeting|call|link|besprechung|id|invite)"
    r"|(?:^|[(:•*\-–]\s*|(?:\bon|\bvia|\bin|\büber|\bpar|\bqua|\busing|\bby|\bover)\s+)teams(?=\s*(?:$|[:：.,;)(*–-]))"
    r"|(?:réunion|reunión|reunião|cuộc họp|会议|會議|ミーティング)[\s-]*(?:microsoft\s*)?teams"
    r"|webex|google\s*meet|google\s+hangouts?|\bskype\b|go\s?to\s?(?:meeting|webinar|connect)|bluejeans|\bchime\b|\bwhereby\b"
    r"|ringcentral|\blark\b|feishu|飞书|飛書|tencent|腾讯|騰訊|voov|dingtalk|钉钉|jitsi|pexip|lifesize|starleaf|jiomeet|\bzoho\b"
    r"|dialpad|uberconference|vidyo|\bjoin\.me\b|adobe connect|bigbluebutton|clickmeeting|trueconf|freeconference"
    r"|teamviewer|anydesk|facetime|\bdiscord\b|livestorm|line works"
    r"|join on your computer, mobile app|phone conference id",
    re.MULTILINE,
)
"""In lower-case prose: words that say the numbers below belong to another service."""

TEAMS = re.compile(r"\b(?:Teams|TEAMS)\b")
"""In prose as written: the name, told from the ordinary word by its capital."""


def service_of(host: str) -> str:
    """Return the name of the meeting service a host belongs to, or nothing."""
    return next((name for known, name in _BY_HOST if host == known or host.endswith(f".{known}")), "")
