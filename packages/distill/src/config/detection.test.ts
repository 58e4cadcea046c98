import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkArchitecture } from "./checks/architecture.js";
import { resolveLoss } from "./checks/loss.js";
import { ConfigError, parseModel } from "./index.js";
import { Collected } from "./problems.js";
import { readSection } from "./recognition.js";
import { readYaml } from "./yaml.js";

type Mapping = Record<string, unknown>;

/** A fragment that PaddleOCR's guide to distillation prints. */
const printed = (name: string): Mapping => {
  const file = new URL(`../../../../fixtures/seed/${name}.yml`, import.meta.url);
  return readYaml(readFileSync(file, "utf8"), name).value as Mapping;
};
const { Architecture } = printed("2.2.1-cml-networks");
const { Loss } = printed("2.2.2-loss");

describe("the fragments for detection that PaddleOCR's guide to distillation prints", () => {
  test("a teacher with two students, and their losses", () => {
    const { architecture, loss } = parseModel({ Architecture, Loss });
    const student = {
      modelType: "det",
      backbone: { name: "MobileNetV3", modelName: "large", scale: 0.5, disableSe: true },
      neck: { name: "RSEFPN", outChannels: 96, shortcut: true, intracl: false },
      head: { name: "DBHead", k: 50, kernelList: [3, 2, 2], fixNan: false },
      freeze: "learning",
      pretrained: "./pretrain_models/MobileNetV3_large_x0_5_pretrained",
    };
    expect(architecture).toMatchObject({
      kind: "distillation",
      models: [
        {
          name: "Teacher",
          backbone: { name: "ResNet_vd", layers: 50, nameAssumed: true },
          neck: { name: "LKPAN", outChannels: 256, mode: "large", intracl: false },
          head: { name: "DBHead", k: 50, kernelList: [7, 2, 2] },
          freeze: "frozen",
        },
        { name: "Student", ...student },
        { name: "Student2", ...student },
      ],
    });
    expect(loss.terms.map(({ kind, feature }) => [kind, feature])).toEqual([
      ["DistillationDilaDBLoss", "maps"],
      ["DistillationDMLLoss", "maps"],
      ["DistillationDBLoss", "maps"],
    ]);
  });

  test("ResNet is said to be taken as ResNet_vd, for all networks at once", () => {
    const findings = new Collected((path) => path.join("."));
    const section = readSection("Architecture", printed("2.2.1-dml-networks").Architecture, findings);
    if (section === undefined) throw new Error("the section has problems");
    checkArchitecture(section, findings);
    expect(findings.problems).toEqual([]);
    expect(findings.warnings.filter((line) => line.includes("ResNet_vd"))).toEqual([
      expect.stringContaining("ResNet (Student, Teacher): taken as ResNet_vd"),
    ]);
  });
});

