// A part of the event log, the newest first: what comes live on one end, what was before on the other. It holds a
// bounded number; when more comes than anybody can read, it keeps every so many-th and says so.

import { call } from "@/api/call";
import { Failure } from "@/api/failure";
import { live } from "@/api/live";
import type { Event } from "@/api/types";

import { isNewer, wanted } from "./match";
import type { Filter } from "./match";

export interface LogState {
  /** The newest first. */
  events: readonly Event[];
  paused: boolean;
  /** So many came since it was paused. */
  waiting: number;
  /** One of so many is shown of what comes now. */
  sample: number;
  /** So many were not taken in, since it was read last. */
  leftOut: number;
  loading: boolean;
  error: unknown;
  /** What is before the oldest one: more, nothing, or what the server keeps no longer. */
  before: "more" | "none" | "gone";
  /** How far it was looked back for what is wanted. */
  lookedBackTo: number | undefined;
}

export interface LogSource {
  page: (after: string | undefined, limit: number) => Promise<{ events: Event[]; next: string; hasMore: boolean }>;
  /** Whether the log begins later than it once did. */
  isCut: () => Promise<boolean>;
  live: Pick<typeof live, "onEvents" | "onReset">;
}

export interface LogLimits {
  /** So many are held. */
  most: number;
  /** So many of what comes live are taken in at a time, and how often that is. */
  atOnce: number;
  everyMs: number;
  page: number;
}

const LIMITS: LogLimits = { most: 5_000, atOnce: 60, everyMs: 250, page: 200 };
/** What comes between two times is kept up to this; of what is more, every second one. */
const MOST_WAITING = 4_000;
/** So long all that came was shown before it is said to be so. */
const CALM_MS = 1_000;
/** So many pages are looked through for what the server does not look for, at a time. */
const PAGES = 5;

const EMPTY: LogState = {
  events: [],
  paused: false,
  waiting: 0,
  sample: 1,
  leftOut: 0,
  loading: true,
  error: undefined,
  before: "more",
  lookedBackTo: undefined,
};

export class EventLog {
  readonly #filter: Filter;
  readonly #source: LogSource;
  readonly #limits: LogLimits;
  #state = EMPTY;
  #listeners = new Set<() => void>();
  #fresh: Event[] = [];
  #came = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #calm: ReturnType<typeof setTimeout> | undefined;
  #cursor: string | undefined;
  /** What is newest is not held any more: on going on, all is read anew. */
  #away = false;
  /** The newest are being read: what comes live waits for them. */
  #anew = false;
  /** Which reading this is; an earlier one says nothing any more. */
  #turn = 0;

  constructor(filter: Filter, limits: Partial<LogLimits> = {}, source: LogSource = serverOf(filter)) {
    this.#filter = filter;
    this.#source = source;
    this.#limits = { ...LIMITS, ...limits };
  }

  get state(): LogState {
    return this.#state;
  }

