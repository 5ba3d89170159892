"""What the live benchmarks measure in the page. All times are milliseconds of the page's own clock."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.network import Widget

ECHO = '''
import anywidget

class Echo(anywidget.AnyWidget):
    _esm = """
    export default {
      initialize({ model }) {
        window.roundTrip = () => new Promise((resolve) => {
          const start = performance.now();
          const answered = () => {
            model.off("msg:custom", answered);
            resolve(performance.now() - start);
          };
          model.on("msg:custom", answered);
          model.send({});
        });
      },
    };
    """

    def __init__(self):
        super().__init__()
        self.on_msg(lambda echo, content, buffers: echo.send(content))
'''
"""Python for a notebook: a widget that sends back what it is sent, so that a bare round trip of a comm can be timed."""

# What Svelte changes in an animation frame is changed before the browser draws it, and a task runs after it has drawn.
UNITS = """([root, button, units]) => {
  window.measured = new Promise((resolve) => {
    let pressed;
    button.addEventListener("click", (event) => { pressed = event.timeStamp; }, { capture: true, once: true });
    new MutationObserver((_, observer) => {
      if (root.querySelectorAll('[data-testid^="unit-0-"]').length !== units) return;
      observer.disconnect();
      setTimeout(() => resolve(performance.now() - pressed));
    }).observe(root, { childList: true, subtree: true });
  });
}"""
STATUS = """([status, button, name]) => {
  window.measured = new Promise((resolve) => {
    let pressed;
    button.addEventListener("click", (event) => { pressed = event.timeStamp; }, { capture: true, once: true });
    new MutationObserver((_, observer) => {
      if (status.dataset.status !== name) return;
      observer.disconnect();
      setTimeout(() => resolve([performance.now() - pressed, performance.timeOrigin + pressed]));
    }).observe(status, { attributes: true });
  });
}"""
PAINTED = """(counter) => {
  window.painted = 0;
  new MutationObserver(() => { window.painted += 1; }).observe(
    counter, { characterData: true, childList: true, subtree: true },
  );
}"""


def round_trip(page: Page) -> float:
    """One message to the kernel and back, over the comm of the widget that echoes."""
    return page.evaluate("window.roundTrip()")


def until_units(widget: Widget, button: str, units: int) -> float:
    """From a click to the end of the first animation frame that shows so many units in the first layer."""
    press = widget.part(button)
    widget.page.evaluate(UNITS, [widget.part("diagram").element_handle(), press.element_handle(), units])
    press.click()
    return widget.page.evaluate("window.measured")


def until_paused(widget: Widget) -> tuple[float, float]:
    """From a click on Pause until the page says that it is paused; and when it was, since 1970."""
    press = widget.part("train")
    widget.page.evaluate(STATUS, [widget.part("status").element_handle(), press.element_handle(), "paused"])
    press.click()
    took, when = widget.page.evaluate("window.measured")
    return took, when


def count_paints(widget: Widget) -> None:
    """Counts from now on each paint that shows another step than the one before."""
    widget.page.evaluate(PAINTED, widget.part("step-count").element_handle())


def paints(page: Page) -> int:
    """Paints counted so far."""
    return page.evaluate("window.painted")
