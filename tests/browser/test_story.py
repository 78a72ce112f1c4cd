"""A reader's way through the pages: search, filter, open a work, switch the language."""

import re
from collections.abc import Callable
from typing import cast
from urllib.parse import quote

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import resize

pytestmark = pytest.mark.slow

MANAS = quote("манас")
READ = quote('"манас" аталышы:эпос тарых -кино жылы:1900..2020 )')
MISSPELT = quote("kyrgyz literture")
PAGES = (
    "/{}/",
    f"/{{}}/search?q={MANAS}",
    f"/{{}}/search?q={MANAS}&type=book&from=1900&to=2026",
    "/{}/search",
    "/{}/search?q=qqqqqq&type=book",
    f"/{{}}/search?q={READ}",
    f"/{{}}/search?q={READ}+qqqqqq&concepts=off&type=book",
    f"/{{}}/search?q={MISSPELT}",
    "/{}/sources",
    "/{}/work/{}",
)
MISSING = "/{}/nothing"
SMALLEST_TARGET = 44
TARGETS = (
    "nav a, button, .chip, .opt-row, summary, .acts a, .q input, .pager a, .dym a, .read a, .sug li"
)


def one(browser: Chrome, selector: str) -> WebElement:
    return browser.find_element(By.CSS_SELECTOR, selector)


def every(browser: Chrome, selector: str) -> list[WebElement]:
    return browser.find_elements(By.CSS_SELECTOR, selector)


def follow(browser: Chrome, action: Callable[[], object]) -> None:
    """Do what leads to another page, and wait for that page."""
    old = one(browser, "html")
    action()
    WebDriverWait(browser, 15).until(lambda b: one(b, "html").id != old.id)
    WebDriverWait(browser, 15).until(
        lambda b: b.execute_script("return document.readyState") == "complete"
    )


def total(browser: Chrome) -> int:
    """The number in the heading of the results."""
    return int("".join(re.findall(r"\d", one(browser, "h1.count").text)))


def console(browser: Chrome) -> list[str]:
    """What the console has said since it was last asked."""
    entries = cast(list[dict[str, str]], browser.execute("getLog", {"type": "browser"})["value"])
    return [entry["message"] for entry in entries]


def a_work(browser: Chrome, address: str) -> str:
    """The id of the first work that is found."""
    browser.get(f"{address}/ky/search?q={MANAS}")
    href = one(browser, ".res h2 a").get_attribute("href")
    assert href
    return href.rsplit("/", 1)[1]


def test_search_filter_open_a_work_and_switch_the_language(address: str, browser: Chrome) -> None:
    browser.get(f"{address}/ky/")
    box = one(browser, "#q")
    box.send_keys("манас эпосу")
    follow(browser, one(browser, "#s button").click)
    found = total(browser)
    assert found > 1
    assert one(browser, "html").get_attribute("lang") == "ky"
    assert every(browser, ".res h2 mark")
    assert every(browser, ".res .smp")

    group = one(browser, "input[name=language][value=ru]").find_element(
        By.XPATH, "ancestor::details[1]"
    )
    if not group.get_attribute("open"):
        group.find_element(By.TAG_NAME, "summary").click()
    label = one(browser, "input[name=language][value=ru]").find_element(By.XPATH, "ancestor::label")
    count = int(label.find_element(By.CSS_SELECTOR, ".num").text)
    label.click()
    follow(browser, group.find_element(By.CSS_SELECTOR, ".now button").click)
    assert total(browser) == count
    assert one(browser, "#q").get_attribute("value") == "манас эпосу"
    assert one(browser, "input[name=language][value=ru]").is_selected()
    assert "language=ru" in browser.current_url

    title = one(browser, ".res h2 a")
    words = title.text
    follow(browser, title.click)
    assert one(browser, "h1").text == words
    work = browser.current_url
    follow(browser, one(browser, "header a[hreflang=en]").click)
    assert one(browser, "html").get_attribute("lang") == "en"
    assert browser.current_url == work.replace("/ky/", "/en/")
    assert one(browser, "h1").text == words
    assert one(browser, "h1").get_attribute("lang") == "ru"
    assert "Details and who says so" in one(browser, "main").text
    assert "sample catalogue" in one(browser, "main").text

    browser.back()
    follow(browser, one(browser, ".back").click)
    assert total(browser) == count
    follow(browser, one(browser, ".chip").click)
    assert total(browser) == found


@pytest.mark.parametrize(
    ("language", "query"), [("ky", "манас эпосу"), ("ru", "эпос манас"), ("en", "manas epic")]
)
def test_the_sample_answers_in_three_languages(
    address: str, browser: Chrome, language: str, query: str
) -> None:
    browser.get(f"{address}/{language}/search?q={quote(query)}")
    assert total(browser) > 0


