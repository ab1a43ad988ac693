import { z } from "zod";

const Id = z.string().min(1).max(256);
const Quantity = z.int().min(1).max(9_999);

/** One wanted product and where the caller wrote it: `$.line_items[0]`, its id under `item.id`. */
export type RequestLine = {
  readonly productId: string;
  readonly quantity: number;
  readonly path: string;
  readonly idField: "id" | "item.id";
};

/** `{ id, quantity? }` or `{ item: { id }, quantity? }`: the released schema has no quantity, the prose and agents do. */
const Entry = z
  .object({
    id: Id.nullish(),
    item: z.object({ id: Id.nullish(), quantity: Quantity.nullish() }).nullish(),
    quantity: Quantity.nullish(),
  })
  .transform((entry, context) => {
    const nested = entry.item?.id ?? undefined;
    const productId = nested ?? entry.id;
    if (!productId) {
      context.addIssue({ code: "invalid_type", expected: "string", input: undefined, path: ["id"] });
      return z.NEVER;
    }
    const quantity = entry.quantity ?? entry.item?.quantity ?? 1;
    return { productId, quantity, idField: nested ? ("item.id" as const) : ("id" as const) };
  });

export const RequestLines = z.array(Entry).min(1).max(200);
type RequestLines = z.infer<typeof RequestLines>;

type Given = { line_items?: RequestLines | null | undefined; items?: RequestLines | null | undefined };

/** The lines under the name that the caller used; a session can't be left without any. */
export const givenLines = (request: Given, context: z.RefinementCtx): RequestLine[] | undefined => {
  const name = request.line_items === undefined ? "items" : "line_items";
  const entries = request[name];
  if (entries === null && name === "line_items")
    context.addIssue({
      code: "custom",
      message: "a session needs at least one item",
      input: null,
      path: [name],
    });
  return entries?.map((entry, index) => ({ ...entry, path: `$.${name}[${index}]` }));
};
