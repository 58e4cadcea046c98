import { distance } from "fastest-levenshtein";

/** Levenshtein distance in Unicode code points. */
export function editDistance(a: string, b: string): number {
  if (!/[\ud800-\udfff]/.test(a + b)) return distance(a, b);
  // The library compares UTF-16 units: give each code point one unit of its own.
  const unit = new Map<string, string>();
  const relabel = (text: string): string =>
    [...text]
      .map((point) => unit.get(point) ?? unit.set(point, String.fromCharCode(unit.size + 1)).get(point))
      .join("");
  return distance(relabel(a), relabel(b));
}

/** Levenshtein distance divided by the length of the longer text, in [0, 1]; 0 for two empty texts. */
export function normalizedEditDistance(a: string, b: string): number {
  const longer = Math.max([...a].length, [...b].length);
  return longer === 0 ? 0 : editDistance(a, b) / longer;
}