def complete(browser: Chrome, typed: str) -> list[WebElement]:
    """Type into the box and wait for the suggestions under it."""
    one(browser, "#q").clear()
    one(browser, "#q").send_keys(typed)
    WebDriverWait(browser, 15).until(lambda b: every(b, ".sug li"))
    return every(browser, ".sug li")


def test_what_is_typed_is_completed_and_chosen_by_keyboard(address: str, browser: Chrome) -> None:
    browser.get(f"{address}/ky/")
    box = one(browser, "#q")
    options = complete(browser, "кыр")
    assert len(options) > 2
    assert box.get_attribute("aria-expanded") == "true"
    press(browser, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert box.get_attribute("aria-activedescendant") == options[1].get_attribute("id")
    chosen = one(browser, ".sug [aria-selected=true]")
    assert chosen == options[1]
    press(browser, Keys.ARROW_UP, Keys.ARROW_UP)
    assert box.get_attribute("aria-activedescendant") is None

    press(browser, Keys.ESCAPE)
    assert box.get_attribute("aria-expanded") == "false"
    assert box.get_attribute("value") == "кыр"
    press(browser, Keys.ARROW_DOWN)
    WebDriverWait(browser, 15).until(lambda b: every(b, ".sug li"))
    press(browser, Keys.ARROW_UP)
    wanted = one(browser, ".sug [aria-selected=true] bdi").text
    follow(browser, lambda: press(browser, Keys.ENTER))
    assert one(browser, "#q").get_attribute("value") == wanted
    assert total(browser) > 0

    options = complete(browser, "айтм")
    wanted = options[0].find_element(By.TAG_NAME, "bdi").text
    follow(browser, options[0].click)
    assert one(browser, "#q").get_attribute("value") == wanted
    assert console(browser) == []


def test_a_part_of_the_query_is_taken_back(address: str, browser: Chrome) -> None:
    browser.get(f"{address}/ky/search?q={quote('манас аталышы:эпос жылы:1961')}")
    assert [part.text for part in every(browser, ".part bdi")] == ["эпос", "1961"]
    found = total(browser)
    follow(browser, every(browser, ".part")[1].click)
    assert one(browser, "#q").get_attribute("value") == "манас аталышы:эпос"
    assert total(browser) > found


def test_a_suggestion_is_followed(address: str, browser: Chrome) -> None:
    browser.get(f"{address}/en/search?q={MISSPELT}")
    follow(browser, one(browser, ".dym a").click)
    assert one(browser, "#q").get_attribute("value") == "kyrgyz literature"
    assert total(browser) > 0


def test_concepts_are_left_out_and_taken_in_again(address: str, browser: Chrome) -> None:
    browser.get(f"{address}/en/search?q=history")
    found = total(browser)
    assert "история" in one(browser, ".read").text
    follow(browser, one(browser, ".read a").click)
    assert total(browser) < found
    follow(browser, one(browser, ".read a").click)
    assert total(browser) == found


def test_years_and_sorting(address: str, browser: Chrome) -> None:
    browser.get(f"{address}/en/search")
    one(browser, "input[name=from]").send_keys("1950")
    one(browser, "input[name=to]").send_keys("1999")
    follow(browser, one(browser, ".go button").click)
    assert "from=1950&to=1999" in browser.current_url
    follow(browser, one(browser, ".sort li:nth-child(3) a").click)
    years = [int(year.text) for year in every(browser, ".res .by b") if year.text.isdecimal()]
    assert years == sorted(years)
    assert all(1950 <= year <= 1999 for year in years)


def press_until(browser: Chrome, selector: str, most: int = 60) -> None:
    """Press Tab until ``selector`` has the focus, and see that the focus can be seen."""
    for _ in range(most):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        focused = browser.switch_to.active_element
        if browser.execute_script("return arguments[0].matches(arguments[1])", focused, selector):
            assert focused.value_of_css_property("outline-style") == "solid", selector
            assert focused.rect["width"] > 0
            return
    raise AssertionError(f"{selector} was not reached by {most} presses of Tab")


def press(browser: Chrome, *keys: str) -> None:
    ActionChains(browser).send_keys(*keys).perform()


def test_everything_can_be_done_by_keyboard(address: str, browser: Chrome) -> None:
    browser.get(f"{address}/ru/")
    press_until(browser, ".skip", 1)
    press_until(browser, "#q")
    follow(browser, lambda: press(browser, "манас", Keys.ENTER))
    found = total(browser)

    press_until(browser, "input[type=checkbox]")
    chosen = browser.switch_to.active_element.get_attribute("value")
    press(browser, Keys.SPACE)
    press_until(browser, ".now button")
    follow(browser, lambda: press(browser, Keys.ENTER))
    assert 0 < total(browser) <= found
    assert one(browser, "input[type=checkbox]:checked").get_attribute("value") == chosen

    press_until(browser, ".chip")
    follow(browser, lambda: press(browser, Keys.ENTER))
    assert total(browser) == found
    press_until(browser, ".res h2 a")
    title = browser.switch_to.active_element.text
    follow(browser, lambda: press(browser, Keys.ENTER))
    assert one(browser, "h1").text == title


def test_the_skip_link_leads_past_the_header(address: str, browser: Chrome) -> None:
    browser.get(f"{address}/ky/search?q={MANAS}")
    press(browser, Keys.TAB, Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "main"


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_page_is_wider_than_its_window(address: str, browser: Chrome, width: int) -> None:
    work = a_work(browser, address)
    resize(browser, width)
    for language in ("ky", "ru", "en"):
        for page in (*PAGES, MISSING):
            browser.get(address + page.format(language, work))
            for details in every(browser, "details:not([open])"):
                browser.execute_script("arguments[0].open = true", details)
            over = browser.execute_script(
                "const page = document.documentElement; return page.scrollWidth - page.clientWidth"
            )
            assert over == 0, browser.current_url


@pytest.mark.parametrize(
    "query", [f"{MANAS}&type=book", MISSPELT, READ, "тарых", "тарых&concepts=off"]
)
def test_a_thumb_can_hit_every_control_on_a_phone(
    address: str, browser: Chrome, query: str
) -> None:
    resize(browser, 360)
    browser.get(f"{address}/ky/search?q={query}")
    for summary in every(browser, ".filters > summary"):
        summary.click()
    complete(browser, "кыр")
    for control in every(browser, TARGETS):
        if control.is_displayed():
            assert control.rect["height"] >= SMALLEST_TARGET, control.get_attribute("outerHTML")


def test_the_console_stays_silent_and_the_policy_is_kept(address: str, browser: Chrome) -> None:
    work = a_work(browser, address)
    for language in ("ky", "ru", "en"):
        for page in PAGES:
            browser.get(address + page.format(language, work))
    assert console(browser) == []
    # The policy bites: what it forbids is not done, and the console says so.
    browser.execute_script(
        "document.body.insertAdjacentHTML('beforeend', '<b style=\"color:red\">')"
    )
    assert any("style" in message for message in console(browser))


@pytest.mark.parametrize("width", [360, 1280])
def test_all_works_without_javascript(address: str, browser: Chrome, width: int) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    resize(browser, width)
    browser.get(f"{address}/en/")
    one(browser, "#q").send_keys("manas")
    one(browser, "#s button").click()
    WebDriverWait(browser, 15).until(lambda b: every(b, ".res"))
    found = total(browser)
    summary = one(browser, ".filters > summary")
    if summary.is_displayed():
        summary.click()
    # The driver takes whatever is in closed `details` for hidden, also when CSS shows it, and
    # would refuse a plain click: the mouse goes there itself.
    for control in (".fg[open] input[type=checkbox]", ".go button"):
        ActionChains(browser).scroll_to_element(one(browser, control)).perform()
        ActionChains(browser).click(one(browser, control)).perform()
    WebDriverWait(browser, 15).until(lambda b: every(b, ".chip"))
    assert 0 < total(browser) <= found


def test_a_dark_screen_gets_a_dark_page(address: str, browser: Chrome) -> None:
    colours = []
    for theme in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": theme}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        browser.get(f"{address}/en/")
        body = one(browser, "body")
        colours.append(
            (body.value_of_css_property("background-color"), body.value_of_css_property("color"))
        )
    assert colours == [
        ("rgba(255, 255, 255, 1)", "rgba(19, 33, 42, 1)"),
        ("rgba(15, 23, 27, 1)", "rgba(228, 236, 239, 1)"),
    ]


def test_a_silent_partner_shows_as_not_reached_yet(address: str, browser: Chrome) -> None:
    browser.get(f"{address}/en/sources")
    lines = {
        line.find_element(By.TAG_NAME, "h3").text: line.text for line in every(browser, ".line")
    }
    assert "Not reached yet" in lines["Silent Journals"]
    samples = [text for name, text in lines.items() if name.startswith("Sample catalogue")]
    assert len(samples) == 2
    assert all("Working" in text and "Show them" in text for text in samples)
