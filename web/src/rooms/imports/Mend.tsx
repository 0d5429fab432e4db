// Mended rows come back: a file is chosen, sent, and the job it becomes is shown until it has ended.
import { UploadOutlined } from "@ant-design/icons";
import { Alert, Button, Progress, Upload } from "antd";
import { useState } from "react";
import { send } from "@/api/client";
import { type Job, useJob } from "@/api/jobs";
import { asProblem, type Problem } from "@/api/problems";
import { useJobActions } from "@/jobs/acting";
import { JobLine } from "@/jobs/JobLine";
import { useMay } from "@/ui/rights";
import { useWords } from "@/ui/words";
import { WORDS } from "./words";

export function Mend() {
  const t = useWords(WORDS);
  const { ask } = useJobActions();
  const [sent, setSent] = useState<number>();
  const [problem, setProblem] = useState<Problem>();
  const [number, setNumber] = useState<number>();
  const job = useJob(number);
  const take = async (file: File) => {
    const form = new FormData();
    form.append("file", file);
    setProblem(undefined);
    setSent(0);
    try {
      const asked = await send<Job>("/v1/imports/mend", form, setSent);
      await ask(() => Promise.resolve(asked));
      setNumber(asked.number);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setSent(undefined);
    }
  };
  return (
    <div className="stack" style={{ gap: 8 }}>
      <div className="row">
        <Upload
          accept=".csv,.xlsx"
          showUploadList={false}
          beforeUpload={(file) => {
            void take(file);
            return false;
          }}
        >
          <Button icon={<UploadOutlined />} disabled={sent !== undefined}>
            {t.mend}
          </Button>
        </Upload>
        <span className="quiet">{t.mendHow}</span>
      </div>
      {sent !== undefined && <Progress percent={Math.round(sent * 100)} aria-label={t.progress} />}
      {problem && <Alert type="error" showIcon title={problem.message} description={problem.remedy} closable onClose={() => setProblem(undefined)} />}
      {job && <JobLine job={job} named onRetried={(next) => setNumber(next.number)} />}
      {job?.status === "done" && <Alert type="success" showIcon title={t.mended} action={<RefreshButton />} />}
    </div>
  );
}

/** Asks for a refresh, for those who may. */
export function RefreshButton({ type = "default" }: { type?: "default" | "primary" }) {
  const t = useWords(WORDS);
  const may = useMay("refresh");
  const { refresh, asking } = useJobActions();
  if (!may) return null;
  return (
    <Button type={type} loading={asking} onClick={() => void refresh()}>
      {t.refresh}
    </Button>
  );
}
