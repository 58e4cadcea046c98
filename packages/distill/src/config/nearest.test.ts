import { expect, test } from "vitest";
import { nearest, suggestion } from "./nearest.js";

const names = ["scale", "last_conv_stride", "last_pool_type", "last_pool_kernel_size"];

test("the nearest name is found through typing errors", () => {
  expect(nearest("scal", names)).toBe("scale");
  expect(nearest("last_pol_type", names)).toBe("last_pool_type");
  expect(nearest("Last_Conv_Strides", names)).toBe("last_conv_stride");
});

test("a far name has no nearest one", () => {
  expect(nearest("zzz", names)).toBeUndefined();
  expect(nearest("a", [])).toBeUndefined();
  expect(suggestion("zzz", ["one", "two"])).toBe("known here: one, two");
});
