import { z } from "zod";

const Choice = z.object({
  option_id: z.string().min(1).max(64),
  item_ids: z.array(z.string().max(256)).max(200).nullish(),
});

const kinds = ["shipping", "digital", "pickup", "local_delivery"] as const;

/** Flat since 2026-01-30; before, and in examples still, nested under its kind: `{ type, shipping: { option_id } }`. */
const SelectedOption = z
  .object({
    ...Choice.partial().shape,
    shipping: Choice.nullish(),
    digital: Choice.nullish(),
    pickup: Choice.nullish(),
    local_delivery: Choice.nullish(),
  })
  .transform((given, context) => {
    const kind = kinds.find((name) => given[name]);
    const choice = kind ? given[kind] : given;
    if (!choice?.option_id) {
      context.addIssue({ code: "invalid_type", expected: "string", input: undefined, path: ["option_id"] });
      return z.NEVER;
    }
    return { optionId: choice.option_id, itemIds: choice.item_ids ?? [], field: kind ? `.${kind}` : "" };
  });

export const SelectedOptions = z.array(SelectedOption).max(50);
export type SelectedOptions = z.infer<typeof SelectedOptions>;
