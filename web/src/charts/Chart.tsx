// A chart with everything a chart needs: a text for those who cannot see it, the figures as a table, and
// a way to take it along as PNG, SVG or CSV. Drawing is loaded when the first chart is shown.
import { BarChartOutlined, DownloadOutlined, TableOutlined } from "@ant-design/icons";
import { Button, Dropdown, Empty, Skeleton } from "antd";
import type { ECharts, EChartsCoreOption } from "echarts/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { saveAs } from "@/api/client";
import { useMode } from "@/ui/mode";
import { useWords, words } from "@/ui/words";
import { type Inks, inksOf } from "./palette";
import "./charts.css";

const WORDS = words({
  zh: { table: "看数据表", chart: "看图", download: "下载", empty: "还没有数据", csv: "CSV 数据" },
  en: { table: "Show the figures", chart: "Show the chart", download: "Download", empty: "No data yet", csv: "CSV figures" },
});

export interface Figures {
  heads: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
}

interface Props {
  /** What it shows: its name to readers of pages, and the name of its files. */
  name: string;
  /** What is to be seen in it, in a sentence. */
  summary: string;
  option: (inks: Inks) => EChartsCoreOption;
  figures: Figures;
  height?: number;
  /** A part was clicked or chosen. */
  onPick?: (name: string) => void;
  /** Done once before drawing, such as loading a map. */
  prepare?: () => Promise<void>;
  note?: ReactNode;
}

export function Chart({ name, summary, option, figures, height = 280, onPick, prepare, note }: Props) {
  const t = useWords(WORDS);
  const inks = inksOf(useMode());
  const [asTable, setAsTable] = useState(false);
  const { box, chart, ready } = useDrawing(option(inks), summary, prepare, onPick, !asTable && figures.rows.length > 0);
  if (figures.rows.length === 0) return <Empty description={t.empty} image={Empty.PRESENTED_IMAGE_SIMPLE} />;
  return (
    <figure className="chart">
      <div className="chart-tools no-print">
        <Button type="text" size="small" icon={asTable ? <BarChartOutlined /> : <TableOutlined />} aria-label={`${name}: ${asTable ? t.chart : t.table}`} title={asTable ? t.chart : t.table} onClick={() => setAsTable(!asTable)} />
        <Dropdown trigger={["click"]} menu={{ items: downloads(name, figures, chart, inks, t.csv) }}>
          <Button type="text" size="small" icon={<DownloadOutlined />} aria-label={`${name}: ${t.download}`} title={t.download} />
        </Dropdown>
      </div>
      {asTable ? (
        <FigureTable name={name} figures={figures} />
      ) : (
        <>
          {!ready && <Skeleton active paragraph={{ rows: 4 }} />}
          <div ref={box} role="img" aria-label={`${name}。${summary}`} style={{ height: ready ? height : 1, width: "100%" }} />
        </>
      )}
      {note && <figcaption className="quiet">{note}</figcaption>}
    </figure>
  );
}

function useDrawing(option: EChartsCoreOption, summary: string, prepare: (() => Promise<void>) | undefined, onPick: ((name: string) => void) | undefined, shown: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(null);
  const pick = useRef(onPick);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    pick.current = onPick;
  });
  useEffect(() => {
    if (!shown) return;
    let alive = true;
    void Promise.all([import("./engine"), prepare?.()]).then(([engine]) => {
      if (!alive || !box.current) return;
      setReady(true);
      chart.current = engine.init(box.current, undefined, { renderer: "svg" });
      chart.current.on("click", (event) => pick.current?.(event.name));
    });
    const watch = new ResizeObserver(() => chart.current?.resize());
    if (box.current) watch.observe(box.current);
    return () => {
      alive = false;
      watch.disconnect();
      chart.current?.dispose();
      chart.current = null;
      setReady(false);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is prepared is the chart's kind, and does not change
  }, [shown]);
  useEffect(() => {
    if (!ready) return;
    const animation = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    chart.current?.setOption({ animation, animationDuration: 300, ...option }, true);
    chart.current?.resize();
  }, [option, ready]);
  void summary;
  return { box, chart, ready };
}

function FigureTable({ name, figures }: { name: string; figures: Figures }) {
  return (
    <div className="chart-table" tabIndex={0} role="region" aria-label={name}>
      <table>
        <thead>
          <tr>
            {figures.heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, i) => (
                <td key={i} className={typeof cell === "number" ? "num" : undefined}>
                  {typeof cell === "number" ? cell.toLocaleString(undefined, { maximumFractionDigits: 2 }) : cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function downloads(name: string, figures: Figures, chart: React.RefObject<ECharts | null>, inks: Inks, csv: string) {
  const svg = () => chart.current?.renderToSVGString() ?? "";
  return [
    { key: "png", label: "PNG", onClick: () => void toPng(svg(), inks.paper).then((blob) => saveAs(blob, `${name}.png`)) },
    { key: "svg", label: "SVG", onClick: () => saveAs(new Blob([svg()], { type: "image/svg+xml" }), `${name}.svg`) },
    { key: "csv", label: csv, onClick: () => saveAs(new Blob(["\ufeff", toCsv(figures)], { type: "text/csv;charset=utf-8" }), `${name}.csv`) },
  ];
}

/** Returns figures as CSV; a cell that looks like a formula is written as text. */
export function toCsv({ heads, rows }: Figures): string {
  const cell = (value: string | number | null): string => {
    const text = value === null ? "" : String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [heads, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}

/** Draws an SVG on paper, at twice its size. */
export async function toPng(svg: string, paper: string): Promise<Blob> {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
    const pen = canvas.getContext("2d")!;
    pen.fillStyle = paper;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob((blob) => done(blob!), "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}