  watch = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): () => void {
    const stops = [
      this.#source.live.onEvents((events) => this.#hear(events)),
      this.#source.live.onReset(() => {
        // Something may be missing between what is held and what comes now.
        if (this.#state.paused) this.#away = true;
        else this.read();
      }),
    ];
    this.read();
    return () => {
      for (const stop of stops) stop();
      clearTimeout(this.#timer);
      clearTimeout(this.#calm);
      this.#timer = undefined;
      this.#turn += 1;
    };
  }

  /** Reads the newest ones. */
  read = () => {
    this.#cursor = undefined;
    this.#away = false;
    void this.#load(true);
  };

  /** Reads what was before the oldest one. */
  older = () => {
    if (!this.#state.loading && this.#state.before === "more") void this.#load(false);
  };

  pause = () => {
    if (this.#state.paused) return;
    this.#flush();
    this.#set({ paused: true, waiting: 0, sample: 1 });
  };

  resume = () => {
    if (!this.#state.paused) return;
    const { waiting } = this.#state;
    // More than was kept meanwhile, or another part of the log: what is newest is read from the server.
    if (this.#away || waiting > this.#fresh.length || this.#fresh.length > this.#limits.page) {
      this.#fresh = [];
      this.#came = 0;
      this.#set({ paused: false, waiting: 0 });
      this.read();
      return;
    }
    const fresh = this.#fresh;
    this.#fresh = [];
    this.#came = 0;
    this.#set({ paused: false, waiting: 0 });
    this.#takeIn(fresh);
  };

  #set(changed: Partial<LogState>) {
    this.#state = { ...this.#state, ...changed };
    for (const listener of this.#listeners) listener();
  }

  #hear(events: readonly Event[]) {
    const some = events.filter((event) => wanted(event, this.#filter));
    if (some.length === 0) return;
    this.#came += some.length;
    this.#fresh = [...this.#fresh, ...some];
    if (this.#fresh.length > MOST_WAITING) this.#fresh = this.#fresh.filter((_, place) => place % 2 === 1);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, this.#limits.everyMs);
  }

  #flush() {
    if (this.#state.paused) {
      this.#set({ waiting: this.#came });
      return;
    }
    if (this.#fresh.length === 0 || this.#anew) return;
    const came = this.#came;
    const fresh = this.#fresh;
    this.#fresh = [];
    this.#came = 0;
    const every = Math.max(1, Math.ceil(fresh.length / this.#limits.atOnce));
    const taken = every === 1 ? fresh : fresh.filter((_, place) => (fresh.length - 1 - place) % every === 0);
    this.#takeIn(taken, { sample: Math.max(1, Math.round(came / taken.length)), leftOut: this.#state.leftOut + came - taken.length });
    clearTimeout(this.#calm);
    // When it is calm again, that is said, too.
    if (every > 1) this.#calm = setTimeout(() => this.#set({ sample: 1 }), CALM_MS);
  }

  #takeIn(fresh: readonly Event[], changed: Partial<LogState> = {}) {
    const newest = this.#state.events[0]?.id;
    const some = newest === undefined ? fresh : fresh.filter(({ id }) => isNewer(id, newest));
    const all = [...some.toReversed(), ...this.#state.events];
    const events = all.length > this.#limits.most ? all.slice(0, this.#limits.most) : all;
    const oldest = events.at(-1);
    if (events.length < all.length && oldest !== undefined) {
      this.#cursor = oldest.id;
      changed = { ...changed, before: "more", lookedBackTo: oldest.timestamp };
    }
    this.#set({ ...changed, events });
  }

  async #load(anew: boolean) {
    this.#turn += 1;
    const turn = this.#turn;
    this.#anew = anew;
    this.#set({ loading: true, error: undefined, ...(anew ? { sample: 1, leftOut: 0 } : {}) });
    const wantedHere = this.#filter.actor !== undefined;
    const found: Event[] = [];
    let before: LogState["before"] = "more";
    let lookedBackTo = anew ? undefined : this.#state.lookedBackTo;
    let cursor = this.#cursor;
    try {
      for (let pages = 0; pages < PAGES && found.length < (wantedHere ? 50 : 1); pages += 1) {
        const page = await this.#source.page(cursor, wantedHere ? 500 : this.#limits.page);
        if (turn !== this.#turn) return;
        found.push(...page.events.filter((event) => wanted(event, this.#filter)));
        lookedBackTo = page.events.at(-1)?.timestamp ?? lookedBackTo;
        cursor = page.next;
        if (!page.hasMore) {
          before = (await this.#source.isCut().catch(() => false)) ? "gone" : "none";
          if (turn !== this.#turn) return;
          break;
        }
      }
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#anew = false;
      this.#set({ loading: false, error });
      return;
    }
    this.#anew = false;
    this.#cursor = cursor;
    this.#keep(anew, found, { before, lookedBackTo });
  }

  #keep(anew: boolean, found: readonly Event[], changed: Partial<LogState>) {
    const shown = anew ? [] : this.#state.events;
    const all = [...shown, ...found];
    const over = all.length - this.#limits.most;
    if (over > 0) {
      // Who goes back so far does not look at what is newest.
      this.#away = true;
      this.pause();
    }
    this.#set({ ...changed, loading: false, events: over > 0 ? all.slice(over) : all });
    if (anew && !this.#state.paused) this.#flush();
  }
}

/** Reads the log of the server. */
function serverOf({ types, project, task, session }: Filter): LogSource {
  const params = {
    ...(types === undefined || types.length === 0 ? {} : { types: [...types] }),
    ...(project === undefined ? {} : { project }),
    ...(task === undefined ? {} : { taskId: task }),
    ...(session === undefined ? {} : { sessionId: session }),
  };
  return {
    page: (after, limit) => call("event.list", { ...params, order: "desc", limit, ...(after === undefined ? {} : { after }) }),
    isCut: async () => {
      try {
        await call("event.list", { after: "0", limit: 1 });
        return false;
      } catch (error) {
        return error instanceof Failure && error.code === "cursor_expired";
      }
    },
    live,
  };
}
