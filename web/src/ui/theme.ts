// The look: one set of tokens, light and dark, in contrasts that pass WCAG 2.2 AA.
import { theme as antd, type ThemeConfig } from "antd";

export type Mode = "light" | "dark";

/** What is written with; charts must know it, to measure what they write. */
export const FONT = `system-ui, -apple-system, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Segoe UI", Roboto, sans-serif`;

const SHARED = { fontFamily: FONT, borderRadius: 8, fontSize: 14, controlHeight: 34, wireframe: false };

const LIGHT: ThemeConfig = {
  algorithm: antd.defaultAlgorithm,
  token: {
    ...SHARED,
    colorPrimary: "#24418f",
    colorPrimaryBg: "#e9eefb",
    colorPrimaryBgHover: "#dbe4f9",
    colorLink: "#24418f",
    colorSuccess: "#1c6b3a",
    colorSuccessBg: "#e7f5ec",
    colorSuccessBorder: "#b4dfc3",
    colorWarning: "#8f5200",
    colorWarningBg: "#fff3de",
    colorWarningBorder: "#f0d3a3",
    colorError: "#b3261e",
    colorErrorBg: "#fdeceb",
    colorErrorBorder: "#f3c1be",
    colorInfo: "#24418f",
    colorInfoBg: "#e9eefb",
    colorInfoBorder: "#c3d0f2",
    colorBgLayout: "#f5f6f8",
    colorText: "rgba(0,0,0,.88)",
    colorTextSecondary: "rgba(0,0,0,.67)",
    colorTextDescription: "rgba(0,0,0,.62)",
    colorTextTertiary: "rgba(0,0,0,.62)",
    colorTextQuaternary: "rgba(0,0,0,.58)",
    colorTextPlaceholder: "rgba(0,0,0,.58)",
    colorTextDisabled: "rgba(0,0,0,.46)",
  },
};

const DARK: ThemeConfig = {
  algorithm: antd.darkAlgorithm,
  token: {
    ...SHARED,
    colorPrimary: "#7f9bf0",
    colorPrimaryBg: "#1f2a4d",
    colorPrimaryBgHover: "#26345f",
    colorLink: "#9db4ff",
    colorSuccess: "#69c08b",
    colorWarning: "#e0a24a",
    colorError: "#ff8f87",
    colorInfo: "#9db4ff",
    colorBgLayout: "#101216",
    colorBgContainer: "#17191f",
    colorBgElevated: "#1f222a",
    colorTextLightSolid: "#0b0d12",
    colorTextSecondary: "rgba(255,255,255,.72)",
    colorTextDescription: "rgba(255,255,255,.65)",
    colorTextTertiary: "rgba(255,255,255,.65)",
    colorTextQuaternary: "rgba(255,255,255,.62)",
    colorTextPlaceholder: "rgba(255,255,255,.62)",
  },
};

/** Returns the tokens of a mode; where little movement is asked for, antd must know, or it waits for what does not end. */
export function themeOf(mode: Mode, still: boolean): ThemeConfig {
  const base = mode === "dark" ? DARK : LIGHT;
  return {
    ...base,
    token: { ...base.token, motion: !still },
    components: {
      Layout: { siderBg: "transparent", headerBg: "transparent", bodyBg: "transparent", headerPadding: "0 16px", headerHeight: 56 },
      Menu: { itemBg: "transparent", subMenuItemBg: "transparent", itemHeight: 36, groupTitleFontSize: 12 },
      Card: { headerFontSize: 15 },
    },
  };
}
