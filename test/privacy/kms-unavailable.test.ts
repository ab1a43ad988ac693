import { afterEach, expect, it } from "vitest";
import { kmsKeyWrapper } from "#functions/privacy/envelope.client.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import { storeId } from "#test/examples.ts";
import { awsError, awsStub, type Reply } from "#test/runtime/aws-stub.ts";

let stub: Awaited<ReturnType<typeof awsStub>> | undefined;
afterEach(() => stub?.stop());

const unwrapped = async (...replies: Reply[]): Promise<unknown> => {
  stub = await awsStub(replies);
  const wrapper = kmsKeyWrapper(environmentOf({ PEOPLE_KEY_ARN: "arn:key" }));
  return wrapper.unwrap(storeId, new Uint8Array([1])).catch((error: unknown) => error);
};

it.each(["DisabledException", "KMSInvalidStateException", "ThrottlingException", "KMSInternalException"])(
  "a key that cannot be used now is told as unavailable: %s",
  async (name) => {
    const status = name === "KMSInternalException" ? { status: 500 } : {};
    const reply = { ...(awsError(name) as object), ...status };
    expect(await unwrapped(reply, reply)).toBeInstanceOf(Unavailable);
  },
);

it("a connection that is cut too, but not what is our own fault", async () => {
  expect(await unwrapped("cut", "cut")).toBeInstanceOf(Unavailable);
  stub?.stop();
  expect(await unwrapped(awsError("AccessDeniedException"))).not.toBeInstanceOf(Unavailable);
});
