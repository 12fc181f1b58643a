"""explain.graph as a page: one file that needs nothing else, whatever its texts are."""

import html.parser
import json
import re

import pytest

import chainrule as torch
from chainrule import explain
from tests.explain import programs


class Reader(html.parser.HTMLParser):
    """The elements of a page, and the texts of its scripts."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.scripts, self.inside = [], {}, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.inside = dict(attrs).get("id", "script") if tag == "script" else None

    def handle_data(self, data):
        if self.inside is not None:
            self.scripts[self.inside] = self.scripts.get(self.inside, "") + data

    def handle_endtag(self, tag):
        self.inside = None


def data_of(picture):
    return json.loads(Reader(picture.html()).scripts["data"])


def test_the_page_loads_nothing():
    reader = Reader(programs.few().html())
    addresses = [
        value
        for _, found in reader.elements
        for key, value in found.items()
        if key in ("src", "href")
    ]
    page = re.sub(r"http://www\.w3\.org/\S+", "", programs.few().html())

    assert addresses == []
    assert not re.search(r"https?:|@import|url\((?!#)|fetch\(|XMLHttpRequest", page)


def test_a_node_has_its_rule_with_its_numbers():
    data = data_of(programs.few())
    (div,) = [record for record in data["records"] if record["title"] == "div"]

    assert div["expression"] == "h.tanh() / (1 + a**2)"
    assert div["operands"][1]["formula"] == "−g · x / y²"
    assert div["operands"][0]["slope"] == "[0.2, 0.1]"
    assert ["y", "float32 (2,)", "8 B", "[5, 10]"] in div["saved"]


def test_every_record_is_in_one_group_and_every_row_is_full():
    data = data_of(programs.irregular(1000))
    items = [item for group in data["groups"] for item in group["items"]]

    assert sorted(item for item in items if item >= 0) == list(range(len(data["records"])))
    assert sorted(-1 - item for item in items if item < 0) == list(range(1, len(data["groups"])))
    for group in data["groups"]:
        placed = sorted(place for row in group["rows"] for place in row)
        assert placed == list(range(len(placed)))
        assert len(group["items"]) <= 240


def test_links_lead_to_lower_rows():
    for group in data_of(programs.irregular(1000))["groups"]:
        row_of = {place: k for k, row in enumerate(group["rows"]) for place in row}
        for source, target, bends, _ in group["links"]:
            rows = [row_of[place] for place in (source, *bends, target)]

            assert rows == sorted(set(rows))


HOSTILE = "</script><script>alert(1)</script><!-- {{SCRIPT}} \u2028 & \" '"


def test_what_a_program_says_is_data_and_never_markup():
    x = torch.ones(2, requires_grad=True)
    picture = explain.graph(x.exp(), names={HOSTILE: x})
    reader = Reader(picture.html())

    assert [tag for tag, _ in reader.elements].count("script") == 2
    assert data_of(picture)["records"][0]["title"] == HOSTILE


def test_the_title_of_the_page_is_escaped():
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    page = explain.graph(y, names={"<img src=x>": y}).html()

    assert "<img" not in page.split("<script", 1)[0]


def test_a_notebook_shows_the_page_in_a_frame_of_its_own():
    found = programs.few()._repr_html_()
    ((tag, attributes),) = Reader(found).elements

    assert (tag, attributes["sandbox"]) == ("iframe", "allow-scripts")
    assert attributes["srcdoc"] == programs.few().html()


@pytest.mark.parametrize("value", [torch.ones(2), []])
def test_no_graph_is_a_page_too(value):
    assert data_of(explain.graph(value))["records"] == []
