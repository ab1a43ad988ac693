import { meaningOf } from "#functions/payment/returned.ts";
import { type Invariant, when } from "./invariant.ts";
import { allOrders } from "./rows.ts";

/** What an event did not tell, or told too early, the books do. */
export const disputesKnown: Invariant = {
  id: "I-4",
  promise: "what a bank asks, holds or has let be is what the order says",
  watch: (cloud) => ({
    atRest: (rest) =>
      rest === "15 minutes"
        ? []
        : allOrders(cloud).flatMap((order) =>
            cloud.stripe
              .disputes()
              .filter(({ intentId }) => intentId === order.payment.paymentIntentId)
              .flatMap(({ id, status }) => {
                const ours = order.disputes.find((dispute) => dispute.id === id);
                const { status: theirs, kind } = meaningOf({ status });
                const isKnown = ours?.status === theirs && ours.kind === kind;
                return when(!isKnown, `${order.id} says that ${id} is ${ours?.status}, and it is ${status}`);
              }),
          ),
  }),
};
