// Pieces of kernel sources. Positions are computed in float32 on some devices, exactly up to 2^24 (`maxElements`).

/**
 * Statements that divide a non-negative integer: declares `quotient` and `rest`. A device's division may be wrong in the
 * last bits (WGSL allows 2.5 of them), which would move a position to its neighbour, so the quotient is corrected.
 */
export function divide(dividend: string, divisor: string, quotient: string, rest: string): string {
  return `
    let ${quotient} = Math.floor((${dividend} + 0.5) / ${divisor});
    if (${quotient} * ${divisor} > ${dividend}) { ${quotient} = ${quotient} - 1; }
    if ((${quotient} + 1) * ${divisor} <= ${dividend}) { ${quotient} = ${quotient} + 1; }
    const ${rest} = ${dividend} - ${quotient} * ${divisor};`;
}

/** Names with the numbers 0 to `count` - 1. */
export function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}${i}`);
}

/**
 * Statements that take a position in row-major order apart: index `i` of `extents` is called `<name>i`. The extent of
 * the first axis is not needed.
 */
export function unravel(position: string, name: string, extents: readonly string[]): string {
  const lines: string[] = [];
  let rest = position;
  for (let axis = extents.length - 1; axis > 0; axis--) {
    const quotient = `${name}Above${axis}`;
    lines.push(divide(rest, extents[axis], quotient, `${name}${axis}`));
    rest = quotient;
  }
  return `${lines.join("")}\n    const ${name}0 = ${rest};`;
}
