import { z } from "zod";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import type { Operation } from "#functions/runtime/route.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { personOf } from "./grant-support.ts";
import type { supportRoutes } from "./routes.ts";
import { listGrants } from "./support-grant.store.ts";
import { SupportGrantView, viewGrant } from "./support-grant.ts";

export const SupportGrants = z.object({ supportGrants: z.array(SupportGrantView) });

/** Who of support is in the store now, and who was in the last 90 days; by name for who may grant it. */
export const listSupport =
  (on: {
    table: Pick<Table, "query">;
    seal: StoreSeal;
    now: Clock;
  }): Operation<typeof supportRoutes.listSupport> =>
  async ({ caller }) => {
    const named = caller.scopes.includes("support:write");
    const grants = await listGrants(on.table, caller.storeId);
    const now = on.now();
    const supportGrants = await Promise.all(
      grants.map(async (grant) => viewGrant(grant, now, named ? await personOf(on, grant) : undefined)),
    );
    return { status: 200, body: { supportGrants } };
  };
