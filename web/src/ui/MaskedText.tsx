// A personal value as the server sent it. What is masked is said so, for eyes and for readers of pages.
import { EyeInvisibleOutlined } from "@ant-design/icons";
import { Tooltip } from "antd";
import { useWords, words } from "./words";

const WORDS = words({
  zh: { masked: "已脱敏:查看原值需要「个人信息」权限" },
  en: { masked: "Masked: seeing it needs the right to personal information" },
});

export function MaskedText({ children }: { children: string }) {
  const t = useWords(WORDS);
  if (!children.includes("*")) return <span>{children}</span>;
  return (
    <Tooltip title={t.masked}>
      <span className="masked">
        {children} <EyeInvisibleOutlined aria-label={t.masked} style={{ fontSize: 12 }} />
      </span>
    </Tooltip>
  );
}
