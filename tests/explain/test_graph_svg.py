"""explain.graph as SVG: well-formed, self-contained, and no box over another."""

import itertools
import xml.etree.ElementTree as ElementTree

import pytest

import chainrule as torch
from chainrule import explain
from tests.explain import programs

SVG = "{http://www.w3.org/2000/svg}"


def boxes_of(image):
    """(left, top, right, bottom) of each box."""
    for group in image.iter(f"{SVG}g"):
        x, y = group.get("transform").removeprefix("translate(").rstrip(")").split()
        rect = group.findall(f"{SVG}rect")[-1]
        x, y = float(x), float(y)
        yield x, y, x + float(rect.get("width")), y + float(rect.get("height"))


PROGRAMS = [programs.few, programs.loop, lambda: programs.irregular(100)]


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_box_is_over_another(program):
    boxes = list(boxes_of(ElementTree.fromstring(program().svg())))
    over = [
        (one, other)
        for one, other in itertools.combinations(boxes, 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]

    assert boxes
    assert over == []


def test_every_edge_leads_down():
    image = ElementTree.fromstring(programs.few().svg())
    ways = [path.get("d") for path in image.iter(f"{SVG}path") if path.get("class") == "edge"]
    ends = [(float(way.split()[1].split("C")[0]), float(way.split()[-1])) for way in ways]

    assert len(ways) == 10
    assert all(top < bottom for top, bottom in ends)


def test_boxes_say_expression_shape_type_and_bytes():
    image = ElementTree.fromstring(programs.few().svg())
    found = [text.text for text in image.iter(f"{SVG}text")]

    assert {"h = add", "a * b + c", "float32 (2,)", "float32 (2,) · 16 B"} <= set(found)


def test_the_image_loads_nothing():
    found = programs.loop().svg().replace('xmlns="http://www.w3.org/2000/svg"', "")

    assert "http" not in found
    assert "@import" not in found


def test_what_a_program_says_is_text_and_never_markup():
    x = torch.ones(2, requires_grad=True)
    y = x * {"</style><script>alert(1)</script>&": 2.0}["</style><script>alert(1)</script>&"]
    found = ElementTree.fromstring(explain.graph(y, names={"<b>&amp;": x}).svg())

    assert not list(found.iter("script"))
    assert "<b>&amp;" in [text.text for text in found.iter(f"{SVG}text")]


def test_no_graph_is_an_image_too():
    found = ElementTree.fromstring(explain.graph(torch.ones(2)).svg())

    assert "no graph" in "".join(found.itertext())


def test_ten_thousand_operations_are_a_small_image():
    assert len(programs.loop(2000).svg()) < 20_000
    assert len(programs.irregular(10_000).svg()) < 200_000
