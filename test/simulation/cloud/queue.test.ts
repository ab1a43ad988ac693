import { describe, expect, test, vi } from "vitest";
import { queues } from "./deployment.ts";
import { type Subject, subjects } from "./subjects.ts";

type Received = {
  Records: { messageId: string; body: string; attributes: { ApproximateReceiveCount: string } }[];
};

const all = Object.entries(queues).map(([name, settings]) => ({ name, ...settings }));
const quarter = 900;

describe.each(subjects())("the queue of %s", (_, subjectOf) => {
  describe.each(all)("$name", ({ name, reader, batchSize, visibilitySeconds, receives }) => {
    /** Every batch that its reader gets; the answer says what of it failed. */
    const read = (subject: Subject, answer: (event: Received, times: number) => unknown = () => none) => {
      const batches: Received["Records"][] = [];
      subject.run((path, event: Received) => {
        if (path !== reader) return none;
        batches.push(event.Records);
        return answer(event, batches.length);
      });
      return {
        batches,
        bodies: () => batches.flat().map(({ body }) => JSON.parse(body) as unknown),
        counts: () => batches.flat().map(({ attributes }) => Number(attributes.ApproximateReceiveCount)),
      };
    };
    const send = (subject: Subject, bodies: readonly unknown[], delaySeconds?: number) =>
      subject.ask(() =>
        subject.clients.enqueue(
          subject.address(name),
          bodies.map((body) => ({ body, ...(delaySeconds !== undefined && { delaySeconds }) })),
        ),
      );

    test("hands each message to its reader as it was sent, a few at a time, and once when it is done", async () => {
      const subject = await subjectOf();
      const { batches, bodies, counts } = read(subject);
      const sent = Array.from({ length: 25 }, (__, n) => ({ n, text: 'ä "quoted"' }));
      await send(subject, sent);
      await subject.pass(2 * visibilitySeconds);
      expect(bodies()).toHaveLength(25);
      expect(bodies()).toEqual(expect.arrayContaining(sent));
      expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(batchSize);
      expect(new Set(counts())).toEqual(new Set([1]));
      expect(new Set(batches.flat().map(({ messageId }) => messageId)).size).toBe(25);
    });

    test("keeps a message back as long as it is told, and never for more than a quarter of an hour", async () => {
      const subject = await subjectOf();
      const { bodies } = read(subject);
      await send(subject, ["soon"], 60);
      await send(subject, ["late"], 10 * quarter);
      await send(subject, ["at once"], -1);
      await subject.pass(55);
      expect(bodies()).toEqual(["at once"]);
      await subject.pass(10);
      expect(bodies()).toEqual(["at once", "soon"]);
      await subject.pass(quarter - 75);
      expect(bodies()).toHaveLength(2);
      await subject.pass(20);
      expect(bodies()).toEqual(["at once", "soon", "late"]);
    });

    test("hands out again what its reader names as failed, and nothing else, when its time is over", async () => {
      const subject = await subjectOf();
      const { bodies, counts } = read(subject, ({ Records }, times) =>
        times === 1 ? failing(Records.filter(({ body }) => body === '"bad"')) : none,
      );
      await send(subject, ["good", "bad"]);
      await subject.pass(visibilitySeconds - 10);
      expect([...bodies()].sort()).toEqual(["bad", "good"]);
      await subject.pass(20);
      expect(bodies().slice(2)).toEqual(["bad"]);
      expect(counts().slice(2)).toEqual([2]);
      await subject.pass(2 * visibilitySeconds);
      expect(bodies()).toHaveLength(3);
    });

    const unclear: [string, () => unknown][] = [
      ["a fault", () => Promise.reject(new Error("on purpose"))],
      ["an empty name", () => ({ batchItemFailures: [{ itemIdentifier: "" }] })],
      ["a missing name", () => ({ batchItemFailures: [{ itemIdentifier: null }] })],
      ["a name under another word", () => ({ batchItemFailures: [{ messageId: "m" }] })],
    ];
    test.each(unclear)("hands out all of a batch again after %s", async (__, answer) => {
      const subject = await subjectOf();
      const { bodies } = read(subject, (___, times) => (times === 1 ? answer() : none));
      await send(subject, ["one"]);
      await subject.pass(visibilitySeconds + 10);
      expect(bodies()).toEqual(["one", "one"]);
    });

    test.each([null, {}, { batchItemFailures: null }])("takes %j for all done", async (answer) => {
      const subject = await subjectOf();
      const { bodies } = read(subject, () => answer);
      await send(subject, ["one"]);
      await subject.pass(2 * visibilitySeconds);
      expect(bodies()).toEqual(["one"]);
    });

    test("hands out again what has no answer yet, and an answer that comes too late finishes nothing", async () => {
      const subject = await subjectOf();
      const held: (() => void)[] = [];
      const { bodies } = read(subject, () => new Promise((answer) => held.push(() => answer(none))));
      await send(subject, ["one"]);
      const handedOut = (times: number) => vi.waitFor(() => expect(held).toHaveLength(times));
      await subject.leap(1);
      await handedOut(1);
      await subject.leap(visibilitySeconds + 10);
      await handedOut(2);
      held[0]?.();
      await subject.leap(visibilitySeconds + 10);
      await handedOut(3);
      for (const release of held) release();
      await subject.pass(2 * visibilitySeconds);
      expect(bodies()).toEqual(["one", "one", "one"]);
    });

    test("buries what was handed out too often, as it was sent", async () => {
      const subject = await subjectOf();
      const { counts } = read(subject, ({ Records }) => failing(Records));
      await send(subject, [{ poison: 1 }]);
      for (let received = 1; received < receives; received += 1) await subject.pass(visibilitySeconds + 1);
      expect(counts()).toEqual(Array.from({ length: receives }, (__, index) => index + 1));
      expect(subject.dead(name)).toEqual([]);
      await subject.pass(visibilitySeconds + 1);
      expect(counts()).toHaveLength(receives);
      expect(subject.dead(name)).toEqual([{ poison: 1 }]);
    });
  });
});

const none = { batchItemFailures: [] };

const failing = (records: Received["Records"]) => ({
  batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })),
});
