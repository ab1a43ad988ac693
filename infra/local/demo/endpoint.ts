import { setTimeout } from "node:timers/promises";
import { callStore } from "./shop.ts";

export type Registered = { readonly id: string; readonly secret: string };

/** Registers an endpoint as an integration does: the receiver is told its secret, and a test shows that it is theirs. */
export const registerEndpoint = async (
  { storeApi, adminKey }: { readonly storeApi: string; readonly adminKey: string },
  body: { readonly url: string },
  trust: (secret: string) => void,
): Promise<Registered> => {
  const endpoint = await callStore<Registered>(storeApi, adminKey, "POST", "/webhook_endpoints", body);
  trust(endpoint.secret);
  const path = `/webhook_endpoints/${endpoint.id}`;
  await callStore(storeApi, adminKey, "POST", `${path}/test`);
  const isVerified = async () =>
    (await callStore<{ verifiedAt?: string }>(storeApi, adminKey, "GET", path)).verifiedAt !== undefined;
  const until = performance.now() + patience;
  while (!(await isVerified())) {
    if (performance.now() > until)
      throw new Error(`no test of ${endpoint.id} was answered with its challenge`);
    await setTimeout(25);
  }
  return endpoint;
};

const patience = 60_000;
