"""explain.graph in a browser: nodes and groups open by mouse and by keyboard, ten thousand too."""

import pytest

from tests.explain import programs
from tests.explain.browser import Browser, what_is_missing

MISSING = what_is_missing()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def show(browser, tmp_path):
    """Open the page of a picture; at the end, the page must not have complained."""

    def open_page(picture):
        picture.save(tmp_path / "graph.html")
        browser.open(tmp_path / "graph.html")
        return browser

    yield open_page
    assert browser.complaints() == []


def titles(browser):
    return browser.texts(".box .title")


def choose(browser, title):
    """Click the box with a title."""
    item = browser.run(
        "return [...document.querySelectorAll('.box')].find("
        "box => box.querySelector('.title').textContent === arguments[0]).dataset.item",
        title,
    )
    browser.click(f'.box[data-item="{item}"]')


def test_every_node_of_a_small_graph_is_there(show):
    browser = show(programs.few())

    assert sorted(titles(browser)) == sorted(
        ["a", "b", "c", "mul", "h = add", "tanh", "square", "add", "div", "loss = sum"]
    )
    assert len(browser.texts(".edge")) == 10


def test_a_click_shows_the_rule_with_its_numbers(show):
    browser = show(programs.few())
    choose(browser, "div")
    rules = browser.texts("#details .rule")

    assert "x\u0304 += g / y" in rules[0]
    assert "∂out/∂x = [0.2, 0.1]" in rules[0]
    assert "y\u0304 += −g · x / y²" in rules[1]
    assert "y = [5, 10]" in rules[1]


def test_from_a_rule_one_goes_on_to_the_operand(show):
    browser = show(programs.few())
    choose(browser, "div")
    browser.click("#details .rule .go")

    assert browser.texts("#details h2") == ["tanh"]
    assert browser.texts(".box.chosen .title") == ["tanh"]


def test_a_leaf_that_is_used_twice_says_that_gradients_are_added(show):
    browser = show(programs.few())
    choose(browser, "a")

    assert "sum of what comes from these 2" in browser.texts("#details")[0]


def test_a_loop_opens_and_closes(show):
    browser = show(programs.loop(20))
    before = titles(browser)
    browser.click(".box.loop")
    opened = titles(browser)
    browser.click(".head")

    assert "×20" in before
    assert (len(opened), opened.count("mm")) == (3 + 20 * 5 + 2, 40)
    assert titles(browser) == before


def test_boxes_do_not_overlap_whatever_is_open(show):
    browser = show(programs.loop(50))
    browser.click(".box.loop")
    browser.click(".box.part")
    over = browser.run(
        """
        const boxes = [...document.querySelectorAll(".box > rect:last-of-type")].map(
            box => box.getBoundingClientRect());
        return boxes.filter((one, k) => boxes.slice(k + 1).some(other =>
            one.left < other.right - 1 && other.left < one.right - 1 &&
            one.top < other.bottom - 1 && other.top < one.bottom - 1)).length;
        """
    )

    assert over == 0


def test_the_keyboard_is_enough(show):
    browser = show(programs.loop(20))
    browser.run("document.querySelector('.box.loop').focus()")
    browser.type(".box.loop", "Enter")
    assert len(titles(browser)) > 100

    browser.run("document.querySelector('.box.output').focus()")
    browser.type(".box.output", "Enter")
    assert browser.texts("#details h2") == ["loss = mean"]

    browser.type("#canvas", "Escape")
    assert browser.run("return document.querySelector('#details').hidden")


def test_searching_opens_what_hides_the_node(show):
    browser = show(programs.loop(2000))
    browser.type("#find", "tanh inputs")
    browser.type("#find", "Enter")

    assert browser.texts("#details h2") == ["h = tanh"]
    assert browser.texts(".box.chosen .title") == ["h = tanh"]
    box = browser.run(
        "const box = document.querySelector('.box.chosen').getBoundingClientRect();"
        "return [box.left, box.top, innerWidth - box.right, innerHeight - box.bottom]"
    )
    assert min(box) > 0


@pytest.mark.parametrize("picture", [programs.loop, programs.irregular])
def test_of_ten_thousand_nodes_only_what_is_open_is_drawn(show, picture):
    browser = show(picture(2000) if picture is programs.loop else picture(10_000))
    before = browser.run("return document.querySelectorAll('.box').length")
    browser.run("document.querySelector('.box.loop, .box.part').focus()")
    browser.type(".box:focus", "Enter")
    after = browser.run("return document.querySelectorAll('.box').length")

    assert before < 150
    assert before < after < 400


def test_arrows_turn_with_what_flows(show):
    browser = show(programs.few())
    ends = "return document.querySelectorAll(`.edge[${arguments[0]}]`).length"
    assert [browser.run(ends, end) for end in ("marker-start", "marker-end")] == [0, 10]

    browser.click("#backward")
    assert [browser.run(ends, end) for end in ("marker-start", "marker-end")] == [10, 0]


def test_the_view_moves_and_zooms(show):
    browser = show(programs.few())
    seen = "return document.querySelector('#canvas').getAttribute('viewBox').split(' ').map(Number)"
    before = browser.run(seen)
    browser.click("#closer")
    closer = browser.run(seen)
    browser.click("#fit")

    assert closer[2] < before[2]
    assert browser.run(seen) == before


def test_light_and_dark_differ(show):
    browser = show(programs.few())
    paper = "return getComputedStyle(document.body).backgroundColor"
    before = browser.run(paper)
    browser.click("#theme")

    assert browser.run(paper) != before


def test_hostile_names_are_shown_as_they_are(show):
    import chainrule as torch

    name = "</script><img src=x onerror=document.title='caught'>"
    x = torch.ones(2, requires_grad=True)
    browser = show(torch.explain.graph(x.exp(), names={name: x}))

    assert browser.run("return document.title") == "Gradient graph"
    assert browser.run("return document.querySelectorAll('img').length") == 0
