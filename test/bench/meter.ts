import type { Ledger, LedgerCall } from "#infra/local/ledger.ts";
import { expressGigabytes, expressStepSeconds, type PriceName, type Usage } from "./prices.ts";
import { countTableUnits } from "./table-units.ts";
import type { Deployed } from "./templates.ts";

/** Calls of one kind since the last reset, and what AWS would bill for them. */
export type Metered = {
  readonly service: string;
  readonly action: string;
  /** A function, a machine, a rule, the gateway. */
  readonly by: string;
  readonly calls: number;
  readonly usage: Usage;
};

export type Meter = { reset(): void; read(): readonly Metered[]; stop(): void };

/** Opened before the first row is written, because a row's size is billed again with every later read. */
export const openMeter = (ledger: Ledger, deployed: Deployed): Meter => {
  const metered = new Map<string, Metered>();
  const tableUnits = countTableUnits();
  const note = ({ service, action, by }: Kind, calls: number, usage: Usage) => {
    const key = `${service} ${action} ${by}`;
    const entry = metered.get(key) ?? { service, action, by, calls: 0, usage: {} };
    metered.set(key, { ...entry, calls: entry.calls + calls, usage: sum(entry.usage, usage) });
  };
  const stop = ledger.watch((call) => {
    const begun = performance.now();
    note(call, 1, call.service === "dynamodb" ? tableUnits(call) : usageOf(call));
    const handler = handlerIn(call);
    if (handler === undefined) return () => undefined;
    // The gateway asks the authorizer once for each request, and no other caller does.
    if (handler === "access/authorize") note(request, 1, { apiRequest: 1 });
    return () => {
      const seconds = Math.ceil(performance.now() - begun) / 1_000;
      note(call, 0, { lambdaGigabyteSecond: seconds * deployed.gigabytesOf(handler) });
      // Who invokes a workflow's step is the machine.
      if (deployed.machines.has(call.by))
        note({ ...execution, by: call.by }, 0, { expressGigabyteSecond: seconds * expressGigabytes });
    };
  });
  return { stop, reset: () => metered.clear(), read: () => [...metered.values()] };
};

type Kind = Pick<Metered, "service" | "action" | "by">;

const request = { service: "apigateway", action: "request", by: "agent" };
const execution = { service: "states", action: "(time of executions)" };

const sum = (left: Usage, right: Usage): Usage => {
  const names = Object.keys({ ...left, ...right }) as PriceName[];
  return Object.fromEntries(names.map((name) => [name, (left[name] ?? 0) + (right[name] ?? 0)]));
};

const usageOf = ({ service, body }: LedgerCall): Usage => {
  const usage = usages[service];
  if (!usage) throw new Error(`the bench knows no price for calls of ${service}`);
  return service === "events"
    ? { event: (body?.["Entries"] as readonly unknown[] | undefined)?.length ?? 1 }
    : usage;
};

const usages: Readonly<Record<string, Usage>> = {
  lambda: { lambdaRequest: 1 },
  states: { expressRequest: 1, expressGigabyteSecond: expressStepSeconds * expressGigabytes },
  kms: { keyRequest: 1 },
  sqs: { queueRequest: 1 },
  events: { event: 1 },
  secretsmanager: { secretRequest: 1 },
};

const handlerIn = ({ service, action }: LedgerCall): string | undefined =>
  service === "lambda" && action.startsWith("Invoke:") ? action.slice("Invoke:".length) : undefined;
