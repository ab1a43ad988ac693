import type { Stripe, Unknown } from "#functions/payment/stripe.ts";
import { type Call, type Process, reach, type World } from "../engine/process.ts";
import type { Services } from "./services.ts";

type Method = (...args: readonly unknown[]) => Promise<unknown>;

/** Stripe as a process reaches it. Whatever method the port has gets the same faults: by its name, read or write. */
export const stripeThrough = (world: World, services: Services, process: Process): Stripe => {
  const port = services.stripe as unknown as Readonly<Record<string, Method>>;
  return new Proxy({} as Stripe, {
    get: (_, name: string) => {
      const method = port[name];
      return method && ((...args: readonly unknown[]) => ask(world, services, process, name, method, args));
    },
  });
};

const ask = (
  world: World,
  services: Services,
  process: Process,
  name: string,
  method: Method,
  args: readonly unknown[],
): Promise<unknown> => {
  if (name === "createPaymentIntent") services.charging(storeIn(args));
  const reads = /^(retrieve|list)/.test(name);
  const failing = (kind: "500" | "429" | "409", when: "before" | "after") => () => {
    services.stripe.fail({ match: "", kind, when });
    return called(services, method, args);
  };
  const call: Call<unknown> = {
    port: reads ? "stripe-read" : "stripe-write",
    about: `${name} ${summary(args)}`,
    perform: () =>
      services.stripeIsAway() ? gone(world, services, method, args) : called(services, method, args),
    unanswered: () => noAnswer,
    special: {
      "409": failing("409", "before"),
      "429": failing("429", "before"),
      "500": failing("500", "before"),
      "500-not-done": failing("500", "before"),
      "500-but-done": failing("500", "after"),
      // Broken before Stripe's own code ran: nothing is kept under the key.
      "500-unkept": (): Unknown => ({ outcome: "unknown", reason: "stripe_500", keySpent: false }),
    },
  };
  return reach(world, process, call);
};

const storeIn = (args: readonly unknown[]): string =>
  (args[1] as { metadata: { store?: string } }).metadata.store ?? "";

/** What was done is seen at once by those who watch. */
const called = async (services: Services, method: Method, args: readonly unknown[]): Promise<unknown> => {
  const answer = method(...args);
  services.stripeCalled();
  return answer;
};

/** Nobody is answered; what was asked may have been done all the same. */
const gone = async (
  { random }: World,
  services: Services,
  method: Method,
  args: readonly unknown[],
): Promise<Unknown> => {
  if (random.chance(0.2)) await called(services, method, args);
  return noAnswer;
};

const noAnswer: Unknown = { outcome: "unknown", reason: "timeout", keySpent: false };

const summary = (args: readonly unknown[]): string =>
  args
    .slice(1)
    .map((arg) => (typeof arg === "string" ? arg : JSON.stringify(arg)))
    .join(" ");
