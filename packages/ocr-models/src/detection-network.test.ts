import { backward, noGrad, sum, withRandom } from "@retort/autograd";
import { BatchNorm, type Module } from "@retort/autograd/nn";
import { assertClose, gridOf, randomGrid, toTensor } from "@retort/autograd/testing";
import { blindDevice, memory, Random, type Shape, type Tensor, withDevice, zeros } from "@retort/tensor";
import { describe, expect, test } from "vitest";
import type { DetectionBackboneOptions } from "./backbones/index.js";
import { DetectionNetwork, type DetectionOptions } from "./detection-network.js";
import { featureOf } from "./features.js";
import type { DetectionNeckOptions } from "./necks/index.js";

const head = { name: "DBHead", k: 50, kernelList: [3, 2, 2], fixNan: false } as const;
const lcnet = { name: "PPLCNetV3", convKxkNum: 4, lrMultList: [1, 1, 1, 1, 1, 1], labLr: 0.1 } as const;
const mobile = { name: "MobileNetV3", modelName: "large", scale: 0.35, disableSe: false } as const;
const small: DetectionOptions = {
  backbone: mobile,
  neck: { name: "RSEFPN", outChannels: 16, shortcut: true, intracl: true },
  head,
};
const make = (options: DetectionOptions): DetectionNetwork =>
  withRandom(new Random(1), () => new DetectionNetwork(options));
/** On a device without data, which has room for any network. */
const blind = <T>(fn: () => T): T => withDevice(blindDevice(), fn);
const images = (shape: Shape): Tensor => toTensor(randomGrid(shape), "float32");

/** Numbers in parameters and running statistics, as Paddle counts them. */
const sizeOf = (part: Module): number => [...part.stateDict().values()].reduce((sum, { size }) => sum + size, 0);

// Counted of the reference's own networks.
describe("networks have as many numbers as the reference's", () => {
  const resnet = (layers: 18 | 50): DetectionBackboneOptions => ({ name: "ResNet_vd", layers });
  const half = { ...mobile, scale: 0.5, disableSe: true };
  const rse: DetectionNeckOptions = { name: "RSEFPN", outChannels: 96, shortcut: true, intracl: false };
  const pan: DetectionNeckOptions = { name: "LKPAN", outChannels: 256, mode: "large", intracl: false };
  test.each([
    ["PP-OCRv2's student", half, { name: "DBFPN", outChannels: 96 }, 3, [410_848, 138_240, 46_706]],
    ["PP-OCRv2's teacher", resnet(18), { name: "DBFPN", outChannels: 256 }, 3, [11_209_824, 835_584, 329_346]],
    ["PP-OCRv3's student", half, rse, 3, [410_848, 158_424, 46_706]],
    ["PP-OCRv3's teacher", resnet(50), pan, 7, [23_580_512, 7_729_152, 1_640_066]],
    ["PP-OCRv4's student", { ...lcnet, scale: 0.75 }, rse, 3, [3_379_504, 144_600, 46_706]],
  ] as [string, DetectionBackboneOptions, DetectionNeckOptions, number, number[]][])(
    "%s",
    (_name, backbone, neck, kernel, sizes) => {
      const network = blind(() => make({ backbone, neck, head: { ...head, kernelList: [kernel, 2, 2] } }));
      expect([network.backbone, network.neck, network.head].map(sizeOf)).toEqual(sizes);
    },
  );
});

test.each([
  ["ResNet_vd 18", { name: "ResNet_vd", layers: 18 }, [64, 128, 256, 512]],
  ["ResNet_vd 34", { name: "ResNet_vd", layers: 34 }, [64, 128, 256, 512]],
  ["ResNet_vd 50", { name: "ResNet_vd", layers: 50 }, [256, 512, 1024, 2048]],
  ["large MobileNetV3", { ...mobile, scale: 0.5 }, [16, 24, 56, 480]],
  ["small MobileNetV3", { ...mobile, modelName: "small", scale: 1 }, [16, 24, 48, 576]],
  ["PPLCNetV3", { ...lcnet, scale: 0.75 }, [12, 18, 42, 360]],
] as [string, DetectionBackboneOptions, number[]][])(
  "%s gives four maps, each half as large",
  (_name, backbone, channels) => {
    blind(() => {
      const { backbone_out, neck_out, maps } = make({ ...small, backbone }).forward(zeros([2, 3, 64, 96]));
      expect(backbone_out.map(({ shape }) => shape)).toEqual(
        channels.map((count, level) => [2, count, 16 / 2 ** level, 24 / 2 ** level]),
      );
      expect([neck_out.shape, maps.shape]).toEqual([
        [2, 16, 16, 24],
        [2, 3, 64, 96],
      ]);
    });
  },
);

test("evaluation gives the shrink map alone, with and without recording", () => {
  const network = make(small);
  const x = images([2, 3, 32, 64]);
  for (let step = 0; step < 3; step++) noGrad(() => network.forward(x));
  network.eval();
  const { maps } = network.forward(x);
  expect(maps.shape).toEqual([2, 1, 32, 64]);
  assertClose(noGrad(() => network.forward(x).maps).value, gridOf(maps.value.dataSync(), maps.shape), 1e-4, "maps");
});

test("three maps come where statistics are frozen too, as a frozen network has it", () => {
  const network = make(small).train();
  for (const module of network.modules()) if (module instanceof BatchNorm) module.eval();
  expect(noGrad(() => network.forward(images([1, 3, 32, 32])).maps).shape).toEqual([1, 3, 32, 32]);
});

test("without recording nothing stays but what is returned", () => {
  const network = make(small);
  const x = images([1, 3, 32, 32]);
  noGrad(() => {
    const before = memory.stats().tensors;
    const { backbone_out } = network.forward(x);
    expect(backbone_out).toHaveLength(4);
    expect(memory.stats().tensors - before).toBe(6);
  });
});

test("every parameter that is read gets a gradient", () => {
  const options: DetectionOptions = { ...small, neck: { name: "LKPAN", outChannels: 16, mode: "lite", intracl: true } };
  const network = make(options);
  const gradients = backward(sum(network.forward(images([2, 3, 64, 64])).maps));
  expect([...network.namedParameters()].filter(([, parameter]) => !gradients.has(parameter))).toEqual([]);
});

test("features are found by their names", () => {
  const output = blind(() => make(small).forward(zeros([1, 3, 32, 32])));
  expect(featureOf(output, "maps")).toBe(output.maps);
  expect(featureOf(output, "neck_out")).toBe(output.neck_out);
  expect(() => featureOf(output, "head_out")).toThrow(
    "the network gives no head_out, only backbone_out.0, backbone_out.1, backbone_out.2, backbone_out.3, neck_out, maps",
  );
  expect(() => featureOf(output, "backbone_out")).toThrow("the network gives no backbone_out");
});

test("images that cannot be halved five times are refused", () => {
  const network = blind(() => make(small));
  expect(() => blind(() => network.forward(zeros([1, 3, 48, 64])))).toThrow(
    "H and W multiples of 32, found [1, 3, 48, 64]",
  );
});
