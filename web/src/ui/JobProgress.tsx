// How far long work is: its state in words and colour, rows, speed, time left; cancel and retry.
import { CheckCircleFilled, ClockCircleOutlined, CloseCircleFilled, LoadingOutlined, StopOutlined } from "@ant-design/icons";
import { Button, Progress, Tag } from "antd";
import { useFormats } from "./numbers";
import { counted, useWords, words } from "./words";

const WORDS = words({
  zh: {
    waiting: "排队中",
    running: "进行中",
    done: "完成",
    failed: "失败",
    cancelled: "已取消",
    cancelling: "正在取消",
    cancel: "取消",
    retry: "重试",
    rows: (n: string) => `${n} 行`,
    of: (n: string, total: string) => `${n} / ${total} 行`,
    rate: (n: string) => `每秒 ${n} 行`,
    left: (span: string) => `约剩 ${span}`,
    progress: "进度",
  },
  en: {
    waiting: "Waiting",
    running: "Running",
    done: "Done",
    failed: "Failed",
    cancelled: "Cancelled",
    cancelling: "Cancelling",
    cancel: "Cancel",
    retry: "Try again",
    rows: (n: string) => counted(n, "row"),
    of: (n: string, total: string) => `${n} of ${total} rows`,
    rate: (n: string) => `${counted(n, "row")} a second`,
    left: (span: string) => `about ${span} left`,
    progress: "Progress",
  },
});

export interface Progressing {
  status: string;
  cancelling?: boolean;
  step?: string;
  rows?: number;
  total?: number | null;
  rate?: number | null;
  left_seconds?: number | null;
  problem?: { title: string; remedy: string; code: string } | null;
}

const LOOKS = {
  waiting: { color: "default", Icon: ClockCircleOutlined },
  running: { color: "processing", Icon: LoadingOutlined },
  done: { color: "success", Icon: CheckCircleFilled },
  failed: { color: "error", Icon: CloseCircleFilled },
  cancelled: { color: "default", Icon: StopOutlined },
} as const;

type Status = keyof typeof LOOKS;

/** A job's state, never by colour alone. */
export function JobState({ job }: { job: Progressing }) {
  const t = useWords(WORDS);
  const status = (job.status in LOOKS ? job.status : "waiting") as Status;
  const { color, Icon } = LOOKS[status];
  return (
    <Tag color={color} icon={<Icon aria-hidden />}>
      {job.cancelling && status === "running" ? t.cancelling : t[status]}
    </Tag>
  );
}

interface Props {
  job: Progressing;
  /** What the step is called, in the reader's language. */
  step?: string;
  onCancel?: () => void;
  onRetry?: () => void;
}

export function JobProgress({ job, step, onCancel, onRetry }: Props) {
  const t = useWords(WORDS);
  const f = useFormats();
  const going = job.status === "running";
  const share = job.total && job.rows !== undefined ? Math.min(1, job.rows / job.total) : undefined;
  const said = [
    step ?? job.step,
    job.rows ? (job.total ? t.of(f.count(job.rows), f.count(job.total)) : t.rows(f.count(job.rows))) : "",
    going && job.rate ? t.rate(f.compact(job.rate)) : "",
    going && job.left_seconds != null ? t.left(f.span(job.left_seconds)) : "",
  ].filter(Boolean);
  return (
    <div className="stack" style={{ gap: 4 }}>
      <div className="row">
        <JobState job={job} />
        <span className="quiet" aria-live="polite">
          {said.join(" · ")}
        </span>
        <span style={{ marginInlineStart: "auto" }}>
          {onCancel && (going || job.status === "waiting") && (
            <Button size="small" onClick={onCancel} disabled={job.cancelling}>
              {t.cancel}
            </Button>
          )}
          {onRetry && (job.status === "failed" || job.status === "cancelled") && (
            <Button size="small" onClick={onRetry}>
              {t.retry}
            </Button>
          )}
        </span>
      </div>
      {going && <Progress percent={share === undefined ? 100 : Math.round(share * 100)} status="active" showInfo={share !== undefined} size="small" aria-label={t.progress} />}
      {job.status === "failed" && job.problem && (
        <div role="alert">
          <strong>{job.problem.title}</strong> {job.problem.remedy} <span className="code quiet">{job.problem.code}</span>
        </div>
      )}
    </div>
  );
}
