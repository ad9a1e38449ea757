/** How many assets a query finds; null while unknown or not asked. */
import { useQuery } from "@tanstack/react-query";
import { fetchAssetPage } from "~/api/library";

export function useAssetCount(projectId: string, q: string | null): number | null {
  const { data } = useQuery({
    queryKey: ["asset-count", projectId, q],
    queryFn: ({ signal }) =>
      fetchAssetPage(projectId, { q: q ?? "", sort: "ordinal", offset: 0, limit: 1 }, signal),
    enabled: q !== null,
    retry: false,
  });
  return data?.total ?? null;
}
