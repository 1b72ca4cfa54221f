import { useEffect, useEffectEvent, useRef, useState } from "react";

import type { Edge } from "./edges";
import type { Place } from "./layout";

type Places = ReadonlyMap<string, Place>;

/** Lays out one graph after the other; of those that were asked for meanwhile, the last. */
class Layouter {
  readonly #worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  #next: { ids: readonly string[]; edges: readonly Edge[] } | undefined;
  #busy = false;

  constructor(done: (places: Places) => void) {
    this.#worker.onmessage = ({ data }: MessageEvent<{ places: Places }>) => {
      done(data.places);
      this.#busy = false;
      this.#start();
    };
  }

  ask(ids: readonly string[], edges: readonly Edge[]) {
    this.#next = { ids, edges };
    this.#start();
  }

  stop() {
    this.#worker.terminate();
  }

  #start() {
    if (this.#busy || this.#next === undefined) return;
    this.#busy = true;
    this.#worker.postMessage(this.#next);
    this.#next = undefined;
  }
}

/** Where the tasks stand; until a new layout is there, where they stood before. */
export function useLayout(ids: readonly string[], edges: readonly Edge[]): Places | undefined {
  const [places, setPlaces] = useState<Places>();
  const layouter = useRef<Layouter>(undefined);
  const ask = useEffectEvent(() => layouter.current?.ask(ids, edges));
  useEffect(() => {
    const one = new Layouter(setPlaces);
    layouter.current = one;
    ask();
    return () => one.stop();
  }, []);
  // Whatever else changes of the tasks leaves them where they are.
  const graph = `${ids.join(" ")}\n${edges.map(({ task, dependsOn }) => `${task} ${dependsOn}`).join(" ")}`;
  useEffect(() => ask(), [graph]);
  return places;
}
