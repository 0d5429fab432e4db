import { PageShell } from "@/ui/PageShell";
export function Audiences() { return <PageShell title="Audiences">…</PageShell>; }
