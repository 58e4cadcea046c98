import { describe, expect, test } from "vitest";
import { decodeBmp, isBmp } from "./decode-bmp.js";

/** A bitmap of 3 x 2 pixels with 24 bits each, rows from the bottom, and then a change. */
function bitmap(change: (view: DataView) => void = () => {}): Uint8Array {
  const bytes = new Uint8Array(54 + 2 * 12);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, 3, true);
  view.setInt32(22, 2, true);
  view.setUint16(28, 24, true);
  for (let i = 54; i < bytes.length; i++) bytes[i] = i;
  change(view);
  return bytes;
}

const row = (start: number): number[] => Array.from({ length: 9 }, (_, i) => start + i);

describe("bitmaps", () => {
  test("rows from the bottom, and from the top", () => {
    expect(isBmp(bitmap())).toBe(true);
    expect([...decodeBmp(bitmap(), 100).data]).toEqual([...row(66), ...row(54)]);
    const fromTop = bitmap((view) => view.setInt32(22, -2, true));
    expect([...decodeBmp(fromTop, 100).data]).toEqual([...row(54), ...row(66)]);
  });
  test.each<[string, Uint8Array, string]>([
    ["cut in its header", bitmap().subarray(0, 50), "ends inside of its header"],
    ["cut in its pixels", bitmap().subarray(0, 77), "is cut off or damaged"],
    ["an old header", bitmap((view) => view.setUint32(14, 12, true)), "header of 12 bytes is not supported"],
    ["compressed", bitmap((view) => view.setUint32(30, 1, true)), "24 bits a pixel with compression 1"],
    ["16 bits", bitmap((view) => view.setUint16(28, 16, true)), "16 bits a pixel"],
    ["no width", bitmap((view) => view.setInt32(18, 0, true)), "a bitmap of 0 x 2 pixels"],
    ["huge", bitmap((view) => view.setInt32(18, 2 ** 30, true)), "a bitmap of 1073741824 x 2 pixels"],
    ["pixels in its header", bitmap((view) => view.setUint32(10, 20, true)), "is cut off or damaged"],
  ])("%s is an error", (_, bytes, message) => expect(() => decodeBmp(bytes, 2 ** 27)).toThrow(message));
  test("a colour beyond the palette is an error", () => {
    const bytes = new Uint8Array(80);
    bytes.set(bitmap().subarray(0, 54));
    const view = new DataView(bytes.buffer);
    view.setUint16(28, 8, true);
    view.setUint32(46, 2, true);
    view.setUint32(10, 62, true);
    bytes.fill(1, 62);
    expect(decodeBmp(bytes, 100).width).toBe(3);
    bytes[62] = 2;
    expect(() => decodeBmp(bytes, 100)).toThrow("colour 2 of a palette of 2");
  });
});
