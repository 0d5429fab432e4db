import { PageShell } from "@/ui/PageShell";
export function NewImport() { return <PageShell title="NewImport">…</PageShell>; }
