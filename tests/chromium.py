"""A person at a real browser: Chromium without a screen, with a profile of its own that trusts one authority."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from selenium.webdriver import ChromeOptions, Remote
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import visibility_of_element_located
from selenium.webdriver.support.wait import WebDriverWait

PATIENCE_S = 30.0
_STARTS = 5
_STARTED = re.compile(r"started successfully on port (\d+)")
PROGRAMS = ("chromium", "chromedriver", "certutil")
"""What has to be installed; `python3 run.py test` does it."""
_SWITCHES = (
    "--headless",
    "--no-sandbox",  # its own cannot be set up by root
    "--window-size=1100,900",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-sync",
    "--no-proxy-server",
)


class Chromium:
    """What the person does: opens pages, reads them, ticks and presses by what is written there."""

    def __init__(self, driver: Remote) -> None:
        self._driver = driver

    def open(self, url: str) -> None:
        """Go to a page, and wait until it has loaded."""
        self._driver.get(url)

    @property
    def title(self) -> str:
        """What the tab says."""
        return self._driver.title

    @property
    def address(self) -> str:
        """Where the browser is."""
        return self._driver.current_url

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return str(self._driver.execute_script("return document.body ? document.body.innerText : ''"))

    def press(self, button: str) -> None:
        """Press the button with exactly that inscription."""
        self._shown(f"//button[normalize-space()='{button}']").click()

    def pick(self, label: str) -> None:
        """Click the choice whose label holds that text: an account, or a box to tick or untick."""
        self._shown(f"//label[contains(normalize-space(), '{label}')]").click()

    def enter(self, label: str, text: str) -> None:
        """Type into the field with that label, instead of what stands there."""
        field = self._shown(f"//label[contains(normalize-space(), '{label}')]//input")
        field.clear()
        field.send_keys(text)

    def wait_for(self, text: str) -> None:
        """Wait until the page or its title says so."""
        WebDriverWait(self._driver, PATIENCE_S).until(
            lambda _: text in self.title or text in self.text, f"{text!r} did not show"
        )

    def reaches(self, url: str) -> bool:
        """Return whether a script of the page gets any answer from there."""
        ask = "fetch(arguments[0], {mode: 'no-cors'}).then(() => arguments[1](true), () => arguments[1](false))"
        return bool(self._driver.execute_async_script(ask, url))

    def close_page(self) -> None:
        """Close the page without an answer; an empty tab takes its place."""
        page = self._driver.current_window_handle
        self._driver.switch_to.new_window("tab")
        empty = self._driver.current_window_handle
        self._driver.switch_to.window(page)
        self._driver.close()
        self._driver.switch_to.window(empty)

    def screenshot(self, path: Path) -> None:
        """Save what the page looks like as a PNG."""
        assert self._driver.save_screenshot(str(path))

    def _shown(self, xpath: str) -> WebElement:
        return WebDriverWait(self._driver, PATIENCE_S).until(visibility_of_element_located((By.XPATH, xpath)))


@contextmanager
def chromium(folder: Path, ca_file: Path, *, public: Sequence[str] = ()) -> Iterator[Chromium]:
    """Start Chromium with everything it keeps in `folder`; it is ended afterwards.

    Args:
        folder: Its home, with the profile and the certificate database in it.
        ca_file: The authority (PEM) that it trusts beside those it came with.
        public: `address:port` of servers to be taken for such on the public network: what a page from there may do to
            this machine is restricted (https://wicg.github.io/local-network-access/).
    """
    home = folder / "chromium"
    trust(home, ca_file)
    chosen = ChromeOptions()
    chosen.binary_location = str(shutil.which("chromium"))
    spaces = ",".join(f"{server}=public" for server in public)
    for option in (*_SWITCHES, f"--user-data-dir={home / 'profile'}", f"--ip-address-space-overrides={spaces}"):
        chosen.add_argument(option)
    with _driver(home) as address:
        driver = Remote(address, options=chosen)
        try:
            yield Chromium(driver)
        finally:
            driver.quit()


@contextmanager
def _driver(home: Path) -> Iterator[str]:
    """Run the program that steers Chromium, on a port that it chooses itself; yield where it listens."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    with TemporaryDirectory(prefix="chromium-") as scratch:  # near the root: the path of a socket in it has to be short
        program, port = _started({**kept, "HOME": str(home), "TMPDIR": scratch})
        with program:
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                program.terminate()


def _started(environment: dict[str, str]) -> tuple[subprocess.Popen[str], str]:
    """Start the program; it ends at once where the port it chose under IPv4 is taken under IPv6, so again then."""
    for _ in range(_STARTS):
        program = subprocess.Popen(["chromedriver", "--port=0"], env=environment, stdout=subprocess.PIPE, text=True)
        assert program.stdout
        found = next(filter(None, map(_STARTED.search, program.stdout)), None)
        if found is not None:
            return program, found[1]
        with program:
            program.wait()
    raise RuntimeError("chromedriver finds no port")


def trust(home: Path, ca_file: Path) -> None:
    """Let a Chromium with that home trust an authority."""
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    assert not missing, f"install {missing}: `python3 run.py test` does it"
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    where = ["certutil", "-d", f"sql:{database}"]
    subprocess.run([*where, "-N", "--empty-password"], check=True)
    subprocess.run([*where, "-A", "-n", "sandbox", "-t", "C,,", "-i", str(ca_file)], check=True)
