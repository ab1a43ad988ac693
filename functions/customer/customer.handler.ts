import { recordRequest } from "#functions/audit/record-request.ts";
import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { sentCommand } from "#functions/operator/command.ts";
import { operate } from "#functions/operator/operate.ts";
import { orderStore } from "#functions/order/order.store.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import { envelopeClient } from "#functions/privacy/envelope.client.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { commandHandler } from "#functions/runtime/command-handler.ts";
import { type LambdaHandler, lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { customerCommands } from "./commands.ts";
import { eraseCustomer, getErasure } from "./erase-customer.ts";
import { exportCustomer } from "./export-customer.ts";
import { getCustomer, listCustomers } from "./read-customers.ts";
import { rectifyCustomer } from "./rectify-customer.ts";
import { restrictCustomer, unrestrictCustomer } from "./restrict-customer.ts";
import { customerRoutes } from "./routes.ts";

/** Called by the store API and, for stores that no key opens any more, by the operator: then `command` says so. */
export const wire = (on: Platform & { envelope: Envelope }): LambdaHandler => {
  const collaborators = collaboratorsOf(on);
  const commanded = commandHandler(
    on,
    sentCommand(customerCommands),
    operate(customerCommands, on, collaboratorsOf),
  );
  const asked = apiHandler(on, {
    routes: customerRoutes,
    operations: {
      listCustomers: listCustomers(collaborators),
      getCustomer: getCustomer(collaborators),
      exportCustomer: exportCustomer(collaborators),
      eraseCustomer: eraseCustomer(collaborators),
      getErasure: getErasure(collaborators),
      rectifyCustomer: rectifyCustomer(collaborators),
      restrictCustomer: restrictCustomer(collaborators),
      unrestrictCustomer: unrestrictCustomer(collaborators),
    },
    protocol: problemDetails,
    recorder: recordRequest(on),
  });
  const isCommand = (event: unknown) => typeof event === "object" && event !== null && "command" in event;
  return (event, context) => (isCommand(event) ? commanded : asked)(event, context);
};

const collaboratorsOf = (on: Platform & { envelope: Envelope }) => ({
  ...on,
  checkouts: checkoutStore(on.table),
  orders: orderStore(on.table),
  payments: paymentStore(on.table),
  stores: storeStore(on.table),
});

export const handler = lambda(wire, { envelope: envelopeClient });
