/**
 * Swagger UI, as its package has it: text that the bundle carries, loaded when somebody asks and never run here.
 * Of the viewers that are kept up it is the smallest that needs no other host and no inline script.
 */
export const viewer = {
  script: async (): Promise<string> =>
    (await import("swagger-ui-dist/swagger-ui-bundle.js", { with: { type: "text" } })).default,
  style: async (): Promise<string> =>
    (await import("swagger-ui-dist/swagger-ui.css", { with: { type: "text" } })).default,
};
export type Viewer = typeof viewer;
