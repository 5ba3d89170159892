// The pictures of one network, and how those that are open share the room there is.
export const PICTURES = [
  { name: "graph", label: "Graph", tip: "Units and the weights between them." },
  { name: "matrices", label: "Matrices", tip: "Each layer as a product of matrices, drawn to shape." },
  { name: "equations", label: "Equations", tip: "The model as composed functions, each sum with its numbers put in." },
  { name: "code", label: "Code", tip: "The network as a program that runs by itself." },
  { name: "walk", label: "Walk", tip: "One example, step by step: forward, loss, backward, update." },
] as const;

export type PictureName = (typeof PICTURES)[number]["name"];

/** Narrower than this a picture is hard to read. */
export const LEAST_WIDTH = 360;
export const GAP = 10;

/** How many columns so many pictures stand in: as many as fit, but four or more in two, each twice as wide. */
export function columnsFor(pictures: number, width: number): number {
  const fitting = Math.max(Math.floor((width + GAP) / (LEAST_WIDTH + GAP)), 1);
  const columns = Math.min(pictures, fitting);
  return pictures >= 4 && columns > 1 ? 2 : Math.max(columns, 1);
}

/** Whether the first picture has a row of its own, so that no place beside it stays empty. */
export function isFirstWide(pictures: number, columns: number): boolean {
  return columns > 1 && pictures % columns === 1;
}

/** The open pictures, in their order in the bar, once one of them was opened or closed. */
export function toggled(open: readonly PictureName[], name: PictureName): PictureName[] {
  return PICTURES.map((picture) => picture.name).filter((other) => open.includes(other) !== (other === name));
}
