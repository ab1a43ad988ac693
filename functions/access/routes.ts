import { z } from "zod";
import type { Routes } from "#functions/runtime/route.ts";
import { AcceptanceView } from "./accept-statement.ts";
import { Acceptance, StatementView } from "./data-protection.ts";
import { NewLicenseKey } from "./grant-license-key.ts";
import { LicenseKeyView, NewKeyView } from "./key-view.ts";
import { AlertVerdict } from "./leak-alert.ts";
import { KeyParams, KeysPage, KeysQuery } from "./read-license-keys.ts";
import { Restriction } from "./restrict-license-key.ts";
import { AccessReview, Reviewed, ReviewedKeys } from "./review-access.ts";
import { Leaving, PrincipalParams, RevokedPrincipal } from "./revoke-principal.ts";
import { Roll } from "./roll-license-key.ts";

export const accessRoutes = {
  listLicenseKeys: {
    method: "GET",
    path: "/license_keys",
    scope: "keys:read",
    recorded: { as: "keys.read", with: "answer" },
    summary: "The store's license keys, revoked ones too, by page in order of their ids.",
    query: KeysQuery,
    answers: { 200: KeysPage },
  },
  issueLicenseKey: {
    method: "POST",
    path: "/license_keys",
    scope: "keys:write",
    recorded: { as: "key.issued", with: "act" },
    summary:
      "Issues a key with no more than the calling key has, and shows it: here, to the same request again for an hour, and never after.",
    body: NewLicenseKey,
    answers: { 201: NewKeyView },
  },
  getLicenseKey: {
    method: "GET",
    path: "/license_keys/{id}",
    scope: "keys:read",
    recorded: { as: "keys.read", with: "answer" },
    summary: "One license key.",
    params: KeyParams,
    answers: { 200: LicenseKeyView },
  },
  restrictLicenseKey: {
    method: "PATCH",
    path: "/license_keys/{id}",
    scope: "keys:write",
    recorded: { as: "key.restricted", with: "act" },
    summary:
      "Changes scopes, networks and expiry: narrower at will, wider only as far as the calling key could issue such a key. What is left out stays, null takes a bound away.",
    params: KeyParams,
    body: Restriction,
    answers: { 200: LicenseKeyView },
  },
  rollLicenseKey: {
    method: "POST",
    path: "/license_keys/{id}/roll",
    scope: "keys:write",
    recorded: { as: "key.rolled", with: "act" },
    summary:
      "Issues a key with the same rights and shows it; the old one works beside it for the overlap, a day unless said, and never after.",
    params: KeyParams,
    body: Roll,
    answers: { 201: NewKeyView },
  },
  cancelRoll: {
    method: "POST",
    path: "/license_keys/{id}/roll/cancel",
    scope: "keys:write",
    recorded: { as: "key.roll_canceled", with: "act" },
    summary: "Takes back a roll while the old key still works: it goes on as before, the new one is revoked.",
    params: KeyParams,
    answers: { 200: LicenseKeyView },
  },
  revokeLicenseKey: {
    method: "POST",
    path: "/license_keys/{id}/revoke",
    scope: "keys:write",
    recorded: { as: "key.revoked", with: "act" },
    summary: "Ends a key for good: no request that begins after the answer gets through with it.",
    params: KeyParams,
    answers: { 200: LicenseKeyView },
  },
  revokePrincipal: {
    method: "POST",
    path: "/principals/{id}/revoke",
    scope: "keys:write",
    recorded: { as: "principal.revoked", with: "act" },
    summary:
      "Ends all keys of an agent, an integration or a leaver for good, and the access of support that it granted; it gets no other. Says which keys of others it granted.",
    params: PrincipalParams,
    body: Leaving,
    answers: { 200: RevokedPrincipal },
  },
  showDataProtectionStatement: {
    method: "GET",
    path: "/data_protection_statement",
    scope: "store:read",
    summary:
      "What an integration promises that keeps copies of a store's personal data, in its present version.",
    answers: { 200: StatementView },
  },
  acceptDataProtectionStatement: {
    method: "POST",
    path: "/data_protection_statement/acceptances",
    scope: "agreements:write",
    recorded: { as: "data_protection.accepted", with: "act" },
    summary:
      "Accepts it, point by point, in the name of the calling key's principal: from then on its keys may be granted customers:read.",
    body: Acceptance,
    answers: { 201: AcceptanceView },
  },
  showAccess: {
    method: "GET",
    path: "/access_review",
    scope: "keys:read",
    recorded: { as: "keys.read", with: "answer" },
    summary: "Everybody who may do anything in the store: roles, keys, last use, last review.",
    answers: { 200: AccessReview },
  },
  reviewAccess: {
    method: "POST",
    path: "/access_review",
    scope: "keys:write",
    recorded: { as: "keys.reviewed", with: "act" },
    summary:
      "Confirms that these keys are as they should be, for 90 days more. Those that were suspended for want of use or review work again.",
    body: Reviewed,
    answers: { 200: ReviewedKeys },
  },
} as const satisfies Routes;

/** Public, because GitHub has no key of ours: it signs the bytes of its alerts, by keys that it publishes. */
export const leakAlertRoutes = {
  receiveAlert: {
    method: "POST",
    path: "/secret_scanning/alerts",
    scope: "public",
    raw: true,
    summary:
      "License keys that GitHub's secret scanning found in public, which are then revoked; for GitHub alone.",
    answers: { 200: z.array(AlertVerdict) },
  },
} as const satisfies Routes;
