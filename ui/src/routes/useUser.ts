/** The person who is logged in. Only for pages behind the log-in. */
import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "~/api/session";
import type { User } from "~/api/types";

const nobody: User = { id: "", email: "", name: "", is_admin: false };

export function useUser(): User {
  return useQuery(sessionQuery).data?.user ?? nobody;
}
