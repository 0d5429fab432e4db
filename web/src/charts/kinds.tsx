// The kinds of chart the console has, each from plain figures: lines over time, bars, distributions of a
// group next to everybody, the map, the cloud of words, and overlaps.
import { useFormats } from "@/ui/numbers";
import { FONT } from "@/ui/theme";
import { useWords, words } from "@/ui/words";
import { Chart, type Figures } from "./Chart";
import type { Inks } from "./palette";

const WORDS = words({
  zh: {
    line: (name: string, first: string, last: string) => `${name}:从 ${first} 到 ${last}`,
    most: (name: string, what: string, value: string) => `${name}:最多的是${what},${value}`,
    group: "人群",
    everybody: "全体",
    share: "占比",
    value: "取值",
    people: "人数",
    tgi: "TGI",
    index: "指数",
    range: "区间",
    mean: (mine: string, value: string, theirs: string, other: string) => `平均:${mine} ${value},${theirs} ${other}`,
    meanAlone: (mean: string) => `平均 ${mean}`,
    tgiHint: "TGI = 人群占比 ÷ 全体占比 × 100;高于 100 表示更突出",
  },
  en: {
    line: (name: string, first: string, last: string) => `${name}: from ${first} to ${last}`,
    most: (name: string, what: string, value: string) => `${name}: the most is ${what}, ${value}`,
    group: "Group",
    everybody: "Everybody",
    share: "Share",
    value: "Value",
    people: "People",
    tgi: "TGI",
    index: "Index",
    range: "Range",
    mean: (mine: string, value: string, theirs: string, other: string) => `Mean: ${mine} ${value}, ${theirs} ${other}`,
    meanAlone: (mean: string) => `mean ${mean}`,
    tgiHint: "TGI = share in the group ÷ share of everybody × 100; above 100 stands out",
  },
});

export const axes = (inks: Inks) => ({
  textStyle: { color: inks.text, fontFamily: FONT },
  color: inks.series,
  axis: { axisLine: { lineStyle: { color: inks.line } }, axisTick: { show: false }, axisLabel: { color: inks.quiet }, splitLine: { lineStyle: { color: inks.grid } } },
  tooltip: { backgroundColor: inks.paper, borderColor: inks.line, textStyle: { color: inks.text }, confine: true },
});

interface Series {
  name: string;
  values: readonly (number | null)[];
  bar?: boolean;
}

/** Figures over time: lines, and bars beside them. */
export function TimeChart({ name, at, series, height = 240 }: { name: string; at: readonly string[]; series: readonly Series[]; height?: number }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const first = series[0]?.values.find((v) => v !== null) ?? 0;
  const last = series[0]?.values.at(-1) ?? 0;
  const figures: Figures = { heads: ["", ...series.map((one) => one.name)], rows: at.map((when, i) => [when, ...series.map((one) => one.values[i] ?? null)]) };
  const option = (inks: Inks) => {
    const look = axes(inks);
    return {
      textStyle: look.textStyle,
      color: look.color,
      grid: { left: 8, right: 16, top: series.length > 1 ? 36 : 16, bottom: 8, outerBoundsMode: "same" },
      legend: series.length > 1 ? { top: 0, left: 0, itemGap: 24, textStyle: { color: inks.text } } : undefined,
      tooltip: { ...look.tooltip, trigger: "axis", valueFormatter: (v: number) => (typeof v === "number" ? f.amount(v) : "–") },
      xAxis: { type: "category", data: at, ...look.axis, splitLine: { show: false } },
      yAxis: { type: "value", minInterval: 1, ...look.axis, axisLabel: { color: inks.quiet, formatter: (v: number) => f.compact(v) } },
      series: series.map((one) => ({ name: one.name, type: one.bar ? "bar" : "line", data: one.values, symbolSize: at.length > 40 ? 0 : 5, barMaxWidth: 28, smooth: false })),
    };
  };
  return <Chart name={name} summary={t.line(series[0]?.name ?? name, f.count(first), f.count(last))} option={option} figures={figures} height={height} />;
}

export interface ShareRow {
  value: string;
  label?: string;
  count: number;
  share: number;
  share_all: number;
  tgi: number | null;
}

