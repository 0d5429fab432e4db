import { PageShell } from "@/ui/PageShell";
export function Customers() { return <PageShell title="Customers">…</PageShell>; }
