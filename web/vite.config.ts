// Builds the console into the package, where the wheel takes it up and the server finds it.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["QUNXIANG_SERVER"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
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
