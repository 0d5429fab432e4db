import { PageShell } from "@/ui/PageShell";
export function Jobs() { return <PageShell title="Jobs">…</PageShell>; }
