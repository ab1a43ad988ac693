import { z } from "zod";
import type { Operation } from "#functions/runtime/route.ts";
import type { Table } from "#functions/runtime/table.ts";
import { toIso } from "#functions/values/clock.ts";
import { ReplayId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { EndpointStore } from "./endpoint.store.ts";
import { callersEndpoint, EndpointParams } from "./read-endpoints.ts";
import { readReplay } from "./replay.store.ts";
import { Replay } from "./replay.ts";
import type { webhookRoutes } from "./routes.ts";

export const ReplayParams = EndpointParams.extend({ replayId: z.string() });

export const ReplayView = z.object({
  id: ReplayId,
  status: Replay.shape.status,
  /** How many were set on their way by now. */
  resent: z.int(),
  requestedAt: z.iso.datetime(),
});

export const getReplay =
  (on: { table: Pick<Table, "get">; endpoints: EndpointStore }): Operation<typeof webhookRoutes.getReplay> =>
  async ({ caller, params }) => {
    const { id: endpointId } = await callersEndpoint(on.endpoints, caller, params.id);
    const found = await readReplay(on.table, { endpointId, id: params.replayId });
    if (!found) throw new Refusal("not_found", "There is no such replay.");
    return { status: 200, body: viewReplay(found) };
  };

export const viewReplay = ({ id, status, resent, requestedAt }: Replay): z.infer<typeof ReplayView> => ({
  id,
  status,
  resent,
  requestedAt: toIso(requestedAt),
});
