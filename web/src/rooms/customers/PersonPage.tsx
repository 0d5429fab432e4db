import { PageShell } from "@/ui/PageShell";
export function PersonPage() { return <PageShell title="PersonPage">…</PageShell>; }
