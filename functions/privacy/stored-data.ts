import type { Key, TableName } from "#functions/runtime/table.ts";
import { ruleNames } from "#functions/velocity/velocity.ts";
import { storedCommerce } from "./stored-commerce.ts";
import { due, ends, listed, type StoredRecord, seen, under, words } from "./stored-record.ts";

const shownOfStore = [
  ...under("policies.termsOfUse", "url version"),
  ...under("policies.privacyPolicy", "url version"),
  ...under("policies.returnPolicy", "url version"),
  ...under("policies.shippingPolicy", "url version"),
  ...under("support", "email phone hours helpCenterUrl"),
  ...under("threeDSecure", "acquirerBin acquirerCountry acquirerMerchantId merchantName"),
];

/**
 * Everything that any table holds, by the name of its kind of row: the keys `pk` and `sk` are ids. What is not here is
 * not written: the simulator and the tests of this folder hold every row to it.
 */
export const storedData: Readonly<Record<TableName, Readonly<Record<string, StoredRecord>>>> = {
  commerce: storedCommerce,
  access: {
    storefront: {
      kept: "told",
      plain: [...words("stripeAccount stripeProfile"), ...shownOfStore, ...ends],
    },
    store: {
      kept: "shop",
      plain: [
        ...words(
          "id name currency livemode status orderUrlTemplate stripeAccount stripeProfile verifiedDomains",
        ),
        ...words(
          "tokensKilledAt tokensKilledWith version createdAt updatedAt retention.contactDays retention.ledgerYears",
        ),
        ...under("shippingOptions", "id title description carrier countries amount freeFrom"),
        ...under("shippingOptions.deliveryDays", "earliest latest"),
        ...["taxes.inclusive", ...under("taxes.rates", "country region rate name shippingTaxed")],
        "privacyParagraph",
        ...ruleNames.map((name) => `limits.${name}`),
        ...[...shownOfStore, ...listed],
      ],
    },
    "store-key": {
      kept: "shop",
      plain: [
        ...words("current currentSince moved revision"),
        ...under("versions", "version wrapped addedAt"),
      ],
    },
    connector: {
      kept: "receiver",
      plain: [
        ...words("storeId kind url unanswered rolls receiver ownerId createdAt lastUsedAt"),
        ...under("secrets", "sealed createdAt expiresAt"),
        ...under("settings", "currency pricesIncludeTax timeZone taxClasses readAt"),
        ...under("followed", "since seen walkedAt after readAt"),
        ...due,
        ...ends,
      ],
    },
    "agent-feed": {
      kept: "receiver",
      plain: [
        ...words(
          "storeId name url targetCountry feedId sealedCredential credentialAt ownerId createdAt putAt",
        ),
        ...words("after refused failures failingSince lastStatus pushedAt"),
        ...due,
        ...ends,
      ],
    },
    "stripe-account": { kept: "shop", plain: [] },
    tokens: { kept: "shop", plain: ["killedAt"] },
    fence: { kept: "shop", plain: [] },
    claim: { kept: "shop", plain: words("free host since storeId version") },
    domain: {
      kept: "shop",
      plain: [
        ...words(
          "checkedAt createdAt endedAt host livemode method missingSince nextCheckAt scope status storeId token",
        ),
        ...under("challenge", "createdAt expiresAt method scope token"),
        ...[...words("updatedAt verifiedAt version"), ...due, ...ends],
      ],
    },
    /**
     * Under a principal, a key, a store or an address's mark of one day, which nobody can turn back (`velocity/`). `last`:
     * the like of the network that a person's key came from (`access/watch-networks.ts`).
     */
    counter: { kept: "counted", plain: [...words("count amount last"), ...seen, ...ends] },
    principal: {
      kept: "shop",
      plain: [...words("id storeId role createdAt revokedAt"), ...under("accepted", "version at keyId")],
    },
    name: { kept: "colleague", colleague: { sealedName: "holder of keys" }, plain: ends },
    /** How far a restore is. `after.*` is the key of a row. */
    progress: {
      kept: "proof",
      plain: words("to part version at after.* looked back unread doneAt"),
    },
    support: {
      kept: "told",
      colleague: { sealedPerson: "person of support" },
      plain: [
        ...words("id storeId livemode status version keyId scopes cidrs reason grantedBy"),
        ...words("createdAt endsAt endedAt endedBecause"),
        ...[...due, ...ends],
      ],
    },
    /** Who stands behind a key is a principal of the store, an agent or an integration. */
    key: {
      kept: "shop",
      plain: [
        ...words(
          "publicId storeId principalId grantedBy grantedWith role scopes livemode digest pepperVersion lastFour createdAt expiresAt",
        ),
        ...words(
          "sharedAt sharedToldAt cidrs exposedAt expiredBefore lastUsedAt reactivatedAt reviewedAt revokedAt rolledFrom rolledTo",
        ),
        ...words("sealedKey storeStoppedAt suspendedAt suspendedFor version warnedAt"),
        ...due,
      ],
    },
  },
  outbox: {
    /** Thin by contract: `test/events` holds every type to ids, amounts and codes. */
    event: {
      kept: "told",
      plain: [
        ...words("id type storeId livemode principalId subject version occurredAt data.* mayRepeat"),
        ...due,
        ...listed,
        ...ends,
      ],
    },
  },
  webhooks: {
    delivery: {
      kept: "told",
      plain: [
        ...words(
          "endpointId storeId eventId type eventAt.pk eventAt.sk previousEventId status version attempts nextAt",
        ),
        ...words(
          "askedUntil leaseUntil outOfOrder bodyDigest lastStatus lastLatencyMs lastAnswer reason createdAt reopenedAt updatedAt",
        ),
        ...[...due, ...listed, ...ends],
      ],
    },
    /** How an endpoint does, in numbers. */
    pace: {
      kept: "told",
      plain: [
        ...words(
          "endpointId storeId version slots window failures failingSince warned restsUntil recoveredAt",
        ),
        ...["backlogFrom", ...under("days", "day succeeded failed latencyMs slowestMs"), ...due, ...ends],
      ],
    },
    /** An owner's wish that what lies in a time is sent once more. */
    replay: {
      kept: "told",
      plain: [
        ...words("id endpointId storeId status version from to only cursor requestedAt updatedAt resent"),
        ...[...due, ...ends],
      ],
    },
    endpoint: {
      kept: "receiver",
      plain: [
        ...words(
          "id storeId livemode kind url description events principalId status verifiedAt disabledReason listensSince changes rolls tests createdAt",
        ),
        ...under("customer", "keptBy askedBy isShown"),
        ...under("secrets", "number publicKey sealed createdAt expiresAt"),
        ...ends,
      ],
    },
  },
  people: {
    /** Whose checkout it is stands here and nowhere else (`list`), as a blind index. */
    key: {
      kept: "person",
      plain: [...words("wrapped version since restrictedAt endsAtSeconds"), ...listed, ...ends],
    },
    /** Under which id a customer is found since their store's key was rotated. */
    moved: { kept: "person", plain: ["customerId", ...ends] },
  },
  erasures: {
    erasure: {
      kept: "proof",
      plain: [
        ...words(
          "id storeId status customerId otherIds version requestedAt askedAt lookedAt left waitsFor doneAt",
        ),
        ...[...under("receipt", "checkouts sha256"), ...due],
      ],
    },
    open: { kept: "open", plain: ["erasureId"] },
    erased: { kept: "proof", plain: [...words("storeId checkoutId erasureId erasedAt"), ...listed] },
  },
  seals: {
    seal: {
      kept: "proof",
      plain: words("chain number previous at records.sk records.digest signature"),
    },
    head: { kept: "proof", plain: [...words("number hash"), ...listed] },
    pass: { kept: "proof", plain: ["begunAt"] },
  },
  audit: {
    act: {
      kept: "proof",
      plain: [
        ...words("action storeId at reason decidedBy about.* subjects"),
        ...[...under("actor", "role principalId keyId requestId"), ...listed],
      ],
    },
  },
};

/** Which kind of row lies under a key: the first word of its sort key, but for what a store names itself. */
export const kindOf = (table: TableName, { pk, sk }: Key): string => {
  if (table === "commerce" && pk.endsWith("#products")) return "product";
  if (table === "commerce" && pk.endsWith("#discounts")) return "discount";
  return sk.split("#")[0] ?? "";
};
