import { createHash, randomUUID } from "node:crypto";
import type { CloudClock } from "./clock.ts";
import type { Kept } from "./kept.ts";

export type Message = {
  readonly id: string;
  readonly body: string;
  readonly groupId: string | undefined;
  readonly sentAt: number;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number;
  receipt: string;
};

export type QueueSettings = {
  readonly name: string;
  readonly arn: string;
  readonly kmsKeyArn: string | undefined;
  readonly delaySeconds: number;
  readonly visibilitySeconds: number;
  /** After so many receipts a message goes to the dead letters instead. */
  readonly redrive: { readonly arn: string; readonly after: number } | undefined;
};

/** A standard queue: at least once, roughly in order. A message that was taken is kept until it is removed. */
export type Queue = QueueSettings & {
  send(message: { body: string; delaySeconds?: number | undefined; groupId?: string | undefined }): Message;
  /** Hides what it gives for the visibility timeout. */
  receive(most: number, visibilitySeconds?: number): readonly Message[];
  remove(receipt: string): void;
  hide(receipt: string, seconds: number): void;
  size(): number;
  visible(): number;
  hasReaders(): boolean;
  purge(): void;
  /** Calls when a message has become visible; there may be none when it looks. */
  onVisible(listener: () => void): void;
  stop(): void;
};

type Needs = {
  readonly clock: CloudClock;
  readonly kept: Kept | undefined;
  readonly bury: (dead: Message, deadLettersArn: string) => void;
};

export const makeQueue = (settings: QueueSettings, on: Needs): Queue => {
  const messages = restored(on.kept?.get(settings.name), on.clock.now());
  const { ring, stop, listen, listening } = alarm(on.clock, () =>
    [...messages.values()].map((each) => each.visibleAt),
  );
  const changed = () => {
    on.kept?.set(settings.name, JSON.stringify([...messages.values()]));
    ring();
  };
  const byReceipt = (receipt: string) => [...messages.values()].find((each) => each.receipt === receipt);
  const take = taking(settings, messages, on);
  return {
    ...settings,
    stop,
    onVisible: (listener) => {
      listen(listener);
      ring();
    },
    size: () => messages.size,
    visible: () => [...messages.values()].filter((each) => each.visibleAt <= on.clock.now()).length,
    hasReaders: listening,
    purge: () => {
      messages.clear();
      changed();
    },
    send: ({ body, delaySeconds = settings.delaySeconds, groupId }) => {
      const message = newMessage(body, groupId, on.clock.now(), delaySeconds);
      messages.set(message.id, message);
      changed();
      return message;
    },
    receive: (most, visibilitySeconds = settings.visibilitySeconds) => {
      const taken = take(most, visibilitySeconds);
      if (taken.length > 0) changed();
      return taken.filter((each) => each !== undefined);
    },
    remove: (receipt) => {
      messages.delete(byReceipt(receipt)?.id ?? "");
      changed();
    },
    hide: (receipt, seconds) => {
      const message = byReceipt(receipt);
      if (message) message.visibleAt = on.clock.now() + seconds * 1_000;
      changed();
    },
  };
};

/** What is visible, hidden from now on; `undefined` in the place of a message that went to the dead letters. */
const taking =
  ({ redrive }: QueueSettings, messages: Map<string, Message>, { clock, bury }: Needs) =>
  (most: number, visibilitySeconds: number): readonly (Message | undefined)[] => {
    const now = clock.now();
    const visible = [...messages.values()].filter((each) => each.visibleAt <= now).slice(0, most);
    return visible.map((message) => {
      if (redrive && message.receiveCount >= redrive.after) {
        messages.delete(message.id);
        bury(message, redrive.arn);
        return undefined;
      }
      message.receiveCount += 1;
      message.firstReceivedAt ||= now;
      message.visibleAt = now + visibilitySeconds * 1_000;
      message.receipt = randomUUID();
      return message;
    });
  };

/** From before a restart; a second's grace, because who reads them is only just starting. */
const restored = (text: string | undefined, now: number): Map<string, Message> => {
  const before = JSON.parse(text ?? "[]") as Message[];
  return new Map(
    before.map((each) => [each.id, { ...each, visibleAt: Math.max(each.visibleAt, now + 1_000) }]),
  );
};

const newMessage = (
  body: string,
  groupId: string | undefined,
  now: number,
  delaySeconds: number,
): Message => ({
  id: randomUUID(),
  body,
  groupId,
  sentAt: now,
  visibleAt: now + delaySeconds * 1_000,
  receiveCount: 0,
  firstReceivedAt: 0,
  receipt: "",
});

/** One timer for the earliest of many times; it fires again when the clock is moved. */
const alarm = (clock: CloudClock, times: () => readonly number[]) => {
  const listeners: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  const call = () => {
    for (const listener of listeners) listener();
  };
  const ring = () => {
    clearTimeout(timer);
    const now = clock.now();
    const all = times();
    if (all.some((time) => time <= now)) queueMicrotask(call);
    const later = all.filter((time) => time > now);
    if (later.length === 0) return;
    timer = setTimeout(ring, Math.min(...later) - now);
    timer.unref();
  };
  clock.onAdvance(ring);
  return {
    ring,
    stop: () => clearTimeout(timer),
    listen: (listener: () => void) => void listeners.push(listener),
    listening: () => listeners.length > 0,
  };
};

export const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
