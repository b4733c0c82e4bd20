"""The bodies of sample events: agendas, other services' invitations, look-alikes, and very long ones."""

from __future__ import annotations

from html import escape

from zoomcal.sandbox.data.links import Meeting

PRODUCT_REVIEW = (
    "Agenda:\n1. Numbers of last week.\n2. Driver app 4.2, go or no go.\n3. What we stop doing.\n\n"
    "Please read the two-page note before we meet."
)
PLANNING_HTML = (
    "<ul><li>Volumes until the new year</li><li>Two more night shifts?</li><li>Cầu Tân Vũ closed on Sundays</li></ul>"
    '<script>alert("hello")</script><img src="http://tracker.example/pixel.png">'
)
PHISHING_HTML = (
    "<p>Your invoice is overdue. Join at once to avoid suspension.</p>"
    '<p><a href="https://zoom-us.example/j/81234567890?pwd=Zm9vYmFy">https://us02web.zoom.us/j/81234567890</a></p>'
)
TEAMS = (
    "________________________________________\nMicrosoft Teams meeting\n"
    "Join: https://teams.microsoft.com/l/meetup-join/19%3ameeting_N2YwZjQ%40thread.v2/0?context=%7b%22Tid%22%3a%22x%22%7d\n"
    "Meeting ID: 312 884 771 20 4\nPasscode: hT8vQ2\n________________________________________"
)
TEAMS_URL = (
    "https://teams.microsoft.com/l/meetup-join/19%3ameeting_ZmQ2ODk%40thread.v2/0?context=%7b%22Tid%22%3a%22n%22%7d"
)
TEAMS_HTML = (
    "<p>Frachtbriefe und Zollnummern, eine Viertelstunde je Hafen.</p><hr><p><b>Microsoft Teams</b></p>"
    f'<p><a href="{TEAMS_URL}">Jetzt an der Besprechung teilnehmen</a></p>'
    "<p>Besprechungs-ID: 318 442 907 55<br>Passcode: Rk7wQd</p>"
)
WEBEX = (
    "Join from the meeting link\nhttps://baltic.webex.com/baltic/j.php?MTID=m5d1f0c9b7a\n\n"
    "Meeting number (access code): 2374 551 9082\nMeeting password: pRm4kq2Hw7\n"
)
OPAQUE_GATEWAY = (
    "<p>Join Zoom Meeting: "
    '<a href="https://url.de.m.mimecastprotect.com/s/k3XyCwLpQrTzVbNm?domain=saomai.zoom.us">click here</a></p>'
)
_FINDING = (
    "At {hour:02d}:{minute:02d} the session service answered {count} of 1,000 requests with an error. Drivers in "
    "{place} saw the sign-in page in the middle of a delivery and called the dispatch desk. The on-call engineer "
    "compared the clocks of both machines, found them {count} seconds apart and restarted the slower one.\n\n"
)


def outlook(inner: str) -> str:
    """Return a body as Outlook writes it: a whole HTML document."""
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv="Content-Type" '
        'content="text/html; charset=utf-8"><style><!-- p.MsoNormal {margin:0cm; font-size:11.0pt} --></style></head>'
        f'<body lang="EN-GB"><div class="WordSection1">{inner}</div></body></html>'
    )


def in_html(text: str) -> str:
    """Return the lines of a plain text as HTML."""
    return escape(text).replace("\n", "<br>")


def long_report() -> str:
    """Return more than 10 kB of prose."""
    places = ("Hải Phòng", "Đà Nẵng", "Cần Thơ", "Huế", "Vinh")
    return "".join(
        _FINDING.format(hour=6 + n // 6, minute=n * 7 % 60, count=11 + n * 3 % 40, place=places[n % 5])
        for n in range(36)
    )


def stated_id_ja(meeting: Meeting) -> str:
    """Return a Japanese note that names the meeting by number alone."""
    stated = f"ミーティングID: {meeting.grouped}\nパスコード: {meeting.passcode}"
    return f"Zoom で行います。\n{stated}\n\n議題: 年末の配送量、新倉庫"


def stated_id_vi(meeting: Meeting) -> str:
    """Return a Vietnamese note that names the meeting by number alone."""
    stated = f"ID cuộc họp: {meeting.grouped}\nMật mã: {meeting.passcode}"
    return f"Họp qua Zoom.\n{stated}\n\nNội dung: tuyến đêm, xe dự phòng."


def register(key: str) -> str:
    """Return an announcement with a registration page."""
    return f"Places are limited. Register here:\nhttps://us02web.zoom.us/webinar/register/WN_{key}\n"


def recording(key: str) -> str:
    """Return a note with a recording."""
    return f"Recording: https://saomai.zoom.us/rec/share/{key}.Qx7\nPasscode: 7&hK2!pz\n"
