// Why a person is in a group, or is not: every condition with whether it holds and the value that decided.
import { CheckCircleFilled, CloseCircleFilled } from "@ant-design/icons";
import { Alert, Input } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, got, type Schemas } from "@/api/client";
import { useFormats } from "@/ui/numbers";
import { Await } from "@/ui/states";
import { useWords } from "@/ui/words";
import type { Rule } from "./rule";
import { WORDS } from "./words";

type Reason = Schemas["ReasonAnswer"];

export function WhyTree({ reason }: { reason: Reason }) {
  return (
    <ul className="why-tree">
      <Node reason={reason} />
    </ul>
  );
}

function Node({ reason }: { reason: Reason }) {
  const t = useWords(WORDS);
  const Icon = reason.holds ? CheckCircleFilled : CloseCircleFilled;
  const leaf = reason.parts.length === 0;
  const shown = useShown(reason.value);
  return (
    <li>
      <div>
        <Icon className={reason.holds ? "yes" : "no"} aria-label={reason.holds ? t.holds : t.fails} /> <span className={leaf ? "code" : "quiet"}>{leaf ? reason.text : groupName(reason, t)}</span>
        {leaf && (
          <>
            {" "}
            <span className="quiet">{t.actual}:</span> <strong>{shown}</strong>
          </>
        )}
      </div>
      {!leaf && (
        <ul>
          {reason.parts.map((part) => (
            <Node key={part.path} reason={part} />
          ))}
        </ul>
      )}
    </li>
  );
}

function groupName(reason: Reason, t: { all: string; any: string; not: string }): string {
  if (reason.parts.length === 1) return t.not;
  const some = reason.parts.some((part) => part.holds);
  const all = reason.parts.every((part) => part.holds);
  return reason.holds ? (all ? t.all : t.any) : some ? t.all : t.any;
}

function useShown(value: unknown): string {
  const t = useWords(WORDS);
  const f = useFormats();
  if (value === null || value === undefined) return t.unknownValue;
  if (typeof value === "boolean") return value ? t.yes : t.no;
  if (typeof value === "number") return f.amount(value);
  if (Array.isArray(value)) return value.join("、");
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return f.moment(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value as string);
}

/** Asks of anybody, by any identifier. */
export function Explain({ rule, audience }: { rule?: Rule; audience?: string }) {
  const t = useWords(WORDS);
  const [who, setWho] = useState("");
  return (
    <div className="stack" style={{ gap: 8 }}>
      <Input.Search placeholder={t.whyHint} aria-label={`${t.why}: ${t.whyHint}`} enterButton={t.explain} onSearch={(text) => setWho(text.trim())} allowClear />
      {who && <Explained who={who} rule={rule} audience={audience} />}
    </div>
  );
}

export function Explained({ who, rule, audience }: { who: string; rule?: Rule; audience?: string }) {
  const t = useWords(WORDS);
  const body = { person: who, rule: rule as never, audience };
  const reason = useQuery({ queryKey: ["why", body], queryFn: () => got(api.POST("/v1/why", { body })) });
  return (
    <Await of={reason} rows={2}>
      {(found) => (
        <>
          <Alert type={found.holds ? "success" : "info"} showIcon title={found.holds ? t.isIn : t.isOut} />
          <WhyTree reason={found} />
        </>
      )}
    </Await>
  );
}
