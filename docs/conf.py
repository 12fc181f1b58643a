"""How Sphinx builds the documentation: `make docs`. Nothing is fetched while it runs."""

import re
import runpy
from importlib.metadata import version as version_of
from pathlib import Path

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml

project = "chainrule"
author = "The chainrule developers"
copyright = "2026, The chainrule developers"
release = version = version_of("chainrule")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["build"]
html_theme = "alabaster"
html_theme_options = {
    "description": "PyTorch's autograd on plain NumPy arrays",
    "font_family": "system-ui, sans-serif",
    "head_font_family": "system-ui, sans-serif",
    "page_width": "1080px",
}
html_static_path = ["style"]
html_css_files = ["pages.css"]
html_show_sourcelink = False
html_math_renderer = "mathml"

# Docstrings are written for help(): single backticks mark code there.
default_role = "code"
myst_heading_anchors = 3
suppress_warnings = ["docutils", "myst.xref_missing"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"

ADDRESS = re.compile(r"^(?:See|Source:) (https://docs\.pytorch\.org/\S+?)\.?$")


def shorten_links(app, what, name, found, options, lines):
    """The address of PyTorch's page, which help() shows in full, as a link of two words."""
    for place, line in enumerate(lines):
        lines[place] = ADDRESS.sub(r"See `PyTorch's page <\1>`__", line)


def drop_last_lines(app, page, source):
    """The empty line that ends an example for doctest, which readers need not see."""
    source[0] = source[0].replace("\n\n```\n", "\n```\n")


def write_pictures(app, problem):
    """The graphs that graph.md shows, by the programs that it shows them with."""
    folder = Path(app.outdir, "pictures")
    folder.mkdir(exist_ok=True)
    for program in sorted(Path(app.srcdir, "pictures").glob("*.py")):
        picture = runpy.run_path(str(program))["picture"]
        for ending in (".html", ".svg", ".txt"):
            picture.save(folder / f"{program.stem}{ending}")


def write_formula(translator, node, as_block=False):
    """A formula as MathML, which browsers show by themselves: MathJax would have to be fetched."""
    translator.body.append(tex2mathml(node.astext(), as_block=as_block))
    raise SkipNode


def write_displayed_formula(translator, node):
    write_formula(translator, node, as_block=True)


def setup(app):
    app.add_html_math_renderer("mathml", (write_formula, None), (write_displayed_formula, None))
    app.connect("source-read", drop_last_lines)
    app.connect("autodoc-process-docstring", shorten_links)
    app.connect("build-finished", write_pictures)
