const page = Math.random().toString(36).slice(2, 10);
let count = 0;

/**
 * An element id that no other control on the page has. Not Svelte's `$props.id()`: each widget in a notebook may run its
 * own copy of this script, all of them counting from the same number, and labels and radio groups would get mixed up.
 */
export function uniqueId(): string {
  return `nn-${page}-${++count}`;
}
