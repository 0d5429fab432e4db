import { PageShell } from "@/ui/PageShell";
export function Members() { return <PageShell title="Members">…</PageShell>; }
