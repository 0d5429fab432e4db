// Language and light: chosen by the reader, remembered by the browser, told to everything below.
import enUS from "antd/es/locale/en_US";
import zhCN from "antd/es/locale/zh_CN";
import type { Locale } from "antd/es/locale";
import { App as AntApp, ConfigProvider } from "antd";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { speak } from "@/api/client";
import { recall, useRemembered } from "@/ui/remembered";
import { ModeContext } from "@/ui/mode";
import { themeOf, type Mode } from "@/ui/theme";
import { type Lang, LangContext } from "@/ui/words";

export type Choice = Mode | "system";

interface Look {
  lang: Lang;
  setLang: (lang: Lang) => void;
  choice: Choice;
  setChoice: (choice: Choice) => void;
}

/** In a calendar, the year and the month are called what is written on them. */
const plainly = (locale: Locale): Locale => ({ ...locale, DatePicker: locale.DatePicker && { ...locale.DatePicker, lang: { ...locale.DatePicker.lang, yearSelect: "", monthSelect: "" } } });

const LOCALES: Record<Lang, Locale> = { zh: plainly(zhCN), en: plainly(enUS) };

const LookContext = createContext<Look | null>(null);

/** Returns the reader's choices of language and light. */
export function useLook(): Look {
  const look = useContext(LookContext);
  if (!look) throw new Error("outside LookProvider");
  return look;
}

const firstLang = (): Lang => recall<Lang | null>("lang", null) ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

export function LookProvider({ children, onLang }: { children: ReactNode; onLang: () => void }) {
  const [lang, setLang] = useRemembered<Lang>("lang", firstLang());
  const [choice, setChoice] = useRemembered<Choice>("light", "system");
  const dark = useSystem("(prefers-color-scheme: dark)");
  const still = useSystem("(prefers-reduced-motion: reduce)");
  const mode: Mode = choice === "system" ? (dark ? "dark" : "light") : choice;
  speak(lang); // before anything below asks
  useEffect(() => {
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    document.documentElement.dataset["mode"] = mode;
  }, [lang, mode]);
  const look = useMemo<Look>(
    () => ({
      lang,
      setLang: (next) => {
        speak(next);
        setLang(next);
        onLang();
      },
      choice,
      setChoice,
    }),
    [lang, setLang, choice, setChoice, onLang],
  );
  return (
    <LookContext.Provider value={look}>
      <LangContext.Provider value={lang}>
        <ModeContext.Provider value={mode}>
          <ConfigProvider locale={LOCALES[lang]} theme={themeOf(mode, still)} button={{ autoInsertSpace: false }}>
            {/* The element around everything carries the tokens as CSS variables. */}
            <AntApp>{children}</AntApp>
          </ConfigProvider>
        </ModeContext.Provider>
      </LangContext.Provider>
    </LookContext.Provider>
  );
}

/** Says whether the system asks for something, such as dark or little movement. */
function useSystem(query: string): boolean {
  const [wanted, setWanted] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const follow = () => setWanted(media.matches);
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, [query]);
  return wanted;
}
