import { type Contents, type Line, mergeLines } from "#functions/checkout/contents.ts";
import type { OpenCheckout } from "#functions/checkout/core-answer.ts";
import { ProductId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { contactOf, patched } from "./contact-of.ts";
import { selectedOptionOf } from "./option-of.ts";
import { type LinePath, sessionLine } from "./path.ts";
import type { CreateRequest, UpdateRequest } from "./request.ts";
import type { RequestLine } from "./request-line.ts";

/** What a new session is to hold. */
export const contentsOf = (request: CreateRequest): Contents => {
  const lines = linesOf(request.lines);
  return {
    lines,
    contact: contactOf({}, request),
    selectedOptionId: selectedOptionOf(request.selected_fulfillment_options ?? [], lines),
    discountCodes: codesOf(request) ?? [],
    notes: request.order_notes ?? undefined,
  };
};

/** The whole contents after an update: absent leaves a part as it is, null clears it. */
export const mergedContents = (opened: OpenCheckout, request: UpdateRequest): Contents => {
  const { checkout, contact, notes } = opened;
  const lines = request.lines ? linesOf(request.lines) : checkout.lines;
  return {
    lines,
    contact: contactOf(contact, request),
    selectedOptionId: mergedOption(opened, request, lines),
    discountCodes: codesOf(request) ?? checkout.discountCodes,
    notes: patched(notes, request.order_notes),
  };
};

const mergedOption = ({ checkout }: OpenCheckout, request: UpdateRequest, lines: readonly Line[]) => {
  if (request.selected_fulfillment_options === undefined) return checkout.selectedOptionId;
  // Other lines or another address bring other options, which are known only once it is priced again.
  const settled = request.lines === undefined && request.fulfillment_details?.address === undefined;
  const known = settled ? checkout.quote.options.map(({ id }) => id) : undefined;
  return selectedOptionOf(request.selected_fulfillment_options ?? [], lines, known);
};

const maxProducts = 40;
const maxQuantity = 9_999;

const linesOf = (given: readonly RequestLine[]): Line[] => {
  const lines = mergeLines(given.map((line) => ({ productId: known(line), quantity: line.quantity })));
  if (lines.length > maxProducts)
    throw new Refusal("invalid", `At most ${maxProducts} different items in one session.`, {
      param: given[0]?.path.replace(/\[.*/, ""),
    });
  const tooMany = lines.findIndex(({ quantity }) => quantity > maxQuantity);
  if (tooMany < 0) return lines;
  throw new Refusal("invalid", `At most ${maxQuantity} of one item.`, {
    param: requestLine(given, lines)(tooMany, "quantity"),
  });
};

/** An id that no product can have is an unknown item, not another kind of mistake. */
const known = ({ productId, path, idField }: RequestLine): ProductId => {
  const parsed = ProductId.safeParse(productId);
  if (parsed.success) return parsed.data;
  throw new Refusal("invalid_item_id", "This store sells no item with this id.", {
    param: `${path}.${idField}`,
  });
};

/** Where the caller wrote a line of the contents: the first of those that were added up. */
export const requestLine =
  (given: readonly RequestLine[] | undefined, lines: readonly Line[]): LinePath =>
  (index, field) => {
    const line = given?.find(({ productId }) => productId === lines[index]?.productId);
    if (!line) return sessionLine(index, field);
    return `${line.path}.${field === "quantity" ? field : line.idField}`;
  };

type Codes = Pick<UpdateRequest, "discounts" | "coupons">;

/** `discounts.codes` goes before its deprecated alias; an empty list clears, as null does. */
const codesOf = ({ discounts, coupons }: Codes): string[] | undefined => {
  const given = discounts === null ? null : discounts?.codes;
  const codes = given === undefined ? coupons : given;
  return codes === undefined ? undefined : (codes ?? []);
};
