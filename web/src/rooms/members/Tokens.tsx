import { PageShell } from "@/ui/PageShell";
export function Tokens() { return <PageShell title="Tokens">…</PageShell>; }
