/** `items` in their order, cut into pages of at most `size`. */
export function pagesOf<Item>(items: readonly Item[], size: number): Item[][] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, page) => page * size);
  return starts.map((from) => items.slice(from, from + size));
}
