import { useCallback, useState } from "react";

/** Where the keys are in a list, and how they go on; what is open goes with them. */
export function useAt(items: readonly { id: string }[], opened: string | undefined, onOpen: (id: string) => void) {
  const [chosen, setChosen] = useState<string>();
  const at = chosen ?? opened;
  const open = useCallback(
    (id: string) => {
      setChosen(id);
      onOpen(id);
    },
    [onOpen],
  );
  const step = (by: number) => {
    const place = items.findIndex(({ id }) => id === at);
    const next = items[place < 0 ? 0 : Math.min(Math.max(place + by, 0), items.length - 1)];
    if (next === undefined) return;
    setChosen(next.id);
    if (opened !== undefined) onOpen(next.id);
  };
  return { at, open, step };
}
