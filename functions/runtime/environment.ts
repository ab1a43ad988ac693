/** The function's settings, as the template gives them; a missing one is a deployment mistake and says so. */
export type Environment = {
  get(name: string): string;
  find(name: string): string | undefined;
};

export const environmentOf = (values: Readonly<Record<string, string | undefined>>): Environment => ({
  get: (name) => {
    const value = values[name];
    if (value === undefined || value === "") throw new Error(`environment variable ${name} is not set`);
    return value;
  },
  find: (name) => values[name] || undefined,
});

/** The only place that reads `process.env`. */
export const processEnvironment = (): Environment => environmentOf(process.env);
