import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// The widget as one ESM file and one style sheet, and the entry that loads it, all read from the Python package.
export default defineConfig({
  plugins: [svelte()],
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
  build: {
    outDir: "../nnwidget/static",
    emptyOutDir: true,
    target: "es2022",
    // A library keeps its spaces unless told otherwise.
    rolldownOptions: { output: { minify: true } },
    lib: {
      entry: { entry: "src/entry.ts", widget: "src/widget.ts" },
      formats: ["es"],
      fileName: (_format, name) => `${name}.js`,
      cssFileName: "widget",
    },
  },
  test: { environment: "jsdom", include: ["src/**/*.test.ts"], setupFiles: "src/testing/browser.ts" },
});
