/** Members by a part of their name or e-mail, in whatever case. Pure. */
import type { Member } from "~/api/types";

export function found(members: readonly Member[], words: string): readonly Member[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  return members.filter(({ user }) => {
    const text = `${user.name} ${user.email}`.toLowerCase();
    return parts.every((part) => text.includes(part));
  });
}
