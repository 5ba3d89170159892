"""``net.equations()`` as JupyterLab's MathJax shows it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenNotebook

CELL = """
from IPython.display import Math, display
import nnwidget as nw
for hidden, options in (
    ([4], {}),
    ([3] * 6, dict(activation=["relu", "gelu", "elu", "sin", "softplus", "leaky_relu"], optimizer="adam", l1=0.01)),
):
    net = nw.NeuralNet(nw.datasets.load_iris(), hidden=hidden, **options)
    net.cut("w1", 0, 1)
    net.freeze("b1")
    net.switch_off(0, 2)
    display(Math(net.equations()))
net = nw.NeuralNet(nw.datasets.load_diabetes(), hidden=[], loss="huber", optimizer="rmsprop", l2=1e-5)
display(Math(net.equations()))
"""


def test_equations_can_be_shown(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([CELL], height=2600)
    notebook.run_all()
    shown = notebook.page.locator(".jp-OutputArea-output mjx-container")
    expect(shown).to_have_count(3)
    expect(notebook.page.locator("mjx-merror, [data-mjx-error]")).to_have_count(0)
    notebook.screenshot("equations")
