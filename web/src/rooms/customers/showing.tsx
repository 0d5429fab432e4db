// How a value of a customer is shown, whatever its kind.
import type { ReactNode } from "react";
import { MaskedText } from "@/ui/MaskedText";
import { useFormats } from "@/ui/numbers";
import { useLang, useWords } from "@/ui/words";
import { WORDS } from "./words";

export type Plain = string | boolean | number | string[] | null | undefined;

interface Props {
  value: Plain;
  kind?: string;
  zh?: string;
  en?: string;
}

export function ValueOf({ value, kind, zh, en }: Props): ReactNode {
  const t = useWords(WORDS);
  const f = useFormats();
  const lang = useLang();
  const label = lang === "zh" ? zh : en;
  if (value === null || value === undefined) return <span className="quiet">{t.unknown}</span>;
  if (label) return label;
  if (typeof value === "boolean") return value ? t.yes : t.no;
  if (typeof value === "number") return f.amount(value);
  if (kind === "money" || kind === "number") return f.amount(Number(value)); // exact decimals come as text
  if (Array.isArray(value)) return value.join("、");
  if (kind === "moment") return f.moment(value);
  if (kind === "date") return f.day(value);
  return <MaskedText>{value}</MaskedText>;
}
