import { acpAgent } from "#infra/local/demo/agent.ts";
import type { Metered } from "./meter.ts";
import { dollarsPerMillion, type Usage } from "./prices.ts";
import { buy } from "./purchase.ts";
import type { Stand } from "./stand.ts";

/**
 * What an order may call, all its way: create, update and complete, fulfillment, the outbox and the webhooks of its
 * three events. Whoever needs more raises the figure here and says what it buys.
 */
export const budget = {
  callsPerOrder: {
    apigateway: 3,
    // Three, one a request, count what a principal asks (`access/`); three look whether too many
    // cards were tried and three count the purchase (`velocity/`); one finds the store's connector (`fulfillment/`).
    // Nine, three a webhook, keep its endpoint's pace, and a few more where two meet (`webhook/`). Three look whether
    // another webhook waits for this one, and wake it: a second sooner than it would come by itself.
    dynamodb: 106,
    events: 3,
    lambda: 22,
    sqs: 24,
    states: 2,
  },
  /** At list prices, without what is billed by duration. 1.9 of it give three events their place for `GET /events`. */
  dollarsPerMillionOrders: 117.1,
} as const;

export type Calls = { readonly callsPerOrder: Readonly<Record<string, number>>; readonly dollars: number };

/** Of several orders the fewest: what a slow machine adds, a webhook that waits say, is in some, what code adds in all. */
export const measureCalls = async (stand: Stand, orders = 3): Promise<Calls> => {
  const agent = acpAgent(stand.cloud.urls.agentApi, stand.shop.agentKey);
  await stand.settled();
  const measured: Calls[] = [];
  for (let order = 0; order < orders; order += 1) {
    const [token = ""] = await stand.grantTokens(1);
    stand.meter.reset();
    await buy(agent, stand.productOf(0), token);
    await stand.settled();
    measured.push(callsIn(stand.meter.read()));
  }
  return measured.reduce(fewest);
};

const callsIn = (metered: readonly Metered[]): Calls => {
  const services = Map.groupBy(metered, ({ service }) => service);
  const callsPerOrder = Object.fromEntries(
    [...services].map(([service, kinds]) => [service, kinds.reduce((sum, { calls }) => sum + calls, 0)]),
  );
  return { callsPerOrder, dollars: metered.reduce((sum, { usage }) => sum + undated(usage), 0) };
};

const undated = ({ lambdaGigabyteSecond: _, expressGigabyteSecond: __, ...usage }: Usage): number =>
  dollarsPerMillion(usage);

const fewest = (left: Calls, right: Calls): Calls => {
  const services = Object.keys({ ...left.callsPerOrder, ...right.callsPerOrder });
  const least = (service: string) =>
    Math.min(left.callsPerOrder[service] ?? 0, right.callsPerOrder[service] ?? 0);
  return {
    callsPerOrder: Object.fromEntries(services.map((service) => [service, least(service)])),
    dollars: Math.min(left.dollars, right.dollars),
  };
};
