// What a page of a network shows as numbers, for tests/browser/test_truth.py. Defines `window.truth`.
(() => {
  const root = () => document.querySelector("[data-testid=nnwidget]");
  const part = (name) => root().querySelector(`[data-testid="${name}"]`);
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

  async function until(what, isSo, seconds = 15) {
    for (const end = performance.now() + 1000 * seconds; performance.now() < end; await painted()) if (isSo()) return;
    throw new Error(`not so after ${seconds} s: ${what}`);
  }

  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });

  /** Text as it is read, powers of ten as "e": what MathML sets as a superscript would else be lost. */
  function textOf(element) {
    if (element.localName === "msup") return [...element.children].map(textOf).join("^");
    if (element.children.length === 0) return element.textContent;
    return [...element.childNodes].map((node) => (node.nodeType === Node.TEXT_NODE ? node.data : textOf(node))).join("");
  }

  const plain = (text) => text.replaceAll("−", "-").replaceAll("×", "x").replace(/\s+/g, " ").trim();

  /** Where something stands: what names its place on the page, from the inside out. */
  function about(element) {
    const ids = [];
    for (let at = element; at && at !== root(); at = at.parentElement) if (at.dataset?.testid) ids.push(at.dataset.testid);
    const index = element.closest("msub > :nth-child(2)");
    return {
      at: ids,
      kind: element.localName,
      classes: [...element.classList].filter((name) => !name.startsWith("svelte-")),
      line: (element.closest("p, h3, h4, h5, tr, label, button, .line, .right, .where, .what, span")?.textContent ?? "").slice(0, 200),
      index: index !== null,
      math: element.closest("math") !== null,
      left: left(element),
      column: element.closest("td, th")?.cellIndex ?? -1,
      shape: element.closest("math .shape") !== null,
      mode: element.closest("[data-testid=picture-matrices]")?.querySelector("[data-testid^=matrices-mode-]:checked")?.value ?? null,
    };
  }

  /** How many entries stand beside those that are left out, and how many are. */
  function left(element) {
    const list = element.closest("tbody, .right");
    if (!list || !/… \d+ more …/.test(element.textContent)) return null;
    const gaps = [...list.textContent.matchAll(/… (\d+) more …/g)].map((gap) => Number(gap[1]));
    return { entries: list.children.length - gaps.length, omitted: gaps.reduce((sum, gap) => sum + gap, 0) };
  }

  /** Everything that is or may be a number: what says of what it is the value, and all other text with a digit in it. */
  function read(area = root()) {
    const found = [];
    for (const element of area.querySelectorAll("[data-value-of]")) {
      if (!isShown(element)) continue;
      found.push({ of: element.dataset.valueOf, text: plain(textOf(element)), ...about(element) });
    }
    const walker = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { data, parentElement: parent } = walker.currentNode;
      if (!/[\d∞]|not a number/.test(data) || !isShown(parent)) continue;
      if (parent.closest("[data-value-of], option, .code, pre")) continue;
      found.push({ text: plain(data), ...about(parent) });
    }
    for (const field of area.querySelectorAll("input:not([type=radio], [type=range])")) {
      if (isShown(field)) found.push({ text: plain(field.value), ...about(field) });
    }
    return found;
  }

  /** Open everything that has numbers. */
  async function open() {
    for (const name of ["matrices", "equations", "code", "walk"]) {
      const button = part(`show-${name}`);
      if (button.getAttribute("aria-pressed") !== "true") button.click();
    }
    await painted();
    if (part("toggle-ingredients").getAttribute("aria-expanded") !== "true") part("toggle-ingredients").click();
    part("code-style-numpy").click();
    if (part("code-values").getAttribute("aria-pressed") !== "true") part("code-values").click();
    if (part("walk-open-table").getAttribute("aria-expanded") !== "true") part("walk-open-table").click();
    await painted();
  }

  const choose = (name, value) => part(`${name}-${value}`).click();
  const press = (element, key) => element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

  /** Wait until the frame and the program of this moment, and the rows that are followed, are painted. */
  async function settle({ frame, program, row, batch, own }) {
    await until(`frame ${frame}`, () => Number(root().dataset.frame) >= frame).catch((error) => {
      throw new Error(`${error.message}, but ${root().dataset.frame}: ${root().innerText.slice(0, 300)}`);
    });
    const field = part("walk").querySelector("[data-testid=example-row]");
    const isBatch = () => part("walk-batch").getAttribute("aria-pressed") === "true";
    const isOwn = () => part("walk").dataset.rows === "own";
    if (own) await until("the example of one's own is followed", isOwn);
    else if (!batch && (isBatch() || isOwn() || Number(field.value) !== row)) {
      field.value = String(row);
      field.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (batch && !isBatch()) part("walk-batch").click();
    await painted();
    await until("the walk knows its numbers", () => !part("walk").querySelector(".waiting"));
    const unknown = () => [...root().querySelectorAll("[data-value-of]")].filter((one) => isShown(one) && /^(…|)$/.test(one.textContent.trim()));
    await until("all numbers have come", () => unknown().length === 0).catch((error) => {
      throw new Error(`${error.message}: ${unknown().slice(0, 5).map((one) => one.dataset.valueOf)}`);
    });
    await until("rows are counted", () => {
      const cells = [...root().querySelectorAll("[data-testid^=confusion-cell-]")];
      return cells.every((cell) => cell.dataset.count !== undefined);
    });
    await until("the program is this moment's", () => part("code-text")?.textContent === program).catch((error) => {
      throw new Error(`${error.message}\n${part("code-text")?.textContent.slice(0, 3000)}`);
    });
    await painted();
  }

  /** All numbers of the page, those of each stage of the walk, and those of some units. */
  async function audit(moment) {
    await settle(moment);
    const walk = part("walk");
    press(walk, "Escape");
    walk.focus({ preventScroll: true });
    press(walk, "Home");
    await painted();
    const texts = new Map();
    const note = (area) => {
      for (const text of read(area)) texts.set(JSON.stringify(text), text);
    };
    note(root());
    const stages = walk.querySelectorAll("[data-testid^=walk-stage-]").length;
    for (let stage = 1; stage < stages; stage++) {
      press(walk, "ArrowRight");
      await painted();
      note(walk);
    }
    for (const layer of moment.layers) {
      const menu = part("walk-layer");
      menu.value = String(layer);
      menu.dispatchEvent(new Event("change", { bubbles: true }));
      await painted();
      press(walk, "ArrowDown");
      await painted();
      note(root());
      press(walk, "ArrowLeft");
      await painted();
      note(walk);
      press(walk, "ArrowRight");
    }
    return { texts: [...texts.values()], row: Number(part("walk").querySelector("[data-testid=example-row]").value), frame: Number(root().dataset.frame), rows: walk.dataset.rows, code: part("code-text").textContent };
  }

  /** While training: what all pictures show in each of some paints. */
  async function watch(paints) {
    const seen = [];
    press(part("walk"), "End");
    part("train").click();
    await until("training", () => part("status").dataset.status === "training");
    while (seen.length < paints) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const frame = Number(root().dataset.frame);
      if (seen.at(-1)?.frame === frame) continue;
      const numbers = [];
      for (const name of ["matrices", "equations", "walk"]) {
        for (const one of part(`picture-${name}`).querySelectorAll("[data-value-of]")) {
          numbers.push([name, one.dataset.valueOf, plain(textOf(one))]);
        }
      }
      seen.push({ frame, numbers, step: part("step-count").textContent, code: part("code-text").textContent, of: part("code-step")?.textContent });
    }
    part("train").click();
    await until("paused", () => part("status").dataset.status === "paused");
    return seen;
  }

  window.truth = { open, audit, read, watch, painted, until, part, root, choose, press };
})();
