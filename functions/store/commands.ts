import { z } from "zod";
import { byOperator } from "#functions/access/record-act.ts";
import { command } from "#functions/operator/command.ts";
import { StoreId } from "#functions/values/id.ts";
import { CreateStore } from "./create-store.ts";
import { type OpensStores, openStore } from "./open-store.ts";
import { type ResumesStores, resumeStore } from "./resume-store.ts";
import { type ShowsStores, showStore } from "./show-store.ts";
import { StandStore } from "./stand-store.ts";
import { type StopsStores, stopStore } from "./stop-store.ts";

/** What the operator may have done with stores. */
export const storeCommands = {
  "create-store": command(
    z.strictObject({ store: CreateStore }),
    (on: OpensStores) =>
      ({ store }, actor) =>
        openStore(on)(store, byOperator(actor)),
  ),
  "show-store": command(
    z.strictObject({ storeId: StoreId }),
    (on: ShowsStores) =>
      ({ storeId }, actor) =>
        showStore(on)(storeId, actor),
  ),
  "suspend-store": command(StandStore, (on: StopsStores) => stopStore(on, "suspended")),
  "resume-store": command(StandStore, (on: ResumesStores) => resumeStore(on)),
  "close-store": command(StandStore, (on: StopsStores) => stopStore(on, "closed")),
};
