import { createHash, randomUUID } from "node:crypto";
import type { CloudClock } from "./clock.ts";

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

/** A standard queue in memory: at least once, roughly in order. A restart empties it, as a crash may. */
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

export const makeQueue = (
  settings: QueueSettings,
  on: { clock: CloudClock; bury: (dead: Message, deadLettersArn: string) => void },
): Queue => {
  const messages = new Map<string, Message>();
  const { wake, stop, listen, listening } = alarm(on.clock, () =>
    [...messages.values()].map((each) => each.visibleAt),
  );
  const byReceipt = (receipt: string) => [...messages.values()].find((each) => each.receipt === receipt);
  const take = (message: Message, hiddenUntil: number): Message | undefined => {
    if (settings.redrive && message.receiveCount >= settings.redrive.after) {
      messages.delete(message.id);
      on.bury(message, settings.redrive.arn);
      return undefined;
    }
    message.receiveCount += 1;
    message.firstReceivedAt ||= on.clock.now();
    message.visibleAt = hiddenUntil;
    message.receipt = randomUUID();
    return message;
  };
  return {
    ...settings,
    stop,
    onVisible: listen,
    size: () => messages.size,
    visible: () => [...messages.values()].filter((each) => each.visibleAt <= on.clock.now()).length,
    hasReaders: listening,
    purge: () => messages.clear(),
    send: ({ body, delaySeconds = settings.delaySeconds, groupId }) => {
      const message = newMessage(body, groupId, on.clock.now(), delaySeconds);
      messages.set(message.id, message);
      wake();
      return message;
    },
    receive: (most, visibilitySeconds = settings.visibilitySeconds) => {
      const now = on.clock.now();
      const visible = [...messages.values()].filter((each) => each.visibleAt <= now).slice(0, most);
      const taken = visible.map((each) => take(each, now + visibilitySeconds * 1_000));
      wake();
      return taken.filter((each) => each !== undefined);
    },
    remove: (receipt) => void messages.delete(byReceipt(receipt)?.id ?? ""),
    hide: (receipt, seconds) => {
      const message = byReceipt(receipt);
      if (message) message.visibleAt = on.clock.now() + seconds * 1_000;
      wake();
    },
  };
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
  const ring = () => {
    for (const listener of listeners) listener();
  };
  const wake = () => {
    clearTimeout(timer);
    const now = clock.now();
    const all = times();
    if (all.some((time) => time <= now)) queueMicrotask(ring);
    const later = all.filter((time) => time > now);
    if (later.length === 0) return;
    timer = setTimeout(wake, Math.min(...later) - now);
    timer.unref();
  };
  clock.onAdvance(wake);
  return {
    wake,
    stop: () => clearTimeout(timer),
    listen: (listener: () => void) => void listeners.push(listener),
    listening: () => listeners.length > 0,
  };
};

export const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
