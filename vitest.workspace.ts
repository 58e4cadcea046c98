import { defineConfig } from "vitest/config";

const packages = ["tensor", "autograd", "ocr-models", "distill", "cli"];
const source = (name: string): string => new URL(`./packages/${name}`, import.meta.url).pathname;

// Tests run on the sources; only worker threads load the build.
const alias = [
  { find: /^@retort\/([^/]+)$/, replacement: `${source("$1")}/src/index.ts` },
  { find: /^@retort\/([^/]+)\/(.+)$/, replacement: `${source("$1")}/src/$2/index.ts` },
];

export default defineConfig({
  test: {
    projects: packages.map((name) => ({
      extends: true as const,
      resolve: { alias },
      test: {
        name,
        root: `./packages/${name}`,
        include: ["src/**/*.test.ts"],
        testTimeout: 60_000,
        typecheck: { enabled: true, include: ["src/**/*.test-d.ts"], checker: "tsc", tsconfig: "../../tsconfig.tests.json" },
      },
    })),
  },
});
