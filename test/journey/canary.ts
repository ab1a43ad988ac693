/** Long enough that no ciphertext spells it by chance. */
const mark = "Zqxcanaryjwvkpqxzyhbgnm";
const digits = "7777123456";

/** A canary that names its field, so that whoever finds one knows what got out. */
const canary = (field: string): string => `${mark}${field}`;

const address = {
  name: canary("Name"),
  company: canary("Company"),
  line_one: `${canary("Street")} 1`,
  line_two: canary("Floor"),
  city: canary("City"),
  state: "BE",
  country: "DE",
  postal_code: `${canary("Code")} 77`,
};

/** The buyer of every story, as an agent tells of them: each personal field that ACP knows carries a canary. */
export const canaryBuyer = {
  buyer: {
    first_name: canary("First"),
    last_name: canary("Last"),
    full_name: canary("Full"),
    email: `${mark}@example.com`,
    phone_number: `+49 30 ${digits}`,
  },
  fulfillment_details: {
    name: canary("Recipient"),
    phone_number: `+49 30 ${digits}`,
    email: `${canary("Recipient")}@example.com`,
    address,
  },
};

export const canarySession = {
  ...canaryBuyer,
  order_notes: `Leave it with ${canary("Notes")}`,
  affiliate_attribution: {
    provider: "aff.example",
    token: canary("Token"),
    publisher_id: canary("Publisher"),
    touchpoint: "first",
  },
};

/** What is looked for: any of it in a text is a person who can be read there. */
export const canaries: readonly string[] = [mark, digits];
/** One of a store's own people, who has a key. */
export const canaryColleague = `${canary("Colleague")} van Dyk`;

/** Whose plain hash tells them to everybody who has a list of addresses. */
export const addresses: readonly string[] = [canaryBuyer.buyer.email];
