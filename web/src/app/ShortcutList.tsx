// The list of keys.
import { Switch } from "antd";
import { Dialog } from "@/ui/Dialog";
import { useRemembered } from "@/ui/remembered";
import { useWords, words } from "@/ui/words";
import { ALL_PLACES, PLACE_WORDS } from "./places";
import { LETTERS } from "./shortcuts";

const WORDS = words({
  zh: {
    title: "快捷键",
    find: "搜索与命令",
    help: "列出快捷键",
    go: (place: string) => `前往${place}`,
    save: "保存正在编辑的内容",
    undo: "撤销 / 重做",
    move: "上移 / 下移一条规则",
    search: "在列表中搜索",
    close: "关闭最上层",
    letters: "启用单字母快捷键",
  },
  en: {
    title: "Shortcuts",
    find: "Search and commands",
    help: "List the shortcuts",
    go: (place: string) => `Go to ${place}`,
    save: "Save what is being edited",
    undo: "Undo / redo",
    move: "Move a rule up / down",
    search: "Search in a list",
    close: "Close the topmost layer",
    letters: "Use single-letter shortcuts",
  },
});

export default function ShortcutList({ onClose }: { onClose: () => void }) {
  const t = useWords(WORDS);
  const places = useWords(PLACE_WORDS);
  const [letters, setLetters] = useRemembered(LETTERS, true);
  const keys: [string, string][] = [
    ["Ctrl K", t.find],
    ["?", t.help],
    ["/", t.search],
    ["Ctrl S", t.save],
    ["Ctrl Z / Ctrl Shift Z", t.undo],
    ["Alt ↑ / Alt ↓", t.move],
    ["Esc", t.close],
    ...ALL_PLACES.map(({ name, letter }): [string, string] => [`g ${letter}`, t.go(places[name])]),
  ];
  return (
    <Dialog title={t.title} onClose={onClose}>
      <label className="row" style={{ marginBottom: 12 }}>
        <Switch checked={letters} onChange={setLetters} aria-label={t.letters} /> {t.letters}
      </label>
      <dl className="facts">
        {keys.map(([key, meaning]) => (
          <div key={key} style={{ display: "contents" }}>
            <dt>
              <kbd className="code">{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
