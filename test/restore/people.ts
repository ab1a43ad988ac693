import { named } from "#test/customer/house.ts";

/** Somebody else than whom `openHouse` serves. */
export const eve = named("eve@canary.example", "Eve");
