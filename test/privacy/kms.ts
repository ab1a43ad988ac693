import { randomBytes } from "node:crypto";
import type { KeyWrapper } from "#functions/privacy/store-keys.ts";

/**
 * Stands in for KMS: wraps by remembering, refuses another store's ciphertext, can be down, counts its calls. Its key
 * can be replaced (`by`); what a key that is gone has wrapped is lost.
 */
export const fakeKms = () => {
  const keys = new Map<string, { storeId: string; key: Uint8Array; by: number }>();
  const state = { down: false, generated: 0, unwrapped: 0, by: 1, gone: 0 };
  const wrap = (storeId: string, key: Uint8Array): Uint8Array => {
    const wrapped = new Uint8Array(randomBytes(32));
    keys.set(Buffer.from(wrapped).toString("hex"), { storeId, key, by: state.by });
    return wrapped;
  };
  const find = (storeId: string, wrapped: Uint8Array) => {
    if (state.down) throw new Error("KMS is down");
    const found = keys.get(Buffer.from(wrapped).toString("hex"));
    if (found?.storeId !== storeId || found.by <= state.gone) throw new Error("InvalidCiphertextException");
    return found;
  };
  const wrapper: KeyWrapper = {
    generate: async (storeId) => {
      if (state.down) throw new Error("KMS is down");
      state.generated += 1;
      return wrap(storeId, new Uint8Array(randomBytes(32)));
    },
    unwrap: async (storeId, wrapped) => {
      const { key } = find(storeId, wrapped);
      state.unwrapped += 1;
      return new Uint8Array(key);
    },
    rewrap: async (storeId, wrapped) => {
      const { key, by } = find(storeId, wrapped);
      return by === state.by ? undefined : wrap(storeId, key);
    },
  };
  return { ...wrapper, state };
};
