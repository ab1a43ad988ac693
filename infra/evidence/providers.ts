/** Whoever could touch account data, or keeps what could. */
export type Provider = {
  readonly name: string;
  readonly does: string;
  readonly attestation: string;
  /** The date of the attestation of compliance that the operator has seen, `2026-03-31`. */
  readonly attested?: string;
};

/** The operator fills in the dates: they are evidence that somebody looked, so nobody else can. */
export const providers: readonly Provider[] = [
  {
    name: "Stripe",
    does: "Collects cards, gives tokens, processes payments",
    attestation: "In the Stripe dashboard, under compliance documents",
  },
  {
    name: "Amazon Web Services",
    does: "Runs the service; sees no account data",
    attestation: "In AWS Artifact",
  },
];

const oneYear = 365 * 86_400_000;

/** How it stands with a provider's attestation on a day. */
export const standing = ({ attested }: Provider, date: string): "not entered" | "current" | "overdue" => {
  if (attested === undefined) return "not entered";
  return Date.parse(date) - Date.parse(attested) > oneYear ? "overdue" : "current";
};
