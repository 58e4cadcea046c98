import { defineConfig } from "vite";

/** With these headers a page may share memory with its workers, so that networks run on several threads. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({ base: "./", build: { target: "es2022" }, server: { headers }, preview: { headers } });
