/** Parameters as Stripe's API v1 reads them: text, nested by brackets (`metadata[store]=…`, `expand[]=…`). */
export type Form = { [name: string]: string | Form };

export const parseForm = (text: string): Form => {
  const form: Form = {};
  for (const [name, value] of new URLSearchParams(text)) put(form, pathOf(name, form), value);
  return form;
};

/** Nested values, as code has them, in the shape that the wire has. */
export const toForm = (value: unknown): Form =>
  Object.fromEntries(
    Object.entries(value ?? {}).map(([name, each]) => [
      name,
      typeof each === "object" && each !== null ? toForm(each) : String(each),
    ]),
  );

export const text = (form: Form, name: string): string | undefined => {
  const value = form[name];
  return typeof value === "string" ? value : undefined;
};

export const nested = (form: Form, name: string): Form => {
  const value = form[name];
  return typeof value === "object" ? value : {};
};

export const metadataOf = (form: Form): Record<string, string> =>
  Object.fromEntries(
    Object.entries(nested(form, "metadata")).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value]] : [],
    ),
  );

/** `a[b][]` → a, b, and the next free index. */
const pathOf = (name: string, form: Form): string[] => {
  const path = [
    name.split("[")[0] ?? "",
    ...[...name.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? ""),
  ];
  return path.map((part, index) => {
    if (part !== "") return part;
    const list = path.slice(0, index).reduce((inner, each) => nested(inner, each), form);
    return String(Object.keys(list).length);
  });
};

const put = (form: Form, [first = "", ...rest]: string[], value: string): void => {
  // Names come from outside: `__proto__` must not reach anybody's prototype.
  if (first === "__proto__") return;
  if (rest.length === 0) {
    form[first] = value;
    return;
  }
  const inner = nested(form, first);
  form[first] = inner;
  put(inner, rest, value);
};
