import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// The development page: the widget on a fake kernel, without Python.
export default defineConfig({
  root: "dev",
  base: "./",
  plugins: [svelte()],
  build: { outDir: "../build", emptyOutDir: true },
});
