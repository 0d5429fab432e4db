// A page: its title, what it is for, its actions, and below them what it shows.
import { type ReactNode, useEffect } from "react";

interface Props {
  title: ReactNode;
  /** The title as text, for the window; needed where `title` is more than text. */
  name?: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function PageShell({ title, name, lead, actions, children }: Props) {
  const said = name ?? (typeof title === "string" ? title : "");
  useEffect(() => {
    document.title = said ? `${said} · 群像 Qunxiang` : "群像 Qunxiang";
  }, [said]);
  return (
    <div className="page">
      <header>
        <h1>{title}</h1>
        {actions && <div className="actions no-print">{actions}</div>}
        {lead && <p className="lead">{lead}</p>}
      </header>
      <div className="stack">{children}</div>
    </div>
  );
}

/** A part of a page with a heading of its own. */
export function Panel({ title, extra, children, className = "" }: { title?: ReactNode; extra?: ReactNode; children: ReactNode; className?: string }) {
  return (
    <section className={`panel ${className}`}>
      {title && (
        <header>
          <h2>{title}</h2>
          {extra}
        </header>
      )}
      {children}
    </section>
  );
}

/** One figure with what it counts. */
export function Figure({ value, label, note }: { value: ReactNode; label: ReactNode; note?: ReactNode }) {
  return (
    <div className="panel">
      <div className="quiet">{label}</div>
      <div className="figure">{value}</div>
      {note && <div className="quiet">{note}</div>}
    </div>
  );
}
