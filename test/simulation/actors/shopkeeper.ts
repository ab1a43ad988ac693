import type { Shop } from "../cloud/shop.ts";
import type { Actor } from "./actor.ts";

/** Whoever works in a WooCommerce site's back office: sends what is paid, and says there that it is sent. */
export const shopkeeper = ({ woo }: Shop): Actor => ({
  name: "shopkeeper",
  act: async ({ world: { scheduler, random } }) => {
    for (let looked = 0; looked < 5; looked += 1) {
      await scheduler.sleep(random.below(90_000));
      const paid = woo?.processing() ?? [];
      if (paid.length > 0) woo?.complete(random.pick(paid));
    }
  },
});
