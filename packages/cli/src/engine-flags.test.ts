import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Prints which kernels a fresh process chooses. */
const script = (path: string): string => `
  const { setEngineFlags } = await import(${JSON.stringify(path)});
  setEngineFlags();
  const { chooseTileColumns, kernelSet } = await import("@retort/tensor");
  console.log(kernelSet(), chooseTileColumns());
`;

function choice(variables: Readonly<Record<string, string>> = {}): string {
  const built = new URL("../dist/engine-flags.js", import.meta.url).href;
  const { RETORT_KERNELS: _, RETORT_TILE_COLUMNS: __, ...env } = process.env;
  const options = { cwd: new URL("..", import.meta.url), env: { ...env, ...variables }, encoding: "utf8" } as const;
  return execFileSync(process.execPath, ["--input-type=module", "-e", script(built)], options).trim();
}

const version = Number.parseInt(process.versions.node, 10);
const joins = version >= 24 && version <= 26 && process.arch === "x64";
const wide = joins && process.platform === "linux" && /\bavx2\b/.test(readFileSync("/proc/cpuinfo", "utf8"));

describe("setEngineFlags", () => {
  it("makes multiply-add the choice of the kernels, and wide tiles where the engine joins vectors", () => {
    expect(choice()).toBe(wide ? "fma 16" : "fma 8");
  });

  it("leaves the tiles to RETORT_TILE_COLUMNS", () => {
    expect(choice({ RETORT_TILE_COLUMNS: "16" })).toBe("fma 16");
    expect(choice({ RETORT_TILE_COLUMNS: "8" })).toBe("fma 8");
    expect(() => choice({ RETORT_TILE_COLUMNS: "12" })).toThrow('RETORT_TILE_COLUMNS: expected 8 or 16, found "12"');
  });
});
