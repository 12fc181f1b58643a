"""How Sphinx builds the documentation: `make docs`. Nothing is fetched while it runs."""

from importlib.metadata import version as version_of

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
