import type { PricedOption } from "#functions/pricing/shipping.ts";
import { days, type Instant, toIso } from "#functions/values/clock.ts";

/** When an option would arrive if it were bought at that moment; nothing where the store gives no days. */
export const deliveryWindow = (
  option: PricedOption,
  bought: Instant,
): { earliest: string; latest: string } | undefined =>
  option.deliveryDays && {
    earliest: toIso(bought + days(option.deliveryDays.earliest)),
    latest: toIso(bought + days(option.deliveryDays.latest)),
  };

/** One line per product, so the product names its line, in the session and in the order alike. */
export const lineId = (productId: string): string => `line_${productId}`;
