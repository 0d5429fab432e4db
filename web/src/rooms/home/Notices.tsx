// What the reader should know or do: data waits for a refresh, rows wait to be mended, the sample is in.
import { Alert, App, Button } from "antd";
import { Link } from "@tanstack/react-router";
import { useJobActions } from "@/jobs/acting";
import { useFormats } from "@/ui/numbers";
import { useMay } from "@/ui/rights";
import { useWords } from "@/ui/words";
import { type AtAGlance, removeSamples, useGoing } from "./asking";
import { WORDS } from "./words";

export function Notices({ one }: { one: AtAGlance }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const mayRefresh = useMay("refresh");
  const mayImport = useMay("import");
  const { refresh, asking } = useJobActions();
  const busy = useGoing().some((job) => job.what !== "try_import");
  const refreshNow = (
    <Button type="primary" loading={asking} onClick={() => void refresh()}>
      {t.refresh}
    </Button>
  );
  const mend = (
    <Link to="/imports" search={{ aside: true }}>
      <Button>{t.asideGo}</Button>
    </Link>
  );
  return (
    <>
      {one.stale && !busy && <Alert type="info" showIcon title={t.stale} description={t.staleHow} action={mayRefresh && refreshNow} />}
      {one.set_aside > 0 && <Alert type="warning" showIcon title={t.aside(f.count(one.set_aside))} description={mayImport && t.asideHow} action={mayImport && mend} />}
      {one.sample.loaded && !busy && <Alert type="info" title={t.sampleIn} description={mayImport && t.sampleInHow} action={<RemoveSample />} />}
    </>
  );
}

function RemoveSample() {
  const t = useWords(WORDS);
  const { modal } = App.useApp();
  const { ask } = useJobActions();
  const may = [useMay("import"), useMay("define"), useMay("refresh")].every(Boolean);
  if (!may) return null;
  const sure = () => void modal.confirm({ title: t.removeSure, content: t.removeHow, okText: t.remove, okButtonProps: { danger: true }, onOk: () => ask(removeSamples) });
  return <Button onClick={sure}>{t.remove}</Button>;
}
