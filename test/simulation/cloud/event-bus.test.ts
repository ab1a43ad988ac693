import { describe, expect, test } from "vitest";
import { catalogue } from "#events/catalogue.ts";
import type { EventEnvelope } from "#events/define-event.ts";
import { FanOutEvent } from "#functions/webhook/fan-out-event.ts";
import { startedBy, workflows } from "./deployment.ts";
import { type Subject, subjects } from "./subjects.ts";

/** Everything that the bus sets off: what the fan-out reads, and with what runs begin. */
const listen = (subject: Subject) => {
  const fannedOut: { detail: EventEnvelope }[] = [];
  const begun: { by: string; input: unknown }[] = [];
  subject.run((path, event: { Records: { body: string }[] }) => {
    if (firstSteps.includes(path)) begun.push({ by: path, input: event });
    else if (path === "webhook/fan-out-event")
      fannedOut.push(...event.Records.map(({ body }) => JSON.parse(body) as { detail: EventEnvelope }));
    return { batchItemFailures: [], outcome: "held" };
  });
  return { fannedOut, begun };
};

const firstSteps = workflows.map(({ steps: [first] }) => first.handler);

/** An event of each type that leaves the service. */
const examples: readonly EventEnvelope[] = catalogue.map(({ type, example }, index) => ({
  id: `evt_${index}`,
  type,
  storeId: `store_${"0".repeat(26)}`,
  livemode: false,
  subject: `ord_${"1".repeat(26)}`,
  version: index + 1,
  occurredAt: Date.UTC(2026, 10, 23, 12),
  data: example,
}));

const put = (subject: Subject, events: readonly EventEnvelope[]) =>
  subject.ask(() => subject.clients.put(events));

const putAll = async (subject: Subject, events: readonly EventEnvelope[]) => {
  for (let start = 0; start < events.length; start += 10) {
    expect(await put(subject, events.slice(start, start + 10))).toEqual(new Set());
  }
  await subject.pass(60);
};

describe.each(subjects())("the bus of %s", (_, subjectOf) => {
  test("brings each event of the catalogue to the fan-out as it was put, and says that it took it", async () => {
    const subject = await subjectOf();
    const { fannedOut } = listen(subject);
    await putAll(subject, examples);
    expect(fannedOut).toHaveLength(examples.length);
    for (const event of examples) {
      const brought = fannedOut.find(({ detail }) => detail.type === event.type);
      expect(FanOutEvent.parse(brought).detail).toEqual(event);
      expect(brought).toMatchObject({ source: "agentic-checkout", "detail-type": event.type });
    }
  });

  test("begins the run of those events alone that begin one, with what their rule picks out of them", async () => {
    const subject = await subjectOf();
    const { begun } = listen(subject);
    await putAll(subject, examples);
    const wanted = examples.flatMap(({ type, storeId, subject: orderId }) => {
      const [first] = startedBy[type]?.workflow.steps ?? [];
      return first ? [{ by: first.handler, input: { storeId, orderId } }] : [];
    });
    expect(begun).toEqual(wanted);
    expect(wanted).toHaveLength(Object.keys(startedBy).length);
  });

  test("brings the same event again when it is put again", async () => {
    const subject = await subjectOf();
    const { fannedOut } = listen(subject);
    const [event] = examples as [EventEnvelope];
    await putAll(subject, [event, event]);
    expect(fannedOut.map(({ detail }) => detail)).toEqual([event, event]);
  });

  test("takes one to ten at a time, and of more takes none", async () => {
    const subject = await subjectOf();
    const { fannedOut } = listen(subject);
    const [event] = examples as [EventEnvelope];
    await expect(
      put(
        subject,
        Array.from({ length: 11 }, () => event),
      ),
    ).rejects.toThrow();
    await expect(put(subject, [])).rejects.toThrow();
    await subject.pass(60);
    expect(fannedOut).toEqual([]);
  });
});
