/**
 * A number with six decimals, as Python prints it: of two equally near neighbours the even one is taken, where
 * JavaScript takes the larger. Such a tie has few binary digits, so twenty decimals show it exactly.
 */
export function roundHalfEven(value: number): string {
  const exact = value.toFixed(20);
  const [whole, tail] = [exact.slice(0, -14), exact.slice(-14)];
  return tail === "50000000000000" && Number(whole.at(-1)) % 2 === 0 ? whole : value.toFixed(6);
}
