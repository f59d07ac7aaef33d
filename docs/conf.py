"""Configuration of the documentation. Decision 0012 says why other projects are not linked to."""

import os

import casualty_models

os.environ.pop("MPLBACKEND", None)  # or the pages with code cells show no figures

project = "casualty-models"
author = "The casualty-models developers"
project_copyright = author
version = release = casualty_models.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build", "README.md"]
templates_path = ["_templates"]

html_theme = "pydata_sphinx_theme"
html_title = "casualty-models"
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": False, "show_toc_level": 2}

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# The notebooks arrive executed (`make notebooks`); pages with code cells are executed here.
nb_execution_mode = "force"
nb_execution_excludepatterns = ["notebooks/*"]
nb_execution_raise_on_error = True
nb_execution_timeout = 600
nb_output_stderr = "remove"

autosummary_generate = True
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False

if os.environ.get("CASUALTY_MODELS_INTERSPHINX"):
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "arviz": ("https://python.arviz.org/en/stable", None),
        "matplotlib": ("https://matplotlib.org/stable", None),
        "numpy": ("https://numpy.org/doc/stable", None),
        "pandas": ("https://pandas.pydata.org/docs", None),
        "pymc": ("https://www.pymc.io/projects/docs/en/stable", None),
        "python": ("https://docs.python.org/3", None),
        "xarray": ("https://docs.xarray.dev/en/stable", None),
    }
