import { afterEach, describe, expect, it } from "vitest";
import { queueClient } from "#functions/runtime/queue.client.ts";
import { cached, secretKept, secretsClient } from "#functions/runtime/secrets.client.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import { workflowClient } from "#functions/runtime/workflow.client.ts";
import { memoryPlatform } from "../fakes/memory-platform.ts";
import { awsError, awsStub, type Reply } from "./aws-stub.ts";

let stop = () => {};
afterEach(() => stop());

const at = async (...replies: Reply[]) => {
  const stub = await awsStub(replies);
  stop = stub.stop;
  return { on: { ...memoryPlatform(), environment: stub.environment }, sent: stub.sent };
};

const machine = "arn:aws:states:eu-central-1:000000000000:stateMachine:checkout";

describe("the workflow client", () => {
  it("waits for a run's end, whatever it is, and gives it its input", async () => {
    const { on, sent } = await at({
      body: { status: "FAILED", executionArn: "x", startDate: 0, stopDate: 0 },
    });
    expect(await workflowClient(on).run(machine, { checkoutId: "chk_1" }, 5_000)).toEqual({ run: "failed" });
    expect(sent).toEqual([
      { target: "StartSyncExecution", body: { stateMachineArn: machine, input: '{"checkoutId":"chk_1"}' } },
    ]);
  });

  it.each<[string, Reply]>([
    ["the time is up", "silence"],
    ["the connection is cut", "cut"],
    ["the service fails", { status: 500 }],
  ])("does not know, and starts no second run, when %s", async (_what, reply) => {
    const { on, sent } = await at(reply);
    expect(await workflowClient(on).run(machine, {}, 200)).toEqual({ run: "unanswered" });
    expect(sent).toHaveLength(1);
  });

  it("refuses for now when the run was not begun for want of room", async () => {
    const { on } = await at(awsError("ExecutionLimitExceeded"));
    await expect(workflowClient(on).run(machine, {}, 1_000)).rejects.toMatchObject({
      code: "temporarily_unavailable",
    });
  });

  it("fails loudly on a workflow that is not there", async () => {
    const { on } = await at(awsError("StateMachineDoesNotExist"));
    await expect(workflowClient(on).run(machine, {}, 1_000)).rejects.toThrow();
  });

  it("begins a run without waiting", async () => {
    const { on, sent } = await at({ body: { executionArn: "x", startDate: 0 } });
    await workflowClient(on).start(machine, { orderId: "ord_1" });
    expect(sent[0]).toEqual({
      target: "StartExecution",
      body: { stateMachineArn: machine, input: '{"orderId":"ord_1"}' },
    });
  });
});

describe("the queue client", () => {
  it("sends ten at a time with delay and group", async () => {
    const { on, sent } = await at();
    const messages = Array.from({ length: 12 }, (_, id) => ({
      body: { id },
      delaySeconds: 4.6,
      groupId: "we_1",
    }));
    await queueClient(on)("http://queue", messages);
    const batches = sent.map((call) => call.body["Entries"] as unknown[]);
    expect(batches.map((batch) => batch.length)).toEqual([10, 2]);
    expect(batches[0]?.[0]).toEqual({
      Id: "0",
      MessageBody: '{"id":0}',
      DelaySeconds: 5,
      MessageGroupId: "we_1",
    });
  });

  it("throws when a message was not taken", async () => {
    const { on } = await at({
      body: { Successful: [], Failed: [{ Id: "0", Code: "x", SenderFault: false }] },
    });
    await expect(queueClient(on)("http://queue", [{ body: 1 }])).rejects.toThrow("did not take 1");
  });
});

describe("a secret", () => {
  it("is read once for five minutes", async () => {
    const { on, sent } = await at({ body: { SecretString: "one" } }, { body: { SecretString: "two" } });
    const read = secretsClient(on);
    expect(await Promise.all([read("arn"), read("arn")])).toEqual(["one", "one"]);
    on.clock.advance(secretKept - 1);
    expect(await read("arn")).toBe("one");
    on.clock.advance(1);
    expect(await read("arn")).toBe("two");
    expect(sent).toHaveLength(2);
  });

  it("is read again by whoever was refused with it, once for all of them", async () => {
    const { on, sent } = await at({ body: { SecretString: "one" } }, { body: { SecretString: "two" } });
    const read = secretsClient(on);
    await read("arn");
    const again = await Promise.all([read("arn", "one"), read("arn", "one"), read("arn")]);
    expect([...again, await read("arn", "one")]).toEqual(["two", "two", "one", "two"]);
    expect(sent).toHaveLength(2);
  });

  it.each<[string, Reply]>([
    ["does not answer", { status: 500 }],
    ["refuses for now", awsError("ThrottlingException")],
    ["cannot open it for now", awsError("DecryptionFailure")],
  ])("is unavailable, not a fault, while its service %s", async (_, reply) => {
    const { on } = await at(reply, reply, reply);
    await expect(secretsClient(on)("arn")).rejects.toBeInstanceOf(Unavailable);
  });

  it("that nobody may read is a fault", async () => {
    const { on } = await at(awsError("AccessDeniedException"));
    await expect(secretsClient(on)("arn")).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("that could not be read is asked for again", async () => {
    const texts = [Promise.reject(new Error("down")), Promise.resolve("text")];
    const read = cached(
      () => 0,
      () => texts.shift() ?? Promise.reject(new Error("no more")),
    );
    await expect(read("arn")).rejects.toThrow("down");
    expect(await read("arn")).toBe("text");
  });
});
