import { PageShell } from "@/ui/PageShell";
export function NewAudience() { return <PageShell title="NewAudience">…</PageShell>; }
export function EditAudience() { return <PageShell title="EditAudience">…</PageShell>; }
