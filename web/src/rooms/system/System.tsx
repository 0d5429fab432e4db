import { PageShell } from "@/ui/PageShell";
export function System() { return <PageShell title="System">…</PageShell>; }
