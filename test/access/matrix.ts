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

/** The word before the last that its path names says what it is about. */
export const kindOf = ({ path }: Route): string => {
  const words = path.split("/");
  const named = words.findLastIndex((word) => word.startsWith("{"));
  return words[named < 0 ? 1 : named - 1] ?? "";
};

/** What can be said of the things that paths name; of all others, only that they are there. */
const states: Readonly<Record<string, readonly string[]>> = {
  checkout_sessions: ["open", "completed", "canceled", "expired"],
  orders: ["placed", "confirmed", "shipped", "canceled", "erased", "restricted"],
  fulfillments: ["shipped", "delivered"],
  customers: ["known", "restricted"],
  license_keys: ["valid", "rolled"],
};
export const statesOf = (route: Route): readonly string[] =>
  route.path.includes("{") ? (states[kindOf(route)] ?? ["there"]) : ["there"];

/** In which of them the operation does what it is asked for; absent: in all. */
const works: Readonly<Record<string, readonly string[]>> = {
  updateCheckoutSession: ["open"],
  // Again, it answers with the order that there is; too late, with what became of the session.
  completeCheckoutSession: ["open", "completed", "expired"],
  cancelCheckoutSession: ["open"],
  refundOrder: ["confirmed", "shipped", "erased", "restricted"],
  createFulfillment: ["confirmed", "erased", "restricted"],
  addFulfillmentEvent: ["shipped"],
  cancelOrder: ["placed", "confirmed", "erased", "restricted"],
  eraseCustomer: ["known"],
  rectifyCustomer: ["known"],
  restrictCustomer: ["known"],
  unrestrictCustomer: ["restricted"],
  rollLicenseKey: ["valid"],
  cancelRoll: ["rolled"],
  // The store is connected to no site.
  importProducts: [],
  // By GitHub's signature, which no key is.
  receiveAlert: [],
};
export const worksIn = (name: string, state: string): boolean => works[name]?.includes(state) ?? true;

/** The page for people: who may do what, with what. */
export const page = (): string => {
  const heads = ["operation", "", "scope", "of", "while it is", ...everybody];
  const rows = everyRoute.map(([name, route]) => [
    name,
    `${route.method} ${route.path}`,
    route.scope,
    whose(route),
    works[name]?.join(", ") ?? "",
    ...everybody.map((role) => (may(role, route) ? "yes" : "·")),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    "# Who may do what",
    "",
    "Made from `role.ts` and the routes by `test/access/matrix.test.ts`, which tries every cell in every state. A key may have",
    "fewer scopes than its role, never more. What is another store's, or another agent's session, is told like what does not",
    "exist. While a store is suspended its keys open nothing.",
    "",
    line(heads),
    line(heads.map(() => "---")),
    ...rows.map(line),
    "",
  ].join("\n");
};
