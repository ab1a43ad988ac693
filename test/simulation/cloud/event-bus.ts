import type { EventEnvelope } from "#events/define-event.ts";
import type { World } from "../engine/process.ts";
import { startedBy } from "./deployment.ts";

type Needs = {
  readonly feed: (event: object) => void;
  readonly start: (workflow: string, input: unknown) => void;
};

/** EventBridge with the rules of the templates: to each target at least once, in any order, hours late maybe. */
export const createEventBus = (world: World, { feed, start }: Needs) => {
  const { scheduler, random, fates } = world;
  let count = 0;
  const deliver = (what: string, run: () => void) => {
    for (let times = fates.happens("bus twice") ? 2 : 1; times > 0; times -= 1) {
      const delay = fates.happens("bus late") ? random.below(20 * 60_000) : random.below(200);
      scheduler.after(delay, `the bus brings ${what}`, run);
    }
  };
  return (events: readonly EventEnvelope[]): void => {
    if (events.length < 1 || events.length > 10) throw new Error("the bus takes 1 to 10 entries");
    for (const event of events) {
      count += 1;
      const text = JSON.stringify(entryOf(event, count));
      deliver(event.id, () => feed(JSON.parse(text)));
      const rule = startedBy[event.type];
      if (!rule) continue;
      const input = mapped(rule.paths, JSON.parse(text));
      deliver(`${event.id} to ${rule.workflow.name}`, () => start(rule.workflow.name, input));
    }
  };
};

const entryOf = (event: EventEnvelope, count: number) => ({
  version: "0",
  id: `event-${count}`,
  "detail-type": event.type,
  source: "agentic-checkout",
  detail: event,
});

/** An input transformer's paths: `$.detail.storeId`. */
const mapped = (paths: Readonly<Record<string, string>>, event: unknown): object =>
  Object.fromEntries(
    Object.entries(paths).map(([name, path]) => [
      name,
      path
        .split(".")
        .slice(1)
        .reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], event),
    ]),
  );
