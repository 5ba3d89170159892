// A sentence about a control. `aria-description` is spread, not written out, because it is of WAI-ARIA 1.3 and Svelte's
// compiler checks against 1.2; browsers know it.

/** For assistive technology alone. */
export const described = (text: string) => ({ "aria-description": text });

/** For assistive technology and, as `Tooltip.svelte` shows it, for the eye. */
export const tipped = (text: string) => ({ "data-tip": text, ...described(text) });
