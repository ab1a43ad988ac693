import type { Invariant } from "./invariant.ts";

export const deadAtOnce: Invariant = {
  id: "I-15",
  promise: "no request that begins after a revocation was confirmed succeeds",
  watch: (cloud, broken) => ({
    atRest: (rest) => {
      if (rest !== "the end") return;
      for (const { by, asked, response, path } of cloud.history) {
        const revoked = cloud.revocations.get(by ?? "");
        if (revoked !== undefined && asked > revoked && response && response.status < 300)
          broken(`${path} was served for a key that was dead`);
      }
    },
  }),
};

export const aliveThroughout: Invariant = {
  id: "I-20",
  promise: "no valid key is refused, while peppers and secrets are rotated or clocks are off",
  watch: (cloud, broken) => ({
    atRest: (rest) => {
      if (rest !== "the end") return;
      for (const { by, heard, response, path } of cloud.history) {
        const began = cloud.revoking.get(by ?? "");
        if (response?.status === 401 && (began === undefined || (heard ?? 0) < began))
          broken(`${path} was refused a valid key`);
      }
    },
  }),
};
