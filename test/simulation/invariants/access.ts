import { type Invariant, when } from "./invariant.ts";

export const deadAtOnce: Invariant = {
  id: "I-15",
  promise: "no request that begins after a revocation was confirmed succeeds",
  watch: ({ history, revocations }) => ({
    atRest: (rest) =>
      rest === "the end"
        ? history.flatMap(({ by = "", asked, response, path }) => {
            const isDead = asked > (revocations.get(by) ?? Number.POSITIVE_INFINITY);
            return when(
              isDead && response && response.status < 300,
              `${path} was served for a key that was dead`,
            );
          })
        : [],
  }),
};

export const noChargeAfterKill: Invariant = {
  id: "I-15",
  promise: "no charge begins after the kill switch has said that it is done",
  watch: ({ charges, tokensKilled }) => ({
    atRest: () =>
      charges.flatMap(({ storeId, step }) =>
        when(
          step > (tokensKilled.get(storeId) ?? Number.POSITIVE_INFINITY),
          `${storeId} charged a killed token`,
        ),
      ),
  }),
};

export const aliveThroughout: Invariant = {
  id: "I-20",
  promise: "no valid key is refused, while peppers and secrets are rotated or clocks are off",
  watch: ({ history, revoking }) => ({
    atRest: (rest) =>
      rest === "the end"
        ? history.flatMap(({ by = "", heard = 0, response, path }) => {
            const isValid = heard < (revoking.get(by) ?? Number.POSITIVE_INFINITY);
            return when(isValid && response?.status === 401, `${path} was refused a valid key`);
          })
        : [],
  }),
};
