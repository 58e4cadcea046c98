import { expect } from "vitest";
import { expectRelative, golden, goldenBytes, goldenSuite } from "../../../../fixtures/goldens.js";
import { dictionaryOf } from "../text/dictionary.js";
import { CtcDecoder } from "./ctc-decoder.js";
import type { Decoder } from "./reading.js";
import { SarDecoder } from "./sar-decoder.js";

interface DecodeCase {
  decoder: "CTCLabelDecode" | "SARLabelDecode";
  use_space_char: boolean;
  probs: string;
  result: [string, number | null][];
}

goldenSuite("greedy decoders", () => {
  for (const space of [0, 1]) {
    golden(`decode-${space}.safetensors`, (g) => {
      const { chars, decode } = JSON.parse(new TextDecoder().decode(goldenBytes("text.json"))) as {
        chars: string[];
        decode: DecodeCase[];
      };
      const dictionary = dictionaryOf(chars, { useSpaceChar: space === 1 });
      const decoders: Record<string, Decoder> = {
        CTCLabelDecode: new CtcDecoder(dictionary),
        SARLabelDecode: new SarDecoder(dictionary),
      };
      const cases = decode.filter(({ use_space_char }) => use_space_char === (space === 1));
      expect(cases.map(({ probs }) => probs).sort()).toEqual([...g.names].sort());
      for (const { decoder, probs, result } of cases) {
        const { data, shape } = g.floats(probs);
        expect(decoders[decoder].classes).toBe(shape[2]);
        const readings = decoders[decoder].decodeProbabilities(data, [shape[0], shape[1], shape[2]]);
        expect(readings.map(({ text }) => text)).toEqual(result.map(([text]) => text));
        const confidences = result.map(([, confidence]) => confidence ?? NaN);
        expectRelative(
          readings.map(({ confidence }) => confidence),
          confidences,
          1e-6,
          probs,
        );
      }
    });
  }
});
