import { command, only } from "#functions/operator/command.ts";
import { RewrapStoreKeys, type RewrapsStoreKeys, rewrapStoreKeys } from "./rewrap-store-keys.ts";

/** What the operator may have done with the keys of people. */
export const privacyCommands = {
  "rewrap-store-keys": command(
    RewrapStoreKeys,
    (on: RewrapsStoreKeys) => rewrapStoreKeys(on),
    only("stores", "rewrapped"),
  ),
};
