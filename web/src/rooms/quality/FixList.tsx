// The fixes in force, and the way to take one back.
import { App, Button } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useJobActions } from "@/jobs/acting";
import { DataTable } from "@/ui/DataTable";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { Await } from "@/ui/states";
import { useTelling } from "@/ui/telling";
import { useWords } from "@/ui/words";
import { type Fix, fixesQuery, remove } from "./asking";
import { say } from "./draft";
import { WORDS } from "./words";

export function FixList() {
  const t = useWords(WORDS);
  const may = useMay("define");
  const found = useQuery(fixesQuery);
  return (
    <Panel>
      <Await of={found}>
        {(rows) => (
          <DataTable
            name={t.fixes}
            rows={rows}
            keyOf={(one) => one.name}
            empty={<p className="quiet">{t.fixesNone}</p>}
            columns={[
              { key: "name", title: t.name, show: (one) => one.name },
              { key: "source", title: t.source, show: (one) => one.source },
              { key: "event", title: t.event, show: (one) => one.event },
              { key: "property", title: t.property, show: (one) => one.property ?? "–" },
              { key: "does", title: t.does, show: (one) => [t.kinds[one.does.do], say(one.does)].filter(Boolean).join(": ") },
              { key: "actions", title: t.actions, show: (one) => may && <Remove fix={one} /> },
            ]}
          />
        )}
      </Await>
    </Panel>
  );
}

function Remove({ fix }: { fix: Fix }) {
  const t = useWords(WORDS);
  const { modal, message } = App.useApp();
  const tell = useTelling();
  const client = useQueryClient();
  const { refresh } = useJobActions();
  const go = async () => {
    try {
      await remove(fix.name);
      void message.success(t.removed);
      await refresh();
    } catch (error) {
      tell(error);
    }
    await client.invalidateQueries();
  };
  return (
    <Button size="small" danger onClick={() => void modal.confirm({ title: t.removeSure(fix.name), content: t.removeHow, okText: t.removeIt, okButtonProps: { danger: true }, onOk: go })}>
      {t.removeIt}
    </Button>
  );
}
