import { command } from "#functions/operator/command.ts";
import { Time, withTimes } from "#functions/operator/times.ts";
import { IssueLicenseKey, type IssuesKeys, issueLicenseKey } from "./issue-license-key.ts";
import { RevokeLicenseKey, type RevokesKeys, revokeLicenseKey } from "./revoke-license-key.ts";

/** What the operator may have done with keys. */
export const accessCommands = {
  "issue-key": command(
    IssueLicenseKey.extend({ expiresAt: Time.optional() }),
    (on: IssuesKeys) => async (wanted) => withTimes(await issueLicenseKey(on)(wanted)),
  ),
  "revoke-key": command(
    RevokeLicenseKey,
    (on: RevokesKeys) => async (wanted) => withTimes(await revokeLicenseKey(on)(wanted)),
  ),
};
