import { command, only } from "#functions/operator/command.ts";
import { withTimes } from "#functions/operator/times.ts";
import { VouchEndpoint, type VouchesEndpoints, vouchEndpoint } from "./vouch-endpoint.ts";

/** What the operator may have done with webhook endpoints. */
export const webhookCommands = {
  "verify-endpoint": command(
    VouchEndpoint,
    (on: VouchesEndpoints) => async (wanted, actor) => withTimes(await vouchEndpoint(on)(wanted, actor)),
    only("endpointId", "url"),
  ),
};
