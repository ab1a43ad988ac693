import { principalStore } from "#functions/access/principal.store.ts";
import { recordRequest } from "#functions/audit/record-request.ts";
import { storeSealClient } from "#functions/privacy/envelope.client.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import { parseOutboundPolicy } from "#functions/runtime/outbound-url.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { type Enqueue, queueClient } from "#functions/runtime/queue.client.ts";
import { changeEndpoint } from "./change-endpoint.ts";
import { createEndpoint } from "./create-endpoint.ts";
import { endpointStore } from "./endpoint.store.ts";
import { listDeliveries } from "./list-deliveries.ts";
import { getEndpoint, listEndpoints, removeEndpoint } from "./read-endpoints.ts";
import { readJwks } from "./read-jwks.ts";
import { getReplay } from "./read-replay.ts";
import { replayDeliveries, resendDelivery } from "./replay-deliveries.ts";
import { rollSecret } from "./roll-secret.ts";
import { webhookRoutes } from "./routes.ts";
import { testEndpoint } from "./test-endpoint.ts";
import { wakeSender } from "./wake-sender.ts";

type Clients = { enqueue: Enqueue; seal: StoreSeal };

export const wire = (on: Platform & Clients) => {
  const collaborators = {
    ...on,
    endpoints: endpointStore(on.table),
    principals: principalStore(on.table),
    policy: parseOutboundPolicy(on.environment.get("OUTBOUND_POLICY")),
    homeBuses: on.environment.get("HOME_BUSES"),
    wake: wakeSender(on.enqueue, on.environment.get("DELIVERY_QUEUE_URL")),
  };
  return apiHandler(on, {
    routes: webhookRoutes,
    operations: {
      createEndpoint: createEndpoint(collaborators),
      listEndpoints: listEndpoints(collaborators),
      getEndpoint: getEndpoint(collaborators),
      listDeliveries: listDeliveries(collaborators),
      resendDelivery: resendDelivery(collaborators),
      replayDeliveries: replayDeliveries(collaborators),
      getReplay: getReplay(collaborators),
      changeEndpoint: changeEndpoint(collaborators),
      removeEndpoint: removeEndpoint(collaborators),
      getJwks: readJwks(collaborators),
      rollSecret: rollSecret(collaborators),
      testEndpoint: testEndpoint(collaborators),
    },
    protocol: problemDetails,
    recorder: recordRequest(on),
  });
};

export const handler = lambda<Clients>(wire, { enqueue: queueClient, seal: storeSealClient });
