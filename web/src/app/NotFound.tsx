// An address that leads nowhere.
import { LinkButton } from "@/ui/LinkButton";
import { PageShell } from "@/ui/PageShell";
import { NothingYet } from "@/ui/states";
import { useWords, words } from "@/ui/words";

const WORDS = words({
  zh: { title: "没有这个页面", how: "地址可能写错了,或内容已被删除。", home: "回到首页" },
  en: { title: "There is no such page", how: "The address may be mistyped, or what it named is gone.", home: "Go home" },
});

export function NotFound() {
  const t = useWords(WORDS);
  return (
    <PageShell title={t.title}>
      <NothingYet
        title={t.how}
        action={
          <LinkButton to="/" type="primary">{t.home}</LinkButton>
        }
      />
    </PageShell>
  );
}
