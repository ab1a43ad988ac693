import type { CancelCheckout } from "#functions/checkout/cancel-checkout.ts";
import type { ChangeCheckout } from "#functions/checkout/change-checkout.ts";
import type { CompleteCheckout } from "#functions/checkout/complete-checkout.ts";
import type { Contents } from "#functions/checkout/contents.ts";
import type { CoreAnswer } from "#functions/checkout/core-answer.ts";
import type { CreateCheckout } from "#functions/checkout/create-checkout.ts";
import { replayed, requestOf } from "#functions/runtime/once.ts";
import type { Answer, Command, Operations, RequestFacts } from "#functions/runtime/route.ts";
import type { Caller } from "#functions/values/caller.ts";
import { CheckoutId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { keptAttribution, keptIntent } from "./attribution.ts";
import { negotiate } from "./capabilities.ts";
import { buyerOf } from "./contact-of.ts";
import { contentsOf, mergedContents, requestLine } from "./contents-of.ts";
import { discoveryHeaders, discoveryOf } from "./discovery.ts";
import { inAcpWords, type LinePath, sessionLine } from "./path.ts";
import { agentCapabilities } from "./request.ts";
import type { acpRoutes } from "./routes.ts";
import { showSession } from "./show-session.ts";
import { versionOf } from "./version.ts";

/** The checkout core as this façade calls it; the handler binds it. */
export type AcpCore = {
  create(command: CreateCheckout): Promise<CoreAnswer>;
  change(command: ChangeCheckout): Promise<CoreAnswer>;
  get(command: { caller: Caller; checkoutId: CheckoutId }): Promise<CoreAnswer>;
  cancel(command: CancelCheckout): Promise<CoreAnswer>;
  complete(command: CompleteCheckout): Promise<CoreAnswer>;
};

type Settings = { readonly apiBaseUrl: string };
type On<Name extends keyof typeof acpRoutes> = (
  command: Command<(typeof acpRoutes)[Name]>,
) => Promise<Answer>;

export const acpOperations = (core: AcpCore, { apiBaseUrl }: Settings): Operations<typeof acpRoutes> => ({
  createCheckoutSession: create(core),
  getCheckoutSession: ({ caller, params, request }) =>
    answer(200, request, () => core.get({ caller, checkoutId: checkoutIdOf(params) })),
  updateCheckoutSession: update(core),
  completeCheckoutSession: complete(core),
  cancelCheckoutSession: ({ caller, params, body, request }) =>
    answer(200, request, () =>
      core.cancel({
        caller,
        idempotency: requestOf(request),
        checkoutId: checkoutIdOf(params),
        intent: body?.intent_trace ? keptIntent(body.intent_trace) : undefined,
      }),
    ),
  getDiscovery: async () => ({ status: 200, body: discoveryOf(apiBaseUrl), headers: discoveryHeaders }),
});

const create =
  (core: AcpCore): On<"createCheckoutSession"> =>
  async ({ caller, body, request }) => {
    const contents = contentsOf(body);
    const channel = {
      ...negotiate(versionOf(request.headers), agentCapabilities(body)),
      locale: body.locale ?? undefined,
      timezone: body.timezone ?? undefined,
    };
    const run = () =>
      core.create({
        caller,
        idempotency: requestOf(request),
        channel,
        currency: body.currency ?? undefined,
        contents,
        attribution: keptAttribution(body.affiliate_attribution),
      });
    return answer(201, request, run, requestLine(body.lines, contents.lines));
  };

const update =
  (core: AcpCore): On<"updateCheckoutSession"> =>
  async ({ caller, params, body, request }) => {
    let merged: Contents | undefined;
    const run = () =>
      core.change({
        caller,
        idempotency: requestOf(request),
        checkoutId: checkoutIdOf(params),
        merge: (opened) => {
          merged = mergedContents(opened, body);
          return merged;
        },
      });
    return answer(200, request, run, (index, field) =>
      requestLine(body.lines, merged?.lines ?? [])(index, field),
    );
  };

const complete =
  (core: AcpCore): On<"completeCheckoutSession"> =>
  async ({ caller, params, body, request }) =>
    answer(200, request, () =>
      core.complete({
        caller,
        idempotency: requestOf(request),
        checkoutId: checkoutIdOf(params),
        deadline: request.deadline,
        payment: body.payment_data ?? undefined,
        authentication: body.authentication_result ?? undefined,
        buyer: body.buyer ? buyerOf(undefined, body.buyer) : undefined,
        notes: body.order_notes ?? undefined,
        attribution: keptAttribution(body.affiliate_attribution),
      }),
    );

/** The session in the version that was asked for, or the refusal in ACP's words. */
const answer = async (
  status: number,
  { headers }: RequestFacts,
  run: () => Promise<CoreAnswer>,
  line: LinePath = sessionLine,
): Promise<Answer> => {
  const version = versionOf(headers);
  try {
    const core = await run();
    const shown = { status, body: showSession(core, version) };
    return core.replayed ? replayed(shown) : shown;
  } catch (error) {
    throw error instanceof Refusal ? inAcpWords(error, line) : error;
  }
};

const checkoutIdOf = (params: { checkout_session_id: string }): CheckoutId => {
  const id = CheckoutId.safeParse(params.checkout_session_id);
  if (id.success) return id.data;
  throw new Refusal("not_found", "There is no checkout session with this id.");
};
