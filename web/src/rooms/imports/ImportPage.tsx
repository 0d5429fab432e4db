import { PageShell } from "@/ui/PageShell";
export function ImportPage() { return <PageShell title="ImportPage">…</PageShell>; }
