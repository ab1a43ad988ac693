import { z } from "zod";
import { command } from "#functions/operator/command.ts";
import { StoreId } from "#functions/values/id.ts";
import { CreateStore } from "./create-store.ts";
import { type OpensStores, openStore } from "./open-store.ts";
import { type ShowsStores, showStore } from "./show-store.ts";

/** What the operator may have done with stores. */
export const storeCommands = {
  "create-store": command(
    z.strictObject({ store: CreateStore }),
    (on: OpensStores) =>
      ({ store }) =>
        openStore(on)(store),
  ),
  "show-store": command(
    z.strictObject({ storeId: StoreId }),
    (on: ShowsStores) =>
      ({ storeId }) =>
        showStore(on)(storeId),
  ),
};
