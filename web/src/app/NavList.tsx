// Where one can go: the menu's list of links, as far as one's rights reach.
import { Link, useRouterState } from "@tanstack/react-router";
import { useWearer } from "@/ui/rights";
import { useWords } from "@/ui/words";
import { ALL_PLACES, PLACE_WORDS, PLACES } from "./places";

export function Brand() {
  return (
    <Link to="/" className="brand">
      <img src="/icon.svg" alt="" width={28} height={28} />
      <span lang="zh-CN">群像</span>
      <small>Qunxiang</small>
    </Link>
  );
}

export function Places({ onGo }: { onGo?: () => void }) {
  const t = useWords(PLACE_WORDS);
  const wearer = useWearer();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const here = [...ALL_PLACES].sort((a, b) => b.to.length - a.to.length).find(({ to }) => (to === "/" ? path === "/" : path.startsWith(to) || (to === "/connectors" && path.startsWith("/hooks"))));
  const groups = PLACES.map(({ group, places }) => ({ group, places: places.filter((place) => wearer.scopes.includes(place.needs)) }));
  return (
    <ul className="places">
      {groups
        .filter(({ places }) => places.length > 0)
        .map(({ group, places }) => (
          <li key={group}>
            <span className="quiet">{t[group]}</span>
            <ul>
              {places.map(({ name, to, Icon }) => (
                <li key={name}>
                  <Link to={to} onClick={onGo} aria-current={here?.name === name ? "page" : undefined} activeOptions={{ exact: true }}>
                    <Icon aria-hidden /> {t[name]}
                  </Link>
                </li>
              ))}
            </ul>
          </li>
        ))}
    </ul>
  );
}
