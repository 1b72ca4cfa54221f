import { Link } from "@tanstack/react-router";
import { ArrowLeft, ChevronRight, MessageSquareText } from "lucide-react";
import { useCallback, useMemo, useState } from "react";

import type { Event } from "@/api/types";
import { EventDetail } from "@/features/events/detail";
import type { EventLog, LogState } from "@/features/events/log";
import { StreamState } from "@/features/events/stream-state";
import { useEventLog } from "@/features/events/use-log";
import { cn } from "@/shared/cn";
import { count } from "@/shared/format";
import { useShortcuts } from "@/shared/keys";
import { Time } from "@/shared/time";
import { Button } from "@/shared/ui/button";
import { Side } from "@/shared/ui/side";
import { Empty, Failed, Loading } from "@/shared/ui/states";
import { shortSession } from "@/shared/value";
import { useWide } from "@/shared/wide";

import { callOf } from "./calls";
import { CallDetail } from "./call-detail";
import type { Change } from "./calls-view";
import type { HooksSearch } from "./search";
import { SessionFacts } from "./session-facts";
import { storyOf } from "./story";
import type { Chapter, Story } from "./story";
import { StepLine } from "./story-steps";

/** So many chapters are open at first: the newest. */
const OPEN = 3;
/** So many steps of a chapter are shown at first: the newest. */
const STEPS = 150;

/** What a session did, from its prompts to its commits. */
export function StoryView({ session, search, onChange }: { session: string; search: HooksSearch; onChange: Change }) {
  const { log, state } = useEventLog({ session }, { page: 500, atOnce: 500 });
  const story = useMemo(() => storyOf(state.events.toReversed()), [state.events]);
  const wide = useWide();
  const open = useCallback((event: string) => onChange({ event }), [onChange]);
  useShortcuts([
    { keys: "p", does: "Pause or go on", group: "Hooks", run: () => (state.paused ? log.resume() : log.pause()) },
    { keys: "Escape", does: "Close what is open", group: "Hooks", run: () => onChange({ event: "" }) },
  ]);
  const opened = search.event === undefined ? undefined : state.events.find(({ id }) => id === search.event);
  const facts = <SessionFacts bare={!wide} session={session} story={story} />;
  return (
    <>
      <Head session={session} log={log} state={state} />
      <div className="flex flex-col gap-3 min-[1100px]:flex-row min-[1100px]:items-start">
        {!wide && (
          <details className="rounded-xl border bg-panel">
            <summary className="p-3 font-medium">Where it stands: todos, tasks, tools, files</summary>
            {facts}
          </details>
        )}
        <Chapters log={log} state={state} story={story} onOpen={open} />
        {opened === undefined ? (
          wide && <div className="sticky top-0 w-80 shrink-0">{facts}</div>
        ) : (
          <div className="min-[1100px]:sticky min-[1100px]:top-3 min-[1100px]:flex min-[1100px]:h-[calc(100dvh-5rem)]">
            <OpenStep event={opened} onClose={() => onChange({ event: "" })} />
          </div>
        )}
      </div>
    </>
  );
}

interface LogProps {
  log: EventLog;
  state: LogState;
}

function Head({ session, log, state }: LogProps & { session: string }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Link to="/hooks" search={{ view: "sessions" }} className="inline-flex items-center gap-1 rounded text-soft hover:text-ink">
        <ArrowLeft aria-hidden className="size-4" />
        All sessions
      </Link>
      <h2 className="order-first w-full min-w-0 truncate font-semibold sm:order-none sm:w-auto sm:flex-1" title={session}>
        Session <code>{shortSession(session)}</code>
      </h2>
      <Link to="/hooks" search={{ view: "calls", session }} className="rounded text-accent hover:underline">
        Its tool calls
      </Link>
      <Link to="/events" search={{ session }} className="rounded text-accent hover:underline">
        Its events
      </Link>
      <StreamState log={log} state={state} />
    </div>
  );
}

function Chapters({ log, state, story, onOpen }: LogProps & { story: Story; onOpen: (event: string) => void }) {
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-3">
      {state.before === "more" && state.events.length > 0 && (
        <Button className="self-center" busy={state.loading} onClick={log.older}>
          Show what was before
        </Button>
      )}
      {state.before === "gone" && <p className="text-center text-soft">What was before is gone: the server keeps events for a limited time.</p>}
      {state.error !== undefined && <Failed error={state.error} onRetry={log.read} />}
      {state.loading && state.events.length === 0 && <Loading />}
      {!state.loading && state.error === undefined && state.events.length === 0 && (
        <div className="rounded-xl border bg-panel">
          <Empty title="Nothing is known of this session" icon={<MessageSquareText aria-hidden />}>
            <p>It may be another tenant's, or its events are gone.</p>
          </Empty>
        </div>
      )}
      <ol aria-label="Story" className="flex flex-col gap-3">
        {story.chapters.map((chapter, place) => (
          <ChapterCard key={chapter.id} chapter={chapter} isNew={place >= story.chapters.length - OPEN} onOpen={onOpen} />
        ))}
      </ol>
    </div>
  );
}

function OpenStep({ event, onClose }: { event: Event; onClose: () => void }) {
  const isCall = event.type === "hook.pre_tool.executed";
  return (
    <Side title={isCall ? "Tool call" : "Event"} onClose={onClose}>
      {isCall ? <CallDetail call={callOf(event)} /> : <EventDetail event={event} nameOf={noName} />}
    </Side>
  );
}

const noName = () => undefined;

function ChapterCard({ chapter, isNew, onOpen }: { chapter: Chapter; isNew: boolean; onOpen: (event: string) => void }) {
  // Which are open follows what is newest, until somebody says otherwise.
  const [chosen, setChosen] = useState<boolean>();
  const [all, setAll] = useState(false);
  const open = chosen ?? isNew;
  const { prompt, steps, at, id } = chapter;
  const shown = all ? steps : steps.slice(-STEPS);
  return (
    <li className="overflow-hidden rounded-xl border bg-panel">
      <div className="flex items-start gap-3 p-4">
        <button type="button" aria-expanded={open} aria-label={open ? "Close this chapter" : "Open this chapter"} onClick={() => setChosen(!open)} className="mt-0.5 rounded text-soft hover:text-ink">
          <ChevronRight aria-hidden className={cn("size-4 transition-transform", open && "rotate-90")} />
        </button>
        <div className="min-w-0 flex-1">
          {prompt === undefined ? (
            <p className="text-soft">Before the first prompt</p>
          ) : (
            <button type="button" onClick={() => onOpen(id)} className="max-h-40 w-full overflow-hidden rounded text-left font-medium break-words whitespace-pre-wrap hover:text-accent">
              {prompt === "" ? "An empty prompt" : prompt.slice(0, 2_000)}
            </button>
          )}
          <p className="mt-0.5 text-xs text-faint">
            <Time at={at} />
            {" · "}
            {steps.length === 1 ? "1 step" : `${count(steps.length)} steps`}
          </p>
        </div>
      </div>
      {open && steps.length > 0 && (
        <div className="relative border-t px-4 py-2">
          <span aria-hidden className="absolute top-3 bottom-3 left-7 w-px bg-line" />
          {shown.length < steps.length && (
            <Button size="small" className="relative z-10 my-1" onClick={() => setAll(true)}>
              Show {count(steps.length - shown.length)} earlier steps
            </Button>
          )}
          <ol>
            {shown.map((step) => (
              <StepLine key={step.id} step={step} onOpen={onOpen} />
            ))}
          </ol>
        </div>
      )}
    </li>
  );
}
