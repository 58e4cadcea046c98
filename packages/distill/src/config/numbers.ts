const NUMBER = /^[+-]?(\d[\d_]*(\.[\d_]*)?|\.\d[\d_]*)(e[+-]?\d+)?$/i;

function plainNumber(text: string): number | undefined {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed.replaceAll("_", "")) : undefined;
}

/**
 * Reads a number that a config holds as text: `1e-3` (a string to YAML 1.1), and products and quotients of plain
 * numbers such as `1./255.`, worked out from left to right. Returns undefined for any other text. Nothing is evaluated.
 */
export function readNumber(text: string): number | undefined {
  const [first, ...rest] = text.split(/([*/])/);
  let result = plainNumber(first);
  for (let i = 0; i < rest.length; i += 2) {
    const factor = plainNumber(rest[i + 1]);
    if (result === undefined || factor === undefined) return undefined;
    result = rest[i] === "*" ? result * factor : result / factor;
  }
  return result;
}
