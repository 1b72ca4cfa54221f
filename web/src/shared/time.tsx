import { useNow } from "./clock";
import { duration, exactTime, millis, relativeTime } from "./format";
import { Tip } from "./ui/tip";

/** A time, relative to now; exactly when the pointer or the focus is on it. */
export function Time({ at, className }: { at: string | number; className?: string }) {
  const now = useNow();
  const ms = millis(at);
  return (
    <Tip text={exactTime(ms)}>
      <time dateTime={new Date(ms).toISOString()} className={className}>
        {relativeTime(ms, now)}
      </time>
    </Tip>
  );
}

/** How long it is until then; nothing is left afterwards. */
export function Left({ until, className }: { until: string | number; className?: string }) {
  const now = useNow();
  return (
    <Tip text={exactTime(millis(until))}>
      <span className={className}>{duration(Math.max(0, millis(until) - now))}</span>
    </Tip>
  );
}

/** How long ago it was, as a span. */
export function Age({ since, className }: { since: string | number; className?: string }) {
  const now = useNow();
  return (
    <Tip text={exactTime(millis(since))}>
      <span className={className}>{duration(Math.max(0, now - millis(since)))}</span>
    </Tip>
  );
}
