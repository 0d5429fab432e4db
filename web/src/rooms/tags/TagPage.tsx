import { PageShell } from "@/ui/PageShell";
export function TagPage() { return <PageShell title="TagPage">…</PageShell>; }
