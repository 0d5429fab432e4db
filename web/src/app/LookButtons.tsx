// The reader's own choices: language, and light or dark.
import { DesktopOutlined, MoonOutlined, SunOutlined, TranslationOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useWords, words } from "@/ui/words";
import { type Choice, useLook } from "./look";

const WORDS = words({
  zh: { language: "Switch to English", light: "明暗", choices: { light: "浅色", dark: "深色", system: "跟随系统" } },
  en: { language: "切换到中文", light: "Light or dark", choices: { light: "Light", dark: "Dark", system: "As the system" } },
});

const ICONS: Record<Choice, ReactNode> = { light: <SunOutlined aria-hidden />, dark: <MoonOutlined aria-hidden />, system: <DesktopOutlined aria-hidden /> };

export function LangButton() {
  const t = useWords(WORDS);
  const { lang, setLang } = useLook();
  const other = lang === "zh" ? "en" : "zh";
  return (
    <Tooltip title={t.language}>
      <Button type="text" icon={<TranslationOutlined aria-hidden />} aria-label={t.language} lang={other === "zh" ? "zh-CN" : "en"} onClick={() => setLang(other)} />
    </Tooltip>
  );
}

export function LightChoice() {
  const t = useWords(WORDS);
  const { choice, setChoice } = useLook();
  return (
    <div role="group" aria-label={t.light} className="light-choice">
      {(["light", "dark", "system"] as const).map((one) => (
        <Tooltip key={one} title={t.choices[one]}>
          <Button type={choice === one ? "primary" : "text"} icon={ICONS[one]} aria-label={t.choices[one]} aria-pressed={choice === one} onClick={() => setChoice(one)} />
        </Tooltip>
      ))}
    </div>
  );
}
