import { PageShell } from "@/ui/PageShell";
export function Me() { return <PageShell title="Me">…</PageShell>; }
