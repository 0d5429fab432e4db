import { PageShell } from "@/ui/PageShell";
export function AudiencePage() { return <PageShell title="AudiencePage">…</PageShell>; }
