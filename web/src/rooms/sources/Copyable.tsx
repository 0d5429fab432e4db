// Something to be copied: a text in one line, or a piece of code.
import { CopyOutlined } from "@ant-design/icons";
import { App, Button, Input } from "antd";
import { useWords } from "@/ui/words";
import { WORDS } from "./words";

function useCopy(): (text: string) => void {
  const t = useWords(WORDS);
  const { message } = App.useApp();
  return (text) => void navigator.clipboard.writeText(text).then(() => message.success(t.copied));
}

export function CopyLine({ name, text }: { name: string; text: string }) {
  const t = useWords(WORDS);
  const copy = useCopy();
  return (
    <div className="row">
      <Input readOnly value={text} aria-label={name} className="code" style={{ flex: "1 1 260px", minWidth: 0 }} onFocus={(event) => event.target.select()} />
      <Button icon={<CopyOutlined />} onClick={() => copy(text)} aria-label={`${t.copy} ${name}`}>
        {t.copy}
      </Button>
    </div>
  );
}

export function CopyCode({ name, code }: { name: string; code: string }) {
  const t = useWords(WORDS);
  const copy = useCopy();
  return (
    <figure className="snippet">
      <figcaption className="row">
        <strong>{name}</strong>
        <Button size="small" icon={<CopyOutlined />} onClick={() => copy(code)} aria-label={`${t.copy}: ${name}`}>
          {t.copy}
        </Button>
      </figcaption>
      <pre tabIndex={0} role="region" aria-label={name}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}
