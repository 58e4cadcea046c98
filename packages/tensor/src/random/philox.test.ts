import fc from "fast-check";
import { expect, test } from "vitest";
import { philox } from "./philox.js";

// Published with the Random123 library (kat_vectors): counter, key, expected words.
const published: [number[], number[], number[]][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [Array(4).fill(0xffffffff), Array(2).fill(0xffffffff), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

test("gives the published words", () => {
  for (const [counter, key, expected] of published) {
    const out = [0, 0, 0, 0];
    philox(counter, key, out);
    expect(out).toEqual(expected);
  }
});

test("agrees with arithmetic on 64-bit integers", () => {
  const word = fc.nat(0xffffffff);
  fc.assert(
    fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
      const out = [0, 0, 0, 0];
      philox(counter, key, out);
      expect(out).toEqual(withBigints(counter, key));
    }),
  );
});

function withBigints(counter: number[], key: number[]): number[] {
  let [a, b, c, d] = counter.map(BigInt);
  let [k, l] = key.map(BigInt);
  const mask = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const p = a * 0xd2511f53n;
    const q = c * 0xcd9e8d57n;
    [a, b, c, d] = [(q >> 32n) ^ b ^ k, q & mask, (p >> 32n) ^ d ^ l, p & mask];
    k = (k + 0x9e3779b9n) & mask;
    l = (l + 0xbb67ae85n) & mask;
  }
  return [a, b, c, d].map(Number);
}
