import { defineConfig } from "vitest/config";
import { engineFlags } from "./packages/cli/src/engine-flags.js";

const packages = ["tensor", "autograd", "ocr-models", "distill", "cli"];
const folder = (name: string): string => new URL(`./packages/${name}`, import.meta.url).pathname;

// Tests run on the sources; only worker threads load the build.
const alias = [
  { find: /^@retort\/([^/]+)$/, replacement: `${folder("$1")}/src/index.ts` },
  { find: /^@retort\/([^/]+)\/(.+)$/, replacement: `${folder("$1")}/src/$2/index.ts` },
];

// Tests of minutes are called *.long.test.ts or *.long.golden.test.ts; `npm run test:long` runs them alone.
const long = process.env.RETORT_LONG_TESTS === "1";
const longTests = "src/**/*.long.{,golden.}test.ts";

// Kernels are tested with the flags of V8 that the command line sets. Only optimised code has joined vectors, so that the
// quickly compiled code is left out with them.
const joins = engineFlags().includes("--experimental-wasm-revectorize");
const kernelFlags = [...engineFlags(), ...(joins ? ["--no-liftoff"] : [])];

// Tests that replace modules need an empty module cache; they are called *.mocked.test.ts and have a project of their own.
const mockedTests = "src/**/*.mocked.test.ts";

/** The operations once more on the GPU device, in the modes of gpu.js that need no GPU. */
const gpuChecks = new URL("./fixtures/gpu-op-checks.ts", import.meta.url).pathname;
const onGpu = (["cpu", "webasm"] as const).map((mode) => ({
  extends: true as const,
  resolve: { alias: [{ find: /^\.\.\/testing\/index\.js$/, replacement: gpuChecks }] },
  test: {
    name: `gpu-${mode}`,
    root: folder("autograd"),
    include: long ? [] : ["src/ops/*.test.ts"],
    setupFiles: [new URL("./fixtures/gpu-device.ts", import.meta.url).pathname],
    env: { RETORT_GPU_MODE: mode },
  },
}));

// Types in tests are checked by `npm run typecheck`, once for the whole repository.
export default defineConfig({
  resolve: { alias },
  test: {
    maxWorkers: "100%",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Loading the modules anew for every file takes longer than most tests.
    isolate: false,
    // Files run side by side, one a core; tests of threads set their number themselves.
    env: { RETORT_THREADS: "1" },
    projects: [
      ...packages.map((name) => ({
        extends: true as const,
        test: {
          name,
          root: folder(name),
          include: [long ? longTests : "src/**/*.test.ts"],
          exclude: [mockedTests, ...(long ? [] : [longTests])],
          execArgv: name === "tensor" ? kernelFlags : [],
        },
      })),
      {
        extends: true,
        test: { name: "mocked", root: folder("."), include: long ? [] : [`*/${mockedTests}`], isolate: true },
      },
      ...onGpu,
    ],
  },
});
