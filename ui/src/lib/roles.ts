/** What a person may see of a project, from their roles. Pure. */
/* Structural types: lib imports nothing of ours. */
type Role = "manager" | "reviewer" | "annotator";
type Person = { is_admin: boolean };
type WithRoles = { roles: readonly Role[] };

export const isManager = (user: Person, project: WithRoles): boolean =>
  user.is_admin || project.roles.includes("manager");

/** Looks at the library and batches without changing them. */
export const seesLibrary = (user: Person, project: WithRoles): boolean =>
  isManager(user, project) || project.roles.includes("reviewer");

export const ROLE_NAMES: Record<Role, string> = {
  manager: "Manager",
  reviewer: "Reviewer",
  annotator: "Annotator",
};
