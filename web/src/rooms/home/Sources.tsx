// Where the data comes from, and how fresh each source is.
import { Link } from "@tanstack/react-router";
import { DataTable } from "@/ui/DataTable";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { labelOf, useLang, useWords } from "@/ui/words";
import type { AtAGlance } from "./asking";
import { WORDS } from "./words";

export function Sources({ one }: { one: AtAGlance }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  if (one.sources.length === 0) return null;
  const ago = (at: string | null) => (at ? <span title={f.moment(at)}>{f.ago(at)}</span> : "–");
  return (
    <Panel title={t.sources} extra={<Link to="/sources">{t.allSources}</Link>}>
      <DataTable
        name={t.sources}
        rows={one.sources}
        keyOf={(source) => source.name}
        columns={[
          { key: "name", title: t.source, show: (source) => <Link to="/sources/$name" params={{ name: source.name }}>{labelOf(source, lang)}</Link> },
          { key: "rows", title: t.rows, numeric: true, show: (source) => f.count(source.rows) },
          { key: "bad", title: t.badRows, numeric: true, show: (source) => f.count(source.bad_rows) },
          { key: "imports", title: t.imports, numeric: true, show: (source) => f.count(source.imports), wide: true },
          { key: "last", title: t.lastImport, show: (source) => ago(source.last_import_at) },
          { key: "newest", title: t.newestEvent, show: (source) => ago(source.newest_event_at) },
        ]}
      />
    </Panel>
  );
}
