import { command, only } from "#functions/operator/command.ts";
import { Time, withTimes } from "#functions/operator/times.ts";
import { IssueLicenseKey, type IssuesKeys, issueLicenseKey } from "./issue-license-key.ts";
import { byOperator } from "./record-act.ts";
import { RevokeLicenseKey, type RevokesKeys, revokeLicenseKey } from "./revoke-license-key.ts";
import { RevokePrincipal, type RevokesPrincipals, revokePrincipal } from "./revoke-principal.ts";
import { RotatePepper, type RotatesPeppers, rotatePepper } from "./rotate-pepper.ts";

/** What the operator may have done with keys. */
export const accessCommands = {
  "issue-key": command(
    IssueLicenseKey.extend({ expiresAt: Time.optional() }),
    (on: IssuesKeys) => async (wanted, actor) =>
      withTimes(await issueLicenseKey(on)(wanted, byOperator(actor))),
    only("storeId", "principalId", "role", "scopes", "cidrs", "livemode", "expiresAt"),
  ),
  "revoke-key": command(
    RevokeLicenseKey,
    (on: RevokesKeys) => async (wanted, actor) =>
      withTimes(await revokeLicenseKey(on)(wanted, byOperator(actor))),
    only("keyId"),
  ),
  "revoke-principal": command(
    RevokePrincipal,
    (on: RevokesPrincipals) => async (wanted, actor) =>
      withTimes(await revokePrincipal(on)(wanted, byOperator(actor))),
    only("principalId", "keys", "supportGrants", "grantedKeys"),
  ),
};

/** …and with the pepper of all keys. */
export const pepperCommands = {
  "rotate-pepper": command(
    RotatePepper,
    (on: RotatesPeppers) => (wanted, actor) => rotatePepper(on)(wanted, byOperator(actor)),
    only("version", "retired"),
  ),
};
