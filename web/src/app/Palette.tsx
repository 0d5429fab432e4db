// The command palette: pages, tags and audiences by name or pinyin, customers by any identifier.
import { IdcardOutlined, SearchOutlined, TagsOutlined, TeamOutlined } from "@ant-design/icons";
import { Input } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { api, got } from "@/api/client";
import { Dialog } from "@/ui/Dialog";
import { useSettled } from "@/ui/history";
import { best } from "@/ui/matching";
import { useWearer } from "@/ui/rights";
import { labelOf, useLang, useWords, words } from "@/ui/words";
import { ALL_PLACES, PLACE_WORDS } from "./places";

const WORDS = words({
  zh: {
    title: "搜索与命令",
    hint: "页面、标签、人群,或客户的手机号、邮箱、编号",
    customer: "客户",
    tag: "标签",
    audience: "人群",
    page: "页面",
    nothing: "没有找到",
    results: (n: number) => `${n} 个结果`,
  },
  en: {
    title: "Search and commands",
    hint: "A page, tag or audience, or a customer's phone, mail or number",
    customer: "Customer",
    tag: "Tag",
    audience: "Audience",
    page: "Page",
    nothing: "Nothing found",
    results: (n: number) => `${n} results`,
  },
});

interface Hit {
  key: string;
  icon: ReactNode;
  text: string;
  kind: string;
  go: () => void;
}

export default function Palette({ onClose }: { onClose: () => void }) {
  const t = useWords(WORDS);
  return (
    <Dialog onClose={onClose} title={<span className="visually-hidden">{t.title}</span>} closable={false} styles={{ container: { padding: 12 } }}>
      <Finder onClose={onClose} />
    </Dialog>
  );
}

function Finder({ onClose }: { onClose: () => void }) {
  const t = useWords(WORDS);
  const id = useId();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const hits = useHits(typed);
  const open = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    hit.go();
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length) {
      event.preventDefault();
      setChosen((chosen + step + hits.length) % hits.length);
    }
    if (event.key === "Enter") open(hits[Math.min(chosen, hits.length - 1)]);
  };
  return (
    <>
      <Input
        size="large"
        prefix={<SearchOutlined aria-hidden />}
        placeholder={t.hint}
        aria-label={t.title}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={hits.length ? `${id}-${chosen}` : undefined}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
        onKeyDown={press}
      />
      <ul className="palette-list" id={id} role="listbox" aria-label={t.title}>
        {hits.map((hit, place) => (
          <li key={hit.key} id={`${id}-${place}`} role="option" aria-selected={place === chosen} onClick={() => open(hit)} onMouseEnter={() => setChosen(place)}>
            {hit.icon}
            <span>{hit.text}</span>
            <small>{hit.kind}</small>
          </li>
        ))}
      </ul>
      <div className="quiet" role="status">
        {hits.length ? t.results(hits.length) : t.nothing}
      </div>
    </>
  );
}

function useHits(typed: string): Hit[] {
  const t = useWords(WORDS);
  const places = useWords(PLACE_WORDS);
  const lang = useLang();
  const navigate = useNavigate();
  const wearer = useWearer();
  const settled = useSettled(typed.trim(), 200);
  const tags = useQuery({ queryKey: ["definitions", "tags"], queryFn: () => got(api.GET("/v1/tags")) });
  const audiences = useQuery({ queryKey: ["audiences"], queryFn: () => got(api.GET("/v1/audiences")) });
  const people = useQuery({
    queryKey: ["find", settled],
    queryFn: () => got(api.POST("/v1/find", { body: { text: settled, limit: 5 } })),
    enabled: settled.length >= 3,
  });
  const pages = best(ALL_PLACES.filter((p) => wearer.scopes.includes(p.needs)), typed, (p) => [places[p.name]], 6).map(
    (place): Hit => ({ key: place.to, icon: <place.Icon />, text: places[place.name], kind: t.page, go: () => void navigate({ to: place.to }) }),
  );
  if (!typed.trim()) return pages;
  const customers = (people.data ?? []).map(
    (found): Hit => ({
      key: found.person,
      icon: <IdcardOutlined />,
      text: found.name ?? found.person,
      kind: t.customer,
      go: () => void navigate({ to: "/customers/$person", params: { person: found.person } }),
    }),
  );
  const groups = best(audiences.data ?? [], typed, (a) => [a.zh, a.en, a.name], 6).map(
    (one): Hit => ({ key: `a-${one.name}`, icon: <TeamOutlined />, text: labelOf(one, lang), kind: t.audience, go: () => void navigate({ to: "/audiences/$name", params: { name: one.name } }) }),
  );
  const marks = best(tags.data ?? [], typed, (tag) => [tag.zh, tag.en, tag.name], 6).map(
    (one): Hit => ({ key: `t-${one.name}`, icon: <TagsOutlined />, text: labelOf(one, lang), kind: t.tag, go: () => void navigate({ to: "/tags/$name", params: { name: one.name } }) }),
  );
  return [...customers, ...pages, ...groups, ...marks];
}
