import type { World } from "../engine/process.ts";
import type { QueueSettings } from "./deployment.ts";
import type { Invoked } from "./state-machine.ts";

type Message = { readonly id: string; readonly body: string; visibleAt: number; receives: number };

export type Queue = {
  send(body: unknown, delaySeconds?: number): void;
  size(): number;
};

type Needs = QueueSettings & {
  readonly name: string;
  readonly invoke: (event: unknown) => Promise<Invoked>;
  /** What was received too often. */
  readonly bury: (body: unknown) => void;
};

/**
 * A standard queue and the poller between it and its function: at least once, in any order. What is not finished
 * comes again after the visibility timeout, and after so many receipts it is dead.
 */
export const createQueue = (world: World, needs: Needs): Queue => {
  const { scheduler, random, fates } = world;
  const messages = new Set<Message>();
  let sent = 0;

  const look = (at: number) => void scheduler.at(at, `${needs.name} is polled`, poll);
  const receive = (): Message[] => {
    const visible = [...messages].filter((message) => message.visibleAt <= scheduler.now());
    const batch: Message[] = [];
    while (visible.length > 0 && batch.length < needs.batchSize) {
      batch.push(...visible.splice(random.below(visible.length), 1));
    }
    return batch.filter((message) => !isDead(message));
  };
  const isDead = (message: Message): boolean => {
    if (message.receives < needs.receives) return false;
    messages.delete(message);
    world.trace(`  ${needs.name} gives up ${message.body}`);
    needs.bury(JSON.parse(message.body));
    return true;
  };
  const poll = () => {
    const batch = receive();
    if (batch.length === 0) return;
    for (const message of batch) {
      message.receives += 1;
      message.visibleAt = scheduler.now() + needs.visibilitySeconds * 1_000;
      look(message.visibleAt);
    }
    void handle(batch);
    look(scheduler.now());
  };
  const handle = async (batch: readonly Message[]) => {
    const receipts = batch.map(({ receives }) => receives);
    const keeps = keptIn(await needs.invoke({ Records: batch.map(recordOf) }));
    const done = batch.filter(
      ({ id, receives }, index) =>
        // Whoever took it since holds a newer receipt, and the old one removes nothing.
        receives === receipts[index] && !keeps(id) && !fates.happens("queue twice"),
    );
    for (const message of done) messages.delete(message);
  };
  return {
    size: () => messages.size,
    send: (body, delaySeconds = 0) => {
      sent += 1;
      const late = fates.happens("queue late") ? random.below(300_000) : 0;
      const visibleAt = scheduler.now() + delayOf(delaySeconds) + late;
      messages.add({ id: `${needs.name}-${sent}`, body: JSON.stringify(body), visibleAt, receives: 0 });
      look(visibleAt);
    },
  };
};

/** Whole seconds up to a quarter of an hour: so the client asks for them. */
const delayOf = (seconds: number): number => Math.round(Math.min(Math.max(seconds, 0), 900)) * 1_000;

const recordOf = ({ id, body, receives }: Message) => ({
  messageId: id,
  receiptHandle: id,
  body,
  attributes: { ApproximateReceiveCount: String(receives) },
});

type PartialFailures = {
  readonly batchItemFailures?: readonly { readonly itemIdentifier?: string }[] | null;
};

/** An answer that names nothing is all done, one whose names cannot be read is none of it. */
const keptIn = (invoked: Invoked): ((id: string) => boolean) => {
  if ("fault" in invoked) return () => true;
  const failed = (invoked.payload as PartialFailures | null)?.batchItemFailures ?? [];
  const names = failed.map(({ itemIdentifier }) => itemIdentifier || "unreadable");
  return (id) => names.includes("unreadable") || names.includes(id);
};
