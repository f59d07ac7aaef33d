"""The page of an estimate, opened in a real browser; left out where none is installed."""

import json
import re

import pytest
from browser import Chromium, find_browser
from fakes import fake_result, osh, report

from casualty_models.events import Estimate
from casualty_models.inference import provenance
from casualty_models.priors import TollPriors
from casualty_models.report_html import write_report

BROWSER = find_browser()
WIDTHS = (390, 1280)  # a telephone, a laptop
SHEETS = 3

pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on the path: run tools/browser"),
    pytest.mark.filterwarnings("ignore:Glyph .* missing from font"),
]

# Drawings may be wider inside than they are shown, and a region that scrolls is meant to.
OUTSIDE = """[...document.querySelectorAll("body *")]
    .filter(part => !part.closest("svg svg, svg *, .skip"))
    .filter(part => {
        const box = part.getBoundingClientRect();
        return box.right > document.documentElement.clientWidth + 1 || box.left < -1;
    })
    .map(part => `${part.tagName}.${part.className}: ${part.textContent.slice(0, 40)}`)"""
WITHOUT_TEXT = """[...document.querySelectorAll("img, svg, [role=img]")]
    .filter(image => !(image.getAttribute("aria-label") || image.getAttribute("alt") || "").trim())
    .length"""
CLIPPED_DRAWINGS = """[...document.querySelectorAll("svg")].flatMap(drawing => {
    const frame = drawing.getBoundingClientRect();
    return [...drawing.querySelectorAll("text")]
        .filter(text => {
            const box = text.getBoundingClientRect();
            return box.left < frame.left - 2 || box.right > frame.right + 2
                || box.top < frame.top - 2 || box.bottom > frame.bottom + 2;
        })
        .map(text => text.textContent);
})"""
HOSTILE = (
    "<script>document.title = 1; alert(1)</script><img src=x onerror=alert(1)>",
    "W" * 1999,
    "\u202eשלום مرحبا " * 20,
    "Z" + "\u0301\u0316" * 60 + "algo",
)


def contradictory():
    counts = [report("killed", day, n) for day, n in enumerate((40, 90, 1040, 110, 118))]
    return osh(
        *counts,
        report("killed", 2, 600, 650, says="at least 600", source_kind="opponent"),
        report("killed", 3, 300, retracted="ministry, 14 June: counted twice"),
        report("wounded", 3, 300, 350, says="more than 300", source_kind="hospital"),
        estimates=[Estimate(date="2010-06-18", source="Institute", lower=180, upper=520)],
        end="2010-06-14",
    )


def hostile():
    said = [
        report("killed", 3, 85, 99, says=text, source=text, place=place, origin=text)
        for text in HOSTILE
        for place in (None, text)
    ]
    withdrawn = report("killed", 2, 50, source="a", retracted=HOSTILE[1])
    return osh(*said, withdrawn, report("wounded", 2, 900, says=HOSTILE[0]), name=HOSTILE[2])


EVENTS = {"plain": osh, "contradictory": contradictory, "hostile": hostile}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder, found = tmp_path_factory.mktemp("pages"), {}
    priors = TollPriors.for_event("ethnic_riot", "gunshot").to_dict()
    for name, event in EVENTS.items():
        result = fake_result(event())
        notes = [f"{text}: set aside" for text in HOSTILE] if name == "hostile" else []
        record = provenance(result) | {"priors": priors, "notes": notes}
        result.attrs["casualty_models"] = json.dumps(record)
        found[name] = folder / f"{name}.html"
        write_report(result, found[name])
    return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Chromium(BROWSER, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(params=[(name, width) for name in EVENTS for width in WIDTHS], ids=str)
def opened(request, browser, pages):
    """Open a page at a width."""
    name, width = request.param
    browser.open(pages[name], width)
    return browser


def test_a_page_opens_without_a_complaint_and_asks_for_nothing_else(opened):
    assert opened.problems() == []
    assert len(opened.requests()) == 1
    assert opened.evaluate("document.title").startswith("Estimated toll: ")


def test_nothing_reaches_beyond_the_window(opened):
    assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert opened.evaluate(OUTSIDE) == []


def test_every_image_has_words_and_all_its_words_are_inside(opened):
    assert opened.evaluate("document.querySelectorAll('svg').length") == 6
    assert opened.evaluate(WITHOUT_TEXT) == 0
    assert opened.evaluate(CLIPPED_DRAWINGS) == []


def test_those_who_hear_the_page_get_landmarks_tables_and_named_images(opened):
    nodes = opened.ask("Accessibility.getFullAXTree")["nodes"]
    roles = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if "role" in n]
    kinds = [role for role, _ in roles]
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        assert kinds.count(landmark) == 1
    assert kinds.count("table") >= 3
    assert kinds.count("rowheader") > 15
    assert all(name for role, name in roles if role in ("image", "link", "table", "region"))


def test_the_first_key_leads_past_the_navigation(browser, pages):
    browser.open(pages["plain"], 1280)
    for kind in ("keyDown", "keyUp"):
        browser.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab",
                    windowsVirtualKeyCode=9)  # fmt: skip
    assert browser.evaluate("document.activeElement.textContent") == "Skip to the answer"
    assert browser.evaluate("document.activeElement.getBoundingClientRect().top >= 0")


@pytest.mark.parametrize("name", ["plain", "contradictory"])
def test_a_page_is_printed_on_three_sheets(browser, pages, name):
    browser.open(pages[name], 1280)
    sheets = len(re.findall(rb"/Type\s*/Page\b", browser.pdf()))
    assert 2 <= sheets <= SHEETS


def test_the_checks_see_what_they_look_for(browser, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text(
        "<title>x</title><svg width=90 height=20><text x=80 y=10>cut off</text></svg>"
        "<p style='width: 3000px'>wide</p><script>throw new Error('broken')</script>"
        "<img src='missing.png'>",
        encoding="utf-8",
    )
    browser.open(page, 390)
    assert "broken" in " ".join(browser.problems())
    assert len(browser.requests()) == 2
    assert browser.evaluate(OUTSIDE) == ["P.: wide"]
    assert browser.evaluate(WITHOUT_TEXT) == 2
    assert browser.evaluate(CLIPPED_DRAWINGS) == ["cut off"]
