import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type Action, actorOf, Reason } from "#functions/audit/audit.ts";
import {
  type HeldKey,
  restrictedCheckoutKey,
  unrestrictedCheckoutKey,
} from "#functions/privacy/checkout-key.store.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, Command } from "#functions/runtime/route.ts";
import { maxWrites, type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import { type Clock, type Instant, toIso } from "#functions/values/clock.ts";
import { CustomerId, orderIdOf } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { Customer } from "./customer.store.ts";
import { type LooksUpCustomers, ownCustomer } from "./look-up-customer.ts";
import { ordersOf, type ReadsCustomers } from "./read-customers.ts";
import type { customerRoutes } from "./routes.ts";

export const Restriction = z.strictObject({ reason: Reason.optional() });
export const RestrictionView = z.object({
  id: CustomerId,
  restricted: z.boolean(),
  /** Whose orders' data it holds for. */
  orders: z.int(),
  at: z.iso.datetime(),
});

type On = LooksUpCustomers & Pick<ReadsCustomers, "orders"> & { table: Table; now: Clock };
type Kind = {
  readonly action: Action;
  readonly restricted: boolean;
  readonly write: (key: HeldKey, now: Instant) => Write;
};

type Asked = Pick<Command<typeof customerRoutes.restrictCustomer>, "caller" | "params" | "body" | "request">;

/**
 * Freezes what the customer's orders hold of them (GDPR article 18), or lets it go again. Each transaction has the record
 * of what it turns, the last one the answer; a repeat goes on where one that died stopped.
 */
const turn =
  (kind: Kind) =>
  (on: On) =>
  (asked: Asked): Promise<Answer> =>
    answerOnce(on, asked.request, async (request) => {
      const customer = await ownCustomer(on, asked.caller, asked.params);
      const keys = await keysToTurn(on, customer, kind.restricted);
      const now = on.now();
      const answer: z.infer<typeof RestrictionView> = {
        id: customer.customerId,
        restricted: kind.restricted,
        orders: keys.length,
        at: toIso(now),
      };
      const parts = inParts(keys).map((part) => [
        recorded(kind, asked, part, now),
        ...part.map((key) => kind.write(key, now)),
      ]);
      parts.at(-1)?.push(storeAnswer(request, { now, status: 200, answer }));
      return (await commitAll(on.table, parts)) ? { status: 200, body: answer } : undefined;
    });

/** As many orders as one transaction turns beside their record and the answer, and as one record names. */
const atOnce = maxWrites - 2;

const inParts = (keys: readonly HeldKey[]): HeldKey[][] =>
  Array.from({ length: Math.ceil(keys.length / atOnce) }, (_, part) =>
    keys.slice(part * atOnce, (part + 1) * atOnce),
  );

const commitAll = async (table: Pick<Table, "commit">, parts: readonly Write[][]): Promise<boolean> => {
  for (const part of parts) if ((await tryCommit(table, part)).length > 0) return false;
  return true;
};

const recorded = (
  { action }: Kind,
  { caller, body, request }: Asked,
  keys: readonly HeldKey[],
  now: Instant,
): Write => {
  const subjects = keys.map(({ subject }) => orderIdOf(subject.checkoutId));
  return recordedAct(
    {
      action,
      actor: actorOf(caller, request),
      storeId: caller.storeId,
      at: now,
      decidedBy: "customers:write",
      ...(body.reason && { reason: body.reason }),
      subjects,
    },
    subjects[0],
  );
};

const keysToTurn = async (on: On, customer: Customer, restricted: boolean): Promise<HeldKey[]> => {
  const ordered = new Set((await ordersOf(on, customer)).map(({ checkoutId }) => checkoutId));
  const keys = customer.keys.filter(
    ({ subject, isRestricted }) => ordered.has(subject.checkoutId) && isRestricted !== restricted,
  );
  if (keys.length > 0) return keys;
  throw new Refusal(
    "conflict",
    `There is no order of this customer that is ${restricted ? "not " : ""}restricted.`,
  );
};

export const restrictCustomer = turn({
  action: "customer.restricted",
  restricted: true,
  write: restrictedCheckoutKey,
});
export const unrestrictCustomer = turn({
  action: "customer.unrestricted",
  restricted: false,
  write: unrestrictedCheckoutKey,
});
