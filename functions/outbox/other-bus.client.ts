import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { ClientOf } from "#functions/runtime/platform.ts";
import { source } from "./event-bus.client.ts";
import type { PutOnBus } from "./other-bus.ts";

/** Tries once: a delivery has a schedule of its own. */
export const otherBusClient: ClientOf<PutOnBus> = () => {
  const client = new EventBridgeClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
  return async (EventBusName, { type, detail, occurredAt }) => {
    const entry = { EventBusName, Source: source, DetailType: type, Detail: detail };
    try {
      const command = new PutEventsCommand({ Entries: [{ ...entry, Time: new Date(occurredAt) }] });
      const { Entries: [outcome] = [] } = await client.send(command);
      return outcome?.EventId === undefined ? (outcome?.ErrorCode ?? "NoAnswer") : undefined;
    } catch (error) {
      return (error as Error).name;
    }
  };
};
