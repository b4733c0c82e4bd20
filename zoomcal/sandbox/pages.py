"""The pages a person sees in the browser while signing in; all of it made here, every value escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from string import Template

_STYLE = """
:root { color-scheme: light dark; --edge: #86837c; --soft: #f5f4f1; --card: #fff; --text: #1e2227; --accent: #2b5c9e; }
@media (prefers-color-scheme: dark) {
  :root { --edge: #7f848c; --soft: #1a1b1e; --card: #222327; --text: #ecedee; --accent: #3a6cb5; }
}
body { margin: 0; padding: 1.5rem 0; box-sizing: border-box; min-height: 100vh; display: grid; place-items: center;
  background: var(--soft); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { width: min(32rem, calc(100vw - 2rem)); box-sizing: border-box; padding: 2rem; background: var(--card);
  border-radius: 12px; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; } p { margin: .5rem 0; }
fieldset { border: 0; padding: 0; margin: 1.25rem 0 0; } legend { font-weight: 600; padding: 0; margin-bottom: .25rem; }
label { display: flex; gap: .75rem; align-items: baseline; padding: .4rem 0; }
input { accent-color: var(--accent); flex: none; margin: 0; }
input[name=code] { font: inherit; font-size: 1.25rem; letter-spacing: .1em; text-transform: uppercase; flex: 1;
  min-width: 0; padding: .4rem .75rem; border-radius: 8px; border: 1px solid var(--edge); background: none;
  color: inherit; }
small { opacity: .8; display: block; }
.buttons { display: flex; justify-content: flex-end; gap: .75rem; margin-top: 1.5rem; }
button { font: inherit; padding: .5rem 1.25rem; border-radius: 8px; border: 1px solid var(--edge); background: none;
  color: inherit; cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: #fff; }
code { overflow-wrap: anywhere; }
"""

_PAGE = Template(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>$title</title>'
    '<meta name="viewport" content="width=device-width"><style>$style</style></head>'
    "<body><main><h1>$title</h1>$body</main></body></html>"
)


def page(title: str, body: str) -> str:
    """Return a page; `title` is text, `body` is HTML that is safe already."""
    return _PAGE.substitute(title=escape(title), body=body, style=_STYLE)


def consent(
    title: str, ticket: str, accounts: Mapping[str, str], chosen: str, scopes: Sequence[tuple[str, str]]
) -> str:
    """Return the consent page: choose an account, untick scopes, allow or refuse."""
    people = "".join(
        f'<label><input type="radio" name="account" value="{escape(email)}" id="account-{number}"'
        f"{' checked' if email == chosen else ''}>"
        f"<span>{escape(name)}<small>{escape(email)}</small></span></label>"
        for number, (email, name) in enumerate(accounts.items())
    )
    boxes = "".join(
        f'<label><input type="checkbox" name="scope" value="{escape(scope)}" id="scope-{number}" checked>'
        f"<span>{escape(text)}</span></label>"
        for number, (scope, text) in enumerate(scopes)
    )
    return page(
        title,
        "<p>This is ZoomCal’s local sandbox. No real account is involved.</p>"
        '<form method="post" action="">'
        f'<input type="hidden" name="ticket" value="{escape(ticket)}">'
        f"<fieldset><legend>Choose an account</legend>{people}</fieldset>"
        f"<fieldset><legend>Select what ZoomCal can access</legend>{boxes}</fieldset>"
        '<div class="buttons"><button name="decision" value="refuse" id="refuse">Refuse</button>'
        '<button class="main" name="decision" value="allow" id="allow">Allow</button></div></form>',
    )


def paragraph(text: str) -> str:
    """Return the HTML of a paragraph of plain text."""
    return f"<p>{escape(text)}</p>"


def posting(url: str, fields: Mapping[str, str]) -> str:
    """Return a page that posts `fields` to `url` by itself, or by a button where scripts are off."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )
    return page(
        "Going back to ZoomCal",
        f'<form method="post" action="{escape(url)}">{hidden}<noscript><p>Your browser does not run scripts.</p>'
        '<div class="buttons"><button class="main" id="continue">Continue</button></div></noscript></form>'
        "<script>document.forms[0].submit()</script>",
    )


def code_entry(complaint: str) -> str:
    """Return the page where the code of another device is entered."""
    return page(
        "Enter code",
        "<p>This is ZoomCal’s local sandbox. Enter the code that ZoomCal shows.</p>"
        + (paragraph(complaint) if complaint else "")
        + '<form method="post" action=""><label>Code<input name="code" id="code" autocomplete="off" autofocus required>'
        "</label>"
        '<div class="buttons"><button class="main" id="next">Next</button></div></form>',
    )


def blocked(error: str, text: str) -> str:
    """Return the page shown instead of consent when the program itself is at fault."""
    return page("Access blocked: this request is invalid", f"<p>{escape(text)}</p><p>Error: {escape(error)}</p>")
