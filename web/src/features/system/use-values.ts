import { useInfiniteQuery } from "@tanstack/react-query";

import { call } from "@/api/call";

/** The shared values, a page at a time. */
export const useValues = () =>
  useInfiniteQuery({
    queryKey: ["config.list", {}],
    queryFn: ({ signal, pageParam }) => call("config.list", pageParam === "" ? {} : { after: pageParam }, { signal }),
    initialPageParam: "",
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
