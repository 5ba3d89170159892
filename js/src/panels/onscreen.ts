import type { Attachment } from "svelte/attachments";

/** Calls `enter` while the element can be seen, and what `enter` returned once it no longer can. */
export function onscreen(enter: () => () => void): Attachment<HTMLElement> {
  return (element) => {
    let leave: (() => void) | null = null;
    const observer = new IntersectionObserver((entries) => {
      const seen = entries.at(-1)?.isIntersecting ?? false;
      if (seen && leave === null) leave = enter();
      if (!seen) {
        leave?.();
        leave = null;
      }
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      leave?.();
    };
  };
}
