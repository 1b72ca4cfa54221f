import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Task } from "@/api/types";
import { toast } from "@/shared/ui/toast";

interface Change<A> {
  /** What is said when it was refused: "Not cancelled". */
  refused: string;
  run: () => Promise<A>;
  /** How the task looks when it is done, shown at once and taken back when it is refused. */
  guess?: Partial<Task>;
  /** What is said when it is done. */
  told?: (answer: A) => [title: string, hint?: string] | undefined;
}

/** Changes a task: seen at once, and undone with a reason if the server refuses. */
export function useTaskChange(id: string) {
  const queries = useQueryClient();
  const queryKey = ["task.get", { id }];
  const change = useMutation<unknown, Error, Change<unknown>, Task | undefined>({
    mutationFn: ({ run }) => run(),
    onMutate: async ({ guess }) => {
      if (guess === undefined) return undefined;
      await queries.cancelQueries({ queryKey });
      const before = queries.getQueryData<Task>(queryKey);
      if (before !== undefined) queries.setQueryData<Task>(queryKey, { ...before, ...guess });
      return before;
    },
    onSuccess: (answer, { told }) => {
      const said = told?.(answer);
      if (said !== undefined) toast.done(...said);
    },
    onError: (error, { refused }, before) => {
      if (before !== undefined) queries.setQueryData<Task>(queryKey, before);
      toast.failed(refused, error);
    },
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  return {
    busy: change.isPending,
    /** Whether it was done. */
    make: async <A>(one: Change<A>): Promise<boolean> => {
      try {
        await change.mutateAsync(one as Change<unknown>);
        return true;
      } catch {
        // It was told.
        return false;
      }
    },
  };
}

export type TaskChange = ReturnType<typeof useTaskChange>;
