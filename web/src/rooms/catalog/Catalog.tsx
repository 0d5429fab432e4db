// The data dictionary: fields, events, identifiers and sources.
import { Tabs } from "antd";
import { PageShell } from "@/ui/PageShell";
import { useUrlState } from "@/ui/url";
import { useWords } from "@/ui/words";
import { Events } from "./Events";
import { Fields } from "./Fields";
import { Identifiers } from "./Identifiers";
import { Sources } from "./Sources";
import { WORDS } from "./words";
import "./catalog.css";

export function Catalog() {
  const t = useWords(WORDS);
  const [{ tab = "fields" }, setUrl] = useUrlState<{ tab?: string; q?: string; type?: string; personal?: string; one?: string }>();
  const items = [
    { key: "fields", label: t.fields, children: <Fields /> },
    { key: "events", label: t.events, children: <Events /> },
    { key: "identifiers", label: t.identifiers, children: <Identifiers /> },
    { key: "sources", label: t.sources, children: <Sources /> },
  ];
  const go = (key: string) => setUrl({ tab: key === "fields" ? undefined : key, q: undefined, type: undefined, personal: undefined, one: undefined }, { replace: false });
  return (
    <PageShell title={t.title} lead={t.lead}>
      <Tabs activeKey={tab} onChange={go} items={items} destroyOnHidden />
    </PageShell>
  );
}
