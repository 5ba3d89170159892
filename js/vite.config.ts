import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// One ESM file and one style sheet, which anywidget reads from the Python package.
export default defineConfig({
  plugins: [svelte()],
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
  build: {
    outDir: "../nnwidget/static",
    emptyOutDir: true,
    target: "es2022",
    lib: { entry: "src/widget.ts", formats: ["es"], fileName: () => "widget.js", cssFileName: "widget" },
  },
  test: { environment: "jsdom", include: ["src/**/*.test.ts"], setupFiles: "src/testing/browser.ts" },
});
