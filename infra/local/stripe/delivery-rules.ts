import { z } from "zod";

/** What goes wrong between Stripe and an endpoint; only a test or a developer can say so. */
export const DeliveryRule = z.object({
  /**
   * `drop`: never sent. `duplicate`: sent twice. `delay`: sent later. `shuffle`: as many as `times` are held
   * until all are there, and sent newest first.
   */
  how: z.enum(["drop", "duplicate", "delay", "shuffle"]),
  /** Part of the event's type; all without it. */
  match: z.string().default(""),
  times: z.int().positive().default(1),
  /** Of a delay. */
  milliseconds: z.int().nonnegative().default(1_000),
});
export type DeliveryRule = z.infer<typeof DeliveryRule>;
export type DeliveryRuleInput = z.input<typeof DeliveryRule>;

type Plan =
  | { readonly how: "send"; readonly milliseconds: number; readonly copies: number }
  | { readonly how: "drop" }
  | { readonly how: "hold"; readonly complete: boolean };

export const createDeliveryRules = () => {
  let rules: DeliveryRule[] = [];
  return {
    add: (rule: DeliveryRuleInput): void => void rules.push(DeliveryRule.parse(rule)),
    /** Each event is asked for once. */
    planOf: (type: string): Plan => {
      const rule = rules.find(({ match }) => type.includes(match));
      if (!rule) return { how: "send", milliseconds: 0, copies: 1 };
      rule.times -= 1;
      rules = rules.filter(({ times }) => times > 0);
      if (rule.how === "drop") return { how: "drop" };
      if (rule.how === "shuffle") return { how: "hold", complete: rule.times === 0 };
      return rule.how === "delay"
        ? { how: "send", milliseconds: rule.milliseconds, copies: 1 }
        : { how: "send", milliseconds: 0, copies: 2 };
    },
  };
};
