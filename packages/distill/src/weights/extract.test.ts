import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HostArray, writeSafetensors } from "@retort/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportsOf, tinyAloneConfig, tinyConfig, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { loadConfig } from "../config/load.js";
import { createRun, type Run } from "../training/run.js";
import { type ExtractOptions, extract } from "./extract.js";
import { readWeights } from "./weight-file.js";
import { writePdparams } from "./write-pdparams.js";

let folder: string;
let run: Run;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-extract-"));
  await writeTinyData(folder, 8);
  run = await tinyRun(folder, { "Global.epoch_num": 1 });
  await reportsOf(run);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The keys and values of one network of the run, without its name. */
function valuesOf(name: string, aliases: boolean): [string, unknown][] {
  const state = [...run.model.stateDict({ aliases })].filter(([key]) => key.startsWith(`${name}.`));
  return state.map(([key, value]) => [key.slice(name.length + 1), value.dataSync()]);
}

describe.each([
  ["student.safetensors", false],
  ["new/student.pdparams", true],
])("%s", (name, aliases) => {
  test("holds the Student of a checkpoint, and the report tells of it", async () => {
    const report = await extract({ checkpoint: at("run/latest"), model: "Student", out: at(name) });
    const weights = await readWeights(at(name));
    const values = [...weights].map(([key, value]) => [key, value.dataSync()]);
    expect(new Map(values as [string, unknown][])).toEqual(new Map(valuesOf("Student", aliases)));
    const { network } = run.model.networks.get("Student") ?? expect.fail("no Student");
    expect(report).toEqual({
      checkpoint: at("run/latest.json"),
      model: "Student",
      out: at(name),
      keys: weights.size,
      parameters: network.parameters().reduce((sum, { value }) => sum + value.size, 0),
      bytes: readFileSync(at(name)).length,
      compared: {
        backbone_out: [1, 64, 1, 20],
        neck_out: [1, 20, 64],
        "head_out.ctc": [1, 20, 11],
        "head_out.ctc_neck": [1, 20, 64],
        "head_out.sar": [1, 8, 12],
      },
    });
  });
});

test("a .pdparams file of several networks is read with its config", async () => {
  const all = new Map<string, HostArray>();
  for (const [key, value] of run.model.stateDict()) {
    all.set(key, { dtype: "float32", shape: [...value.shape], data: value.dataSync() as Float32Array });
  }
  writeFileSync(at("all.pdparams"), writePdparams(all));
  const config = at("config.yml");
  const { raw } = await loadConfig(...tinyConfig(folder));
  writeFileSync(config, JSON.stringify(raw));
  const out = at("teacher.pdparams");
  const report = await extract({ checkpoint: at("all"), model: "Teacher", out, config });
  expect(report).toMatchObject({ checkpoint: at("all.pdparams"), model: "Teacher", out });
  const values = [...(await readWeights(out))].map(([key, value]) => [key, value.dataSync()]);
  expect(values).toEqual(valuesOf("Teacher", true));
});

describe("nothing is written when", () => {
  const fails = async (options: Partial<ExtractOptions>, message: string | RegExp): Promise<void> => {
    const out = at("refused.safetensors");
    await expect(extract({ checkpoint: at("run/latest"), model: "Student", out, ...options })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  };

  test("the file to write has no known ending", () =>
    fails({ out: at("student.onnx") }, "student.onnx: expected a name that ends with .safetensors or .pdparams"));

  test("it is there already, unless forced", async () => {
    writeFileSync(at("there.pdparams"), "mine");
    await fails({ out: at("there.pdparams") }, "there.pdparams is there already: name another file, or force it");
    expect(readFileSync(at("there.pdparams"), "utf8")).toBe("mine");
    await extract({ checkpoint: at("run/latest"), model: "Student", out: at("there.pdparams"), force: true });
    expect((await readWeights(at("there"))).size).toBeGreaterThan(0);
  });

  test("there is no such checkpoint", () =>
    fails({ checkpoint: at("no") }, `checkpoint: there is no ${at("no.json")}`));

  test("there is no such sub-network", () =>
    fails({ model: "Studnet" }, 'the config has no sub-network "Studnet"; did you mean "Student"?'));

  test("the weights bring no config", async () => {
    writeFileSync(at("bare.safetensors"), writeSafetensors(new Map()));
    await fails(
      { checkpoint: at("bare") },
      "bare.safetensors holds no config: name the one that its weights belong to",
    );
  });

  test("the weights are not those of the config", async () => {
    const wider = at("wider.yml");
    const scales = ["Teacher", "Student"].map((name) => [`Architecture.Models.${name}.Backbone.scale`, 0.125]);
    const { raw } = await loadConfig(...tinyConfig(folder, Object.fromEntries(scales)));
    writeFileSync(wider, JSON.stringify(raw));
    await fails({ config: wider }, /latest\.json: the state dict does not fit.*Student\.backbone.*expected.*found/s);
  });

  test("the checkpoint is of one network alone", async () => {
    const alone = await createRun(
      await loadConfig(...tinyAloneConfig(folder, { "Global.epoch_num": 1, "Global.save_model_dir": at("alone") })),
    );
    await reportsOf(alone);
    await fails({ checkpoint: at("alone/latest") }, 'one network without a name, so there is no "Student" to take out');
  });
});
