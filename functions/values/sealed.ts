import { z } from "zod";

/** An AWS Encryption SDK message: what is stored of personal data (`privacy/envelope.ts`). */
export const Sealed = z.custom<Uint8Array>((value) => value instanceof Uint8Array, {
  error: "must be a sealed message",
});
