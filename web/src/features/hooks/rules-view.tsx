import { Link } from "@tanstack/react-router";
import { Lock, ScrollText } from "lucide-react";

import { useRead } from "@/api/query";
import { cn } from "@/shared/cn";
import { Json } from "@/shared/content/written";
import { Chip } from "@/shared/status";
import { Card } from "@/shared/ui/card";
import { Facts } from "@/shared/ui/facts";
import { LINK } from "@/shared/ui/links";
import { Empty, Failed, Loading } from "@/shared/ui/states";

import { rulesOf } from "./rules";
import type { Rule } from "./rules";
import { DECISIONS } from "./search";
import { DecisionBadge } from "./verdict";

/** The rules of the tenant, as the server has them. */
export function RulesView() {
  const read = useRead("config.get", { key: "hook.rules" });
  if (read.isError) return <Failed error={read.error} onRetry={() => void read.refetch()} />;
  if (read.isPending) return <Loading />;
  const text = typeof read.data.value === "string" ? read.data.value : "";
  const rules = rulesOf(text);
  return (
    <div className="flex max-w-4xl flex-col gap-3">
      <p className="text-soft">
        These are the rules of the tenant, for all its agents. The ones that come with ClaudeBench hold, too (<code>claudebench hook rules</code> writes them), and so do those of the server and of each
        repository.
      </p>
      {rules.length === 0 ? (
        <Card>
          <Empty title="The tenant has no rules of its own" icon={<ScrollText aria-hidden />}>
            <p>
              Set them with <code>claudebench call config.set --key hook.rules</code>
            </p>
          </Empty>
        </Card>
      ) : (
        <ul className="flex flex-col gap-2" aria-label="Rules">
          {rules.map((rule, place) => (
            <li key={`${place} ${rule.name}`}>
              <RuleCard rule={rule} />
            </li>
          ))}
        </ul>
      )}
      {text !== "" && (
        <details className="rounded-xl border bg-panel p-4">
          <summary className="font-medium">As they are written</summary>
          <Json title="hook.rules" value={text} className="mt-2" />
        </details>
      )}
    </div>
  );
}

const title = (key: string) => (key.charAt(0).toUpperCase() + key.slice(1)).replaceAll("_", " ");

function RuleCard({ rule }: { rule: Rule }) {
  const { name, action, severity, tools, when, message, enabled, locked, more } = rule;
  const decision = DECISIONS.find((one) => one === action);
  return (
    <article className={cn("rounded-xl border bg-panel p-4", !enabled && "bg-sunken")}>
      <header className="flex flex-wrap items-center gap-2">
        <h3 className={cn("font-semibold", !enabled && "line-through")}>{name === "" ? "A rule without a name" : name}</h3>
        {!enabled ? <Chip title="It switches the rule of this name off">off</Chip> : decision !== undefined && <DecisionBadge decision={decision} ofRule />}
        {severity !== "" && <Chip title={`Severity ${severity}`}>{severity}</Chip>}
        {locked && (
          <span className="inline-flex items-center gap-1 text-xs text-soft" title="Later layers may not replace it, switch it off or exempt from it">
            <Lock aria-hidden className="size-3.5" />
            locked
          </span>
        )}
        <Link to="/hooks" search={{ view: "calls", rule: name }} className={cn(LINK, "ml-auto text-xs")}>
          Its calls
        </Link>
      </header>
      {message !== "" && <p className="mt-1">{message}</p>}
      {!enabled && <p className="mt-1 text-soft">The rule of this name is switched off.</p>}
      <div className="mt-2 text-sm">
        <Facts
          facts={[
            ["Tools", tools.length > 0 && tools.join(", ")],
            ["When", when !== "" && <code className="text-xs break-words whitespace-pre-wrap">{when}</code>],
            ...more.map(([key, value]) => [title(key), <code key={key} className="text-xs break-words whitespace-pre-wrap">{value}</code>] as const),
          ]}
        />
      </div>
    </article>
  );
}
