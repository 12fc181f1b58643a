"""How Sphinx builds the documentation: `make docs`. Nothing is fetched while it runs."""

import runpy
from importlib.metadata import version as version_of
from pathlib import Path

project = "chainrule"
author = "The chainrule developers"
copyright = "2026, The chainrule developers"
release = version = version_of("chainrule")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["build"]
html_theme = "alabaster"
html_theme_options = {"description": "PyTorch's autograd on plain NumPy arrays"}
html_show_sourcelink = False

# Docstrings are written for help(): single backticks mark code there.
default_role = "code"
suppress_warnings = ["docutils", "myst.xref_missing"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"


def write_pictures(app, problem):
    """The graphs that graph.md shows, by the programs that it shows them with."""
    folder = Path(app.outdir, "pictures")
    folder.mkdir(exist_ok=True)
    for program in sorted(Path(app.srcdir, "pictures").glob("*.py")):
        picture = runpy.run_path(str(program))["picture"]
        for ending in (".html", ".svg", ".txt"):
            picture.save(folder / f"{program.stem}{ending}")


def setup(app):
    app.connect("build-finished", write_pictures)
