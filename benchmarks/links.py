"""Link finding against one lower-case-and-find pass over the same texts, in the same run."""

from __future__ import annotations

import random
from collections.abc import Callable
from time import perf_counter
from urllib.parse import quote

from zoomcal.joinlink import Fields, find

EVENTS = 1000
ROUNDS = 11
_CHUNK = 50
"""Events measured at a time: short enough that some round of each is undisturbed."""
_SEED = 20261122

_ENGLISH = (
    "Please bring the numbers of the last quarter. We start with the open points, then look at the plan for spring. "
    "Whoever cannot come tells Hana before Tuesday. The minutes of the last meeting are in the usual folder. "
)
_VIETNAMESE = (
    "Mọi người chuẩn bị số liệu của quý trước nhé. Chúng ta bắt đầu với các việc còn mở, sau đó xem kế hoạch mùa xuân. "
    "Ai không dự được thì báo cho chị Hạnh trước thứ Ba. Biên bản cuộc họp trước nằm ở thư mục như mọi khi. "
)
_JAPANESE = (
    "前四半期の数字をご用意ください。未解決の項目から始めて、春の計画を確認します。"
    "欠席される方は火曜日までに連絡をお願いします。"
)
_DIAL_IN = (
    "\n\n---\n\nOne tap mobile\n+16465588656,,{number}#,,,,*012345# US (New York)\n+13017158592,,{number}# US\n\n---"
    "\n\n"
    "Dial by your location\n• +1 646 558 8656 US (New York)\n• +1 301 715 8592 US (Washington DC)\n• +1 312 626 6799 US"
    " (Chicago)\n• +1 669 900 9128 US (San Jose)\n• +1 253 215 8782 US (Tacoma)\n• +1 346 248 7799 US (Houston)\n\n"
    "Meeting ID: {spaced}\nPasscode: 012345\n\nFind your local number: https://us02web.zoom.us/u/kdlM9bQ1x\n\n---\n\n"
    "Join by SIP\n• {number}@zoomcrc.com\n\nJoin by H.323\n• 162.255.37.11 (US West)\n• 162.255.36.11 (US East)\n"
)


