// What there is to say about a place on the page: its own tip, and the sentences for the technical words in it.
import { define, lookUpTerm, type Term, termsIn, titleOf } from "../glossary";

const TIPPED = "[data-tip], [data-term]";
/** What has a name of its own; elsewhere it is the word under the pointer that is asked about. */
const NAMED = "button, select, label";
/** Words that come from somebody's data mean what they mean there. */
const FROM_DATA = "[data-from-data], [data-from-data] *";

/** The element that a place belongs to, if there is something to say about it. */
export function ownerOf(target: Element | null): Element | null {
  const owners = [target?.closest(TIPPED), target?.closest(NAMED)];
  return owners.find((owner) => owner && aboutElement(owner)) ?? null;
}

/** The tip of an element, and a sentence for each technical word that it says. */
export function aboutElement(owner: Element): string {
  const own = owner.getAttribute("data-tip") ?? lookUpTerm(owner.getAttribute("data-term") ?? "") ?? "";
  if (owner.matches(FROM_DATA)) return own;
  const terms = [...new Set(termsIn(nameOf(owner)).map(({ term }) => term))];
  return [own, ...terms.filter((term) => !own.includes(define(term))).map(explained)].filter(Boolean).join("\n");
}

/** The technical word of a text at a place, and what it means. */
export function aboutWord(text: Text, offset: number): { start: number; end: number; saying: string } | null {
  if (text.parentElement?.matches(FROM_DATA)) return null;
  const found = termsIn(text.data).find(({ start, end }) => start <= offset && offset <= end);
  return found ? { start: found.start, end: found.end, saying: explained(found.term) } : null;
}

const explained = (term: Term) => `${titleOf(term)}: ${define(term)}`;

/** What an element says: its text, and of a menu what is chosen, not all that could be. */
function nameOf(element: Element): string {
  if (element instanceof HTMLSelectElement) return element.selectedOptions[0]?.text ?? "";
  if (element.children.length === 0) return element.textContent ?? "";
  return Array.from(element.childNodes, (node) => {
    if (node instanceof Element) return node.matches(FROM_DATA) ? "" : nameOf(node);
    return node instanceof Text ? node.data : "";
  }).join(" ");
}
