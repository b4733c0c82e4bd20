from __future__ import annotations

import json

from tests.core.test_imports import HEAVY, ran

LATE = {"spnego", "cryptography", "requests_ntlm", "dns", "pygments"}


def test_having_the_provider_loads_no_library() -> None:
    made = "from zoomcal.endpoints import Endpoints\nfrom zoomcal.providers.ews import EwsProvider\n"
    made += "EwsProvider(Endpoints())\n"
    names = json.loads(ran(f"{made}import json, sys; print(json.dumps(sorted(sys.modules)))"))
    assert not (HEAVY | LATE).intersection(names)


def test_signing_in_loads_nothing_of_the_library_that_guesses_servers() -> None:
    begun = (
        "from zoomcal.providers.ews import EwsProvider\nfrom zoomcal.endpoints import Endpoints\n"
        "from zoomcal.providers.base import ExchangeLogin\n"
        "how = ExchangeLogin(username='a@b.example', password='x', url='mail.example.org')\n"
        "EwsProvider(Endpoints()).sign_in(calendar=True, contacts=True, how=how).close()\n"
    )
    names = json.loads(ran(f"{begun}import json, sys; print(json.dumps(sorted(sys.modules)))"))
    assert "exchangelib.services" in names
    assert not {"exchangelib.autodiscover", "dns", "pygments"}.intersection(names)
