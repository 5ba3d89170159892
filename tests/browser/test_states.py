"""The states a person meets, several views, and what goes between browser and kernel when things go wrong."""

from __future__ import annotations

import json
import re
import time

from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenNotebook
from tests.browser.network import Widget

MOONS = "import nnwidget as nw\nnet = nw.NeuralNet(nw.datasets.make_moons(), hidden=[4])\nnet"


def test_diverged_and_restored(open_notebook: OpenNotebook) -> None:
    cell = "import nnwidget as nw\nnet = nw.NeuralNet(nw.datasets.load_diabetes(), hidden=[8], activation='relu')\nnet"
    notebook = open_notebook([cell])
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")
    notebook.run("net.fit(5)")
    good = notebook.run("print(net.history['loss'].iloc[-1])")
    notebook.run("net.learning_rate = 1e6")
    widget.part("train").click()
    widget.wait_for_status("diverged")
    expect(widget.part("notice")).to_contain_text("smaller learning rate")
    notebook.screenshot("state-diverged")
    widget.part("restore").click()
    widget.wait_for_status("paused")
    assert notebook.run("import math; print(math.isfinite(net.history['loss'].iloc[-1]))") == "True"
    assert float(good) > 0
    notebook.run("net.learning_rate = 0.01; net.fit(5)")
    assert notebook.run("print(net.status)") == "paused"


def test_kernel_gone_and_back(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MOONS])
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")
    notebook.run("net.fit(20)")
    expect(widget.part("step-count")).to_have_text("260")
    steps = widget.part("step-count").inner_text()
    notebook.command("kernelmenu:shutdown")
    widget.wait_for_status("gone")
    expect(widget.part("step-count")).to_have_text(steps)
    expect(widget.part("train")).to_be_disabled()
    notebook.screenshot("state-gone")


def test_saved_notebook_opened_without_a_kernel(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MOONS])
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")
    notebook.run("net.fit(20); net.layers[0].units = 5")
    expect(widget.part("layer-0-units")).to_have_value("5")
    steps = widget.part("step-count").inner_text()
    time.sleep(0.6)
    notebook.save()
    notebook.command("kernelmenu:shutdown")
    notebook.reopen_without_kernel()
    widget = Widget(notebook.page)
    widget.root.wait_for(timeout=60_000)
    widget.wait_for_status("gone")
    expect(widget.part("step-count")).to_have_text(steps)
    expect(widget.part("layer-0-units")).to_have_value("5")
    notebook.screenshot("state-reopened")


def test_a_host_that_gave_a_network_up_hears_of_it_again(open_notebook: OpenNotebook, browser: Browser) -> None:
    """anywidget drops all that comes for a network whose module took more than two seconds to load."""
    page = browser.new_page()
    page.add_init_script(
        "AbortSignal.timeout = () => {"
        "  const controller = new AbortController();"
        "  queueMicrotask(() => controller.abort(globalThis.gaveUp = true));"
        "  return controller.signal;"
        "};"
    )
    notebook = open_notebook([MOONS], page=page)
    notebook.run_all()
    widget = Widget(page)
    widget.wait_for_status("paused")
    assert page.evaluate("gaveUp")
    widget.part("layer-0-add-unit").click()
    expect(widget.part("layer-0-units")).to_have_value("5")
    notebook.run("net.fit(20)")
    expect(widget.part("step-count")).to_have_text("260")


def test_twenty_networks_come_back_with_the_page(open_notebook: OpenNotebook, browser: Browser) -> None:
    page = browser.new_page()
    page.add_init_script(
        "const url = URL.createObjectURL.bind(URL);"
        "URL.createObjectURL = (blob) => { (globalThis.loaded ??= []).push(blob.size); return url(blob); };"
    )
    cells = ["import nnwidget as nw", *["nw.NeuralNet(nw.datasets.make_moons(), hidden=[4])"] * 20]
    notebook = open_notebook(cells, page=page)
    notebook.run_all()
    notebook.command("docmanager:save")
    notebook.reload()
    page.wait_for_function("globalThis.loaded?.length > 20")
    sizes = sorted(page.evaluate("loaded"))
    assert len(sizes) == 21, "the entry for each network, and the bundle once"
    assert sizes[-2] < 1000
    assert sizes[-1] > 100_000
    notebook.show_first_widget()
    Widget(page).wait_for_status("paused")
    page.wait_for_timeout(2500)  # anywidget gives a network up after 2 s
    assert notebook.late == []


def test_two_views_agree(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MOONS, "net"], height=1600)
    notebook.run_all()
    views = notebook.page.get_by_test_id("nnwidget")
    expect(views).to_have_count(2)
    views.nth(0).get_by_test_id("layer-0-add-unit").click()
    expect(views.nth(1).get_by_test_id("layer-0-units")).to_have_value("5")
    views.nth(1).get_by_test_id("step-epoch").click()
    expect(views.nth(0).get_by_test_id("epoch-count")).to_contain_text("1")


def test_fit_streams_and_stops_on_interrupt(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MOONS, "net.speed = 200\nnet.fit(100_000)"])
    widget = Widget(notebook.page)
    # Not run_all: that ends when the cells do.
    notebook.page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    widget.wait_for_status("training")
    counts = set()
    for _ in range(20):
        counts.add(widget.part("step-count").inner_text())
        notebook.page.wait_for_timeout(100)
    assert len(counts) >= 5, counts
    notebook.command("kernelmenu:interrupt")
    notebook.wait_until_idle()
    widget.wait_for_status("paused")
    step = notebook.run("print(net.history['step'].iloc[-1])")
    notebook.forgive("KeyboardInterrupt")
    assert widget.number("step-count") == float(step)
    notebook.run("net.speed = None; net.fit(3)")
    assert int(notebook.run("print(net.history['step'].iloc[-1])")) > int(step)


