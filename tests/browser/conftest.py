"""The real command on a sample catalogue, and the system's own Chromium to look at it with."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.shared import ROOT

ILIM = Path(sys.executable).with_name("ilim")
START_TIMEOUT = 90
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SILENT = """\
id: silent
name: {ky: Унчукпаган журналдар, ru: Молчащие журналы, en: Silent Journals}
connector: oai_pmh
url: http://127.0.0.1:9/oai
"""


def program(*names: str) -> str:
    """The first of ``names`` that is installed; skips, or fails in CI, without one."""
    for name in names:
        if found := shutil.which(name):
            return found
    reason = f"{names[0]} is not installed; tests/prepare installs it on Debian"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def programs() -> tuple[str, str]:
    """Chromium and its driver."""
    return program("chromium", "chromium-browser", "google-chrome"), program("chromedriver")


@pytest.fixture(scope="session")
def address(programs: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `ilim serve` answers, after `ilim harvest` of the sample; without slash at the end."""
    folder = tmp_path_factory.mktemp("ilim")
    config = folder / "config"
    shutil.copytree(ROOT / "config" / "sample", config / "sample")
    shutil.copytree(ROOT / "config" / "thesaurus", config / "thesaurus")
    (config / "sources").mkdir()
    for name in ("sample-marc.yaml", "sample-dc.yaml"):
        shutil.copy(ROOT / "config" / "sources" / name, config / "sources" / name)
    (config / "sources" / "silent.yaml").write_text(SILENT)
    command = [str(ILIM), "--config", str(config), "--data", str(folder / "data")]
    subprocess.run([*command, "harvest", "sample-marc", "sample-dc"], check=True, timeout=120)
    log = folder / "serve.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [*command, "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=errors, text=True
        ) as server,
    ):
        try:
            yield first_address(server, log)
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()


def first_address(server: "subprocess.Popen[str]", log: Path) -> str:
    """What the first line printed names; fails with the log when none comes."""
    assert server.stdout
    watchdog = threading.Timer(START_TIMEOUT, server.kill)
    watchdog.start()
    try:
        line = server.stdout.readline()
    finally:
        watchdog.cancel()
    found = re.search(r"http://[^\s/]+", line)
    assert found, f"`ilim serve` said {line!r}\n{log.read_text()}"
    return found[0]


@pytest.fixture
def browser(programs: tuple[str, str], tmp_path: Path) -> Iterator[Chrome]:
    """A fresh Chromium, 1280 pixels wide, that keeps its console."""
    chromium, driver = programs
    options = ChromeOptions()
    options.binary_location = chromium
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = Chrome(options=options, service=Service(executable_path=driver))
    try:
        chrome.set_page_load_timeout(30)
        resize(chrome, 1280)
        yield chrome
    finally:
        chrome.quit()


def resize(browser: Chrome, width: int) -> None:
    """Give the page a width in CSS pixels; a window cannot be as narrow as a phone."""
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
