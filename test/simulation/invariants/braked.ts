import type { Exchange } from "../cloud/gateway.ts";
import { intentsOf } from "./at-stripe.ts";
import { type Invariant, when } from "./invariant.ts";

/** Of checkouts that nobody ever completed otherwise. */
export const brakedForFree: Invariant = {
  id: "A-71",
  promise: "who is told to come again later is charged nothing",
  watch: (cloud) => ({
    atRest: () =>
      [...completions(cloud.history)]
        .filter(([, exchanges]) => exchanges.every(isBraked))
        .flatMap(([id]) => when(intentsOf(cloud, id).length > 0, `${id} was braked, and charged`)),
  }),
};

/** All of a checkout, whether anybody heard the answer or not. */
const completions = (history: readonly Exchange[]): Map<string, Exchange[]> => {
  const found = new Map<string, Exchange[]>();
  for (const exchange of history) {
    const [, id] = /^\/checkout_sessions\/([^/]+)\/complete$/.exec(exchange.path) ?? [];
    if (id !== undefined) found.set(id, [...(found.get(id) ?? []), exchange]);
  }
  return found;
};

const isBraked = ({ response }: Exchange): boolean =>
  response?.status === 429 && (response.body as { code?: string }).code === "velocity_exceeded";
