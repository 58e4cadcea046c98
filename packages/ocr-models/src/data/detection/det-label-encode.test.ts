import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { Rejection, type Sample } from "../sample.js";
import { detLabelEncode } from "./det-label-encode.js";

const encode = (label: string): Sample | Rejection => {
  const read = (): Promise<never> => Promise.reject(new Error("no file"));
  const context = { random: new Random(0) };
  return detLabelEncode({})({ path: "a.png", label, read, fields: {} }, context) as Sample | Rejection;
};

const square = [
  [0, 0],
  [9, 0],
  [9, 9],
  [0, 9],
];

test("texts, corners and what to ignore", () => {
  const label = [
    { transcription: "one", points: square, difficult: false },
    { transcription: "###", points: square },
    { transcription: "*", points: [...square, [0.1, 5]] },
    { transcription: "", points: square },
  ];
  const { regions } = encode(JSON.stringify(label)) as Sample;
  expect(regions).toEqual([
    { points: square, text: "one", ignore: false },
    { points: square, text: "###", ignore: true },
    { points: [...square, [Math.fround(0.1), 5]], text: "*", ignore: true },
    { points: square, text: "", ignore: false },
  ]);
});

describe("labels that are wrong are rejected", () => {
  const region = (points: unknown, transcription: unknown = "a"): string => JSON.stringify([{ transcription, points }]);
  test.each([
    ["hello", "label is no JSON", /in hello$/],
    ["", "label is no JSON", /end of JSON/],
    ['{"transcription": "a"}', "label is no list of regions", /found {"transcription": "a"}$/],
    ["null", "label is no list of regions", /found null$/],
    ["[]", "label without regions", /empty/],
    ["[null]", "region without a text", /^region 1 of 1: .*found null$/],
    [region(square, 7), "region without a text", /found {"transcription":7,/],
    [JSON.stringify([{ transcription: "a" }]), "region without corners", /found nothing$/],
    [region([1, 2, 3, 4]), "region without corners", /found \[1,2,3,4\]$/],
    [region([...square, [1, "2"]]), "region without corners", /of numbers/],
    [region([...square, [1, null]]), "region without corners", /of numbers/],
    [
      region([
        [0, 0],
        [9, 9],
      ]),
      "region with fewer than 4 corners",
      /found \[\[0,0\],\[9,9\]\]$/,
    ],
    [region(square.slice(1)), "region with fewer than 4 corners", /expected 4 points or more/],
  ])("%s", (label, reason, detail) => {
    const rejection = encode(label);
    expect(rejection).toBeInstanceOf(Rejection);
    expect(rejection).toMatchObject({ reason, detail: expect.stringMatching(detail) });
  });
});

test("it has no options", () => {
  expect(() => detLabelEncode({ box_type: "quad" })).toThrow('DetLabelEncode: unknown option "box_type"');
});
