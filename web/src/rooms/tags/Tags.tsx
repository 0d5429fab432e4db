import { PageShell } from "@/ui/PageShell";
export function Tags() { return <PageShell title="Tags">…</PageShell>; }
