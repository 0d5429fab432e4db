// Choosing several of some. Tab leaves it: antd would take Tab for a choice of what is marked, and so undo
// what Enter has just chosen.
import { Select, type SelectProps } from "antd";
import type { KeyboardEvent } from "react";

const leaveByTab = (event: KeyboardEvent) => event.key === "Tab" && event.stopPropagation();

export function MultiSelect<V>({ mode = "multiple", ...props }: SelectProps<V>) {
  return (
    <span style={{ display: "contents" }} onKeyDownCapture={leaveByTab}>
      <Select<V> mode={mode} {...props} />
    </span>
  );
}
