/** RFC 9535: `["lines", 0, "quantity"]` → `$.lines[0].quantity`. */
export const jsonPath = (path: readonly PropertyKey[]): string => `$${path.map(segment).join("")}`;

const segment = (name: PropertyKey): string => {
  if (typeof name === "number") return `[${name}]`;
  const text = String(name).slice(0, 64);
  return /^[A-Za-z_]\w*$/.test(text) ? `.${text}` : `[${quoted(text)}]`;
};

const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
