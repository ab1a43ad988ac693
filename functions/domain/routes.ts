import type { Routes } from "#functions/runtime/route.ts";
import { NewDomain } from "./challenge-domain.ts";
import { DomainView } from "./domain-view.ts";
import { DomainList, DomainParams } from "./read-domains.ts";
import { RemovedDomain } from "./remove-domain.ts";

export const domainRoutes = {
  challengeDomain: {
    method: "POST",
    path: "/domains",
    scope: "store:write",
    recorded: { as: "domain.challenged", with: "act" },
    summary: "Gives a challenge to publish at the domain, good for seven days.",
    body: NewDomain,
    answers: { 201: DomainView },
  },
  listDomains: {
    method: "GET",
    path: "/domains",
    scope: "store:read",
    summary: "The store's domains and their open challenges.",
    answers: { 200: DomainList },
  },
  verifyDomain: {
    method: "POST",
    path: "/domains/{domain}/verify",
    scope: "store:write",
    recorded: { as: "domain.verified", with: "act" },
    summary: "Looks for the published challenge; once it is there the domain speaks for the store.",
    params: DomainParams,
    answers: { 200: DomainView },
  },
  removeDomain: {
    method: "DELETE",
    path: "/domains/{domain}",
    scope: "store:write",
    recorded: { as: "domain.removed", with: "act" },
    summary: "The domain speaks for the store no longer.",
    params: DomainParams,
    answers: { 200: RemovedDomain },
  },
} as const satisfies Routes;
