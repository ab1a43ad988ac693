import { describe, expect, it } from "vitest";
import { z } from "zod";
import { queueHandler } from "#functions/runtime/queue-handler.ts";
import { streamHandler } from "#functions/runtime/stream-handler.ts";
import { sweepHandler } from "#functions/runtime/sweep-handler.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { aContext, memoryPlatform } from "../fakes/memory-platform.ts";

const Input = z.object({ id: z.string() });
const secret = new Error("could not charge 4242424242424242");

describe("a task", () => {
  it("gives the step its parsed input and hands on its outcome", async () => {
    const handler = taskHandler(memoryPlatform(), Input, async (input) => ({ outcome: "done", ...input }));
    expect(await handler({ id: "x", more: 1 }, aContext())).toEqual({ outcome: "done", id: "x" });
  });

  it("throws a fault without its text, logged once", async () => {
    const on = memoryPlatform();
    const handler = taskHandler(on, Input, () => Promise.reject(secret));
    const thrown = await handler({ id: "x" }, aContext()).catch((error: Error) => error);
    expect(String(thrown) + (thrown as Error).stack).not.toMatch(/4242|charge/);
    expect(on.logged).toMatchObject([{ level: "error", error: secret }]);
  });

  it("throws at input of another shape", async () => {
    const handler = taskHandler(memoryPlatform(), Input, async () => ({}));
    await expect(handler({ id: 4 }, aContext())).rejects.toThrow("the step failed");
  });
});

describe("a queue", () => {
  const batch = (...bodies: string[]) => ({
    Records: bodies.map((body, index) => ({
      messageId: `m${index}`,
      body,
      attributes: { ApproximateReceiveCount: "3" },
    })),
  });

  it("returns only the messages that failed", async () => {
    const on = memoryPlatform();
    const done: string[] = [];
    const handler = queueHandler(on, Input, async ({ id }) => {
      if (id === "bad") throw secret;
      done.push(id);
    });
    const events = batch('{"id":"a"}', '{"id":"bad"}', "{", '{"id":7}', '{"id":"b"}');
    expect(await handler(events, aContext())).toEqual({
      batchItemFailures: [{ itemIdentifier: "m1" }, { itemIdentifier: "m2" }, { itemIdentifier: "m3" }],
    });
    expect(done).toEqual(["a", "b"]);
    expect(on.logged).toHaveLength(3);
    expect(on.logged.map((entry) => entry.fields)).toContainEqual({ requestId: "m1", attempt: 3 });
  });
});

describe("a stream", () => {
  const record = (eventName: string, pk: string) => ({
    eventName,
    dynamodb: { Keys: { pk: { S: pk }, sk: { S: "event#00000001" } } },
  });

  it("hands on the keys of inserted rows only", async () => {
    const keys: unknown[] = [];
    const handler = streamHandler(memoryPlatform(), async (key) => void keys.push(key));
    const Records = [
      record("INSERT", "a"),
      record("MODIFY", "b"),
      record("REMOVE", "c"),
      record("INSERT", "d"),
    ];
    await handler({ Records }, aContext());
    expect(keys).toEqual([
      { pk: "a", sk: "event#00000001" },
      { pk: "d", sk: "event#00000001" },
    ]);
  });

  it("is never blocked by a row that fails", async () => {
    const on = memoryPlatform();
    const handler = streamHandler(on, () => Promise.reject(secret));
    expect(await handler({ Records: [record("INSERT", "a")] }, aContext())).toEqual({
      batchItemFailures: [],
    });
    expect(on.logged).toMatchObject([{ level: "error", error: secret }]);
  });
});

describe("a sweep", () => {
  it("answers how much it swept, and is silent about nothing", async () => {
    const on = memoryPlatform();
    expect(await sweepHandler(on, async () => 3)({}, aContext())).toEqual({ count: 3 });
    expect(await sweepHandler(on, async () => 0)({}, aContext())).toEqual({ count: 0 });
    expect(on.logged).toMatchObject([{ message: "swept", fields: { count: 3 } }]);
  });

  it("throws a fault without its text", async () => {
    const handler = sweepHandler(memoryPlatform(), () => Promise.reject(secret));
    await expect(handler({}, aContext())).rejects.toThrow(/^the sweep failed$/);
  });
});
