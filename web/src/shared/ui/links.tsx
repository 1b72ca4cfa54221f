import { Link } from "@tanstack/react-router";

import { shortSession } from "@/shared/value";

export const LINK = "rounded text-accent underline-offset-2 hover:underline";
/** Within a text, its colour alone would not tell it. */
export const LINK_IN_TEXT = "rounded text-accent underline underline-offset-2";

export const WorkerLink = ({ worker }: { worker: string }) => (
  <Link to="/workers" search={{ worker }} className={LINK}>
    {worker}
  </Link>
);

export const SessionLink = ({ session }: { session: string }) => (
  <Link to="/hooks" search={{ session }} className={LINK} title={session}>
    {shortSession(session)}
  </Link>
);
