// How the values of one column are spread among everybody: bars of values, or the shape of a number.
import { useFormats } from "@/ui/numbers";
import { labelOf, useLang, useWords, words } from "@/ui/words";
import type { PortraitOf } from "./GroupPortrait";
import { Histogram } from "./kinds";

const WORDS = words({
  zh: { value: "取值", share: "占比", people: "人数", yes: "是", no: "否" },
  en: { value: "Value", share: "Share", people: "People", yes: "Yes", no: "No" },
});

interface Props {
  of: PortraitOf;
  onPick?: (value: string) => void;
  most?: number;
  /** Values that have an order of their own, in that order. */
  order?: readonly string[];
}

export function Distribution({ of, onPick, most = 20, order = [] }: Props) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  if (of.numbers) {
    const { edges, bars, mean } = of.numbers;
    return <Histogram name={labelOf(of, lang)} edges={edges} bars={bars} mean={mean} />;
  }
  const place = (value: string) => (order.includes(value) ? order.indexOf(value) : order.length);
  const rows = [...of.shares].sort((a, b) => place(a.value) - place(b.value)).slice(0, most);
  const top = Math.max(1e-9, ...rows.map((row) => row.share));
  const said = (row: (typeof rows)[number]) => row[lang] || { true: t.yes, false: t.no }[row.value] || row.value;
  return (
    <table className="distribution">
      <thead className="quiet">
        <tr>
          <th scope="col">{t.value}</th>
          <th scope="col" aria-hidden />
          <th scope="col" className="num">
            {t.share}
          </th>
          <th scope="col" className="num">
            {t.people}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.value}>
            <th scope="row">
              {onPick && row.count > 0 ? (
                <a
                  href="#"
                  onClick={(event) => {
                    event.preventDefault();
                    onPick(row.value);
                  }}
                >
                  {said(row)}
                </a>
              ) : (
                said(row)
              )}
            </th>
            <td className="bar" aria-hidden>
              <i style={{ width: `${(row.share / top) * 100}%` }} />
            </td>
            <td className="num">{f.share(row.share)}</td>
            <td className="num">{f.count(row.count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
