// What names a tag, each as a link to its page where it has one.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { labelOf, useLang, useWords } from "@/ui/words";
import type { Use } from "./asking";
import { WORDS } from "./words";

export function UseLinks({ uses }: { uses: readonly Use[] }) {
  const t = useWords(WORDS);
  const lang = useLang();
  return (
    <ul className="use-links">
      {uses.map((one) => {
        const label = labelOf(one, lang);
        return (
          <li key={`${one.kind} ${one.name}`}>
            <span className="quiet">{t.useKinds[one.kind] ?? one.kind}</span>{" "}
            <UseLink kind={one.kind} name={one.name}>
              {label}
            </UseLink>
          </li>
        );
      })}
    </ul>
  );
}

function UseLink({ kind, name, children }: { kind: string; name: string; children: ReactNode }) {
  switch (kind) {
    case "tags":
      return (
        <Link to="/tags/$name" params={{ name }}>
          {children}
        </Link>
      );
    case "audiences":
      return (
        <Link to="/audiences/$name" params={{ name }}>
          {children}
        </Link>
      );
    default:
      return children;
  }
}
