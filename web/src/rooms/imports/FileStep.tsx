// The first step: a file is chosen or dropped, and sent. What is taken and how large is said before.
import { CloudUploadOutlined, DownloadOutlined } from "@ant-design/icons";
import { Alert, Button, Progress, Tag, Upload } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { saveAs, send } from "@/api/client";
import { asProblem, type Problem } from "@/api/problems";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { useLang, useWords } from "@/ui/words";
import { type Kept, systemQuery, templatesQuery } from "./asking";
import { begin } from "./draft";
import { WORDS } from "./wizard-words";

const TEMPLATES = ["customers", "orders", "events"] as const;

interface Sending {
  file: File;
  share: number;
}

export function FileStep({ onKept }: { onKept: (upload: string) => void }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const [sending, setSending] = useState<Sending>();
  const [failed, setFailed] = useState<{ file: File; problem: Problem }>();
  const stop = useRef<AbortController>(null);
  const limit = useQuery(systemQuery).data?.max_file_mb;
  const take = async (file: File) => {
    const form = new FormData();
    form.append("file", file);
    stop.current = new AbortController();
    setFailed(undefined);
    setSending({ file, share: 0 });
    try {
      const kept = await send<Kept>("/v1/uploads", form, (share) => setSending({ file, share }), stop.current.signal);
      begin(kept.upload, lang);
      onKept(kept.upload);
    } catch (error) {
      const stopped = error instanceof DOMException && error.name === "AbortError";
      if (!stopped) setFailed({ file, problem: asProblem(error) });
    } finally {
      setSending(undefined);
    }
  };
  if (sending) return <Going sending={sending} onStop={() => stop.current?.abort()} />;
  return (
    <Panel>
      <div className="stack">
        {failed && <Failed file={failed.file} problem={failed.problem} onRetry={() => void take(failed.file)} />}
        <Upload.Dragger
          name="file"
          multiple={false}
          showUploadList={false}
          beforeUpload={(file) => {
            void take(file);
            return false;
          }}
        >
          <CloudUploadOutlined aria-hidden style={{ fontSize: 40, color: "var(--ant-color-primary)" }} />
          <p style={{ fontSize: 16, margin: "12px 0 4px" }}>{t.drop}</p>
          <p className="quiet" style={{ margin: 0 }}>
            {t.dropHow}
          </p>
          {limit !== undefined && (
            <p className="quiet" style={{ margin: 0 }}>
              {t.dropLimit(f.bytes(limit * 2 ** 20))}
            </p>
          )}
        </Upload.Dragger>
        <Templates />
        <KnownExports />
      </div>
    </Panel>
  );
}

function Going({ sending, onStop }: { sending: Sending; onStop: () => void }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const { file, share } = sending;
  const said = t.uploading(file.name);
  return (
    <Panel title={said}>
      <div className="stack" style={{ gap: 8 }}>
        <Progress percent={Math.floor(share * 100)} status="active" aria-label={said} />
        <div className="row">
          <span className="quiet" aria-live="polite">
            {f.bytes(file.size * share)} / {f.bytes(file.size)}
          </span>
          <Button onClick={onStop} style={{ marginInlineStart: "auto" }}>
            {t.uploadStop}
          </Button>
        </div>
      </div>
    </Panel>
  );
}

function Failed({ file, problem, onRetry }: { file: File; problem: Problem; onRetry: () => void }) {
  const t = useWords(WORDS);
  const said = problem.isGone ? t.uploadGone : problem.said;
  const again = (
    <Button type="primary" onClick={onRetry}>
      {t.uploadRetry}
    </Button>
  );
  return <Alert type="error" showIcon title={`${t.uploadFailed} · ${file.name}`} description={said} action={again} />;
}

function Templates() {
  const t = useWords(WORDS);
  const save = (kind: (typeof TEMPLATES)[number]) => {
    // The mark at the beginning tells spreadsheets the encoding.
    const text = `\ufeff${t.templateHeads[kind]}\r\n`;
    saveAs(new Blob([text], { type: "text/csv;charset=utf-8" }), `${t.template[kind]}.csv`);
  };
  return (
    <div className="row">
      <span className="quiet">{t.templates}</span>
      {TEMPLATES.map((kind) => (
        <Button key={kind} size="small" icon={<DownloadOutlined />} onClick={() => save(kind)}>
          {t.template[kind]}
        </Button>
      ))}
    </div>
  );
}

/** Exports of common systems, whose columns are known: of them nothing needs to be mapped. */
function KnownExports() {
  const t = useWords(WORDS);
  const lang = useLang();
  const known = useQuery(templatesQuery).data ?? [];
  if (known.length === 0) return null;
  return (
    <div className="row">
      <span className="quiet">{t.knownExports}</span>
      {known.map((one) => (
        <Tag key={one.name} title={Object.keys(one.columns).join(" ")}>
          {one[lang]}
        </Tag>
      ))}
    </div>
  );
}
