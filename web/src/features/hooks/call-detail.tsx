import { Link } from "@tanstack/react-router";

import { Json } from "@/shared/content/written";
import { exactTime } from "@/shared/format";
import { Facts } from "@/shared/ui/facts";
import { LINK, SessionLink, WorkerLink } from "@/shared/ui/links";
import { textOf } from "@/shared/value";

import type { Call } from "./calls";
import { DECISION_ABOUT, DecisionBadge, layerName } from "./verdict";

/** A tool call, and what the rules said of it. */
export function CallDetail({ call }: { call: Call }) {
  const { tool, decision, rule, reason, because, layer, severity, warnings, session, worker, at, event } = call;
  const params = event.payload["params"];
  const command = textOf(params, "command");
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <DecisionBadge decision={decision} />
        <span className="font-medium">{tool}</span>
        <span className="text-soft">{DECISION_ABOUT[decision]}</span>
      </div>
      {reason !== undefined && <p className="rounded-md bg-sunken p-2.5 break-words">{reason}</p>}
      <Facts
        facts={[
          [
            "Rule",
            rule !== undefined && (
              <Link to="/hooks" search={{ view: "calls", rule }} className={LINK}>
                {rule}
              </Link>
            ),
          ],
          ["It is", layer !== undefined && layerName(layer)],
          ["Severity", severity],
          ["Matched", because !== undefined && <code className="text-xs break-all">{because}</code>],
          ["Warnings", warnings.length > 0 && warnings.join("; ")],
          ["Session", session !== undefined && <SessionLink session={session} />],
          ["Worker", worker !== undefined && <WorkerLink worker={worker} />],
          ["When", exactTime(at)],
        ]}
      />
      {command?.includes("\n") === true && <Json title="Command" value={command} />}
      <Json title="Called with" value={params} />
      <Json title="Verdict" value={event.payload["validationResult"]} />
    </div>
  );
}
