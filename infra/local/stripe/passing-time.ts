import type { Due, DueKind } from "./agenda.ts";
import { byItself } from "./call.ts";
import { moveDispute } from "./dispute-course.ts";
import { deactivate } from "./granted-tokens.ts";
import type { Records } from "./objects.ts";
import { expireIntent } from "./payment-intents.ts";
import { settleRefund } from "./refund-course.ts";
import type { State } from "./state.ts";

type Changes = { [K in DueKind]: (change: ReturnType<typeof byItself>, record: Records[K]) => unknown };

const changes: Changes = {
  intent: expireIntent,
  refund: (change, refund) => refund.next && settleRefund(change, refund, refund.next.status),
  dispute: (change, dispute) => dispute.next && moveDispute(change, dispute, { status: dispute.next.status }),
  token: (change, token) => deactivate(change, token, "expired"),
};

/** Lets happen what was to happen by now, each thing at its own second. */
export const passTime = (state: State, now: number): void => {
  for (let due = state.due(); due && due.at <= now; due = state.due()) happen(state, due);
};

const happen = <K extends DueKind>(state: State, { kind, id, at }: Due & { readonly kind: K }): void => {
  const record = state.get(kind, id);
  if (!record) throw new Error(`${kind} ${id} is due and not there`);
  changes[kind](byItself(state, at, record), record);
};
