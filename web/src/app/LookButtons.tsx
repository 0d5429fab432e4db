// The reader's own choices: language, and light or dark.
import { DesktopOutlined, MoonOutlined, SunOutlined, TranslationOutlined } from "@ant-design/icons";
import { Button, Dropdown, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useWords, words } from "@/ui/words";
import { type Choice, useLook } from "./look";

const WORDS = words({
  zh: { language: "Switch to English", light: "明暗", bright: "浅色", dark: "深色", system: "跟随系统" },
  en: { language: "切换到中文", light: "Light or dark", bright: "Light", dark: "Dark", system: "As the system" },
});

const ICONS: Record<Choice, ReactNode> = { light: <SunOutlined />, dark: <MoonOutlined />, system: <DesktopOutlined /> };

export function LookButtons() {
  const t = useWords(WORDS);
  const { lang, setLang, choice, setChoice } = useLook();
  const items = (
    [
      ["light", t.bright],
      ["dark", t.dark],
      ["system", t.system],
    ] as const
  ).map(([key, label]) => ({ key, label, icon: ICONS[key] }));
  return (
    <>
      <Tooltip title={t.language}>
        <Button type="text" icon={<TranslationOutlined />} aria-label={t.language} lang={lang === "zh" ? "en" : "zh-CN"} onClick={() => setLang(lang === "zh" ? "en" : "zh")} />
      </Tooltip>
      <Dropdown trigger={["click"]} menu={{ items, selectedKeys: [choice], onClick: ({ key }) => setChoice(key as Choice) }}>
        <Button type="text" icon={ICONS[choice]} aria-label={t.light} />
      </Dropdown>
    </>
  );
}
