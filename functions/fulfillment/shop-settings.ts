import { z } from "zod";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { notedSettings } from "./connection.store.ts";
import { type Connection, isStale, knownSettings, ShopSettings } from "./connection.ts";
import { type CallsWoo, wooApi } from "./woocommerce-api.ts";

type ReadsSettings = CallsWoo & { readonly table: Pick<Table, "commit"> };

/**
 * The shop's settings, at most 15 minutes old; a day, while it can't be read. `undefined`: they are not known. A price
 * or a stock is none of them: those are asked for anew (`woocommerce-connector.ts`).
 */
export const shopSettings =
  (on: ReadsSettings) =>
  async (connection: Connection): Promise<ShopSettings | undefined> => {
    const known = knownSettings(connection, on.now());
    if (known && !isStale(known, on.now())) return known;
    const fresh = connection.kind === "woocommerce" ? await read(on, connection) : undefined;
    if (!fresh) return known;
    // Whoever has disconnected it meanwhile leaves nothing behind.
    await tryCommit(on.table, [notedSettings(connection, fresh)]);
    return fresh;
  };

const Setting = z.object({ value: z.string() });

const read = async (on: CallsWoo, connection: Connection): Promise<ShopSettings | undefined> => {
  const api = await wooApi(on, connection);
  const setting = (path: string) =>
    api({ path: `wc/v3/settings/${path}`, parameters: only("value") }, Setting);
  const [currency, includes, site, classes] = await Promise.all([
    setting("general/woocommerce_currency"),
    setting("tax/woocommerce_prices_include_tax"),
    api({ path: "", parameters: only("timezone_string,gmt_offset") }, Site),
    api({ path: "wc/v3/taxes/classes", parameters: only("slug") }, z.array(z.object({ slug: z.string() }))),
  ]);
  return ShopSettings.safeParse({
    currency: currency.body?.value.toLowerCase(),
    pricesIncludeTax: includes.body && includes.body.value === "yes",
    timeZone: site.body && zoneOf(site.body),
    taxClasses: classes.body?.map(({ slug }) => slug),
    readAt: on.now(),
  }).data;
};

const only = (_fields: string) => ({ _fields });

const Site = z.object({ timezone_string: z.string(), gmt_offset: z.coerce.number() });

/** A site whose owner chose hours instead of a city has no name of a zone. */
const zoneOf = ({ timezone_string: name, gmt_offset: hours }: z.infer<typeof Site>): string => {
  if (name !== "") return name;
  const [sign, minutes] = [hours < 0 ? "-" : "+", Math.abs(Math.round(hours * 60))];
  const two = (part: number) => String(part).padStart(2, "0");
  return `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
};
