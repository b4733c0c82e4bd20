from __future__ import annotations

from zoomcal.joinlink import Fields, Place, find, survey

JOIN = "https://us02web.zoom.us/j/81234567890?pwd=abc.1"
STALE = "https://us02web.zoom.us/j/99999999999"


def test_candidates_stand_in_the_order_of_preference_and_say_why() -> None:
    fields = Fields(
        conference_url="https://meet.google.com/abc-defg-hij",
        location=JOIN,
        description=(
            f"Old: {STALE} again {JOIN}\nhttps://zoom.us.evil.example/j/81234567890\nhttps://zoom.us/rec/share/abc\n"
            "https://zoom.us/meeting/register/tZAk\nhttps://teams.microsoft.com/l/meetup-join/1\nhttps://example.org/"
        ),
    )
    told = [(candidate.place, candidate.host, candidate.service, str(candidate.why)) for candidate in survey(fields)]
    assert told == [
        (Place.LOCATION, "us02web.zoom.us", "", "Found in the location."),
        (Place.DESCRIPTION, "us02web.zoom.us", "", "Found in the description."),
        (
            Place.DESCRIPTION,
            "zoom.us",
            "",
            "Found in the description; this page registers for the meeting and does not join it.",
        ),
        (Place.CONFERENCE, "meet.google.com", "Google Meet", "This meeting is on Google Meet."),
        (Place.DESCRIPTION, "teams.microsoft.com", "Teams", "This meeting is on Teams."),
        (
            Place.DESCRIPTION,
            "zoom.us.evil.example",
            "",
            "Not joined: zoom.us.evil.example only looks like Zoom. Nothing was opened.",
        ),
        (Place.DESCRIPTION, "zoom.us", "", "The Zoom link found leads to a recording, not to a meeting."),
    ]


def test_the_first_candidate_carries_the_passcode_that_was_found_elsewhere() -> None:
    fields = Fields(location=JOIN.partition("?")[0], description="Passcode: 012345")
    (candidate,) = survey(fields)
    assert candidate.link == find(fields).link
    assert candidate.link is not None
    assert candidate.link.passcode == "012345"
    assert str(candidate.why) == "Found in the location. The passcode is stated in the text."


def test_a_structured_passcode_belongs_to_the_structured_link_alone() -> None:
    bare = JOIN.partition("?")[0]
    named = find(Fields(conference_url=bare, conference_passcode="777")).link
    beside = find(Fields(conference_url="https://meet.google.com/a", conference_passcode="777", location=bare)).link
    assert named is not None
    assert beside is not None
    assert (named.passcode, beside.passcode) == ("777", "")


def whys(**fields: str) -> str:
    return str(find(Fields(**fields)).why)


def test_why_says_where_a_link_was_and_what_was_taken_off() -> None:
    wrapped = "https://a.safelinks.protection.outlook.com/?url=https%3A%2F%2Fzoom.us%2Fj%2F81234567890%3Fpwd%3Da"
    assert whys(conference_url=JOIN) == "Named by the calendar itself."
    assert whys(location=wrapped) == "Found in the location; one Safe Links wrapper was removed."
    assert whys(body_html=f'<a href="https://slack-redir.net/link?url={wrapped.replace("%", "%25")}">x</a>').startswith(
        "Found in the message text; "
    )
    hidden = f'<a href="https://protect-us.mimecast.com/s/abc">{JOIN}</a>'
    assert "your mail gateway hides the link" in whys(description=hidden)


def test_why_says_what_stood_in_the_way() -> None:
    assert whys(description='Zoom: <a href="https://protect-us.mimecast.com/s/abc">here</a>') == (
        "The link is hidden by your mail gateway (Mimecast)."
    )
    assert whys(location="https://us02web.zoom.us/u/abc") == "The Zoom link found lists telephone numbers only."
    assert whys(location="https://zoom.us/j/{{id}}") == "The Zoom link found has no meeting number."
    assert whys(description=f'<a href="https://evil.example/x">{JOIN}</a>') == (
        "Not joined: a link shows a Zoom address but leads to evil.example. Nothing was opened."
    )
    assert whys(conference_url="https://meet.google.com/abc") == "This meeting is on Google Meet."
    finding = find(Fields(location="https://us02web-zoom.us/j/81234567890"))
    assert finding.look_alike == "us02web-zoom.us"
    assert find(Fields(location="https://zoom.us:8443/j/81234567890")).look_alike == "zoom.us:8443"
    assert find(Fields(location="https://evil.example\\@zoom.us/j/81234567890")).look_alike == "evil.example\\@zoom.us"
