import type { Export, ExportedCheckout, ExportedField } from "./export.ts";

/** The export for a person to read. It loads nothing and holds no script; every value is escaped. */
export const exportPage = ({
  customerId,
  exportedAt,
  checkouts,
}: Omit<Export, "page">): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Your data</title></head><body>
<h1>What this store holds on you</h1>
<p>As of ${escaped(exportedAt)}. You are customer ${escaped(customerId)} here and nowhere else.</p>
${checkouts.map(section).join("\n")}
</body></html>`;

const section = ({ checkoutId, startedAt, restricted, order, fields }: ExportedCheckout): string => `<h2>${
  order ? `Order ${escaped(order.number)}` : `Checkout ${escaped(checkoutId)}, which became no order`
}</h2>
<p>Begun ${escaped(startedAt)}.${restricted ? " Restricted: it is stored and used for nothing." : ""}${
  order ? ` Total ${order.total} ${escaped(order.currency)} (minor units), ${escaped(order.status)}.` : ""
}</p>
${order ? `<ul>${order.lines.map(({ quantity, title }) => `<li>${quantity} × ${escaped(title)}</li>`).join("")}</ul>` : ""}
<table><thead><tr><th>What</th><th>Value</th><th>Why</th><th>By which right</th><th>How long</th></tr></thead><tbody>
${fields.map(row).join("\n")}
</tbody></table>`;

const row = ({ label, value, purpose, basis, kept }: ExportedField): string =>
  `<tr>${[label, textOf(value), purpose, basis, kept].map((text) => `<td>${escaped(text)}</td>`).join("")}</tr>`;

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
