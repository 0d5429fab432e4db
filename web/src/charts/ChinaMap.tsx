// Where a group's people live: the country by province, and a province by its cities.
import { Button } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, got } from "@/api/client";
import { useFormats } from "@/ui/numbers";
import { Await } from "@/ui/states";
import { useWords, words } from "@/ui/words";
import { Chart, type Figures } from "./Chart";
import { axes } from "./kinds";
import type { Inks } from "./palette";

const WORDS = words({
  zh: {
    name: "地域分布",
    back: "回到全国",
    region: "地区",
    people: "人数",
    share: "占比",
    tgi: "TGI",
    most: (place: string, n: string) => `人数最多的是${place},${n} 人`,
    none: "没有地域数据",
    hint: "点击省份看城市",
    approval: (no: string) => `审图号:${no}`,
    noApproval: "地图仅供内部分析;对外展示需要有审图号的地图",
  },
  en: {
    name: "Where they live",
    back: "Back to the country",
    region: "Region",
    people: "People",
    share: "Share",
    tgi: "TGI",
    most: (place: string, n: string) => `most people live in ${place}: ${n}`,
    none: "No regions known",
    hint: "Click a province for its cities",
    approval: (no: string) => `Map approval number: ${no}`,
    noApproval: "For analysis within the company; public display needs an approved map",
  },
});

export interface RegionRow {
  value: string;
  count: number;
  share: number;
  tgi: number | null;
}

interface Geo {
  features: { properties: { name: string; code: string } }[];
}

const COUNTRY = "100000";
// Under the name `china` the library draws the islands of the South China Sea in a corner.
const nameOf = (code: string): string => (code === COUNTRY ? "china" : code);

async function load(code: string): Promise<Geo> {
  return (await got(api.GET("/v1/maps/{code}", { params: { path: { code } }, parseAs: "json" }))) as unknown as Geo;
}

interface Props {
  provinces: readonly RegionRow[];
  cities: readonly RegionRow[];
  /** Shown in municipalities, whose parts are districts. */
  districts: readonly RegionRow[];
  height?: number;
}

export function ChinaMap({ provinces, cities, districts, height = 420 }: Props) {
  const t = useWords(WORDS);
  const [code, setCode] = useState(COUNTRY);
  const geo = useQuery({ queryKey: ["map", code], queryFn: () => load(code), staleTime: Infinity });
  const country = useQuery({ queryKey: ["map", COUNTRY], queryFn: () => load(COUNTRY), staleTime: Infinity });
  const maps = useQuery({ queryKey: ["maps"], queryFn: () => got(api.GET("/v1/maps")), staleTime: Infinity });
  const open = (name: string) => {
    const found = country.data?.features.find((one) => one.properties.name === name)?.properties.code;
    if (code === COUNTRY && found && maps.data?.codes.includes(found)) setCode(found);
  };
  return (
    <Await of={geo}>
      {(shape) => (
        <div>
          {code !== COUNTRY && (
            <Button size="small" onClick={() => setCode(COUNTRY)}>
              {t.back}
            </Button>
          )}
          <Shape key={code} code={code} shape={shape} rows={code === COUNTRY ? provinces : [...cities, ...districts]} onPick={open} height={height} approval={maps.data?.approval ?? ""} />
        </div>
      )}
    </Await>
  );
}

function Shape({ code, shape, rows, onPick, height, approval }: { code: string; shape: Geo; rows: readonly RegionRow[]; onPick: (name: string) => void; height: number; approval: string }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const places = new Set(shape.features.map((one) => one.properties.name));
  const here = rows.filter((row) => places.has(row.value));
  const top = here.reduce<RegionRow | undefined>((best, row) => (best && best.count >= row.count ? best : row), undefined);
  const figures: Figures = { heads: [t.region, t.people, t.share, t.tgi], rows: here.map((row) => [row.value, row.count, f.share(row.share), row.tgi === null ? null : Math.round(row.tgi)]) };
  const by = new Map(here.map((row) => [row.value, row]));
  const option = (inks: Inks) => {
    const look = axes(inks);
    return {
      textStyle: look.textStyle,
      tooltip: {
        ...look.tooltip,
        formatter: ({ name }: { name: string }) => {
          const row = by.get(name);
          return row ? `${name}<br/>${t.people} ${f.count(row.count)}<br/>${t.share} ${f.share(row.share)}<br/>${t.tgi} ${row.tgi === null ? "–" : Math.round(row.tgi)}` : name;
        },
      },
      visualMap: { min: 0, max: top?.count ?? 1, calculable: false, left: 8, bottom: 8, itemHeight: 80, textStyle: { color: inks.text }, inRange: { color: inks.ramp }, formatter: (v: number) => f.compact(v) },
      series: [
        {
          type: "map",
          map: nameOf(code),
          roam: false,
          itemStyle: { areaColor: inks.blank, borderColor: inks.line },
          emphasis: { label: { color: inks.text }, itemStyle: { areaColor: inks.series[1] } },
          select: { disabled: true },
          label: { show: false },
          data: here.map((row) => ({ name: row.value, value: row.count })),
        },
      ],
    };
  };
  const prepare = async () => (await import("./engine")).registerMap(nameOf(code), shape as never);
  const note = [approval ? t.approval(approval) : t.noApproval, code === COUNTRY ? t.hint : ""].filter(Boolean).join(" · ");
  return <Chart name={t.name} summary={top ? t.most(top.value, f.count(top.count)) : t.none} option={option} figures={figures} height={height} onPick={onPick} prepare={prepare} note={note} />;
}
