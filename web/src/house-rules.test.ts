// Rules of the console that the compiler cannot see.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(process.cwd(), "src");

function list(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? list(path) : [path];
  });
}

const FILES = list(ROOT).filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"));
const SOURCES = FILES.filter((path) => !path.includes(".test."));
const name = (path: string): string => relative(ROOT, path);

/** Returns a source without comments, and without the declared words of both languages. */
function spoken(text: string): string {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  return code.replace(/= words\(\{[\s\S]*?^\}\);/gm, "");
}

/** Files whose whole content is words or data in Chinese. */
const WORDY = [/words\.ts$/, /rule-editor\/(templates|vocabulary)\.ts$/];

describe("every source of the console", () => {
  it.each(SOURCES.map(name))("%s says nothing in Chinese outside its words", (file) => {
    if (WORDY.some((one) => one.test(file))) return;
    const left = spoken(readFileSync(join(ROOT, file), "utf8")).match(/[\u4e00-\u9fff].*/g) ?? [];
    // The product's own name, marks between words, and ranges of characters are not words.
    expect(left.filter((line) => !/^(群像|、|。)/.test(line) && !line.includes("\\u4e00"))).toEqual([]);
  });

  it.each(FILES.map(name))("%s begins by saying what it is, and is not long", (file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    if (!file.includes(".test.")) expect(text.startsWith("//")).toBe(true);
    expect(text.split("\n").length).toBeLessThanOrEqual(400);
  });

  it("leaves antd's table and confirm to the kit", () => {
    const users = SOURCES.filter((path) => /import \{[^}]*\bTable\b[^}]*\} from "antd"/.test(readFileSync(path, "utf8"))).map(name);
    expect(users).toEqual([]);
  });
});
