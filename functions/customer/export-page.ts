import { displayMoney } from "#functions/values/money.ts";
import type { Export, ExportedCheckout, ExportedField } from "./export.ts";

/** The export for a person to read. It loads nothing and holds no script; every value is escaped. */
export const exportPage = ({
  customerId,
  exportedAt,
  checkouts,
}: Omit<Export, "page">): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Your data</title><style>${style}</style></head><body>
<h1>What this store holds on you</h1>
<p>As of ${minuteOf(exportedAt)}. You are customer ${escaped(customerId)} here and nowhere else.</p>
${checkouts.map(section).join("\n")}
</body></html>`;

const section = ({ checkoutId, startedAt, restricted, order, fields }: ExportedCheckout): string => `<h2>${
  order ? `Order ${escaped(order.number)}` : `Checkout ${escaped(checkoutId)}, which became no order`
}</h2>
<p>Begun ${minuteOf(startedAt)}.${restricted ? " Restricted: it is stored and used for nothing." : ""}${
  order ? ` Total ${escaped(displayMoney(order.total, order.currency))}, ${escaped(order.status)}.` : ""
}</p>
${order ? `<ul>${order.lines.map(({ quantity, title }) => `<li>${quantity} × ${escaped(title)}</li>`).join("")}</ul>` : ""}
<table><thead><tr><th>What</th><th>Value</th><th>Why</th><th>By which right</th><th>How long</th></tr></thead><tbody>
${fields.map(row).join("\n")}
</tbody></table>`;

const row = ({ label, value, purpose, basis, kept }: ExportedField): string =>
  `<tr>${[label, textOf(value), purpose, basis, kept].map((text) => `<td>${escaped(text)}</td>`).join("")}</tr>`;

const minuteOf = (instant: string): string => escaped(`${instant.slice(0, 16).replace("T", " ")} UTC`);

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const style = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { padding: .4rem .6rem; border-bottom: 1px solid #8886; text-align: left; vertical-align: top; overflow-wrap: break-word }`;
