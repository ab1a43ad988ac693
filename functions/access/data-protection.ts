import { z } from "zod";
import { sha256 } from "#functions/runtime/canonical-json.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { Role, Scope } from "#functions/values/scope.ts";
import type { Principal } from "./principal.ts";

/** To what an integrator that keeps copies of a store's personal data commits itself, point by point. */
const points = {
  encryption:
    "Whatever it stores of a buyer, in copies and backups too, is encrypted at rest, and the keys lie apart from the data.",
  access:
    "Only those people and programs reach it that an order needs, each under an identity of their own, and no longer than it needs them.",
  erasure:
    "Within 30 days of the event customer.erased every copy is deleted or can never again be read as a person's, but for what a law obliges it to keep, which then serves that law alone.",
  breach:
    "Of a breach, a suspected one too, it tells the store within 72 hours of learning of it, with what is known by then.",
  use: "It uses the data for the orders that they came with and for nothing else: no advertising, no profiles, no training of models, no sale.",
} as const;
type Point = keyof typeof points;
const names = Object.keys(points) as readonly Point[];

/** The version follows from the text: another word is another statement. */
export const statement = {
  version: sha256(JSON.stringify(points)).slice(0, 16),
  title: "What an integration promises that keeps copies of a store's personal data",
  points,
};

const each = <Schema extends z.ZodType>(schema: Schema) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, schema])) as Record<Point, Schema>);

export const StatementView = z.object({ version: z.string(), title: z.string(), points: each(z.string()) });

/** Every point for itself, and which text was read. */
export const Acceptance = z.strictObject({
  version: z.string().max(16),
  points: each(z.literal(true, { error: "must be true: it is accepted whole or not at all" })),
});
export type Acceptance = z.infer<typeof Acceptance>;

/**
 * Whose keys let data be kept elsewhere. A store's own people answer to it, an auditor sees nobody, support looks for
 * minutes and on record, an agent knows its buyers by themselves.
 */
const keepsCopies = {
  agent: false,
  integration: true,
  fulfillment: true,
  admin: false,
  auditor: false,
  support: false,
} as const satisfies Record<Role, boolean>;

/** Only what holds now can be accepted. Here and not in the schema: a repeat gets its answer, whatever holds by then. */
export const refuseOther = ({ version }: Acceptance): void => {
  if (version === statement.version) return;
  throw new Refusal(
    "invalid",
    `The data-protection statement is ${statement.version} now. Read it, then accept it.`,
    {
      param: "$.version",
    },
  );
};

/** Whether this very statement binds it. An older one is `accepted`, too, and does not allow anything new. */
export const hasAccepted = ({ accepted }: Pick<Principal, "accepted">): boolean =>
  accepted?.version === statement.version;

type Wanted = { readonly role: Role; readonly scopes: readonly Scope[] };

/** On every way by which a key gets `customers:read`, and on the one by which it keeps it: its review. */
export const refuseUnaccepted = ({ role, scopes }: Wanted, principal: Principal | undefined): void => {
  if (!keepsCopies[role] || !scopes.includes("customers:read")) return;
  if (principal && hasAccepted(principal)) return;
  throw new Refusal(
    "data_protection_not_accepted",
    `The key's principal has not accepted the data-protection statement ${statement.version}. With a key that has agreements:write (and no customers:read yet) it accepts at POST /data_protection_statement/acceptances; then customers:read can be granted.`,
  );
};
