"""Every node knows the user's expression that made it: file, line and columns.

Apart from the tests of error messages, which only quote it.
"""

import linecache
import textwrap
import threading

import pytest

import chainrule as torch
from chainrule._core.source import here

x = torch.tensor([1.0, 2.0], requires_grad=True)


def line_of(function, offset):
    return function.__code__.co_firstlineno + offset


def test_a_node_names_file_line_and_function():
    y = x * 2
    source = y.grad_fn.source

    assert source.filename == __file__
    assert source.line == line_of(test_a_node_names_file_line_and_function, 1)
    assert source.function == "test_a_node_names_file_line_and_function"
    assert str(source) == f"{__file__}:{source.line}"


def test_several_operations_of_a_line_are_told_apart_by_their_columns():
    y = (x * 2) + x.exp()
    first, second = (node for node, _ in y.grad_fn.next_functions)

    assert first.source.text == "x * 2"
    assert second.source.text == "x.exp()"
    assert y.grad_fn.source.text == "(x * 2) + x.exp()"


def test_a_function_of_the_package_is_named_by_its_caller():
    y = torch.nn.functional.softplus(x)
    z = torch.logsumexp(x, dim=0)
    total = sum([x, x])

    assert y.grad_fn.source.text == "torch.nn.functional.softplus(x)"
    assert z.grad_fn.source.text == "torch.logsumexp(x, dim=0)"
    assert total.grad_fn.source.text == "sum([x, x])"


def test_an_expression_of_several_lines_is_named_by_all_of_them():
    y = (
        x
        * 2
    )  # fmt: skip
    source = y.grad_fn.source
    first = line_of(test_an_expression_of_several_lines_is_named_by_all_of_them, 2)

    assert (source.line, source.end_line) == (first, first + 1)


def test_nested_calls_generators_and_comprehensions_are_named_where_they_run():
    def inner(value):
        return value * 3

    def generator():
        yield x * 4

    made = [inner(x), next(generator()), *[x * 5 for _ in range(1)], (lambda: x * 6)()]
    sources = [tensor.grad_fn.source for tensor in made]

    assert [source.text for source in sources] == ["value * 3", "x * 4", "x * 5", "x * 6"]
    names = [source.function.rpartition(".")[2] for source in sources]
    assert names[:2] == ["inner", "generator"]
    assert names[3] == "<lambda>"


def test_code_without_a_file_has_a_line_and_no_text():
    space = {"x": x}
    exec(compile("\n\ny = x * 7", "<made up>", "exec"), space)
    source = space["y"].grad_fn.source

    assert (source.filename, source.line) == ("<made up>", 3)
    assert source.text == ""


def test_code_that_linecache_knows_has_text():
    code = "y = x * 8\n"
    linecache.cache["<cell 1>"] = (len(code), None, [code], "<cell 1>")
    space = {"x": x}
    exec(compile(code, "<cell 1>", "exec"), space)

    assert space["y"].grad_fn.source.text == "x * 8"


def test_columns_count_characters_of_utf_8_as_python_does(tmp_path):
    path = tmp_path / "größe.py"
    path.write_text("größe = x; ergebnis = größe * 2\n", encoding="utf-8")
    space = {"x": x}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), space)

    assert space["ergebnis"].grad_fn.source.text == "größe * 2"


def test_a_thread_is_named_by_its_own_line():
    made = []

    def work():
        made.append(x * 9)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert made[0].grad_fn.source.text == "x * 9"


def test_an_operation_called_by_c_code_is_named_by_the_line_that_called_it():
    made = list(map(torch.exp, [x]))

    assert (
        made[0].grad_fn.source.text == "map(torch.exp, [x])"
        or "list(" in made[0].grad_fn.source.text
    )


def test_a_write_is_named_by_its_own_line():
    y = x * 2
    y += 1
    y[0] = 3
    nodes = y.grad_fn.source, y.grad_fn.next_functions[0][0].source
    first = line_of(test_a_write_is_named_by_its_own_line, 2)

    assert [source.line for source in nodes] == [first + 1, first]


def test_a_function_of_ones_own_is_named_where_it_is_applied():
    class Own(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    y = Own.apply(x)

    assert y.grad_fn.source.text == "Own.apply(x)"


def test_a_second_derivative_is_named_by_the_line_that_asked_for_it():
    y = (x**3).sum()
    (dx,) = torch.autograd.grad(y, x, create_graph=True)

    assert dx.grad_fn.source.line == line_of(
        test_a_second_derivative_is_named_by_the_line_that_asked_for_it, 2
    )


def test_a_leafs_accumulator_has_no_line():
    assert (x * 2).grad_fn.next_functions[0][0].source is None


def test_here_is_the_line_that_asks():
    assert here().text == "here()"


def test_the_mark_holds_the_code_and_not_the_frame():
    class Watched:
        pass

    def make():
        watched = Watched()
        import weakref

        return weakref.ref(watched), x * 2

    watched, y = make()

    assert watched() is None
    assert y.grad_fn.source.text == "x * 2"


PROGRAM = """
    y = x.exp()
    z = y * 2
    y.add_(1)
"""


@pytest.mark.parametrize("name", ["<session>", "program.py"])
def test_a_saved_value_that_was_overwritten_is_reported_with_both_lines(name):
    space = {"x": x}
    exec(compile(textwrap.dedent(PROGRAM), name, "exec"), space)
    with pytest.raises(RuntimeError) as caught:
        space["z"].sum().backward()

    assert f"{name}:2" in str(caught.value)
    assert f"{name}:4" in str(caught.value)
