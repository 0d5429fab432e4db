// A page about one thing: while it waits, and where there is no such thing, with a way on.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problems";
import { PageShell } from "./PageShell";
import { Await } from "./states";

interface Props<T> {
  of: UseQueryResult<T>;
  /** What kind of thing it is about. */
  title: string;
  /** Leads to where such things are listed. */
  wayOn: ReactNode;
  children: (data: T) => ReactNode;
}

export function AwaitPage<T>({ of, title, wayOn, children }: Props<T>) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  const missing = of.error !== null && asProblem(of.error).status === 404;
  return (
    <PageShell title={title}>
      <Await of={of} rows={12} action={missing ? wayOn : undefined}>
        {children}
      </Await>
    </PageShell>
  );
}
