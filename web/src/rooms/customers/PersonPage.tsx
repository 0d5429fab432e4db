// The 360 card: who this is, what is known and from where, what happened, what it means.
import { CameraOutlined, CheckCircleFilled, CloseCircleOutlined, CopyOutlined, EllipsisOutlined, PrinterOutlined } from "@ant-design/icons";
import { App, Avatar, Button, Dropdown, Tag, Tooltip } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useRef } from "react";
import { api, download, got, type Schemas } from "@/api/client";
import { useLive } from "@/api/live";
import { takePicture } from "@/charts/picture";
import { AwaitPage } from "@/ui/AwaitPage";
import { LinkButton } from "@/ui/LinkButton";
import { MaskedText } from "@/ui/MaskedText";
import { useFormats } from "@/ui/numbers";
import { PageShell, Panel } from "@/ui/PageShell";
import { useMay, useWearer } from "@/ui/rights";
import { useTelling } from "@/ui/telling";
import { labelOf, useLang, useWords } from "@/ui/words";
import { Known } from "./Known";
import { Meaning } from "./Meaning";
import { TimelineOf } from "./TimelineOf";
import { WORDS } from "./words";
import "./customers.css";

export type Card = Schemas["Card"];

export function PersonPage() {
  const t = useWords(WORDS);
  const { person } = useParams({ strict: false }) as { person: string };
  const card = useQuery({
    queryKey: ["person", person],
    queryFn: () => got(api.GET("/v1/persons/{who}", { params: { path: { who: person } } })),
  });
  return (
    <AwaitPage of={card} title={t.title} wayOn={<LinkButton to="/customers">{t.toAll}</LinkButton>}>
      {(found) => <CardOf key={found.person} card={found} />}
    </AwaitPage>
  );
}

function CardOf({ card }: { card: Card }) {
  const t = useWords(WORDS);
  useLive(["person"], card.person);
  const f = useFormats();
  const wearer = useWearer();
  const page = useRef<HTMLDivElement>(null);
  const tell = useTelling();
  const name = card.name ?? t.nameless;
  const picture = () => page.current && void takePicture(page.current, name, `${card.person} · ${f.moment(new Date())} · ${wearer.name} · 群像 Qunxiang`).catch(tell);
  const actions = (
    <>
      <Button icon={<CameraOutlined />} onClick={picture}>
        {t.picture}
      </Button>
      <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
        {t.pdf}
      </Button>
      <Rights card={card} />
    </>
  );
  return (
    <div ref={page}>
      <PageShell title={<MaskedText>{name}</MaskedText>} name={name} actions={actions}>
        <Head card={card} name={name} />
        <div className="card-columns">
          <Known card={card} />
          <TimelineOf person={card.person} total={card.events_total} />
          <Meaning card={card} />
        </div>
      </PageShell>
    </div>
  );
}

function Head({ card, name }: { card: Card; name: string }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const marks = card.scores.filter((score) => ["lifecycle", "rfm_group"].includes(score.name) && score.value !== null);
  const seen = (at: string | null) => (at ? <span title={f.moment(at)}>{f.ago(at)}</span> : t.never);
  return (
    <Panel className="card-head">
      <Avatar size={56} style={{ background: "var(--ant-color-primary)", color: "var(--ant-color-text-light-solid)" }} aria-hidden>
        {name.slice(0, 1)}
      </Avatar>
      <div className="stack" style={{ gap: 8, flex: 1, minWidth: 220 }}>
        <div className="row">
          {marks.map((one) => (
            <Tag key={one.name} color="blue" title={labelOf(one, lang)}>
              {(lang === "zh" ? one.value_zh : one.value_en) || String(one.value)}
            </Tag>
          ))}
          {card.reachable.map((way) => (
            <Tooltip key={way.channel} title={lang === "zh" ? way.zh : way.en}>
              <Tag color={way.ok ? "success" : "default"} icon={way.ok ? <CheckCircleFilled aria-hidden /> : <CloseCircleOutlined aria-hidden />} tabIndex={0}>
                {lang === "zh" ? way.zh : way.en}
              </Tag>
            </Tooltip>
          ))}
        </div>
        <dl className="facts inline">
          <dt>{t.id}</dt>
          <dd>
            <Copyable text={card.person} />
          </dd>
          {card.identifiers.map((one) => (
            <div key={`${one.type}${one.value}`} style={{ display: "contents" }}>
              <dt>{lang === "zh" ? one.zh || one.type : one.en || one.type}</dt>
              <dd title={[one.source && t.from(one.source), one.first_seen && f.day(one.first_seen)].filter(Boolean).join(" · ")}>
                <MaskedText>{one.value}</MaskedText>
              </dd>
            </div>
          ))}
        </dl>
      </div>
      <dl className="facts">
        <dt>{t.lastActive}</dt>
        <dd>{seen(card.last_active)}</dd>
        <dt>{t.firstSeen}</dt>
        <dd>{seen(card.first_seen)}</dd>
      </dl>
    </Panel>
  );
}

function Copyable({ text }: { text: string }) {
  const t = useWords(WORDS);
  const { message } = App.useApp();
  const copy = () => void navigator.clipboard.writeText(text).then(() => message.success(t.copied));
  return (
    <span>
      <span className="code">{text}</span> <Button type="text" size="small" icon={<CopyOutlined />} aria-label={`${t.copy} ${text}`} onClick={copy} className="no-print" />
    </span>
  );
}

/** What the law gives a person: everything held about them, and nothing any more. */
function Rights({ card }: { card: Card }) {
  const t = useWords(WORDS);
  const f = useFormats();
  const may = { erase: useMay("erase"), personal: useMay("personal") };
  const { modal, message } = App.useApp();
  const tell = useTelling();
  const client = useQueryClient();
  const navigate = useNavigate();
  if (!may.erase) return null;
  const erase = async () => {
    try {
      const receipt = await got(api.DELETE("/v1/persons/{who}", { params: { path: { who: card.person } } }));
      await client.invalidateQueries();
      void message.success(receipt.found_after === 0 ? t.erased : t.erasedLeft(f.count(receipt.found_after)), 10);
      void navigate({ to: "/customers" });
    } catch (error) {
      tell(error);
    }
  };
  const items = [
    { key: "export", label: t.exportAll, disabled: !may.personal, onClick: () => void download(`/v1/persons/${card.person}/export`).catch(tell) },
    { key: "erase", label: t.erase, danger: true, onClick: () => void modal.confirm({ title: t.eraseSure, content: t.eraseHow, okText: t.erase, okButtonProps: { danger: true }, onOk: erase }) },
  ];
  return (
    <Dropdown trigger={["click"]} menu={{ items }}>
      <Button icon={<EllipsisOutlined />} aria-label={t.share} />
    </Dropdown>
  );
}
