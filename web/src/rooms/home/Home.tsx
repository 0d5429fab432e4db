import { PageShell } from "@/ui/PageShell";
export function Home() { return <PageShell title="Home">…</PageShell>; }
