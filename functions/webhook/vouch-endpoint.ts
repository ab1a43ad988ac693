import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type Actor, Reason } from "#functions/audit/audit.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { EndpointId, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type EndpointStore, provenEndpoint } from "./endpoint.store.ts";
import type { Endpoint } from "./endpoint.ts";

/** `url`: as the platform named it, so that nobody vouches for what a store has registered under its name. */
export const VouchEndpoint = z.strictObject({
  storeId: StoreId,
  endpointId: EndpointId,
  url: z.url(),
  reason: Reason,
});
export type VouchEndpoint = z.infer<typeof VouchEndpoint>;

export type VouchesEndpoints = {
  endpoints: Pick<EndpointStore, "get">;
  table: Pick<Table, "commit">;
  now: Clock;
};

type Vouched = { endpointId: EndpointId; url: string; verifiedAt: Instant };

/** Whoever runs this has asked the agent's platform whether it listens there. Vouching again changes nothing. */
export const vouchEndpoint =
  (on: VouchesEndpoints) =>
  async (command: VouchEndpoint, actor: Actor): Promise<Vouched> => {
    const { storeId, endpointId, reason } = command;
    const endpoint = await on.endpoints.get(storeId, endpointId);
    if (!endpoint) throw new Refusal("not_found", `The store has no webhook endpoint ${endpointId}.`);
    refuseAnother(endpoint, command);
    const { url, verifiedAt } = endpoint;
    if (verifiedAt !== undefined) return { endpointId, url, verifiedAt };
    const now = on.now();
    const lost = await tryCommit(on.table, [
      provenEndpoint(endpoint, now),
      recordedAct({
        action: "webhook_endpoint.verified",
        actor,
        reason,
        decidedBy: "iam",
        at: now,
        storeId,
        about: { endpointId, host: new URL(url).host },
      }),
    ]);
    // Its receiver answered meanwhile, or it was removed.
    return lost.length > 0 ? vouchEndpoint(on)(command, actor) : { endpointId, url, verifiedAt: now };
  };

const refuseAnother = ({ kind, url }: Endpoint, asked: VouchEndpoint): void => {
  if (kind !== "acp")
    throw new Refusal("conflict", `An endpoint of kind ${kind} is proven by its own owner, not vouched for.`);
  if (new URL(url).href !== new URL(asked.url).href)
    throw new Refusal("conflict", "The endpoint sends to another URL.", { param: "$.url" });
};
