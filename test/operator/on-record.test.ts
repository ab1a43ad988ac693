import { describe, expect, it } from "vitest";
import { accessCommands, pepperCommands } from "#functions/access/commands.ts";
import { storeKeyCommands } from "#functions/customer/commands.ts";
import { domainCommands } from "#functions/domain/commands.ts";
import { paymentCommands, stripeCommands } from "#functions/payment/commands.ts";
import { privacyCommands } from "#functions/privacy/commands.ts";
import { storeCommands } from "#functions/store/commands.ts";
import { aNewStore, opened } from "./house.ts";

type Opened = Awaited<ReturnType<typeof opened>>;
type Ask = (at: Opened) => object;

const reason = "a drill";
const stand: Ask = ({ storeId }) => ({ storeId, reason });
const tokens: Ask = ({ storeId }) => ({ stores: storeId, reason });

/** A command of each kind, and what its record says; without a record it must not have been done. */
const commands: Readonly<Record<string, readonly [Ask, string]>> = {
  "create-store": [
    () => ({ store: aNewStore({ reference: "tea", domain: "tea.example.com" }) }),
    "store.created",
  ],
  "show-store": [({ storeId }) => ({ storeId }), "keys.read"],
  "issue-key": [({ storeId }) => ({ storeId, role: "agent", principal: "chat" }), "key.issued"],
  "revoke-key": [({ key }) => ({ keyId: key.keyId }), "key.revoked"],
  "revoke-principal": [
    ({ storeId, key }) => ({ storeId, principalId: key.principalId }),
    "principal.revoked",
  ],
  "rotate-pepper": [() => ({ reason }), "pepper.rotated"],
  "rotate-store-key": [
    (at) => {
      // Its key was made just now, which is as good.
      at.house.on.clock.advance(1);
      return tokens(at);
    },
    "store_key.rotated",
  ],
  "rewrap-store-keys": [() => ({ reason }), "store_keys.rewrapped"],
  "put-stripe-secrets": [
    () => ({ reason, secrets: { own: "whsec_of_our_own_endpoint" } }),
    "stripe_secrets.put",
  ],
  "verify-domain": [({ storeId }) => ({ storeId, host: "other.example.com" }), "domain.verified"],
  "suspend-store": [stand, "store.suspended"],
  "close-store": [stand, "store.closed"],
  "kill-tokens": [tokens, "tokens.killed"],
};

/** What takes back what another one did. */
const back: Readonly<Record<string, readonly [before: string, Ask, string]>> = {
  "resume-store": ["suspend-store", stand, "store.resumed"],
  "accept-tokens": ["kill-tokens", tokens, "tokens.accepted"],
};

const asked = async (at: Opened, name: string): Promise<string> => {
  const [before, ask, action] = name in back ? (back[name] ?? []) : [undefined, ...(commands[name] ?? [])];
  if (before !== undefined) await at.house.ask({ command: before, ...ask?.(at) });
  expect(await at.house.ask({ command: name, ...ask?.(at) })).toHaveProperty("done");
  return action ?? "";
};

const done = ({ house }: Opened, action: string) =>
  house.on.table.rows("audit").filter((row) => row["action"] === action);

describe("what the operator has done", () => {
  const all = {
    ...{ ...storeCommands, ...domainCommands, ...accessCommands, ...paymentCommands },
    ...{ ...pepperCommands, ...storeKeyCommands, ...privacyCommands, ...stripeCommands },
  };

  it("is looked at whole", () => {
    expect([...Object.keys(commands), ...Object.keys(back)].sort()).toEqual(Object.keys(all).sort());
  });

  it.each(Object.keys(all))("is on record: %s", async (name) => {
    const at = await opened();
    const action = await asked(at, name);
    expect(done(at, action)).not.toEqual([]);
  });
});
