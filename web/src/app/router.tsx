// The addresses of the console. Each page is loaded when it is first gone to.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { NotFound } from "./NotFound";
import { PageProblem } from "./PageProblem";
import { Root } from "./Root";

const root = createRootRoute({ component: Root, notFoundComponent: NotFound });

/** Whatever stands in the address after `?` is passed on; pages read it as what they expect, field by field. */
const any = (search: Record<string, unknown>): Record<string, unknown> => search;

const at = <P extends string>(path: P, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component, validateSearch: any });

const tree = root.addChildren([
  at("/", lazyRouteComponent(() => import("@/rooms/home/Home"), "Home")),
  at("/sources", lazyRouteComponent(() => import("@/rooms/sources/Sources"), "Sources")),
  at("/sources/$name", lazyRouteComponent(() => import("@/rooms/sources/SourcePage"), "SourcePage")),
  at("/live", lazyRouteComponent(() => import("@/rooms/sources/Live"), "Live")),
  at("/connectors", lazyRouteComponent(() => import("@/rooms/connectors/Connectors"), "Connectors")),
  at("/connectors/new", lazyRouteComponent(() => import("@/rooms/connectors/ConnectorEditor"), "NewConnector")),
  at("/connectors/$name", lazyRouteComponent(() => import("@/rooms/connectors/ConnectorPage"), "ConnectorPage")),
  at("/connectors/$name/edit", lazyRouteComponent(() => import("@/rooms/connectors/ConnectorEditor"), "EditConnector")),
  at("/hooks/new", lazyRouteComponent(() => import("@/rooms/connectors/HookEditor"), "NewHook")),
  at("/hooks/$name", lazyRouteComponent(() => import("@/rooms/connectors/HookPage"), "HookPage")),
  at("/hooks/$name/edit", lazyRouteComponent(() => import("@/rooms/connectors/HookEditor"), "EditHook")),
  at("/imports", lazyRouteComponent(() => import("@/rooms/imports/Imports"), "Imports")),
  at("/imports/new", lazyRouteComponent(() => import("@/rooms/imports/NewImport"), "NewImport")),
  at("/imports/$number", lazyRouteComponent(() => import("@/rooms/imports/ImportPage"), "ImportPage")),
  at("/quality", lazyRouteComponent(() => import("@/rooms/quality/Quality"), "Quality")),
  at("/quality/plans/new/edit", lazyRouteComponent(() => import("@/rooms/quality/PlanEditor"), "NewPlan")),
  at("/quality/plans/$name/edit", lazyRouteComponent(() => import("@/rooms/quality/PlanEditor"), "EditPlan")),
  at("/quality/messages/$number/mend", lazyRouteComponent(() => import("@/rooms/quality/MendMessage"), "MendMessage")),
  at("/quality/$source/$event", lazyRouteComponent(() => import("@/rooms/quality/EventPage"), "EventPage")),
  at("/catalog", lazyRouteComponent(() => import("@/rooms/catalog/Catalog"), "Catalog")),
  at("/customers", lazyRouteComponent(() => import("@/rooms/customers/Customers"), "Customers")),
  at("/customers/$person", lazyRouteComponent(() => import("@/rooms/customers/PersonPage"), "PersonPage")),
  at("/tags", lazyRouteComponent(() => import("@/rooms/tags/Tags"), "Tags")),
  at("/tags/new", lazyRouteComponent(() => import("@/rooms/tags/TagEditor"), "NewTag")),
  at("/tags/$name", lazyRouteComponent(() => import("@/rooms/tags/TagPage"), "TagPage")),
  at("/tags/$name/edit", lazyRouteComponent(() => import("@/rooms/tags/TagEditor"), "EditTag")),
  at("/audiences", lazyRouteComponent(() => import("@/rooms/audiences/Audiences"), "Audiences")),
  at("/audiences/compare", lazyRouteComponent(() => import("@/rooms/audiences/Compare"), "Compare")),
  at("/audiences/new", lazyRouteComponent(() => import("@/rooms/audiences/Builder"), "NewAudience")),
  at("/audiences/$name", lazyRouteComponent(() => import("@/rooms/audiences/AudiencePage"), "AudiencePage")),
  at("/audiences/$name/edit", lazyRouteComponent(() => import("@/rooms/audiences/Builder"), "EditAudience")),
  at("/lists", lazyRouteComponent(() => import("@/rooms/lists/Lists"), "Lists")),
  at("/lists/$name", lazyRouteComponent(() => import("@/rooms/lists/ListPage"), "ListPage")),
  at("/jobs", lazyRouteComponent(() => import("@/rooms/jobs/Jobs"), "Jobs")),
  at("/members", lazyRouteComponent(() => import("@/rooms/members/Members"), "Members")),
  at("/tokens", lazyRouteComponent(() => import("@/rooms/members/Tokens"), "Tokens")),
  at("/me", lazyRouteComponent(() => import("@/rooms/members/Me"), "Me")),
  at("/system", lazyRouteComponent(() => import("@/rooms/system/System"), "System")),
]);

/** Reads an address as people write it: words, whole numbers and yes. */
function parseSearch(text: string): Record<string, unknown> {
  const read = (value: string) => (value === "true" ? true : /^\d{1,9}$/.test(value) ? Number(value) : value);
  return Object.fromEntries([...new URLSearchParams(text)].map(([key, value]) => [key, read(value)]));
}

function stringifySearch(search: Record<string, unknown>): string {
  const said = Object.entries(search).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(said.map(([key, value]) => [key, String(value as string)])).toString();
  return text && `?${text}`;
}

export const router = createRouter({
  routeTree: tree,
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultPreloadDelay: 80,
  scrollRestoration: true,
  defaultErrorComponent: PageProblem,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
