import { parseLicenseKey } from "#functions/runtime/license-key-text.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Caller } from "#functions/values/caller.ts";
import { Refusal } from "#functions/values/refusal.ts";

type Authorize<More extends unknown[]> = (headers: readonly string[], ...more: More) => Promise<Caller>;

/**
 * Each decision in the log, by the key's public id: of a refused one it is what somebody claimed. Why it was refused is
 * not told, so nothing more is read or done for one refusal than for another.
 */
export const loggedDecisions =
  <More extends unknown[]>(log: Pick<Log, "info">, authorize: Authorize<More>): Authorize<More> =>
  async (headers, ...more) => {
    try {
      const caller = await authorize(headers, ...more);
      const { keyId, principalId, storeId, role } = caller;
      log.info("let in", { keyId, principalId, storeId, role });
      return caller;
    } catch (error) {
      if (error instanceof Refusal) log.info("turned away", { code: error.code, ...claimed(headers) });
      throw error;
    }
  };

const claimed = ([header = ""]: readonly string[]): { keyId?: string } => {
  const key = parseLicenseKey(header.slice("bearer ".length));
  return key ? { keyId: key.publicId } : {};
};
