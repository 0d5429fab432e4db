// Colours of charts: told apart by people who see colours differently (after Okabe and Ito), in two lights.
import type { Mode } from "@/ui/theme";

export interface Inks {
  series: string[];
  text: string;
  quiet: string;
  line: string;
  grid: string;
  paper: string;
  /** What nobody is in. */
  blank: string;
  ramp: [string, string];
}

const INKS: Record<Mode, Inks> = {
  light: {
    series: ["#24418f", "#c2571a", "#1b7f5c", "#8c4a8f", "#a8760c", "#3b86b5", "#6b6f76"],
    text: "rgba(0,0,0,.86)",
    quiet: "rgba(0,0,0,.62)",
    line: "rgba(0,0,0,.28)",
    grid: "rgba(0,0,0,.09)",
    paper: "#ffffff",
    blank: "#eceef2",
    ramp: ["#dfe6f8", "#24418f"],
  },
  dark: {
    series: ["#8ea6f3", "#f0a06b", "#5fc79c", "#cf9ad2", "#dcb75a", "#7fc3ea", "#a5abb5"],
    text: "rgba(255,255,255,.88)",
    quiet: "rgba(255,255,255,.68)",
    line: "rgba(255,255,255,.3)",
    grid: "rgba(255,255,255,.1)",
    paper: "#17191f",
    blank: "#262a33",
    ramp: ["#24304f", "#9db4ff"],
  },
};

export const inksOf = (mode: Mode): Inks => INKS[mode];
