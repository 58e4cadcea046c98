import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { randomPicture, rowsOf } from "../../../../../fixtures/pictures.js";
import type { Options } from "../options.js";
import { pixelsOf, type Sample } from "../sample.js";
import { detResizeForTest, testSize } from "./det-resize-for-test.js";

describe("sizes", () => {
  test.each<[Options, [number, number], [number, number]]>([
    // Height and width before, and after.
    [{}, [100, 150], [736, 1088]],
    [{}, [800, 900], [800, 896]],
    [{ limit_side_len: 960, limit_type: "max" }, [1000, 2000], [480, 960]],
    [{ limit_side_len: 960, limit_type: "max" }, [500, 700], [512, 704]],
    [{ limit_side_len: 960, limit_type: "max" }, [10, 2000], [32, 960]],
    [{ limit_side_len: 640, limit_type: "resize_long" }, [100, 200], [320, 640]],
    // 80 / 32 is 2.5 and goes to 2, as 3.5 goes to 4.
    [{ limit_side_len: 32 }, [80, 112], [64, 128]],
    [{ limit_side_len: 736, max_side_limit: 4000 }, [100, 1000], [384, 4000]],
    [{ resize_long: 960 }, [300, 400], [768, 1024]],
    [{ resize_long: 128 }, [1, 400], [128, 128]],
    [{ image_shape: [736, 1280] }, [33, 77], [736, 1280]],
    [{ image_shape: [64, 1280], keep_ratio: true }, [32, 77], [64, 160]],
  ])("%j of %j", (options, [height, width], [newHeight, newWidth]) => {
    expect(testSize(options)({ width, height })).toEqual({ width: newWidth, height: newHeight });
  });
});

const run = async (options: Options, height: number, width: number): Promise<Sample> => {
  const read = (): Promise<never> => Promise.reject(new Error("no file"));
  const sample: Sample = { path: "", label: "", read, picture: randomPicture(height, width), fields: {} };
  return (await detResizeForTest(options)(sample, { random: new Random(0) })) as Sample;
};

test("shape says how large the picture was, and by how much it has grown", async () => {
  const { fields } = await run({ image_shape: [64, 96] }, 40, 50);
  expect(fields.shape).toEqual({ data: Float32Array.of(40, 50, 1.6, 1.92), shape: [4] });
});

test("a very small picture lies in the corner of a black one", async () => {
  const sample = await run({ limit_side_len: 32 }, 20, 40);
  const rows = rowsOf(pixelsOf("the test", sample));
  expect([rows.length, rows[0].length]).toEqual([32, 32]);
  // 40 columns go to 32; rows are not resized.
  expect(
    rows
      .slice(20)
      .flat(2)
      .every((value) => value === 0),
  ).toBe(true);
  expect(rows[19].flat().some((value) => value > 0)).toBe(true);
  expect(sample.fields.shape.data).toEqual(Float32Array.of(20, 40, 1, 0.8));
});

describe("wrong options are errors", () => {
  test.each<[Options, string]>([
    [{ limit_type: "mean" }, 'DetResizeForTest.limit_type: expected "min" or "max" or "resize_long", found "mean"'],
    [{ limit_side_len: 0 }, "DetResizeForTest.limit_side_len: expected a whole number from 1 on, found 0"],
    [{ image_shape: [32] }, "DetResizeForTest.image_shape: expected [height, width], found [32]"],
    [{ image_shape: [32, 32], resize_long: 9 }, "image_shape and resize_long are two ways of resizing"],
    [{ resize_long: 9, limit_side_len: 9 }, "resize_long and limit_side_len are two ways of resizing"],
    [{ keep_ratio: true }, "DetResizeForTest.keep_ratio: belongs to image_shape, which is missing"],
    [{ limit_sidelen: 9 }, 'DetResizeForTest: unknown option "limit_sidelen"; did you mean "limit_side_len"?'],
  ])("%j", (options, message) => expect(() => detResizeForTest(options)).toThrow(message));
});