/** The problems of the printed networks with other sections, as `path: message`. */
function problems(change: (network: Record<string, Mapping>) => void, loss: unknown = Loss): string[] {
  const architecture = structuredClone(Architecture) as { Models: Record<string, Record<string, Mapping>> };
  change(architecture.Models.Student);
  try {
    parseModel({ Architecture: architecture, Loss: loss });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe("problems of detection networks", () => {
  const cases: [part: "Backbone" | "Neck" | "Head", section: Mapping, RegExp][] = [
    [
      "Backbone",
      { name: "ResNet_vd", layers: 49 },
      /Student\.Backbone\.layers: expected one of 18, 34, 50, 101, 152, 200/,
    ],
    [
      "Backbone",
      { name: "ResNet_vd", dcn_stage: [false, true, true, true] },
      /deformable convolutions are not supported/,
    ],
    ["Backbone", { name: "ResNet_vd", in_channels: 1 }, /Backbone\.in_channels: only 3 is supported/],
    ["Backbone", { name: "MobileNetV3", model_name: "medium" }, /model_name: expected one of "large", "small"/],
    ["Backbone", { name: "MobileNetV3", scale: 0 }, /scale: expected more than 0/],
    ["Backbone", { name: "PPLCNetV3", scale: 0.75 }, /Backbone\.det: has to be true in a detection network/],
    ["Backbone", { name: "PPLCNetV3", det: false }, /Backbone\.det: has to be true in a detection network/],
    ["Backbone", { name: "PPHGNet_small", det: true }, /there is no backbone "PPHGNet_small" here: no recipe of/],
    ["Head", { name: "PFHeadLocal", mode: "large" }, /there is no head "PFHeadLocal" here: no recipe of distillation/],
    ["Backbone", { name: "MobileNetV1Enhance" }, /Backbone\.name: unknown backbone/],
    ["Neck", { name: "RSEFPN" }, /Neck\.out_channels: missing|Neck\.out_channels: expected a number/],
    ["Neck", { name: "RSEFPN", out_channels: 90 }, /out_channels: expected a multiple of 4/],
    ["Neck", { name: "LKPAN", out_channels: 96, mode: "small" }, /mode: expected one of "large", "lite"/],
    ["Neck", { name: "DBFPN", out_channels: 96, use_asf: true }, /use_asf: adaptive scale fusion is not supported/],
    ["Neck", { name: "SequenceEncoder" }, /Neck\.name: unknown neck/],
    ["Head", { name: "DBHead", kernel_list: [7, 3, 2] }, /kernel_list\[1\]: only 2 is supported/],
    ["Head", { name: "DBHead", kernel_list: [4, 2, 2] }, /kernel_list\[0\]: expected an odd number/],
    ["Head", { name: "CTCHead" }, /Head\.name: unknown head/],
  ];
  test.each(cases)("%s %j", (part, section, expected) => {
    const found = problems((network) => {
      network[part] = section;
    });
    expect(
      found.find((line) => expected.test(line)),
      found.join("\n"),
    ).toBeDefined();
  });

  test("a network needs a neck", () => {
    const found = problems((network) => {
      delete network.Neck;
    });
    expect(found).toEqual([expect.stringMatching(/Models\.Student\.Neck: missing/)]);
  });

  test("networks that read and networks that find text do not go together", () => {
    const reader = { model_type: "rec", Backbone: { name: "MobileNetV1Enhance" }, Head: { name: "SARHead" } };
    const found = problems((network) => {
      for (const key of Object.keys(network)) delete network[key];
      Object.assign(network, reader);
    });
    expect(found.some((line) => line.includes("networks that read text and networks that find it"))).toBe(true);
  });

  test("losses cannot read four maps of a backbone, but one of a neck", () => {
    const distance = (key: string) => ({
      name: "CombinedLoss",
      loss_config_list: [{ DistillationDistanceLoss: { weight: 1, model_name_pairs: ["Student", "Student2"], key } }],
    });
    const all = (network: Mapping): void => {
      network.return_all_feats = true;
    };
    expect(problems(all, distance("backbone_out"))[0]).toContain("backbone_out of Student is four maps");
    const both = structuredClone(Architecture) as { Models: Record<string, Mapping> };
    for (const model of Object.values(both.Models)) all(model);
    expect(parseModel({ Architecture: both, Loss: distance("neck_out") }).loss.terms).toMatchObject([
      { feature: "neck_out" },
    ]);
  });
});

test("a network alone, with the defaults of the reference's constructors", () => {
  const sections = {
    Architecture: {
      model_type: "det",
      algorithm: "DB",
      Transform: null,
      Backbone: { name: "ResNet_vd" },
      Neck: { name: "LKPAN", out_channels: 256, intracl: true },
      Head: { name: "DBHead" },
    },
    Loss: { name: "DBLoss" },
  };
  const { architecture, loss } = parseModel(sections);
  expect(architecture).toEqual({
    kind: "single",
    network: {
      modelType: "det",
      algorithm: "DB",
      backbone: { name: "ResNet_vd", layers: 50, nameAssumed: false },
      neck: { name: "LKPAN", outChannels: 256, mode: "large", intracl: true },
      head: { name: "DBHead", k: 50, kernelList: [3, 2, 2], fixNan: false },
      returnAllFeats: false,
    },
  });
  expect(loss.terms).toMatchObject([{ kind: "DBLoss", feature: "maps" }]);
  const findings = new Collected(String);
  const unresolved = readSection("Loss", { name: "CTCLoss" }, findings);
  if (unresolved === undefined) throw new Error("the section has problems");
  resolveLoss(unresolved, architecture, findings);
  expect(findings.problems[0].message).toContain("reads the ctc output, but the DBHead of the network gives only maps");
});
