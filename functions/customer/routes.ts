import type { Routes } from "#functions/runtime/route.ts";
import { CustomerView } from "./customer-view.ts";
import { ErasureParams } from "./erase-customer.ts";
import { ErasureView } from "./erasure.ts";
import { Export } from "./export.ts";
import { CustomerParams, CustomersPage, CustomersQuery } from "./read-customers.ts";
import { Rectification, Rectified } from "./rectify-customer.ts";
import { Restriction, RestrictionView } from "./restrict-customer.ts";

export const customerRoutes = {
  listCustomers: {
    method: "GET",
    path: "/customers",
    scope: "customers:read",
    recorded: { as: "customer.read", with: "answer" },
    summary:
      "The store's customers by their newest order, by page; or the one of an e-mail address, given in the header Customer-Email. A page may hold fewer than asked for.",
    query: CustomersQuery,
    answers: { 200: CustomersPage },
  },
  getCustomer: {
    method: "GET",
    path: "/customers/{id}",
    scope: "customers:read",
    recorded: { as: "customer.read", with: "answer" },
    summary: "One customer: contact as in the newest order, and the orders' ids and money.",
    params: CustomerParams,
    answers: { 200: CustomerView },
  },
  exportCustomer: {
    method: "POST",
    path: "/customers/{id}/export",
    scope: "customers:read",
    recorded: { as: "customer.exported", with: "answer" },
    summary: "Everything that is held on a customer, as data and as a page to read.",
    params: CustomerParams,
    answers: { 200: Export },
  },
  eraseCustomer: {
    method: "DELETE",
    path: "/customers/{id}",
    scope: "customers:write",
    recorded: { as: "erasure.requested", with: "act" },
    summary:
      "Forgets a customer. What is at rest is unreadable at once; what is under way is waited for. Read /erasures/{id} for its receipt.",
    params: CustomerParams,
    answers: { 202: ErasureView },
  },
  getErasure: {
    method: "GET",
    path: "/erasures/{id}",
    scope: "customers:read",
    unrecorded: "A receipt names nobody: it says when something was forgotten.",
    summary: "How far an erasure is; its receipt once nothing is left.",
    params: ErasureParams,
    answers: { 200: ErasureView },
  },
  rectifyCustomer: {
    method: "POST",
    path: "/customers/{id}/rectify",
    scope: "customers:write",
    recorded: { as: "customer.rectified", with: "act" },
    summary: "Corrects the contact of a customer's orders; `customer.updated` tells integrations.",
    params: CustomerParams,
    body: Rectification,
    answers: { 200: Rectified },
  },
  restrictCustomer: {
    method: "POST",
    path: "/customers/{id}/restrict",
    scope: "customers:write",
    recorded: { as: "customer.restricted", with: "act" },
    summary:
      "Freezes what the customer's orders hold of them: stored, masked for everybody, and nothing else.",
    params: CustomerParams,
    body: Restriction,
    answers: { 200: RestrictionView },
  },
  unrestrictCustomer: {
    method: "POST",
    path: "/customers/{id}/unrestrict",
    scope: "customers:write",
    recorded: { as: "customer.unrestricted", with: "act" },
    summary: "Lifts a restriction.",
    params: CustomerParams,
    body: Restriction,
    answers: { 200: RestrictionView },
  },
} as const satisfies Routes;
