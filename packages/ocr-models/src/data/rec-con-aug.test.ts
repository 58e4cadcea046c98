import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../fixtures/pictures.js";
import { dictionaryOf } from "../text/dictionary.js";
import type { LabelSetup } from "./label-transforms.js";
import type { Options } from "./options.js";
import { recConAug } from "./rec-con-aug.js";
import { type FurtherSamples, pixelsOf, type Sample } from "./sample.js";

const setup: LabelSetup = { dictionary: dictionaryOf("abc"), maxTextLength: 6 };

const sampleOf = (label: string, height: number, width: number, seed: number): Sample => ({
  path: `${seed}.png`,
  label,
  read: () => Promise.reject(new Error("no file")),
  picture: randomPicture(height, width, seed),
  fields: {},
});

const first = sampleOf("ab", 8, 20, 1);

async function joined(
  options: Options,
  others: readonly Sample[],
  accepts: (label: string) => boolean = () => true,
): Promise<Sample> {
  const further: FurtherSamples = { sample: async (i) => others[i], accepts: async (label) => accepts(label) };
  const join = recConAug({ prob: 1, image_shape: [8, 80, 3], ext_data_num: 3, ...options }, setup);
  return (await join(first, { random: new Random(0), further })) as Sample;
}

test("pictures of the right height stand side by side, texts one after the other", async () => {
  const others = [sampleOf("c", 8, 13, 2), sampleOf("ba", 8, 1, 3)];
  const result = await joined({}, others);
  expect(result).toMatchObject({ label: "abcba", path: "1.png", fields: {} });
  const rows = [first, ...others].map((sample) => rowsOf(pixelsOf("the test", sample)));
  expect(rowsOf(pixelsOf("the test", result))).toEqual(rows[0].map((row, y) => [...row, ...rows[1][y], ...rows[2][y]]));
  expect(first.picture).toEqual(randomPicture(8, 20, 1));
});

test("all are brought to the height of image_shape", async () => {
  const { height, width } = pixelsOf("the test", await joined({ image_shape: [16, 160, 3] }, [sampleOf("c", 4, 5, 2)]));
  expect([height, width]).toEqual([16, 40 + 20]);
});

describe("it stops", () => {
  const short = sampleOf("c", 8, 10, 2);
  test("after ext_data_num samples, and where there is no further one", async () => {
    expect((await joined({ ext_data_num: 2 }, [short, short, short])).label).toBe("abcc");
    expect((await joined({}, [short])).label).toBe("abc");
    expect(await joined({}, [])).toBe(first);
  });
  test("at the first text that does not fit, by characters", async () => {
    const long = sampleOf("cc😀cc", 8, 10, 2);
    expect(await joined({}, [long, short])).toBe(first);
    expect((await joined({ max_text_length: 7 }, [long, short])).label).toBe("abcc😀cc");
    expect((await joined({}, [short, long, short])).label).toBe("abc");
  });
  test("at the first picture that does not fit", async () => {
    const wide = sampleOf("c", 8, 60, 2);
    expect((await joined({}, [wide])).label).toBe("abc");
    expect(await joined({ image_shape: [8, 79, 3] }, [wide, short])).toBe(first);
  });
  test("where the label encoders take no more", async () => {
    expect((await joined({}, [short, short], (label) => label.length < 4)).label).toBe("abc");
  });
});

test("it happens with its probability", async () => {
  const further: FurtherSamples = { sample: async () => first, accepts: async () => true };
  const count = 2000;
  for (const [options, share] of [
    [{}, 0.5],
    [{ prob: 0.2 }, 0.2],
    [{ prob: 0 }, 0],
  ] as const) {
    const join = recConAug(options, setup);
    let times = 0;
    for (let seed = 0; seed < count; seed++) {
      if ((await join(first, { random: new Random(seed), further })) !== first) times++;
    }
    // Five deviations of so many draws.
    expect(Math.abs(times - share * count)).toBeLessThanOrEqual(5 * Math.sqrt(count * share * (1 - share)));
  }
});

describe("wrong use is an error", () => {
  test.each<[Options, string]>([
    [{ prob: 2 }, "RecConAug.prob: expected a probability from 0 to 1, found 2"],
    [{ ext_data_num: 0 }, "RecConAug.ext_data_num: expected a whole number from 1 on, found 0"],
    [{ max_text_length: 2.5 }, "RecConAug.max_text_length: expected a whole number from 1 on, found 2.5"],
    [{ image_shape: [3, 48, 320] }, "RecConAug.image_shape: expected [height, width, 3], found [3,48,320]"],
    [{ image_shape: 48 }, "RecConAug.image_shape: expected a list of numbers, found 48"],
    [{ max_txt_length: 2 }, 'RecConAug: unknown option "max_txt_length"; did you mean "max_text_length"?'],
  ])("%j", (options, message) => expect(() => recConAug(options, setup)).toThrow(message));

  test("outside of a data set there is nothing to join", async () => {
    const join = recConAug({ prob: 1 }, setup);
    await expect(join(first, { random: new Random(0) })).rejects.toThrow("only a data set can give it further ones");
  });
});
