import type { Service } from "./data-stack.ts";
import type { Grant } from "./grant.ts";

/** What opening and sealing personal data takes: the store's wrapped key, the checkout's, and KMS to unwrap. */
export const sealing = ({ data }: Service): readonly Grant[] => [
  data.access.may("get"),
  data.people.may("get"),
  data.keys.unwrap(),
];
