import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import type { Answer, RequestFacts } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import { EndpointId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type EndpointStore, removedEndpoint } from "./endpoint.store.ts";
import { type Endpoint, EndpointHealth, EndpointView, viewEndpoint, viewHealth } from "./endpoint.ts";
import { readPace } from "./pace.store.ts";

export const EndpointParams = z.strictObject({ id: z.string() });
export type EndpointParams = z.infer<typeof EndpointParams>;
export const EndpointList = z.object({ endpoints: z.array(EndpointView) });
export const RemovedEndpoint = z.object({ id: EndpointId, removed: z.literal(true) });

type Asked = { caller: Caller; params: EndpointParams };
type Reads = { readonly endpoints: EndpointStore; readonly now: Clock };

export const listEndpoints =
  (on: Reads) =>
  async ({ caller }: { caller: Caller }): Promise<Answer> => ({
    status: 200,
    body: {
      endpoints: (await on.endpoints.list(caller.storeId)).map((each) => viewEndpoint(each, on.now())),
    },
  });

/** With how it does. */
export const EndpointWithHealth = EndpointView.extend({ health: EndpointHealth });

export const getEndpoint =
  (on: Reads & { readonly table: Pick<Table, "get"> }) =>
  async ({ caller, params }: Asked): Promise<Answer> => {
    const endpoint = await callersEndpoint(on.endpoints, caller, params.id);
    const pace = await readPace(on.table, { endpointId: endpoint.id, storeId: endpoint.storeId });
    return { status: 200, body: { ...viewEndpoint(endpoint, on.now()), health: viewHealth(pace) } };
  };

/** What is on its way to it is canceled at its next attempt. */
export const removeEndpoint =
  (on: Reads & { readonly table: Table }) =>
  async (asked: Asked & { request: RequestFacts }): Promise<Answer> => {
    const endpoint = await callersEndpoint(on.endpoints, asked.caller, asked.params.id);
    const lost = await tryCommit(on.table, [
      removedEndpoint(endpoint),
      actOfKey(asked, {
        action: "webhook_endpoint.removed",
        decidedBy: "webhooks:write",
        at: on.now(),
        about: { endpointId: endpoint.id },
      }),
    ]);
    if (lost.length > 0) throw notThere();
    return { status: 200, body: { id: endpoint.id, removed: true } };
  };

export const callersEndpoint = async (
  endpoints: EndpointStore,
  caller: Caller,
  id: string,
): Promise<Endpoint> => {
  const endpoint = await endpoints.get(caller.storeId, id);
  if (!endpoint) throw notThere();
  return endpoint;
};

const notThere = () => new Refusal("not_found", "There is no webhook endpoint with this id.");
