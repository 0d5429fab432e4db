// Two things next to each other as JSON, with what is gone and what is new marked line by line.
import { Fragment } from "react";
import { compareLines } from "./diff";
import "./json-difference.css";

const MARKS = { both: " ", old: "-", new: "+" } as const;

export function JsonDifference({ name, before, after }: { name: string; before: unknown; after: unknown }) {
  const lines = compareLines(JSON.stringify(before, null, 2), JSON.stringify(after, null, 2));
  return (
    <pre className="json-diff" tabIndex={0} role="region" aria-label={name}>
      {lines.map(({ text, side }, at) => (
        <Fragment key={at}>
          <span className={{ both: "", old: "gone", new: "new" }[side]}>
            {MARKS[side]} {text}
          </span>
          {"\n"}
        </Fragment>
      ))}
    </pre>
  );
}