/** Values of a group next to everybody: a bar for the group, a mark where everybody stands, and the TGI. */
export function TgiBars({ rows, onPick, most = 12, names }: { rows: readonly ShareRow[]; onPick?: (value: string) => void; most?: number; names?: readonly string[] }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const [group, everybody] = [names?.[0] ?? t.group, names?.[1] ?? t.everybody];
  const shown = rows.slice(0, most);
  const top = Math.max(0.0001, ...shown.flatMap((row) => [row.share, row.share_all]));
  return (
    <div role="table" aria-label={t.tgiHint}>
      <div role="row" className="tgi-row quiet">
        <span role="columnheader">{t.value}</span>
        <span role="columnheader">
          {group} <span aria-hidden>▮</span> {everybody} <span aria-hidden>❘</span>
        </span>
        <span role="columnheader" className="num">
          {t.share}
        </span>
        <span role="columnheader" className="num" title={t.tgiHint}>
          {names ? t.index : t.tgi}
        </span>
      </div>
      {shown.map((row) => (
        <div role="row" className="tgi-row" key={row.value}>
          <span role="cell" className="value" title={row.label ?? row.value}>
            {onPick ? (
              <a
                href="#"
                onClick={(event) => {
                  event.preventDefault();
                  onPick(row.value);
                }}
              >
                {row.label ?? row.value}
              </a>
            ) : (
              (row.label ?? row.value)
            )}
          </span>
          <span role="cell" className="track" title={`${group} ${f.share(row.share)} · ${everybody} ${f.share(row.share_all)} · ${f.count(row.count)}`}>
            <i style={{ width: `${(row.share / top) * 100}%` }} />
            <b style={{ left: `${(row.share_all / top) * 100}%` }} />
          </span>
          <span role="cell" className="num">
            {f.share(row.share)}
          </span>
          <span role="cell" className={`num ${row.tgi === null ? "" : row.tgi >= 120 ? "tgi-high" : row.tgi <= 80 ? "tgi-low" : ""}`}>
            {row.tgi === null ? "–" : Math.round(row.tgi)}
          </span>
        </div>
      ))}
    </div>
  );
}

interface Distribution {
  name: string;
  edges: readonly number[];
  bars: readonly number[];
  mean: number | null;
  /** Of everybody, or of another group. */
  barsAll?: readonly number[];
  meanAll?: number | null;
  /** The group, and what it is compared with. */
  names?: readonly string[];
}

/** The distribution of a number in a group next to everybody or another group, or alone. */
export function Histogram({ name, edges, bars, mean, barsAll, meanAll = null, names }: Distribution) {
  const t = useWords(WORDS);
  const f = useFormats();
  const [mine, theirs] = [names?.[0] ?? t.group, names?.[1] ?? t.everybody];
  const labels = bars.map((_, i) => `${f.compact(edges[i] ?? 0)} – ${f.compact(edges[i + 1] ?? 0)}`);
  const shares = (counts: readonly number[]) => {
    const sum = counts.reduce((a, b) => a + b, 0) || 1;
    return counts.map((n) => n / sum);
  };
  const [group, all] = [shares(bars), barsAll && shares(barsAll)];
  const figures: Figures = {
    heads: [t.range, t.people, ...(all ? [mine, theirs] : [t.share])],
    rows: labels.map((label, i) => [label, bars[i] ?? 0, f.share(group[i] ?? 0), ...(all ? [f.share(all[i] ?? 0)] : [])]),
  };
  const option = (inks: Inks) => {
    const look = axes(inks);
    const line = all && { name: theirs, type: "line", data: all, symbolSize: 3, lineStyle: { width: 1.5 } };
    return {
      textStyle: look.textStyle,
      color: look.color,
      grid: { left: 8, right: 8, top: all ? 32 : 8, bottom: 4, outerBoundsMode: "same" },
      legend: all && { top: 0, left: 0, itemGap: 24, textStyle: { color: inks.text }, itemHeight: 10 },
      tooltip: { ...look.tooltip, trigger: "axis", valueFormatter: (v: number) => f.share(v) },
      xAxis: { type: "category", data: labels, ...look.axis, splitLine: { show: false } },
      yAxis: { type: "value", ...look.axis, axisLabel: { color: inks.quiet, formatter: (v: number) => f.share(v) } },
      series: [{ name: all ? mine : name, type: "bar", data: group, barMaxWidth: 24 }, ...(line ? [line] : [])],
    };
  };
  const shown = (value: number | null) => (value === null ? "–" : f.amount(value));
  const said = all ? t.mean(mine, shown(mean), theirs, shown(meanAll)) : t.meanAlone(shown(mean));
  return <Chart name={name} summary={`${name}: ${said}`} option={option} figures={figures} height={220} note={said} />;
}

/** Words as large as what they stand for is frequent; a list, so that it can be read aloud. */
export function WordCloud({ words: said, name }: { words: readonly { text: string; weight: number; note?: string }[]; name: string }) {
  const shown = [...said].sort((a, b) => b.weight - a.weight).slice(0, 60);
  const top = Math.max(1e-9, ...shown.map((one) => one.weight));
  // From the middle outwards, as such pictures are read.
  const order = shown.reduce<typeof shown>((list, one, i) => (i % 2 ? [...list, one] : [one, ...list]), []);
  return (
    <ul className="cloud" aria-label={name}>
      {order.map((one) => {
        const size = Math.sqrt(one.weight / top);
        return (
          <li key={one.text} title={one.note} style={{ fontSize: 12 + 24 * size, fontWeight: size > 0.6 ? 700 : 400 }}>
            {one.text}
          </li>
        );
      })}
    </ul>
  );
}
