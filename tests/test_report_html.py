import json
import re
from dataclasses import fields, replace
from html.parser import HTMLParser

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from fakes import fake_divided, fake_result, osh, report

from casualty_models.checks import (
    DATA_SHARE_MEANING,
    contradictions,
    contradictions_sentence,
    narrowing_sentence,
    sensitivity,
    sensitivity_sentence,
)
from casualty_models.distributions import LogNormal
from casualty_models.events import Estimate
from casualty_models.inference import event_of, provenance
from casualty_models.priors import TollPriors
from casualty_models.report_html import repeat_command, report_page, write_report
from casualty_models.report_html.figures import with_short_names
from casualty_models.report_html.page import CARE, LIMITS, MANY_REPORTS, NOT_OVER, UNDIVIDED
from casualty_models.summaries import parts_table, toll_sentence

VOID = {"meta", "br", "link", "img", "input", "hr"}
PRIORS = TollPriors.for_event("ethnic_riot", "gunshot")
IDLE = {  # priors about what the event of most tests does not have
    "documented_count", "opponent_count", "official_estimate", "other_estimate",
    "official_missing", "other_missing", "own_losses", "enemy_losses", "hospitalized_share",
    "part_spread", "part_ratio_spread", "unnamed_part", "reach",
}  # fmt: skip
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "quotes": '"\' onload=alert(1) x="',
    "closing tags": "</bdi></td></svg></style><img src=x>",
    "template": "{{ 7 * 7 }}{% if %}",
    "formula": r"$\frac{1$ and $5",
    "right to left": "\u202eשלום مرحبا",
    "combining": "Z" + "\u0301\u0316" * 40 + "algo",
    "very long": "W" * 1999,
}


