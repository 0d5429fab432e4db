// How groups overlap: every combination with who is in just those, largest first (an UpSet plot).
import { useFormats } from "@/ui/numbers";
import { useWords, words } from "@/ui/words";
import { saveAs } from "@/api/client";
import { Button } from "antd";
import { toCsv } from "./Chart";
import "./overlap.css";

const WORDS = words({
  zh: { title: "重叠", only: "只在", people: "人数", csv: "下载 CSV", yes: "在", no: "不在", outside: "都不在" },
  en: { title: "Overlap", only: "Only in", people: "People", csv: "Download CSV", yes: "in", no: "not in", outside: "In none" },
});

export interface Region {
  of: readonly boolean[];
  count: number;
}

export function Overlap({ names, sizes, regions, onPick }: { names: readonly string[]; sizes: readonly number[]; regions: readonly Region[]; onPick?: (region: Region) => void }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const shown = regions.filter((one) => one.count > 0).sort((a, b) => b.count - a.count);
  const top = Math.max(1, ...shown.map((one) => one.count));
  const csv = () => toCsv({ heads: [...names, t.people], rows: shown.map((one) => [...one.of.map((inside) => (inside ? t.yes : t.no)), one.count]) });
  return (
    <div className="overlap-box" tabIndex={0} role="region" aria-label={t.title}>
      <table className="overlap">
        <thead>
          <tr>
            {names.map((name, i) => (
              <th key={name} scope="col">
                {name}
                <small className="quiet">{f.count(sizes[i] ?? 0)}</small>
              </th>
            ))}
            <th scope="col" className="wide">
              {t.people}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <tr key={one.of.join()}>
              {one.of.map((inside, i) => (
                <td key={names[i]}>
                  <span className={inside ? "dot in" : "dot"} role="img" aria-label={inside ? t.yes : t.no} />
                </td>
              ))}
              <td className="wide">
                <span className="overlap-bar" style={{ width: `${(one.count / top) * 60}%` }} aria-hidden />{" "}
                {onPick ? (
                  <Button type="link" size="small" onClick={() => onPick(one)}>
                    {f.count(one.count)}
                  </Button>
                ) : (
                  f.count(one.count)
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Button size="small" className="no-print" onClick={() => saveAs(new Blob(["\ufeff", csv()], { type: "text/csv;charset=utf-8" }), `${t.title}.csv`)}>
        {t.csv}
      </Button>
    </div>
  );
}
