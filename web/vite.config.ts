// Builds the console into the package, where the wheel takes it up and the server finds it, and the
// snippets beside it, each a script that stands alone.
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { build, defineConfig, type Plugin } from "vite";

const server = process.env["QUNXIANG_SERVER"] ?? "http://127.0.0.1:8000";
// The oldest mini-programs and browsers that are still met know this much.
const SNIPPETS = { qx: "iife", "qx-wx": "cjs" } as const;

/** Puts `snippet/qx.js` for web pages and `snippet/qx-wx.js` for mini-programs among what is built. */
function snippets(): Plugin {
  return {
    name: "snippets",
    apply: "build",
    async generateBundle() {
      for (const [name, format] of Object.entries(SNIPPETS)) {
        const entry = fileURLToPath(new URL(`./src/snippet/${name}.ts`, import.meta.url));
        const made = await build({
          configFile: false,
          logLevel: "warn",
          publicDir: false,
          resolve: { tsconfigPaths: true },
          build: { write: false, target: "es2018", minify: true, lib: { entry, formats: [format], name: "qx" } },
        });
        const output = (Array.isArray(made) ? made : [made]).flatMap((one) => ("output" in one ? one.output : []));
        const [script] = output.filter((one) => one.type === "chunk");
        if (!script || output.length > 1) this.error(`${name} is to be one script`);
        else this.emitFile({ type: "asset", fileName: `snippet/${name}.js`, source: script.code });
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), snippets()],
  resolve: { tsconfigPaths: true },
  build: {
    outDir: "../qunxiang/api/console",
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    chunkSizeWarningLimit: 1500,
  },
  server: { proxy: { "/v1": server, "/docs": server, "/openapi.json": server } },
});
