// The first rows of a file as they stand; where they are of a table, the row of the header is chosen in it.
import { useWords } from "@/ui/words";
import type { Look } from "./asking";
import { WORDS } from "./wizard-words";

const SHOWN = 8;

export function FirstRows({ look, onHeader }: { look: Look; onHeader: (row: number) => void }) {
  const top = look.shape.top ?? [];
  return top.length > 0 ? <Top look={look} top={top} onHeader={onHeader} /> : <Sample look={look} />;
}

function Top({ look, top, onHeader }: { look: Look; top: readonly (readonly (string | null)[])[]; onHeader: (row: number) => void }) {
  const t = useWords(WORDS);
  const header = look.shape.header_row ?? -1;
  const pick = (row: number, said: string) => <input type="radio" name="header" aria-label={said} checked={header === row} onChange={() => onHeader(row)} />;
  return (
    <div className="stack" style={{ gap: 8 }}>
      <p className="quiet" style={{ margin: 0 }}>
        {t.headerHow}
      </p>
      <div className="cells" role="region" tabIndex={0} aria-label={t.preview}>
        <table>
          <tbody>
            {top.map((row, at) => (
              <tr key={at} className={at === header ? "is-header" : at < header ? "is-above" : ""}>
                <th scope="row">
                  <span className="row" style={{ flexWrap: "nowrap" }}>
                    {pick(at, t.headerRow(at + 1))}
                    {at + 1}
                  </span>
                </th>
                {row.map((cell, i) => (
                  <td key={i}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <label className="row">
        <input type="radio" name="header" checked={header === -1} onChange={() => onHeader(-1)} />
        {t.headerNone}
      </label>
    </div>
  );
}

function Sample({ look }: { look: Look }) {
  const t = useWords(WORDS);
  const columns = look.shape.columns;
  return (
    <div className="cells" role="region" tabIndex={0} aria-label={t.preview}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {look.sample.slice(0, SHOWN).map((row, at) => (
            <tr key={at}>
              {columns.map((column) => (
                <td key={column}>{row[column]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
