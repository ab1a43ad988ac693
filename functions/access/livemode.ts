/**
 * Live stores and live keys exist where money is real (`prod`) or where none can be (stages beside an embedded
 * Stripe). `dev` dials the real Stripe without being a shop, so it knows test mode only.
 */
export const liveAllowedOn = (stage: string): boolean => stage !== "dev";
