import { PageShell } from "@/ui/PageShell";
export function Imports() { return <PageShell title="Imports">…</PageShell>; }
