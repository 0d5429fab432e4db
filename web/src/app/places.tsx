// Every place of the console, once: the menu, the palette and the shortcuts are made from it.
import {
  ApartmentOutlined,
  ApiOutlined,
  CloudUploadOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  HomeOutlined,
  IdcardOutlined,
  KeyOutlined,
  ProfileOutlined,
  RadarChartOutlined,
  SafetyCertificateOutlined,
  TagsOutlined,
  TeamOutlined,
  ThunderboltOutlined,
  UnorderedListOutlined,
  UserSwitchOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";
import type { Scope } from "@/ui/rights";
import { words } from "@/ui/words";

export const PLACE_WORDS = words({
  zh: {
    overview: "总览",
    data: "数据",
    portrait: "画像",
    settings: "设置",
    home: "首页",
    sources: "数据源",
    live: "实时消息",
    connectors: "连接器",
    imports: "导入",
    catalog: "字段与事件",
    quality: "数据质量",
    customers: "客户",
    tags: "标签",
    audiences: "人群",
    lists: "名单",
    compare: "人群对比",
    jobs: "任务",
    members: "成员与角色",
    tokens: "密钥",
    system: "系统状态",
  },
  en: {
    overview: "Overview",
    data: "Data",
    portrait: "Portraits",
    settings: "Settings",
    home: "Home",
    sources: "Sources",
    live: "Live tail",
    connectors: "Connectors",
    imports: "Imports",
    catalog: "Fields and events",
    quality: "Data quality",
    customers: "Customers",
    tags: "Tags",
    audiences: "Audiences",
    lists: "Lists",
    compare: "Compare audiences",
    jobs: "Jobs",
    members: "Members and roles",
    tokens: "Tokens",
    system: "System status",
  },
});

export type PlaceName = keyof (typeof PLACE_WORDS)["zh"];

export interface Place {
  name: PlaceName;
  to: "/" | "/sources" | "/live" | "/connectors" | "/imports" | "/catalog" | "/quality" | "/customers" | "/tags" | "/audiences" | "/audiences/compare" | "/lists" | "/jobs" | "/members" | "/tokens" | "/system";
  Icon: ComponentType;
  needs: Scope;
  /** The second letter of its shortcut, after `g`. */
  letter: string;
}

export const PLACES: { group: PlaceName; places: Place[] }[] = [
  { group: "overview", places: [{ name: "home", to: "/", Icon: HomeOutlined, needs: "read", letter: "h" }] },
  {
    group: "data",
    places: [
      { name: "sources", to: "/sources", Icon: ApiOutlined, needs: "read", letter: "d" },
      { name: "live", to: "/live", Icon: RadarChartOutlined, needs: "read", letter: "e" },
      { name: "connectors", to: "/connectors", Icon: DatabaseOutlined, needs: "read", letter: "n" },
      { name: "imports", to: "/imports", Icon: CloudUploadOutlined, needs: "read", letter: "i" },
      { name: "catalog", to: "/catalog", Icon: ProfileOutlined, needs: "read", letter: "f" },
      { name: "quality", to: "/quality", Icon: SafetyCertificateOutlined, needs: "read", letter: "q" },
    ],
  },
  {
    group: "portrait",
    places: [
      { name: "customers", to: "/customers", Icon: IdcardOutlined, needs: "read", letter: "c" },
      { name: "tags", to: "/tags", Icon: TagsOutlined, needs: "read", letter: "t" },
      { name: "audiences", to: "/audiences", Icon: TeamOutlined, needs: "read", letter: "a" },
      { name: "compare", to: "/audiences/compare", Icon: ApartmentOutlined, needs: "read", letter: "o" },
      { name: "lists", to: "/lists", Icon: UnorderedListOutlined, needs: "read", letter: "l" },
    ],
  },
  {
    group: "settings",
    places: [
      { name: "jobs", to: "/jobs", Icon: ThunderboltOutlined, needs: "read", letter: "j" },
      { name: "members", to: "/members", Icon: UserSwitchOutlined, needs: "admin", letter: "m" },
      { name: "tokens", to: "/tokens", Icon: KeyOutlined, needs: "admin", letter: "k" },
      { name: "system", to: "/system", Icon: DashboardOutlined, needs: "read", letter: "s" },
    ],
  },
];

export const ALL_PLACES: Place[] = PLACES.flatMap((group) => group.places);
