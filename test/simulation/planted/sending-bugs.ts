import { type Bug, bug } from "./bug.ts";

/** Mistakes with an endpoint's pace, with what waits for it, with what is sent once more, to whom, and on which record. */
export const sendingBugs: readonly Bug[] = [
  bug(
    "one more at once than there may be",
    "webhook/pace.ts",
    "!isResting(pace, now) && freeSlots(pace, now) > 0;",
    "!isResting(pace, now) && freeSlots(pace, now) >= 0;",
  ),
  bug(
    "an endpoint that rests is spoken to",
    "webhook/pace.ts",
    "!isResting(pace, now) && freeSlots(pace, now) > 0;",
    "freeSlots(pace, now) > 0;",
  ),
  bug(
    "a slot that nobody gives back",
    "webhook/pace.ts",
    "const index = busy.indexOf(slot);",
    "const index = busy.indexOf(-slot);",
  ),
  bug(
    "what waited is forgotten once its endpoint is back",
    "webhook/drain-backlog.ts",
    "  while (lane.held?.pace.backlogFrom !== undefined) await goThrough(on, lane);\n",
    "",
  ),
  bug(
    "a replay leaves out the first of each page",
    "webhook/run-replay.ts",
    "openPage(on, replay, endpoint, keys)",
    "openPage(on, replay, endpoint, keys.slice(1))",
  ),
  bug(
    "a replay that dies between its place and its opening",
    "webhook/run-replay.ts",
    "  const opened = endpoint ? await openPage(on, replay, endpoint, keys) : [];\n",
    `  const status = endpoint && (more || next.at < replay.to) ? "running" : "done";
  const place = { ...replay, status, version: replay.version + 1, cursor: writeCursor(next) } as const;
  if ((await tryCommit(on.table, [savedReplay(replay, place)])).length > 0) return { replay, more: false };
  const opened = endpoint ? await openPage(on, replay, endpoint, keys) : [];\n`,
  ),
  bug(
    "a replay brings nothing from before its endpoint was there",
    "webhook/replay.ts",
    'only === "all";',
    'only !== "all" && only !== "failed";',
  ),
  bug(
    "sent once more under another id",
    "webhook/prepare-webhook.ts",
    "event: recorded.event, ...said });",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code that is put in place of other source code
    "event: delivery.reopenedAt ? { ...recorded.event, id: `${recorded.event.id}_again` } : recorded.event, ...said });",
  ),
  bug(
    "whoever says yes to a test is the endpoint's owner",
    "webhook/attempt-delivery.ts",
    "withProof(await sendWebhook(on, claimed, prepared, at), prepared.challenge)",
    "withProof(await sendWebhook(on, claimed, prepared, at), undefined)",
  ),
  bug(
    "where an agent hears of its orders a store's word is enough",
    "webhook/hearing.ts",
    "({ verifiedAt }: Endpoint): boolean => verifiedAt !== undefined;",
    '({ kind, verifiedAt }: Endpoint): boolean => kind === "acp" || verifiedAt !== undefined;',
  ),
  bug(
    "that a webhook shows who bought is on record once it was sent",
    "webhook/attempt-delivery.ts",
    `  if (prepared.shows) await tryCommit(on.table, [lookOnRecord(claimed, prepared.shows, at)]);
  const attempted = withProof(await sendWebhook(on, claimed, prepared, at), prepared.challenge);\n`,
    `  const attempted = withProof(await sendWebhook(on, claimed, prepared, at), prepared.challenge);
  if (prepared.shows) await tryCommit(on.table, [lookOnRecord(claimed, prepared.shows, at)]);\n`,
  ),
  bug(
    "who bought is kept for the next attempt, and told once they are erased",
    "webhook/tell-customer.ts",
    "  return opened?.isRestricted ? undefined : opened?.contact;\n};",
    `  if (opened && !opened.isRestricted) kept.set(orderId, opened.contact);
  return kept.get(orderId);
};
const kept = new Map<OrderId, Contact>();`,
  ),
  bug(
    "a key that is revoked goes on showing who bought",
    "webhook/tell-customer.ts",
    "return [keeper.revokedAt, key.revokedAt, key.storeStoppedAt]",
    "return [keeper.revokedAt, key.storeStoppedAt]",
  ),
  bug(
    "a shop's yes that nobody writes down",
    "fulfillment/submit-order.ts",
    'if (answer.submission === "accepted") return written(on, known);',
    'if (answer.submission === "accepted") return done(orderStepOf(order));',
  ),
  bug(
    "a shop sees who bought before that is on record",
    "fulfillment/bridge-connector.ts",
    "if (order.contact && !(await shows())) return overtaken;",
    "void shows();",
  ),
  bug(
    "that a shop sees who bought is on record each time it is sent",
    "fulfillment/submit-order.ts",
    "shop: { ...before.shop, retryAt: undefined } }),",
    "shop: { acceptedAt: before.shop?.acceptedAt } }),",
  ),
  bug(
    "a bridge's former secret signs nothing from the roll on",
    "fulfillment/connection-secret.ts",
    "return [made, ...live(ending, now)];",
    "return [made, ...live(ending, until)];",
  ),
  bug(
    "what an agent's feed is sent it has taken",
    "feed/push-feed.ts",
    "await note(on, at.feed, { sent: changes });",
    "await note(on, at.feed, { taken: changes });",
  ),
  bug(
    "nobody looks whether an order is at its site already",
    "fulfillment/woocommerce-connector.ts",
    "const known = order.epoch === 1 ? [] : await found(api, order);",
    "const known: WooOrder[] = [];",
  ),
  bug(
    "what a site has completed is passed by",
    "fulfillment/follow-orders.ts",
    'if (there.status === "completed") return followSent(on, order);',
    'if (there.status === "completed") return true;',
  ),
  bug(
    "a shop is not told whom to forget",
    "customer/forget-checkout.ts",
    "...(order.shop && { shop: { untoldSince: now } }),",
    "",
  ),
];
