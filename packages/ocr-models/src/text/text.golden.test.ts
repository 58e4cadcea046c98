import { describe, expect, test } from "vitest";
import { golden, goldenBytes, goldenExists, goldenSuite } from "../../../../fixtures/goldens.js";
import { CtcLabelEncoder } from "./ctc-label.js";
import { type Dictionary, parseDictionary } from "./dictionary.js";
import type { Encoded } from "./encoded.js";
import { MultiLabelEncoder } from "./multi-label.js";
import { SarLabelEncoder } from "./sar-label.js";

interface TextCase {
  chars: string[];
  encode: { encoder: string; use_space_char: boolean; text: string; result: Record<string, unknown> | null }[];
}

const maxTextLength = 25;
const plain = <T>(encoded: Encoded<T>, names: (value: T) => Record<string, unknown>): unknown =>
  encoded.ok ? names(encoded.value) : null;

const encoders: Record<string, (dictionary: Dictionary, text: string) => unknown> = {
  CTCLabelEncode: (dictionary, text) =>
    plain(new CtcLabelEncoder(dictionary, maxTextLength).encode(text), ({ label, length, labelAce }) => ({
      label: [...label],
      length,
      label_ace: [...labelAce],
    })),
  SARLabelEncode: (dictionary, text) =>
    plain(new SarLabelEncoder(dictionary, maxTextLength).encode(text), ({ label, length }) => ({
      label: [...label],
      length,
    })),
  MultiLabelEncode: (dictionary, text) =>
    plain(new MultiLabelEncoder(dictionary, maxTextLength).encode(text), ({ labelCtc, labelGuide, length }) => ({
      img_path: null,
      label_ctc: [...labelCtc],
      label_sar: [...labelGuide],
      length,
    })),
};

goldenSuite("label encoders", () => {
  golden("text.json", (g) => {
    const { encode, chars } = g.case as TextCase;
    for (const { encoder, use_space_char, text, result } of encode) {
      const bytes = new TextEncoder().encode(chars.map((character) => `${character}\n`).join(""));
      const dictionary = parseDictionary(bytes, { useSpaceChar: use_space_char });
      expect(encoders[encoder](dictionary, text), `${encoder} of "${text}", space ${use_space_char}`).toEqual(result);
    }
    g.compared(encode.length);
  });

  describe("dictionary file", () => {
    test.skipIf(!goldenExists("chars.txt"))("chars.txt", async () => {
      const { chars } = JSON.parse(new TextDecoder().decode(goldenBytes("text.json"))) as TextCase;
      const { characters, warnings, lowerCase } = parseDictionary(goldenBytes("chars.txt"));
      expect(characters).toEqual(chars);
      expect(warnings).toEqual([]);
      expect(lowerCase).toBe(false);
    });
  });
});
