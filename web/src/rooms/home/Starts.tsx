// The shortest ways to a portrait and to an audience.
import { IdcardOutlined, PlusCircleOutlined, TeamOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, got } from "@/api/client";
import { Panel } from "@/ui/PageShell";
import { useMay } from "@/ui/rights";
import { labelOf, useLang, useWords } from "@/ui/words";
import { someoneQuery } from "./asking";
import { WORDS } from "./words";

export function Starts() {
  const t = useWords(WORDS);
  const lang = useLang();
  const mayDefine = useMay("define");
  const someone = useQuery(someoneQuery);
  const audiences = useQuery({ queryKey: ["audiences"], queryFn: () => got(api.GET("/v1/audiences")) });
  const first = audiences.data?.find((one) => (one.count ?? 0) > 0) ?? audiences.data?.[0];
  return (
    <Panel title={t.shortcuts}>
      <div className="starts">
        {someone.data && (
          <Link to="/customers/$person" params={{ person: someone.data }}>
            <IdcardOutlined aria-hidden />
            <span>
              {t.aCustomer}
              <small>{t.aCustomerLead}</small>
            </span>
          </Link>
        )}
        {first && (
          <Link to="/audiences/$name" params={{ name: first.name }}>
            <TeamOutlined aria-hidden />
            <span>
              {t.anAudience(labelOf(first, lang))}
              <small>{t.anAudienceLead}</small>
            </span>
          </Link>
        )}
        {mayDefine && (
          <Link to="/audiences/new">
            <PlusCircleOutlined aria-hidden />
            <span>
              {t.newAudience}
              <small>{t.newAudienceLead}</small>
            </span>
          </Link>
        )}
      </div>
    </Panel>
  );
}
