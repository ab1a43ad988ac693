import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { actorOf } from "#functions/audit/audit.ts";
import type { Operation } from "#functions/runtime/route.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { ownCustomer, refuseFrozen } from "./customer.store.ts";
import { createdErasure, readErasure } from "./erasure.store.ts";
import { newErasure, viewErasure } from "./erasure.ts";
import { type ForgetsCustomers, forgetCustomer } from "./forget-customer.ts";
import type { customerRoutes } from "./routes.ts";

export const ErasureParams = z.strictObject({ id: z.string() });

/**
 * Forgets a customer: what is at rest is unreadable before this answers, in every copy; what is under way waits and is
 * taken up again by itself. Orders and their money stay, without a name. Asking again tells how far it is.
 */
export const eraseCustomer =
  (on: ForgetsCustomers): Operation<typeof customerRoutes.eraseCustomer> =>
  async ({ caller, params, request }) => {
    const customer = await ownCustomer(on.table, caller, params);
    refuseFrozen(customer);
    const now = on.now();
    const [newest] = customer.keys;
    const asked = newErasure(customer, newest.subject.checkoutId, now);
    const lost = await tryCommit(on.table, [
      createdErasure(asked),
      recordedAct({
        action: "erasure.requested",
        actor: actorOf(caller, request),
        storeId: caller.storeId,
        at: now,
        decidedBy: "customers:write",
        about: { erasureId: asked.id },
      }),
    ]);
    const erasure = lost.length === 0 ? asked : await readErasure(on.table, caller.storeId, asked.id);
    if (!erasure) throw new Error("an erasure is neither there nor new");
    return { status: 202, body: viewErasure(await forgetCustomer(on)(erasure)) };
  };

export const getErasure =
  (on: Pick<ForgetsCustomers, "table">): Operation<typeof customerRoutes.getErasure> =>
  async ({ caller, params }) => {
    const erasure = await readErasure(on.table, caller.storeId, params.id);
    if (!erasure) throw new Refusal("not_found", "There is no erasure with this id.");
    return { status: 200, body: viewErasure(erasure) };
  };
