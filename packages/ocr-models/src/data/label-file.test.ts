import { describe, expect, test } from "vitest";
import { parseLabelFile } from "./label-file.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("label files", () => {
  test("byte order mark, carriage returns, blank lines and further fields", () => {
    expect(parseLabelFile(bytes("\ufeffa.jpg\tone two\r\n\r\nb/c.png\t 中 \textra\n"), "list.txt")).toEqual([
      { paths: ["a.jpg"], label: "one two", where: "list.txt, line 1" },
      { paths: ["b/c.png"], label: " 中 ", where: "list.txt, line 3" },
    ]);
  });
  test("lists of paths, and paths that only look like one", () => {
    const lines = parseLabelFile(bytes('["a.jpg", "b.jpg"]\tx\n[1].jpg\ty\n'), "list.txt");
    expect(lines.map(({ paths }) => paths)).toEqual([["a.jpg", "b.jpg"], ["[1].jpg"]]);
  });
  test("another delimiter, and an empty label (the encoder rejects it later)", () => {
    expect(parseLabelFile(bytes("a b.jpg||t\n"), "l", "||")[0]).toMatchObject({ paths: ["a b.jpg"], label: "t" });
    expect(parseLabelFile(bytes("a.jpg\t\n"), "l")[0].label).toBe("");
  });
  test("sizes of images, where they are asked for", () => {
    const text = "a.jpg\tx\t30\t12\nb.jpg\ty\t7.5\t3\textra\n";
    const lines = parseLabelFile(bytes(text), "l", "\t", { sizes: true });
    expect(lines.map(({ size }) => size)).toEqual([
      { width: 30, height: 12 },
      { width: 7.5, height: 3 },
    ]);
    for (const bad of ["a.jpg\tx", "a.jpg\tx\t30", "a.jpg\tx\t30\t0", "a.jpg\tx\twide\t12"]) {
      expect(() => parseLabelFile(bytes(bad), "l", "\t", { sizes: true })).toThrow(
        "l, line 1: expected path, label, and the image's width and height; found",
      );
    }
  });
  test("bad lines are errors with file and line", () => {
    expect(() => parseLabelFile(bytes("a.jpg\tx\nb.jpg x\n"), "list.txt")).toThrow(
      'list.txt, line 2: expected path, "\\t", label; found "b.jpg x"',
    );
    expect(() => parseLabelFile(bytes("x\n\ny\n"), "list.txt")).toThrow("(and 1 more such lines)");
    expect(() => parseLabelFile(bytes("\tx\n"), "list.txt")).toThrow("list.txt, line 1: no image path");
    expect(() => parseLabelFile(bytes("[]\tx\n"), "list.txt")).toThrow("no image path");
    expect(() => parseLabelFile(new Uint8Array([0x61, 9, 0x62, 10, 0x63, 9, 0xff]), "list.txt")).toThrow(
      "list.txt, line 2: not UTF-8",
    );
  });
});
