// What kinds of tag there are: each in one sentence and with an example.
import { Link } from "@tanstack/react-router";
import { PageShell } from "@/ui/PageShell";
import { useWords } from "@/ui/words";
import { KINDS } from "./draft";
import { WORDS } from "./words";
import "./tags.css";

export function KindChooser() {
  const t = useWords(WORDS);
  return (
    <PageShell title={t.create} lead={t.chooseKind}>
      <ul className="kinds grid">
        {KINDS.map((kind) => (
          <li key={kind}>
            <Link to="/tags/new" search={{ kind }}>
              <h2>{t.kinds[kind]}</h2>
              <p>{t.kindSays[kind]}</p>
              <p className="quiet">
                {t.example}
                {t.kindExamples[kind]}
              </p>
            </Link>
          </li>
        ))}
      </ul>
    </PageShell>
  );
}
