import { join } from "node:path";
import { generateApi } from "swagger-typescript-api";
import { projectRoot } from "#infra/bundle.ts";
import { storeApi } from "#infra/openapi/apis.ts";

export const clientFile = "test/journey/store-api/client.ts";

/** A client of the store API, made of its published document. How it asks is `http-client.ejs`, not the generator's own. */
export const makeClient = async (): Promise<string> => {
  const { files } = await generateApi({
    input: join(projectRoot, storeApi.file),
    output: false,
    silent: true,
    templates: import.meta.dirname,
    apiClassName: "StoreApi",
    httpClientType: "fetch",
    singleHttpClient: true,
    moduleNameFirstTag: true,
    generateUnionEnums: true,
    sortTypes: true,
  });
  const head = `/** Generated from ${storeApi.file} by \`npm run schemas\`: change the routes, not this. */\n`;
  return head + files.map(({ fileContent }) => fileContent).join("");
};
