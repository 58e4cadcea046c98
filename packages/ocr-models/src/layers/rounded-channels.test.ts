import { expect, test } from "vitest";
import { roundedChannels } from "./rounded-channels.js";

test.each([
  // Channels of MobileNetV3 of half its width, from the reference's state dict.
  [8, [8, 32, 36, 12, 20, 60, 40, 100, 92, 56, 336, 240], [8, 32, 40, 16, 24, 64, 40, 104, 96, 56, 336, 240]],
  [16, [12, 24, 48, 96, 192, 384], [16, 32, 48, 96, 192, 384]],
  [16, [4, 20], [16, 32]],
] as const)("multiples of %d", (divisor, channels, rounded) => {
  expect(channels.map((count) => roundedChannels(count, divisor))).toEqual(rounded);
});