class Page(HTMLParser):
    """The elements of a page as (tag, attributes) and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words, self.headings, self.open = [], [], [], []
        self.feed(html)
        self.close()
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def with_record(result, **changes):
    record = {"priors": PRIORS.to_dict()} | changes
    result.attrs["casualty_models"] = json.dumps(provenance(result) | record)
    return result


def attributes_of(page):
    return [(name, value) for _, found in page.elements for name, value in found.items()]


@pytest.fixture(scope="module")
def result():
    return with_record(fake_result())


@pytest.fixture(scope="module")
def html(result):
    return report_page(result)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


@pytest.fixture
def no_figures(monkeypatch):
    """Leave the figures out, which take longest, where a test is not about them."""
    monkeypatch.setattr("casualty_models.report_html.page.figures", lambda *_, **__: [])


def hostile_result(text):
    reports = (
        report("killed", 3, 85, 99, says=text, source=text),
        report("wounded", 2, 900, 999, says=text, source=text, source_kind="media"),
        report("killed", 3, 5, 9, says="several", place=text, floor=True),
    )
    return with_record(fake_result(osh(*reports, name=text)), notes=[f"{text}: set aside"])


def test_page_is_written_as_utf8(result, html, tmp_path):
    path = tmp_path / "page.html"
    write_report(result, path)
    assert path.read_text(encoding="utf-8") == html


def test_the_same_result_gives_the_same_page(result, html):
    assert report_page(result) == html


def test_page_is_closed_and_says_its_language(page):
    assert page.open == []
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("meta")[0] == {"charset": "utf-8"}


def test_page_fetches_and_runs_nothing(page):
    assert not {tag for tag, _ in page.elements} & {
        "script", "link", "img", "iframe", "object", "embed", "image", "use:href", "base", "form",
    }  # fmt: skip
    assert not [name for name, _ in attributes_of(page) if name.startswith("on")]
    references = [v for name, v in attributes_of(page) if name in ("href", "src", "xlink:href")]
    assert all(reference.startswith("#") for reference in references)
    policy = page.all("meta")[1]
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"].startswith("default-src 'none'")


def test_headings_are_in_order(page):
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False))


def test_every_figure_has_a_description_and_a_caption(page):
    drawings = page.all("svg")
    assert len(drawings) == len(page.all("figcaption")) == 6
    assert all(svg["role"] == "img" and len(svg["aria-label"]) > 50 for svg in drawings)
    assert all("width" not in svg and "viewbox" in svg for svg in drawings)


def test_names_in_the_page_are_unique_and_all_that_is_referred_to_exists(page, html):
    names = [value for name, value in attributes_of(page) if name == "id"]
    assert len(names) == len(set(names))
    labels = [v for name, v in attributes_of(page) if name == "aria-labelledby"]
    assert {*re.findall(r'(?:url\(|href=")#([^")]+)', html), *labels} <= set(names)


def test_drawings_bring_no_style_that_reaches_the_page(html):
    assert html.count("<style") == 1
    assert "<?xml" not in html
    assert "<!DOCTYPE svg" not in html


def test_tables_have_captions_and_scopes(page):
    assert len(page.all("table")) == len(page.all("caption")) == 3
    assert all(cell.get("scope") in ("col", "row") for cell in page.all("th"))
    # What is laid out as a block on a telephone stays a table for those who hear it.
    roles = {"table": "table", "tr": "row", "td": "cell", "thead": "rowgroup", "tbody": "rowgroup"}
    listed = [found for tag in roles for found in page.all(tag) if found.get("role") == roles[tag]]
    assert len(listed) > 60


def test_page_has_landmarks_and_a_way_past_them(page):
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.all(landmark)) == 1
    links = [found["href"] for found in page.all("a")]
    names = {value for name, value in attributes_of(page) if name == "id"}
    assert links[0] == "#answer"
    assert {link.removeprefix("#") for link in links} <= names
    sections = [found["aria-labelledby"] for found in page.all("section")]
    assert [link.removeprefix("#") for link in links[1:]] == sections


@pytest.mark.parametrize("words", [*LIMITS, *CARE], ids=lambda words: words[:20])
def test_page_says_what_is_not_included_and_how_not_to_use_it(page, words):
    assert words in page.text


def test_page_says_what_decided_the_answer(page, result):
    table = sensitivity(result)
    for quantity in ("killed", "wounded"):
        assert narrowing_sentence(result, quantity) in page.text
        assert sensitivity_sentence(table, quantity) in page.text


def test_page_holds_the_answer_the_evidence_and_its_making(page, result):
    record = provenance(result)
    for part in (
        toll_sentence(result, "killed"),
        toll_sentence(result, "wounded"),
        "70 to 1,400 people killed (90% interval), median 310",
        "Health Ministry (health ministry) “nearly 1,000” wounded 900 to 999 count",
        DATA_SHARE_MEANING,
        "The sampling converged: 0 divergences",
        "casualty-models estimate EVENT.toml --tune 0 --random-seed 1",
        record["reports_hash"],
        NOT_OVER,
        *(spec.metadata["meaning"] for spec in fields(TollPriors) if spec.name not in IDLE),
    ):  # fmt: skip
        assert part in page.text


def test_an_event_that_is_over_is_said_to_be(no_figures):
    over = fake_result(osh(end="2010-06-14"))
    text = Page(report_page(with_record(over))).text
    assert "Began on 10 June 2010; ended on 14 June 2010." in text
    assert NOT_OVER not in text


def test_an_unconverged_result_has_an_alarm_and_no_headline(no_figures):
    page = Page(report_page(with_record(fake_result(converged=False))))
    assert "Do not use these numbers. The sampling has not converged. 12 divergent" in page.text
    assert "number" not in [found.get("class") for found in page.all("p")]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_shown_as_text(no_figures, text, page):
    hostile = Page(report_page(hostile_result(text)))
    assert hostile.open == []
    shown = " ".join(text.split())
    assert hostile.text.count(shown) >= 8  # title, heading, three sources and words, part, note
    assert {tag for tag, _ in hostile.elements} <= {tag for tag, _ in page.elements} | {"h3"}
    assert not [name for name, _ in attributes_of(hostile) if name.startswith("on")]


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
@pytest.mark.parametrize("text", [HOSTILE["very long"], " ".join([*HOSTILE.values()][:-1])])
def test_hostile_text_stays_text_in_the_figures(text, page):
    hostile = Page(report_page(hostile_result(text)))
    assert hostile.open == []
    assert {tag for tag, _ in hostile.elements} <= {tag for tag, _ in page.elements} | {"h3"}
    assert len(hostile.all("svg")) == 6


def test_names_are_cut_for_drawings_only_and_keep_their_meaning():
    said = report("killed", 3, 85, says="neared " * 100, source="W" * 999)
    event = osh(said, name="Osh " * 100)
    result = fake_result(event)
    drawn = event_of(with_short_names(result))
    assert event_of(result) == event
    assert len(drawn.name) == 80
    assert drawn.reports[0].source == "W" * 24 + "…"
    assert len(drawn.reports[0].says) <= 81
    bounds = [(r.statement.lower, r.statement.upper) for r in (said, drawn.reports[0])]
    assert bounds[0] == bounds[1]


def test_every_word_from_outside_stands_in_a_box_that_keeps_its_direction(no_figures):
    html = report_page(hostile_result("\u202eabc"))
    body = re.sub(r"<svg.*?</svg>", "", html[html.index("<body") :], flags=re.DOTALL)
    assert body.count("\u202e") >= 8
    assert len(re.findall("<bdi[^>]*>[^<]*\u202e[^<]*</bdi>", body)) >= 8
    assert "\u202e" not in re.sub("<bdi[^>]*>[^<]*</bdi>", "", body)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/etc/passwd"])
def test_only_addresses_of_the_web_become_links(no_figures, url):
    event = osh(
        report("killed", 3, 85, url=url),
        report("killed", 2, 50, url='https://example.org/?a="><script>'),
    )
    page = Page(report_page(with_record(fake_result(event))))
    outside = [found for found in page.all("a") if not found["href"].startswith("#")]
    assert outside == [{"href": 'https://example.org/?a="><script>', "rel": "noopener noreferrer"}]


def test_reports_not_used_are_marked_and_explained(no_figures):
    result = hostile_result("border crossing")
    text = Page(report_page(result)).text
    assert "“several” killed, border crossing 5 to 9 about a part, as a minimum" in text
    assert "Reports not used as they stand border crossing: set aside" in text
    assert "The estimate rests on 2 of 3 reports." in text


def test_statements_that_contradict_each_other_are_listed_the_worst_first(no_figures, monkeypatch):
    monkeypatch.setattr("casualty_models.report_html.evidence.MOST_PAIRS", 2)
    counts = [report("killed", day, n) for day, n in enumerate((40, 90, 1040, 110, 118, 119))]
    event = osh(*counts, report("killed", 3, 2000, source="<b>rebels", source_kind="opponent"))
    table = contradictions(event)
    assert len(table) > 2
    page = Page(report_page(with_record(fake_result(event))))
    assert contradictions_sentence(table) in page.text
    assert page.text.count("To doubt first: the") == 2
    assert f"And {len(table) - 2} more, less far apart." in page.text
    first = table.iloc[0]
    assert f"{first['why']} ({first['sds']:.1f})" in page.text
    assert "“1,040” killed, provisional government, 12 June 2010" in page.text


def test_contradictions_are_drawn_where_there_are_any():
    event = osh(*(report("killed", day, n) for day, n in enumerate((40, 1040, 110))))
    page = Page(report_page(with_record(fake_result(event))))
    labels = [svg["aria-label"] for svg in page.all("svg")]
    assert len(labels) == 6
    assert sum("as stated" in label for label in labels) == 1


def test_one_statement_contradicts_nothing(no_figures):
    page = Page(report_page(with_record(fake_result(osh(report("killed", 3, 97))))))
    assert "There are no two statements that could contradict each other." in page.text


def test_estimates_by_others_withdrawn_and_repeated_reports_are_shown(no_figures):
    reports = (
        report("killed", 3, 97),
        report("killed", 2, 300, retracted="<i>ministry: counted twice"),
        report("killed", 3, 97, source="AP", origin="provisional government"),
        report("hospitalized", 3, 53),
    )
    lists = Estimate(
        date="2010-06-14",
        source="<u>Institute",
        lower=180,
        upper=520,
        median=290,
        people="civilians",
    )
    result = with_record(fake_result(osh(*reports, estimates=[lists])))
    page = Page(report_page(result))
    for part in (
        "withdrawn, not used: <i>ministry: counted twice",
        "count; repeats provisional government",
        "“53” hospitalized 53 not used",
        "<u>Institute method not given; civilians 180 to 520 (95%); median 290",
        "of 4 reports and 1 estimate by other methods.",
    ):
        assert part in page.text
    assert len(page.all("table")) == len(page.all("caption")) == 5  # casualties, hospitalized


def test_an_event_in_parts_has_a_table_and_a_figure_of_them(html):
    page = Page(report_page(with_record(fake_divided())))
    assert len(page.all("table")) == 4
    assert len(page.all("svg")) == 7
    assert "By place. The parts of one draw sum to its total" in page.text
    found = parts_table(fake_divided(), "place", probs=(0.9,))
    assert all(printed in page.text for printed in found["printed"])
    meanings = {spec.name: spec.metadata["meaning"] for spec in fields(TollPriors)}
    assert meanings["part_spread"] in page.text
    assert meanings["reach"] not in page.text
    assert UNDIVIDED not in page.text
    assert UNDIVIDED in html


def test_many_reports_come_last_and_many_notes_are_folded(no_figures):
    reports = [report("killed", 3, 90 + n, source=f"source {n}") for n in range(MANY_REPORTS + 1)]
    notes = [f"source {n}: set aside" for n in range(9)]
    page = Page(report_page(with_record(fake_result(osh(*reports)), notes=notes)))
    assert [found["aria-labelledby"] for found in page.all("section")][-1] == "reports"
    assert [found["href"] for found in page.all("a")][-1] == "#reports"
    assert len(page.all("details")) == 1
    assert all(note in page.text for note in notes)


def test_priors_that_were_changed_are_marked(no_figures, result):
    changed = replace(PRIORS, half_time=LogNormal(3.0, 0.5))
    page = Page(report_page(with_record(fake_result(), priors=changed.to_dict())))
    assert "set by the user" in page.text
    assert "This command repeats it, but for the priors marked “set by the user”" in page.text
    assert "set by the user" not in Page(report_page(result)).text


def test_a_result_without_a_record_of_its_priors_says_so(no_figures):
    page = Page(report_page(with_record(fake_result(), priors={})))
    assert "The result does not say which priors were used." in page.text


def test_the_command_names_what_differs_from_the_defaults(no_figures):
    early = with_record(fake_result(osh().as_of("2010-06-13")), tune=1000, chains=2)
    command = "casualty-models estimate 'a b.toml' --as-of 2010-06-13 --chains 2 --random-seed 1"
    assert repeat_command(early, "a b.toml") == command
    assert Page(report_page(early, event_file="a b.toml")).text.count(command) == 1


@pytest.mark.parametrize(("engine", "option"), [("quick", "quick"), ("nutpie", "nuts")])
def test_the_command_names_the_engine(engine, option):
    command = repeat_command(with_record(fake_result(), engine=engine))
    assert command.endswith(f"--engine {option} --random-seed 1")


def test_the_caller_keeps_his_style_and_has_no_figures_left(result):
    plt.close("all")
    before = dict(mpl.rcParams)
    report_page(result)
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == []
