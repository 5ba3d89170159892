"""nnwidget: a neural network you can see, touch and train inside a notebook cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["NeuralNet", "__version__", "datasets", "sweep"]
__version__ = "0.1.0"

if TYPE_CHECKING:
    from nnwidget import datasets
    from nnwidget.compare import sweep
    from nnwidget.widget import NeuralNet


def __getattr__(name: str) -> Any:
    """Import the parts on first use, so that ``import nnwidget`` costs next to nothing."""
    from importlib import import_module

    if name == "NeuralNet":
        return import_module("nnwidget.widget").NeuralNet
    if name == "datasets":
        return import_module("nnwidget.datasets")
    if name == "sweep":
        return import_module("nnwidget.compare").sweep
    raise AttributeError(f"module 'nnwidget' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
