// What it means: orders, scores, tags and audiences, each with its why.
import { QuestionCircleOutlined } from "@ant-design/icons";
import { Button, Tag } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, got, type Schemas } from "@/api/client";
import { Explained, WhyTree } from "@/rule-editor/Why";
import { Dialog } from "@/ui/Dialog";
import { useFormats } from "@/ui/numbers";
import { Panel } from "@/ui/PageShell";
import { Await } from "@/ui/states";
import { labelOf, useLang, useWords } from "@/ui/words";
import type { Card } from "./PersonPage";
import { ValueOf } from "./showing";
import { WORDS } from "./words";

type Asked = { kind: "tag" | "audience"; name: string; label: string };

export function Meaning({ card }: { card: Card }) {
  const t = useWords(WORDS);
  const lang = useLang();
  const [asked, setAsked] = useState<Asked | null>(null);
  const families = [...new Set(card.tags.map((tag) => tag.family ?? "basic"))];
  return (
    <div className="stack">
      <Panel title={t.orders}>{card.orders && card.orders.count > 0 ? <OrdersOf orders={card.orders} /> : <p className="quiet">{t.noOrders}</p>}</Panel>
      {card.scores.length > 0 && (
        <Panel title={t.scores}>
          <dl className="facts">
            {card.scores
              .filter((one) => one.value !== null)
              .map((one) => (
                <div key={one.name} style={{ display: "contents" }}>
                  <dt>{labelOf(one, lang)}</dt>
                  <dd>
                    <ValueOf value={one.value} kind={one.kind} zh={one.value_zh} en={one.value_en} />
                  </dd>
                </div>
              ))}
          </dl>
        </Panel>
      )}
      <Panel title={t.tags}>
        {families.map((family) => (
          <section key={family}>
            <h3 className="quiet small-head">{t.families[family] ?? family}</h3>
            <div className="row">
              {card.tags
                .filter((tag) => (tag.family ?? "basic") === family && tag.value !== null && tag.value !== false)
                .map((tag) => (
                  <Tag key={tag.name} className="tag-of">
                    <span className="quiet">{labelOf(tag, lang)}</span>{" "}
                    {tag.value !== true && (
                      <strong>
                        <ValueOf value={tag.value} kind={tag.kind} zh={tag.value_zh} en={tag.value_en} />
                      </strong>
                    )}
                    <WhyButton label={labelOf(tag, lang)} onClick={() => setAsked({ kind: "tag", name: tag.name, label: labelOf(tag, lang) })} />
                  </Tag>
                ))}
            </div>
          </section>
        ))}
      </Panel>
      <Panel title={t.audiences}>
        {card.audiences.length === 0 && <p className="quiet">{t.noAudiences}</p>}
        <ul className="plain">
          {card.audiences.map((one) => (
            <li key={one.name}>
              <Link to="/audiences/$name" params={{ name: one.name }}>
                {labelOf(one, lang)}
              </Link>
              <WhyButton label={labelOf(one, lang)} onClick={() => setAsked({ kind: "audience", name: one.name, label: labelOf(one, lang) })} />
            </li>
          ))}
        </ul>
      </Panel>
      {asked && (
        <Dialog title={`${asked.label}: ${t.why}`} onClose={() => setAsked(null)} width={640}>
          {asked.kind === "audience" ? <Explained who={card.person} audience={asked.name} /> : <WhyTag person={card.person} tag={asked.name} />}
        </Dialog>
      )}
    </div>
  );
}

function WhyButton({ label, onClick }: { label: string; onClick: () => void }) {
  const t = useWords(WORDS);
  return <Button type="text" size="small" icon={<QuestionCircleOutlined />} aria-label={`${label}: ${t.why}`} title={t.why} onClick={onClick} className="no-print" />;
}

function OrdersOf({ orders }: { orders: NonNullable<Card["orders"]> }) {
  const t = useWords(WORDS);
  const f = useFormats();
  return (
    <dl className="facts">
      <dt>{t.orderCount}</dt>
      <dd className="figure">{f.count(orders.count)}</dd>
      <dt>{t.amount}</dt>
      <dd className="figure">{orders.amount === null ? "–" : f.amount(orders.amount)}</dd>
      <dt>{t.average}</dt>
      <dd>{orders.average === null ? "–" : f.amount(orders.average)}</dd>
      <dt>{t.lastOrder}</dt>
      <dd>{orders.last_at ? f.moment(orders.last_at) : "–"}</dd>
    </dl>
  );
}

function WhyTag({ person, tag }: { person: string; tag: string }) {
  const why = useQuery({
    queryKey: ["person", person, "why-tag", tag],
    queryFn: () => got(api.POST("/v1/persons/{who}/why-tag", { params: { path: { who: person } }, body: { tag } })),
  });
  return <Await of={why}>{(found) => <TagReason found={found} />}</Await>;
}

function TagReason({ found }: { found: Schemas["TagReasonAnswer"] }) {
  const t = useWords(WORDS);
  const lang = useLang();
  return (
    <div className="stack">
      {found.cases.map((one) => (
        <section key={one.value}>
          <h3>
            {t.case(one.value)} {one.reason.holds ? t.holds : t.notHolds}
          </h3>
          <WhyTree reason={one.reason} />
        </section>
      ))}
      {(found.measures.length > 0 || found.columns.length > 0) && (
        <dl className="facts">
          {found.measures.map((one) => (
            <div key={one.text} style={{ display: "contents" }}>
              <dt>{one.sentence}</dt>
              <dd>
                <ValueOf value={one.value} />
              </dd>
            </div>
          ))}
          {found.columns.map((one) => (
            <div key={one.column.name} style={{ display: "contents" }}>
              <dt>{labelOf(one.column, lang)}</dt>
              <dd>
                <ValueOf value={one.value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {Object.keys(found.needed).length > 0 && (
        <p className="quiet">
          {t.needs}: {Object.entries(found.needed).map(([name, value]) => `${name} ≥ ${value}`).join(", ")}
        </p>
      )}
      {found.on_list !== null && <p>{found.on_list ? t.onList : t.offList}</p>}
      {found.by_hand && <p>{t.byHand(found.by_hand)}</p>}
    </div>
  );
}
