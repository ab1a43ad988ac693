import type { Session } from "#infra/local/demo/agent.ts";
import { aBuyer, type acpAgent } from "#infra/local/demo/agent.ts";

export const calls = ["create", "update", "complete"] as const;
export type CallName = (typeof calls)[number];

/** Milliseconds of each call and of the whole purchase. */
export type Purchase = Readonly<Record<CallName | "purchase", number>>;

/** Create, tell who buys and where to, complete; the preselected shipping option stays. */
export const buy = async (
  agent: ReturnType<typeof acpAgent>,
  productId: string,
  token: string,
): Promise<Purchase> => {
  const begun = performance.now();
  const { id } = await agent.create(productId, 1);
  const created = performance.now();
  await agent.update(id, aBuyer);
  const updated = performance.now();
  completed(await agent.complete(id, token));
  const ended = performance.now();
  return {
    create: created - begun,
    update: updated - created,
    complete: ended - updated,
    purchase: ended - begun,
  };
};

/** An answer without an order is no purchase, and would make the figures look better than they are. */
const completed = ({ status, messages }: Session): void => {
  if (status !== "completed")
    throw new Error(`a purchase ended ${status}: ${messages.map(({ content }) => content).join(" ")}`);
};
