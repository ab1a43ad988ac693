import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type AuditRecord, actorOf } from "#functions/audit/audit.ts";
import type { Operation } from "#functions/runtime/route.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import type { RandomBytes } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Customer, refuseFrozen } from "./customer.store.ts";
import { createdErasure, openErasure, readErasure, savedErasure } from "./erasure.store.ts";
import { askedAgain, type Erasure, newErasure, viewErasure } from "./erasure.ts";
import { type ForgetsCustomers, forgetCustomer } from "./forget-customer.ts";
import { type LooksUpCustomers, ownCustomer } from "./look-up-customer.ts";
import type { customerRoutes } from "./routes.ts";

export type ErasesCustomers = ForgetsCustomers & { random: RandomBytes };

export const ErasureParams = z.strictObject({ id: z.string() });

/**
 * Forgets a customer: what is at rest is unreadable before this answers, in every copy; what is under way waits and is
 * taken up again by itself. Orders and their money stay, without a name. Asking again tells how far it is.
 */
export const eraseCustomer =
  (on: ErasesCustomers & LooksUpCustomers): Operation<typeof customerRoutes.eraseCustomer> =>
  async ({ caller, params, request }) => {
    const customer = await ownCustomer(on, caller, params);
    refuseFrozen(customer);
    const by = { actor: actorOf(caller, request), decidedBy: "customers:write" } as const;
    return { status: 202, body: viewErasure(await forgetCustomer(on)(await askErasure(on, customer, by))) };
  };

type By = Pick<AuditRecord, "actor" | "decidedBy" | "reason">;

/** The one that is open covers from now on what was begun since it was asked for; that is on record, too. */
export const askErasure = async (
  on: ErasesCustomers,
  customer: Customer,
  by: By,
  tries = 3,
): Promise<Erasure> => {
  const open = await openErasure(on.table, customer);
  if (open && customer.keys[0].since <= open.askedAt) return open;
  const now = on.now();
  const covered = { ...customer, checkoutIds: customer.keys.map(({ subject }) => subject.checkoutId) };
  const fresh = newErasure(covered, { now, random: on.random });
  const erasure = open ? askedAgain(open, covered, now) : fresh;
  const lost = await tryCommit(on.table, [
    ...(open ? savedErasure(open, erasure) : createdErasure(fresh)),
    recordedAct({
      ...by,
      action: "erasure.requested",
      storeId: customer.storeId,
      at: now,
      about: { erasureId: erasure.id },
    }),
  ]);
  if (lost.length === 0) return erasure;
  if (tries > 1) return askErasure(on, customer, by, tries - 1);
  throw new Refusal("conflict", "It is being erased at the same time. Send the request again.", {
    retryAfterSeconds: 1,
  });
};

export const getErasure =
  (on: Pick<ForgetsCustomers, "table">): Operation<typeof customerRoutes.getErasure> =>
  async ({ caller, params }) => {
    const erasure = await readErasure(on.table, caller.storeId, params.id);
    if (!erasure) throw new Refusal("not_found", "There is no erasure with this id.");
    return { status: 200, body: viewErasure(erasure) };
  };
