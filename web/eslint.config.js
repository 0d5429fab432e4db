// Strict types, the rules of hooks, and one-way rooms: rooms do not import each other, `app` joins them.
import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const rooms = ["audiences", "catalog", "customers", "entry", "home", "imports", "jobs", "members", "quality", "system", "tags"];
const above = (...names) => names.map((name) => `@/${name}/*`);
const keep = (files, group, message) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] },
});

export default tseslint.config(
  { ignores: ["src/api/schema.d.ts"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  hooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "max-lines": ["error", { max: 400, skipBlankLines: false }],
      complexity: ["error", 20],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": "off",
      // It takes out assertions that keep a type wide enough to be looked up in.
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
    },
  },
  keep(["src/ui/**"], above("app", "rooms", "rule-editor", "charts", "jobs"), "Parts of the kit know no domain."),
  keep(["src/api/**"], above("app", "rooms", "rule-editor", "charts", "jobs"), "The client knows nothing of screens."),
  keep(["src/charts/**", "src/rule-editor/**"], above("app", "rooms"), "Shared parts do not know who uses them."),
  keep(["src/snippet/**"], above("app", "rooms", "rule-editor", "charts", "jobs", "ui", "api"), "It stands alone."),
  keep(["src/jobs/**"], above("app", "rooms", "rule-editor", "charts"), "Shared parts do not know who uses them."),
  ...rooms.map((room) =>
    keep(
      [`src/rooms/${room}/**`],
      [...above("app"), ...rooms.filter((other) => other !== room).map((other) => `@/rooms/${other}/*`)],
      "Rooms do not import each other; app joins them.",
    ),
  ),
);
