/** The cache of server data, and when a failed read is tried again. */
import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./http";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      retry: (count, error) =>
        count < 2 && (!(error instanceof ApiError) || error.offline || error.status >= 502),
    },
    mutations: { retry: false },
  },
});
