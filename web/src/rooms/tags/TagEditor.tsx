import { PageShell } from "@/ui/PageShell";
export function NewTag() { return <PageShell title="NewTag">…</PageShell>; }
export function EditTag() { return <PageShell title="EditTag">…</PageShell>; }
