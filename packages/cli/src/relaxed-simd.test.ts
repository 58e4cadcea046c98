import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** Prints the kernel set of a fresh process. */
const script = (path: string): string => `
  const { allowRelaxedSimd } = await import(${JSON.stringify(path)});
  allowRelaxedSimd();
  const { kernelSet } = await import("@retort/tensor");
  console.log(kernelSet());
`;

describe("allowRelaxedSimd", () => {
  it("makes multiply-add the choice of the kernels", () => {
    const built = new URL("../dist/relaxed-simd.js", import.meta.url).href;
    const args = ["--input-type=module", "-e", script(built)];
    const { RETORT_KERNELS: _, ...env } = process.env;
    expect(execFileSync(process.execPath, args, { cwd: new URL("..", import.meta.url), env, encoding: "utf8" })).toBe(
      "fma\n",
    );
  });
});
