"""What ``import nnwidget`` promises."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import nnwidget


def test_the_version_is_that_of_the_installed_package() -> None:
    assert nnwidget.__version__ == importlib.metadata.version("nnwidget")


def test_every_public_name_is_there() -> None:
    missing = [name for name in nnwidget.__all__ if not hasattr(nnwidget, name)]
    assert missing == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(nnwidget, "no_such_name")


def test_importing_is_cheap() -> None:
    code = "import sys, nnwidget; print(sorted({'jax', 'pandas', 'sklearn', 'ipywidgets'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