class _Sample:
    """Makes the fields of events, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def event(self) -> Fields:
        """Return one event; the shares are those of an office calendar."""
        makers: tuple[tuple[int, Callable[[], Fields]], ...] = (
            (24, self._short),
            (14, self._notes),
            (4, self._long_notes),
            (18, self._invitation),
            (8, self._html_invitation),
            (5, self._safe_links),
            (15, self._teams),
            (6, self._meet),
            (6, self._location_only),
        )
        (maker,) = self._random.choices([maker for _, maker in makers], [share for share, _ in makers])
        return maker()

    def _prose(self, size: int) -> str:
        language = self._random.choices((_ENGLISH, _VIETNAMESE, _JAPANESE), (6, 3, 1))[0]
        return (language * (size // len(language) + 1))[:size]

    def _number(self) -> str:
        return str(self._random.randrange(81_000_000_000, 89_999_999_999))

    def _link(self, number: str) -> str:
        return f"https://us02web.zoom.us/j/{number}?pwd={self._random.getrandbits(128):032x}.1"

    def _invitation_text(self) -> str:
        number = self._number()
        spaced = f"{number[:3]} {number[3:7]} {number[7:]}"
        head = "Lan Nguyễn is inviting you to a scheduled Zoom meeting.\n\nTopic: Weekly product review\n"
        time = "Time: Nov 24, 2026 10:00 AM Bangkok, Hanoi, Jakarta\n\nJoin Zoom Meeting\n"
        tail = f"\n\nMeeting ID: {spaced}\nPasscode: 012345"
        notes = self._prose(self._random.randrange(0, 900)) + "\n\n" if self._random.random() < 0.6 else ""
        return notes + head + time + self._link(number) + tail + _DIAL_IN.format(number=number, spaced=spaced)

    def _short(self) -> Fields:
        room = self._random.choice(("", "Room 4, second floor", "Phòng họp Sông Hồng", "Hana’s desk", "Café Mai"))
        return Fields(location=room, description=self._prose(self._random.randrange(0, 120)))

    def _notes(self) -> Fields:
        return Fields(location="Room 4, second floor", description=self._prose(self._random.randrange(400, 2500)))

    def _long_notes(self) -> Fields:
        return Fields(description="<p>" + "</p><p>".join(self._prose(1000) for _ in range(10)) + "</p>")

    def _invitation(self) -> Fields:
        text = self._invitation_text()
        link = self._link(self._number()) if self._random.random() < 0.3 else ""
        return Fields(location=link, description=text)

    def _html_invitation(self) -> Fields:
        lines = self._invitation_text().split("\n")
        style = ' class="MsoNormal" style="margin:0cm;font-size:11pt"'
        rows = []
        for line in lines:
            shown = f'<a href="{line}">{line}</a>' if line.startswith("https://") else line
            rows.append(f"<p{style}>{shown}</p>")
        return Fields(description="<html><body>" + "\r\n".join(rows) + "</body></html>")

    def _safe_links(self) -> Fields:
        link = quote(self._link(self._number()), safe="")
        wrapped = f"https://nam02.safelinks.protection.outlook.com/?url={link}&amp;data=05%7C02%7C&amp;reserved=0"
        notes = self._prose(self._random.randrange(200, 1500))
        return Fields(description=f'<p>{notes}</p><p>Join <a href="{wrapped}">Zoom Meeting</a></p><p>{notes}</p>')

    def _teams(self) -> Fields:
        text = (
            "________________________________________________________________________________\n"
            "Microsoft Teams Need help?<https://aka.ms/JoinTeamsMeeting?omkt=en-US>\nJoin the meeting now"
            "<https://teams.microsoft.com/l/meetup-join/19%3ameeting_YjQ2ZmE2%40thread.v2/0?context=%7b%22Tid%22%7d>\n"
            "Meeting ID: 234 567 890 12\nPasscode: aB3dE6\n________________________________\nDial in by phone\n"
            "+44 20 3443 6294,,123456789# United Kingdom, London\nFind a local number\n"
            "Phone conference ID: 123 456 789#\n"
        )
        return Fields(
            location="Microsoft Teams Meeting", description=self._prose(self._random.randrange(0, 900)) + text
        )

    def _meet(self) -> Fields:
        notes = self._prose(self._random.randrange(0, 600))
        return Fields(conference_url="https://meet.google.com/abc-defg-hij", description=notes)

    def _location_only(self) -> Fields:
        return Fields(location=self._link(self._number()), description=self._prose(self._random.randrange(0, 300)))


def run() -> dict[str, float]:
    """Measure both over the same events, a chunk at a time, the best of several rounds each.

    Returns:
        `ratio` (finding over the single pass), `find_us` and `pass_us` per event, `share_found`, and `characters`
        per event.
    """
    sample = _Sample(_SEED)
    events = [sample.event() for _ in range(EVENTS)]
    texts = [(event.conference_url, event.location, event.description, event.body_html) for event in events]
    find_s = pass_s = 0.0
    for begin in range(0, EVENTS, _CHUNK):
        chunk = slice(begin, begin + _CHUNK)
        pairs = [(_finding(events[chunk]), _single_pass(texts[chunk])) for _ in range(ROUNDS)]
        find_s += min(seconds for seconds, _ in pairs)
        pass_s += min(seconds for _, seconds in pairs)
    return {
        "ratio": find_s / pass_s,
        "find_us": find_s / EVENTS * 1e6,
        "pass_us": pass_s / EVENTS * 1e6,
        "share_found": sum(find(event).is_zoom for event in events) / EVENTS,
        "characters": sum(len(text) for event in texts for text in event) / EVENTS,
    }


def _finding(events: list[Fields]) -> float:
    started = perf_counter()
    for event in events:
        find(event)
    return perf_counter() - started


def _single_pass(texts: list[tuple[str, str, str, str]]) -> float:
    started = perf_counter()
    for fields in texts:
        for text in fields:
            if text:
                text.lower().find("zoom.us")
    return perf_counter() - started
