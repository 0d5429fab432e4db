// The values of a message, each in a field of its own.
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useWords } from "@/ui/words";
import { addBeside, dropLeaf, leavesOf, partsOf, putLeaf } from "./mend-draft";
import { WORDS } from "./mend-words";

export function MendFields({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const t = useWords(WORDS);
  return (
    <div className="stack">
      <ul className="mend-fields">
        {leavesOf(text).map((leaf) => {
          const name = leaf.path.join(".");
          return (
            <li key={name}>
              <span className="code">{name}</span>
              <Input aria-label={name} value={leaf.text} onChange={(event) => onChange(putLeaf(text, leaf, event.target.value))} />
              <Button type="text" size="small" icon={<DeleteOutlined aria-hidden />} aria-label={t.drop(name)} onClick={() => onChange(dropLeaf(text, leaf))} />
            </li>
          );
        })}
      </ul>
      <Add text={text} onChange={onChange} />
    </div>
  );
}

function Add({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const t = useWords(WORDS);
  const [said, setSaid] = useState({ part: "", name: "", value: "" });
  const parts = partsOf(text);
  const options = parts.map((path) => ({ value: path.join("\0"), label: path.join(".") || t.top }));
  const add = () => {
    const part = parts.find((path) => path.join("\0") === said.part) ?? [];
    onChange(addBeside(text, part, said.name.trim(), said.value));
    setSaid({ ...said, name: "", value: "" });
  };
  return (
    <div className="row mend-add">
      <Select aria-label={t.addIn} value={said.part} options={options} popupMatchSelectWidth={false} onChange={(part) => setSaid({ ...said, part })} />
      <Input aria-label={t.addName} placeholder={t.addName} value={said.name} onChange={(event) => setSaid({ ...said, name: event.target.value })} />
      <Input aria-label={t.addValue} placeholder={t.addValue} value={said.value} onChange={(event) => setSaid({ ...said, value: event.target.value })} onPressEnter={add} />
      <Button type="dashed" icon={<PlusOutlined aria-hidden />} disabled={!said.name.trim()} onClick={add}>
        {t.add}
      </Button>
    </div>
  );
}
