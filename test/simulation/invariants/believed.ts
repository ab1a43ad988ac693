import type { DialRequest } from "#functions/runtime/outbound.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { type Invariant, when } from "./invariant.ts";

/** By the shop's own receiver. */
export const believed: Invariant = {
  id: "A-76",
  promise: "a bridge believes whatever comes in time, before, while and after its secret is replaced",
  watch: ({ shops }: Cloud) => ({
    atRest: () =>
      shops.flatMap(({ bridge }) =>
        (bridge?.unbelieved ?? []).flatMap(({ request, at }) =>
          when(isTimely(request, at), `${request.method} ${request.url} was not believed at ${at}`),
        ),
      ),
  }),
};

/** A receiver takes nothing that is older, or newer, than five minutes by its clock: ours may be off. */
const isTimely = ({ headers }: DialRequest, at: number): boolean =>
  Math.abs(at / 1_000 - Number(headers["bridge-timestamp"])) <= 300;
