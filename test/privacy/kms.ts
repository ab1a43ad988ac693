import { randomBytes } from "node:crypto";
import type { KeyWrapper } from "#functions/privacy/store-keys.ts";

/** Stands in for KMS: wraps by remembering, refuses another store's ciphertext, can be down, counts its calls. */
export const fakeKms = () => {
  const keys = new Map<string, { storeId: string; key: Uint8Array }>();
  const state = { down: false, generated: 0, unwrapped: 0 };
  const wrapper: KeyWrapper = {
    generate: async (storeId) => {
      if (state.down) throw new Error("KMS is down");
      state.generated += 1;
      const wrapped = new Uint8Array(randomBytes(32));
      keys.set(Buffer.from(wrapped).toString("hex"), { storeId, key: new Uint8Array(randomBytes(32)) });
      return wrapped;
    },
    unwrap: async (storeId, wrapped) => {
      if (state.down) throw new Error("KMS is down");
      state.unwrapped += 1;
      const found = keys.get(Buffer.from(wrapped).toString("hex"));
      if (found?.storeId !== storeId) throw new Error("InvalidCiphertextException");
      return new Uint8Array(found.key);
    },
  };
  return { ...wrapper, state };
};
