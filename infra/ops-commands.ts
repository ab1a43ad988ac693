import { type Command, Mistake } from "./ops-flags.ts";
import { peopleCommands } from "./ops-people.ts";

/** One store or all, said in so many words. */
const whose: Command["make"] = (demand, { all, store }) => {
  if (all && store !== undefined) throw new Mistake("either --store or --all");
  return { stores: all ? "all" : demand("store"), reason: demand("reason") };
};

const standing: Command["make"] = (demand) => ({ storeId: demand("store"), reason: demand("reason") });

const ofStore = (store: string | undefined) => (store === undefined ? {} : { storeId: store });
const listed = (text: string): string[] => text.split(",").map((each) => each.trim());

/** Every command, in the order in which the usage tells them. */
export const opsCommands: Readonly<Record<string, Command>> = {
  "create-store": {
    usage: ["--from store.json"],
    make: async (demand, _, read) => ({ store: await read(demand("from")) }),
  },
  "issue-key": {
    usage: [
      "--store store_… --role agent|integration|fulfillment|admin|auditor --principal <name or prn_…>",
      "(a name is a program's or a person's: sealed, and shown by GET /access_review alone)",
      "[--scopes products:read,orders:read] [--cidrs 192.0.2.0/24,2001:db8::/32] [--expires 2027-01-31T00:00:00Z]",
    ],
    make: (demand, { scopes, cidrs, expires }) => ({
      storeId: demand("store"),
      role: demand("role"),
      principal: demand("principal"),
      ...(scopes !== undefined && { scopes: listed(scopes) }),
      ...(cidrs !== undefined && { cidrs: listed(cidrs) }),
      ...(expires !== undefined && { expiresAt: expires }),
    }),
  },
  "revoke-key": { usage: ["--key <key id>"], make: (demand) => ({ keyId: demand("key") }) },
  "revoke-principal": {
    usage: [
      "--store store_… --principal prn_… [--granted]",
      "ends all its keys and the support that it let in, for good; with --granted the keys of others that it granted, too; goes on after Ctrl-C when it is run again",
    ],
    make: (demand, { granted }) => ({
      storeId: demand("store"),
      principalId: demand("principal"),
      ...(granted && { endGranted: true }),
    }),
  },
  "rotate-pepper": {
    usage: [
      '--reason "…"',
      "a new pepper for the HMACs of license keys, in six minutes; goes on after Ctrl-C when it is run again",
    ],
    make: (demand) => ({ reason: demand("reason") }),
    by: "rotate-secrets",
  },
  "rotate-store-key": {
    usage: [
      '--store store_… | --all  --reason "…"',
      "a new key for what is sealed, in twelve minutes, then customers are moved under it; goes on after Ctrl-C",
    ],
    make: whose,
    by: "rotate-secrets",
  },
  "rewrap-store-keys": {
    usage: [
      '--reason "…"',
      "takes every store's key under the KMS key that is current, once it was replaced",
    ],
    make: (demand) => ({ reason: demand("reason") }),
    by: "rotate-secrets",
  },
  "put-stripe-secrets": {
    usage: [
      '--from secrets.json|/dev/stdin --reason "…"',
      '{"key":"rk_live_…","own":"whsec_…","connect":"whsec_…"}, or any of them: what was rolled at Stripe',
    ],
    make: async (demand, _, read) => ({ secrets: await read(demand("from")), reason: demand("reason") }),
    by: "rotate-secrets",
  },
  "verify-domain": {
    usage: ["--store store_… --host shop.example.com"],
    make: (demand) => ({ storeId: demand("store"), host: demand("host") }),
  },
  "verify-endpoint": {
    usage: [
      '--store store_… --endpoint we_… --url https://… --reason "…"',
      "vouches for an agent's webhook endpoint (kind acp) once its platform has named you its URL, and it hears from then on",
    ],
    make: (demand) => ({
      storeId: demand("store"),
      endpointId: demand("endpoint"),
      url: demand("url"),
      reason: demand("reason"),
    }),
  },
  "kill-tokens": {
    usage: [
      '--store store_… | --all  --reason "…"',
      "no charge starts with them once it says that it is done; goes on after Ctrl-C when it is run again",
    ],
    make: whose,
  },
  "accept-tokens": { usage: ['--store store_… | --all  --reason "…"'], make: whose },
  "show-store": {
    usage: ["--store store_…"],
    make: (demand) => ({ storeId: demand("store") }),
    looks: true,
  },
  "suspend-store": {
    usage: [
      '--store store_… --reason "…"',
      "its keys stop and its open sessions end; orders run to their end",
    ],
    make: standing,
  },
  "resume-store": { usage: ['--store store_… --reason "…"'], make: standing },
  "close-store": {
    usage: ['--store store_… --reason "…"', "the same for good, and its domains come free"],
    make: standing,
  },
  reconcile: {
    usage: [
      "[--store store_…] [--full]",
      "compares our books with Stripe's and with each other, and lists what no move mends",
    ],
    make: (_, { store, full = false }) => ({ scope: full ? "full" : "recent", ...ofStore(store) }),
    by: "reconcile-books",
  },
  restore: {
    usage: [
      '--to 2027-01-31T09:30:00Z --reason "…"',
      "brings back what the tables have lost since; goes on when it is run again. Nobody is served meanwhile",
    ],
    make: (demand) => ({ to: demand("to"), reason: demand("reason") }),
    own: true,
  },
  "open-traffic": {
    usage: ["", "serves again after a restore that was given up"],
    make: () => ({}),
    own: true,
  },
  "verify-audit": {
    usage: [
      "[--store store_…]",
      "walks the chains of who did what, and says by id what was deleted, changed, reordered or put in",
    ],
    make: (_, { store }) => ofStore(store),
    by: "examine-audit",
    looks: true,
  },
  "export-audit": {
    usage: [
      "[--store store_…] [--out audit.jsonl]",
      "a line a seal or record; what is not sealed yet has seal null",
    ],
    make: (_, { store }) => ofStore(store),
    by: "examine-audit",
    looks: true,
  },
  affected: {
    usage: [
      "--key <key id> | --from 2027-01-31T00:00:00Z --to …  [--store store_…]",
      "after a breach: the customers, orders and sessions that the key, or anybody in that time, was shown or may have read",
    ],
    make: (demand, { key, from, to, store }) => ({
      ...(key === undefined ? { from: demand("from"), to: demand("to") } : { keyId: key }),
      ...(key !== undefined && from !== undefined && { from }),
      ...(key !== undefined && to !== undefined && { to }),
      ...ofStore(store),
    }),
    by: "examine-audit",
    looks: true,
  },
  ...peopleCommands,
};
