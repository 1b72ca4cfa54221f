import { useFreshness } from "@/api/live";
import { cn } from "@/shared/cn";
import { useNow } from "@/shared/clock";
import { clockTime, duration } from "@/shared/format";
import { Tip } from "@/shared/ui/tip";

/** How fresh what the page shows is. */
export function FreshnessBadge() {
  const fresh = useFreshness();
  const now = useNow();
  const shown = {
    live: { dot: "bg-done", text: "Live", about: "What is shown is what the server knows." },
    polled: { dot: "bg-done", text: "Every 5 s", about: "Your key may not follow events (tasks:read): what is shown is read anew every five seconds." },
    connecting: { dot: "bg-strong animate-pulse", text: "Connecting", about: "The live stream is being opened." },
    catching_up: { dot: "bg-running animate-pulse", text: "Catching up", about: "What happened meanwhile is coming." },
    stale: {
      dot: "bg-failed",
      text: fresh.kind === "stale" ? `Stale for ${duration(now - fresh.since)}` : "",
      about: fresh.kind === "stale" ? `The connection is lost: what is shown is of ${clockTime(fresh.since)}. It is tried again by itself.` : "",
    },
  }[fresh.kind];
  return (
    <Tip text={shown.about} side="bottom">
      <button
        type="button"
        data-freshness={fresh.kind}
        className={cn("inline-flex h-8 items-center gap-2 rounded-md px-2 text-xs font-medium", fresh.kind === "stale" ? "bg-failed-soft text-failed" : "text-soft")}
      >
        <span aria-hidden className={cn("size-2 rounded-full", shown.dot)} />
        <span role="status">{shown.text}</span>
      </button>
    </Tip>
  );
}
