import { scopesOf } from "#functions/access/role.ts";
import type { Route } from "#functions/runtime/route.ts";
import { Role } from "#functions/values/scope.ts";
import { everyRoute } from "#test/every-route.ts";

/** Default deny: a role may what it has the scope for, and nobody without a key anything that is not public. */
export const may = (role: Role | "nobody", { scope }: Route): boolean =>
  scope === "public" || (role !== "nobody" && (scopesOf[role] as readonly string[]).includes(scope));

export const everybody = ["nobody", ...Role.options] as const;

/** Whose an operation's object is, as its path says. */
const whose = ({ path, scope }: Route): string => {
  if (scope === "public") return "anybody";
  return path.startsWith("/checkout_sessions") ? "its own" : "its store's";
};

/** The page for people: who may do what, with what. */
export const page = (): string => {
  const heads = ["operation", "", "scope", "of", ...everybody];
  const rows = everyRoute.map(([name, route]) => [
    name,
    `${route.method} ${route.path}`,
    route.scope,
    whose(route),
    ...everybody.map((role) => (may(role, route) ? "yes" : "·")),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    "# Who may do what",
    "",
    "Made from `role.ts` and the routes by `test/access/matrix.test.ts`, which tries every cell. A key may have fewer scopes than",
    "its role, never more. What is another store's, or another agent's session, is told like what does not exist.",
    "",
    line(heads),
    line(heads.map(() => "---")),
    ...rows.map(line),
    "",
  ].join("\n");
};