def test_fit_in_a_later_cell_is_painted_and_obeys_the_page(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MOONS, "net.speed = 200\nnet.fit(100_000)"], height=1200)
    run = "() => void window.jupyterapp.commands.execute('notebook:run-cell')"
    widget = Widget(notebook.page)
    notebook.page.evaluate(run)
    widget.wait_for_status("paused")
    notebook.wait_until_idle()
    widget.part("step-batch").click()
    expect(widget.part("step-count")).to_have_text("1")
    # From here on the kernel is busy with a cell, and frames go out while it is.
    notebook.command("notebook:move-cursor-down")
    notebook.page.evaluate(run)
    widget.wait_for_status("training")
    counts = set()
    for _ in range(20):
        counts.add(widget.part("step-count").inner_text())
        notebook.page.wait_for_timeout(100)
    assert len(counts) >= 5, counts
    widget.part("train").click()
    notebook.wait_until_idle()
    widget.wait_for_status("paused")


def test_a_sweep_fills_in_is_stopped_from_page_and_menu_and_a_press_loads_a_network(
    open_notebook: OpenNotebook,
) -> None:
    endless = "results = nw.sweep(net, hidden=[[4], [8, 4]], seed=range(3), epochs=10**7)"
    notebook = open_notebook([MOONS, endless], height=1200)
    run = "() => void window.jupyterapp.commands.execute('notebook:run-cell')"
    widget = Widget(notebook.page)
    notebook.page.evaluate(run)
    widget.wait_for_status("paused")
    notebook.wait_until_idle()
    widget.part("step-batch").click()
    expect(widget.part("step-count")).to_have_text("1")
    for stop in ("page", "menu"):
        notebook.command("notebook:move-cursor-down")  # whoever presses a button of the widget is at its cell again
        notebook.page.evaluate(run)
        widget.part("comparison-panel").scroll_into_view_if_needed()
        for member in (0, 5):
            cell = widget.part(f"comparison-cell-{member}")
            expect(cell).to_have_text(re.compile(r"[01]\.\d+"), timeout=60_000)
            expect(cell).to_have_attribute("data-outcome", "training")
        if stop == "page":
            widget.part("comparison-cancel").click()
        else:
            notebook.command("kernelmenu:interrupt")
        expect(widget.part("comparison-cell-0")).to_have_attribute("data-outcome", "cancelled", timeout=20_000)
        notebook.wait_until_idle()
        assert notebook.run("print(set(results.status))") == "{'cancelled'}"

    notebook.run("results = nw.sweep(net, hidden=[[4], [8, 4]], seed=range(3), epochs=20)")
    expect(widget.part("comparison-over")).to_have_text("6 of 6 networks")
    shown = [float(widget.part(f"comparison-cell-{member}").inner_text()) for member in range(6)]
    assert shown == json.loads(notebook.run("print([round(float(x), 3) for x in results.test_accuracy])"))
    widget.part("comparison-cell-4").locator("button").click()
    expect(widget.part("shape")).to_contain_text("2 → 8 → 4 → 1")
    assert notebook.run("print(net.design.seed, net.history.test_loss.iloc[-1] == results.test_loss[4])") == "1 True"
    widget.part("undo").click()
    expect(widget.part("shape")).to_contain_text("2 → 4 → 1")


def test_sliders_and_settings_follow_each_other(open_notebook: OpenNotebook) -> None:
    link = "import ipywidgets, traitlets\nslider = ipywidgets.FloatSlider(0.1, min=0.001, max=1, step=0.001)\n"
    notebook = open_notebook([MOONS, link + "traitlets.link((slider, 'value'), (net, 'learning_rate'))\nslider"])
    notebook.run_all()
    widget = Widget(notebook.page)
    expect(widget.part("learning-rate-text")).to_have_value("0.1")
    notebook.run("slider.value = 0.25")
    expect(widget.part("learning-rate-text")).to_have_value("0.25")
    widget.part("learning-rate-text").fill("0.5")
    widget.part("learning-rate-text").press("Enter")
    notebook.page.wait_for_timeout(500)
    assert notebook.run("print(slider.value, net.learning_rate)") == "0.5 0.5"


def test_nonsense_from_the_browser_is_answered(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MOONS])
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")
    widget.part("layer-0-units").fill("99999")
    widget.part("layer-0-units").press("Enter")
    expect(widget.part("failure")).to_contain_text("2048")
    expect(widget.part("layer-0-units")).to_have_value("4")
    notebook.screenshot("state-refused")
    assert notebook.run("print(net.layers[0].units)") == "4"


def test_text_from_data_is_shown_as_text(open_notebook: OpenNotebook) -> None:
    cell = (
        "import nnwidget as nw, pandas as pd\n"
        "X = pd.DataFrame({'<img src=x onerror=window.hacked=1>': range(40), 'b & <b>c</b>': range(40, 0, -1)})\n"
        "y = ['<script>window.hacked=1</script>', 'plain'] * 20\n"
        "net = nw.NeuralNet(X, y)\nnet"
    )
    notebook = open_notebook([cell])
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")
    expect(widget.root).to_contain_text("<img src=x")
    assert notebook.page.evaluate("window.hacked") is None


def test_narrow_cell_has_no_sideways_scrolling(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook([MOONS], width=540, height=900)
    notebook.command("application:toggle-left-area")
    notebook.run_all()
    widget = Widget(notebook.page)
    widget.wait_for_status("paused")
    notebook.screenshot("narrow")
    overflow = widget.root.evaluate("root => root.scrollWidth - root.clientWidth")
    assert overflow <= 1
