import type { AcpOrder } from "./order.ts";

type Parts = {
  readonly [Name in "line_items" | "fulfillments" | "adjustments" | "totals"]: NonNullable<
    AcpOrder[Name]
  >[number];
};
/** An order of which something is left out that ACP does not ask for. */
type Brief = Partial<Omit<AcpOrder, keyof Parts>> & {
  readonly [Name in keyof Parts]?: readonly Partial<Parts[Name]>[] | undefined;
};
type Omission = (order: Brief) => Brief;

/**
 * The order in less than so many bytes of JSON, with whatever there is room for: what is missed least goes first. The agent
 * finds the rest in its session. An order of so many parts that there is no room for their ids and statuses is longer.
 */
export const briefOrder = (order: AcpOrder, room: number): Brief =>
  omissions.reduce((brief: Brief, leaveOut) => (weightOf(brief) < room ? brief : leaveOut(brief)), order);

const weightOf = (json: unknown): number => Buffer.byteLength(JSON.stringify(json));

const without =
  <Of extends object>(...names: readonly (keyof Of)[]) =>
  (part: Of): Of =>
    Object.fromEntries(Object.entries(part).filter(([name]) => !names.includes(name as keyof Of))) as Of;

const ofEach =
  <Name extends keyof Parts>(
    name: Name,
    change: (part: Partial<Parts[Name]>) => Partial<Parts[Name]>,
  ): Omission =>
  (order) => ({
    ...order,
    [name]: (order[name] as readonly Partial<Parts[Name]>[] | undefined)?.map(change),
  });

type Line = Partial<Parts["line_items"]>;
type Parcel = Partial<Parts["fulfillments"]>;

/** Base, discount and subtotal follow from the numbers beside them; how the tax is made up says the order's own. */
const withoutSums = ({ totals = [], ...line }: Line): Line => ({
  ...line,
  totals: totals
    .filter(({ type }) => type === "tax" || type === "total")
    .map(({ type, display_text, amount }) => ({ type, display_text, amount })),
});

const titled =
  (most: number) =>
  ({ title = "", ...line }: Line): Line => ({ ...line, title: cut(title, most) });

/** Whole characters, as many as fit in so many bytes of JSON. */
const cut = (text: string, most: number): string => {
  if (weightOf(text) <= most) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (weightOf(`${kept}${segment}…`) > most) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
};

const untracked = without<Parcel>("carrier", "tracking_number", "tracking_url");

/** Nobody looks for a parcel that has arrived, and the carrier's number leads to all others. */
const lessTracked = (parcel: Parcel): Parcel => {
  if (parcel.status === "delivered") return untracked(parcel);
  return parcel.tracking_number === undefined ? parcel : without<Parcel>("tracking_url")(parcel);
};

const omissions: readonly Omission[] = [
  ofEach("line_items", withoutSums),
  // Its number and its page stand above.
  without("confirmation"),
  // This the session has said, and it stays so.
  without("support"),
  ofEach("line_items", titled(96)),
  ofEach("line_items", without("product_id")),
  ofEach("line_items", titled(48)),
  // Where a parcel is its status says, and what an adjustment is its type.
  ofEach("fulfillments", ({ events, ...parcel }) => ({ ...parcel, events: events?.slice(-1) })),
  ofEach("adjustments", without("description", "currency")),
  ofEach("fulfillments", lessTracked),
  ofEach("line_items", without("totals")),
  // How many were sent, and how many are back, each line says.
  ofEach("fulfillments", without("line_items")),
  ofEach("adjustments", without("line_items")),
  ofEach("fulfillments", without("events", "description", "estimated_delivery")),
  ofEach("fulfillments", untracked),
  ofEach("adjustments", without("reason")),
  ofEach("line_items", titled(24)),
  ofEach("totals", ({ display_text = "", description: _, ...total }) => ({
    ...total,
    display_text: cut(display_text, 24),
  })),
];
