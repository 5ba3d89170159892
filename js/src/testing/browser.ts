// What a browser has and the tests' document (jsdom) does not. There is no layout and nothing is painted: what can be
// seen is looked at in the browser tests.

/** Nothing ever changes its size. */
class SilentObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

/** Everything is on screen. */
class SeeingObserver extends SilentObserver {
  constructor(private readonly report: (entries: { isIntersecting: boolean }[]) => void) {
    super();
  }
  override observe() {
    this.report([{ isIntersecting: true }]);
  }
}

Object.assign(window, {
  ResizeObserver: SilentObserver,
  IntersectionObserver: SeeingObserver,
  matchMedia: () => Object.assign(new EventTarget(), { matches: false }),
});
Object.assign(HTMLCanvasElement.prototype, { getContext: () => null });
Object.assign(HTMLElement.prototype, { showPopover() {}, hidePopover() {} });
Object.assign(Element.prototype, { scrollIntoView() {} });
