import { agentsEndpoint } from "#test/examples.ts";
import { aNewStore } from "./house.ts";

/** As far as a command needs to know where it is. */
type At = {
  readonly house: { readonly on: { readonly clock: { advance(milliseconds: number): void } } };
  readonly storeId: string;
  readonly key: { readonly keyId: string; readonly principalId: string };
};
export type Ask = (at: At) => object;

export const reason = "a drill";
const stand: Ask = ({ storeId }) => ({ storeId, reason });
const tokens: Ask = ({ storeId }) => ({ stores: storeId, reason });

/** A command of each kind, and what its record says; without a record it must not have been done. */
export const commands: Readonly<Record<string, readonly [Ask, string]>> = {
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
  "verify-endpoint": [
    ({ storeId }) => ({ storeId, endpointId: agentsEndpoint().id, url: agentsEndpoint().url, reason }),
    "webhook_endpoint.verified",
  ],
  "suspend-store": [stand, "store.suspended"],
  "close-store": [stand, "store.closed"],
  "kill-tokens": [tokens, "tokens.killed"],
};

/** What takes back what another one did. */
export const back: Readonly<Record<string, readonly [before: string, Ask, string]>> = {
  "resume-store": ["suspend-store", stand, "store.resumed"],
  "accept-tokens": ["kill-tokens", tokens, "tokens.accepted"],
};
