// Takes a picture of a part of the page, as it is seen, with its name, when, and who took it.
import { saveAs } from "@/api/client";

/** Saves a part of the page as PNG. What is marked `no-print` is left out. */
export async function takePicture(node: HTMLElement, name: string, line: string): Promise<void> {
  const { toBlob } = await import("html-to-image");
  const style = getComputedStyle(document.body);
  const foot = document.createElement("p");
  foot.textContent = line;
  foot.style.cssText = "margin:12px 24px;opacity:.75;font-size:12px";
  node.append(foot);
  try {
    const filter = (part: Node) => !(part instanceof HTMLElement && part.classList.contains("no-print"));
    const blob = await toBlob(node, { pixelRatio: 2, backgroundColor: style.backgroundColor, filter, skipFonts: true, style: { margin: "0", transform: "none" } });
    if (blob) saveAs(blob, `${name}.png`);
  } finally {
    foot.remove();
  }
}
