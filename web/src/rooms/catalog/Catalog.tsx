import { PageShell } from "@/ui/PageShell";
export function Catalog() { return <PageShell title="Catalog">…</PageShell>; }
