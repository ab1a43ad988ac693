import type { Stand } from "./stand.ts";
import { type Traced, traceComplete } from "./trace.ts";

export type Step = {
  /** Calls of the same place may overlap; each place waits for one before it. */
  readonly place: number;
  readonly by: string;
  readonly service: string;
  readonly what: string;
};

export type SerialPath = {
  /** Calls to tables, keys, secrets and Stripe, in the order in which they must happen. */
  readonly steps: readonly Step[];
  /** The longest chain of them. */
  readonly length: number;
  /** What the calls travel through: invocations and executions, which contain the steps. */
  readonly hops: readonly string[];
};

/** Of a warm `complete`, from several of them: calls that overlapped once do not wait for each other. */
export const measureSerialPath = async (stand: Stand, runs = 6): Promise<SerialPath> => {
  await traceComplete(stand);
  const traces: (readonly Traced[])[] = [];
  for (let run = 0; run < runs; run += 1) traces.push(await traceComplete(stand));
  return serialPathIn(traces);
};

export const serialPathIn = (traces: readonly (readonly Traced[])[]): SerialPath => {
  const named = traces.map((trace) => byName(trace.filter((call) => !isHop(call))));
  const [first = new Map<string, Traced>()] = named;
  if (named.some((each) => each.size !== first.size))
    throw new Error("one complete made other calls than the next");
  const waits = (name: string, before: string): boolean =>
    named.every((trace) => (trace.get(before)?.to ?? Number.NaN) <= (trace.get(name)?.from ?? Number.NaN));
  const places = new Map<string, number>();
  for (const name of first.keys()) {
    const before = [...places].filter(([earlier]) => waits(name, earlier)).map(([, place]) => place);
    places.set(name, Math.max(0, ...before) + 1);
  }
  const steps = [...first].map(([name, { by, service, what }]) => ({
    place: places.get(name) ?? 0,
    by,
    service,
    what,
  }));
  const hops = (traces[0] ?? []).filter(isHop).map(({ what }) => what);
  return { steps, length: Math.max(0, ...places.values()), hops };
};

const isHop = ({ service }: Traced): boolean => service === "lambda" || service === "states";

/** The second reading of a row is another call than the first. */
const byName = (trace: readonly Traced[]): ReadonlyMap<string, Traced> => {
  const calls = new Map<string, Traced>();
  for (const call of trace) {
    let nth = 1;
    const name = () => `${call.by} ${call.service} ${call.what} ${nth}`;
    while (calls.has(name())) nth += 1;
    calls.set(name(), call);
  }
  return calls;
};
