/** How many assets a query finds (null while unknown or not asked), and what is wrong with it. */
import { useQuery } from "@tanstack/react-query";
import { fetchAssetPage } from "~/api/library";

export function useAssetCount(
  projectId: string,
  q: string | null,
): { found: number | null; error: Error | null } {
  const { data, error } = useQuery({
    queryKey: ["asset-count", projectId, q],
    queryFn: ({ signal }) =>
      fetchAssetPage(projectId, { q: q ?? "", sort: "ordinal", offset: 0, limit: 1 }, signal),
    enabled: q !== null,
    retry: false,
  });
  return { found: data?.total ?? null, error };
}
