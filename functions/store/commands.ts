import { z } from "zod";
import { byOperator } from "#functions/access/record-act.ts";
import { command, only, plainCommand } from "#functions/operator/command.ts";
import { StoreId } from "#functions/values/id.ts";
import { CreateStore } from "./create-store.ts";
import { type OpensStores, openStore } from "./open-store.ts";
import { type ResumesStores, resumeStore } from "./resume-store.ts";
import { type ShowsStores, showStore } from "./show-store.ts";
import { StandStore } from "./stand-store.ts";
import { type StopsStores, stopStore } from "./stop-store.ts";

const stopped = only(
  "keysStopped",
  "domainsReleased",
  "endpointsEnding",
  "credentialsEnding",
  "checkoutsEnded",
  "checkoutsBeingPaid",
);

/** What the operator may have done with stores. */
export const storeCommands = {
  "create-store": command(
    z.strictObject({ store: CreateStore }),
    (on: OpensStores) =>
      ({ store }, actor) =>
        openStore(on)(store, byOperator(actor)),
    only("storeId", "created", "agentApi", "storeApi"),
  ),
  "show-store": plainCommand(
    z.strictObject({ storeId: StoreId }),
    (on: ShowsStores) =>
      ({ storeId }, actor) =>
        showStore(on)(storeId, actor),
  ),
  "suspend-store": command(StandStore, (on: StopsStores) => stopStore(on, "suspended"), stopped),
  "resume-store": command(StandStore, (on: ResumesStores) => resumeStore(on), only("keysResumed")),
  "close-store": command(StandStore, (on: StopsStores) => stopStore(on, "closed"), stopped),
};
