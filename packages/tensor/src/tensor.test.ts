import { describe, expect, it } from "vitest";
import { blindDevice } from "./blind.js";
import { withDevice } from "./devices.js";
import { DeviceError, ReleasedError, ShapeError } from "./errors.js";
import { ones, tensor, zeros } from "./ops/create.js";
import { permute } from "./ops/views.js";

describe("reading", () => {
  it("gives copies in row-major order, whatever the strides", async () => {
    const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    const turned = permute(x);
    expect(Array.from(turned.dataSync())).toEqual([1, 4, 2, 5, 3, 6]);
    expect(Array.from(await turned.data())).toEqual([1, 4, 2, 5, 3, 6]);
    const copy = x.dataSync();
    copy.fill(0);
    expect(Array.from(x.dataSync())).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("keeps the element type of every view", () => {
    for (const dtype of ["float32", "float64", "int32", "uint8", "bool"] as const) {
      const x = permute(tensor([1, 0, 1, 1], [2, 2], dtype));
      const whole = tensor([1], [1], dtype).dataSync();
      expect(x.dataSync().constructor).toBe(whole.constructor);
      expect(Array.from(x.dataSync())).toEqual([1, 1, 0, 1]);
      expect(x.dtype).toBe(dtype);
    }
  });

  it("item() wants exactly one element", () => {
    expect(tensor([7], [1, 1]).item()).toBe(7);
    expect(tensor(3).item()).toBe(3);
    expect(() => ones([2]).item()).toThrow("exactly one element, found shape [2]");
    expect(() => zeros([0]).item()).toThrow(ShapeError);
  });
});

describe("a released tensor", () => {
  it("says why it cannot be read, and can be released again", () => {
    const x = ones([2, 2]);
    x.release("the test is over");
    x.release("another reason");
    expect(x.released).toBe(true);
    expect(() => x.dataSync()).toThrow("tensor of shape [2, 2] cannot be read: the test is over");
    expect(() => x.view([4], [1], 0)).toThrow(ReleasedError);
    expect(x.toString()).toBe("Tensor float32 [2, 2] (released)");
  });

  it("leaves its views alive", () => {
    const x = tensor([1, 2]);
    const view = x.view([1], [1], 1);
    x.release();
    expect(view.item()).toBe(2);
  });
});

it("prints its dtype, shape and first elements", () => {
  expect(tensor([1, 2.5], [2, 1]).toString()).toBe("Tensor float32 [2, 1] 1 2.5");
  expect(ones([3, 3], "int32").toString()).toBe("Tensor int32 [3, 3] 1 1 1 1 1 1 1 1 ...");
  expect(tensor([1 / 3]).toString()).toBe("Tensor float32 [1] 0.33333");
  expect(withDevice(blindDevice(), () => ones([2])).toString()).toBe("Tensor float32 [2] on blind");
});

it("refuses to be where its data cannot be read at once, and shapes that are none", () => {
  const x = withDevice(blindDevice(), () => ones([2]));
  expect(() => x.dataSync()).toThrow(DeviceError);
  expect(() => ones([2, -1])).toThrow("[2, -1] is no shape");
  expect(() => ones([2]).view([0.5], [1], 0)).toThrow(ShapeError);
});
