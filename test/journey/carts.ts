import type { Agent, Answered } from "./agent.ts";
import { canaryBuyer } from "./canary.ts";

/** What a client does about one cart: two requests, each under a key of its own and sent again at most once. */
export type Cart = {
  readonly name: string;
  readonly productId: string;
  readonly quantity: number;
  sessionId?: string;
  /** The last answer to its wish to buy. */
  answer?: Answered;
};

type Line = {
  /** Of the process that is up now. */
  agent(): Agent;
  /** Resolves when there is a process again. */
  up(): Promise<void>;
  /** Hears of every answer. */
  answered(): void;
};

export const shopFor = async (cart: Cart, line: Line): Promise<void> => {
  const created = await ask(line, (agent) =>
    agent.create([{ id: cart.productId, quantity: cart.quantity }], canaryBuyer, {
      idempotency: `create-${cart.name}`,
    }),
  );
  if (created.status >= 500) return;
  const { id } = created.body;
  cart.sessionId = id;
  cart.answer = await ask(line, (agent) =>
    agent.complete(id, "pm_card_visa", {}, { idempotency: `buy-${cart.name}` }),
  );
};

/** A line that went dead and an answer of 5xx say nothing of the outcome: the same request goes out once more. */
const ask = async (line: Line, send: (agent: Agent) => Promise<Answered>): Promise<Answered> => {
  const first = await hear(line, send);
  return first.status < 500 ? first : hear(line, send);
};

const hear = async (line: Line, send: (agent: Agent) => Promise<Answered>): Promise<Answered> => {
  await line.up();
  const answer = await send(line.agent()).catch(() => undefined);
  if (answer) line.answered();
  return answer ?? line.up().then(() => send(line.agent()));
};

/** So many at a time. */
export const inTurns = async <Each>(
  all: readonly Each[],
  width: number,
  run: (each: Each) => Promise<void>,
): Promise<void> => {
  const waiting = all.values();
  const turn = async () => {
    for (const each of waiting) await run(each);
  };
  await Promise.all(Array.from({ length: width }, turn));
};
