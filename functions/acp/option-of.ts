import type { Line } from "#functions/checkout/contents.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { lineId } from "./delivery.ts";
import type { SelectedOptions } from "./request-option.ts";

/**
 * The one option of a checkout. The schema calls `item_ids` ids of line items and the examples send ids of items:
 * either is fine, an id of neither is not. `offered` is what may be chosen, where that is known already.
 */
export const selectedOptionOf = (
  selected: SelectedOptions,
  lines: readonly Line[],
  offered?: readonly string[],
): string | undefined => {
  const ids = new Set(lines.flatMap(({ productId }) => [productId, lineId(productId)]));
  const [first] = selected;
  for (const [index, { optionId, itemIds, field }] of selected.entries()) {
    const path = `$.selected_fulfillment_options[${index}]${field}`;
    if (optionId !== first?.optionId)
      throw invalid("One option serves the whole session.", `${path}.option_id`);
    if (offered && !offered.includes(optionId))
      throw invalid("This fulfillment option is not offered.", `${path}.option_id`);
    const unknown = itemIds.findIndex((id) => !ids.has(id));
    if (unknown >= 0) throw invalid("The session has no such item.", `${path}.item_ids[${unknown}]`);
  }
  return first?.optionId;
};

const invalid = (text: string, param: string): Refusal => new Refusal("invalid", text, { param });
