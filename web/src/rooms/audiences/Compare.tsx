import { PageShell } from "@/ui/PageShell";
export function Compare() { return <PageShell title="Compare">…</PageShell>; }
