import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { policy } from "#functions/docs/page.ts";
import { docsPages } from "#functions/docs/pages.ts";
import { colleagueData } from "#functions/privacy/colleague-data.ts";
import { personalData } from "#functions/privacy/personal-data.ts";
import { storedData } from "#functions/privacy/stored-data.ts";
import { keptFor } from "#functions/privacy/stored-record.ts";
import { dataMap, placesOf } from "#infra/evidence/data-map.ts";
import { type Deployed, deployedBy } from "#infra/evidence/deployed.ts";
import { evidenceOf, witnesses } from "#infra/evidence/evidence.ts";
import { providers, standing } from "#infra/evidence/providers.ts";
import { recipients } from "#infra/evidence/recipients.ts";
import { outcomeIn } from "#infra/evidence/run-witnesses.ts";
import { criteria, requirements } from "#infra/evidence/saq-requirements.ts";
import { readTree } from "./tree.ts";

const root = join(import.meta.dirname, "../..");
const deployed = deployedBy("prod");
const made = { date: "2026-11-27", commit: "0123456789ab", stage: "prod" };
const input = { made, deployed, providers, outcomeOf: () => "not run" as const };
const files = evidenceOf(input);
const text = (name: string): string => files[name] ?? "";

describe("the data map", () => {
  it("has every personal field with its class, purpose, basis, retention, label and places", () => {
    const lines = text("data-map.md").split("\n");
    for (const each of personalData) {
      const line = lines.find((found) => found.startsWith(`| ${each.label} |`)) ?? "";
      const { field, purpose, basis, retention } = each;
      for (const part of [`\`${field}\``, purpose, basis, retention, ...placesOf(each)])
        expect(line, field).toContain(part);
    }
  });

  it("has what is kept of a store's own people with purpose, basis, retention and place", () => {
    const lines = text("data-map.md").split("\n");
    for (const [name, { label, purpose, basis, kept }] of Object.entries(colleagueData)) {
      const line = lines.find((found) => found.startsWith(`| ${label} |`)) ?? "";
      for (const part of [purpose, basis, keptFor[kept]]) expect(line, name).toContain(part);
      expect(line).toMatch(/`\w+: \w+\.sealed\w+`/);
    }
  });

  it("has every kind of row with its retention, and every table with its key", () => {
    for (const [table, kinds] of Object.entries(storedData)) {
      expect(text("data-map.md")).toMatch(new RegExp(`^\\| \`${table}\` .* (records|people) \\|`, "m"));
      for (const kind of Object.keys(kinds))
        expect(text("data-map.md")).toContain(`| \`${table}: ${kind}\` |`);
    }
  });

  it("is not made while a table or a personal field is nowhere in the inventory", () => {
    const properties = { TableName: "agentic-checkout-prod-visitors" };
    const more: Deployed = {
      ...deployed,
      ofType: (type) =>
        type === "AWS::DynamoDB::Table" ? [{ id: "visitors", properties }] : deployed.ofType(type),
    };
    expect(() => dataMap(more)).toThrow("agentic-checkout-prod-visitors");
    const [email] = personalData;
    if (!email) throw new Error("there is no personal data");
    expect(() => placesOf({ ...email, field: "birthday", sealedAs: "clear" })).toThrow("birthday");
  });

  it("names every file that reaches out, under the one whom it reaches", () => {
    const reaching = readTree("functions")
      .filter(
        ({ path, imports }) =>
          path.endsWith(".client.ts") ||
          imports.some(({ of, typeOnly }) => !typeOnly && /^node:(dns|https?|http2|tls|dgram)/.test(of)) ||
          // A handler hands on what another file dials by.
          (!path.endsWith(".handler.ts") && imports.some(({ of }) => of === "functions/runtime/outbound.ts")),
      )
      .map(({ path }) => path.replace("functions/", ""));
    expect(recipients.flatMap(({ through }) => through).sort()).toEqual(reaching.sort());
  });
});

describe("the evidence for SAQ A", () => {
  /** PCI DSS v4.0.1, SAQ A, January 2025. */
  const asked =
    `2.2.2 3.1.1 3.2.1 6.3.1 6.3.3 8.2.1 8.2.2 8.2.5 8.3.1 8.3.5 8.3.6 8.3.7 8.3.9 9.4.1 9.4.1.1 9.4.2
    9.4.3 9.4.4 9.4.6 11.3.2 11.3.2.1 12.8.1 12.8.2 12.8.3 12.8.4 12.8.5 12.10.1`.split(/\s+/);

  it("says of each requirement of SAQ A once who holds it", () => {
    expect(requirements.map(({ id }) => id)).toEqual(asked);
    for (const id of asked) expect(text("saq-a.md").split(`\n| ${id} |`)).toHaveLength(2);
  });

  it("has a test for whatever is held here, and says what is left for the operator", () => {
    const all = [...criteria, ...requirements];
    const here = all.filter(({ held }) => ["code", "shared"].includes(held));
    const theirs = all.filter(({ held }) => ["operator", "shared"].includes(held));
    expect(here.filter(({ tests }) => tests.length === 0)).toEqual([]);
    expect(theirs.filter(({ operator }) => !operator?.endsWith("."))).toEqual([]);
  });

  it("calls only tests that are there", () => {
    const missing = witnesses.filter(
      ({ file, title }) => !readFileSync(join(root, file), "utf8").includes(title),
    );
    expect(missing).toEqual([]);
    expect(witnesses.length).toBeGreaterThan(40);
  });

  it("believes a test only if all that bear its title have passed", () => {
    const ends = (...statuses: string[]) => ({
      testResults: [
        {
          name: "/x/test/a.test.ts",
          assertionResults: statuses.map((status, index) => ({
            fullName: `a group finds (${index}) it`,
            status,
          })),
        },
      ],
    });
    const test = { file: "test/a.test.ts", title: "finds (%s) it" };
    expect(outcomeIn(ends("passed", "passed"), test)).toBe("passed");
    expect(outcomeIn(ends("passed", "failed"), test)).toBe("failed");
    expect(outcomeIn(ends("passed", "pending"), test)).toBe("failed");
    expect(outcomeIn(ends("passed"), { ...test, title: "finds nothing" })).toBe("not run");
    const shown = evidenceOf({ ...input, outcomeOf: () => "failed" })["saq-a.md"];
    expect(shown).toContain("✗ **failed**");
  });

  it("an attestation that was seen more than a year ago is overdue", () => {
    const seen = (attested: string) => standing({ name: "", does: "", attestation: "", attested }, made.date);
    expect(seen("2025-11-27")).toBe("current");
    expect(seen("2025-11-26")).toBe("overdue");
    expect(standing({ name: "", does: "", attestation: "" }, made.date)).toBe("not entered");
  });

  it("serves no page but that of the APIs' documents, which takes nothing", () => {
    const serving = /CloudFront|Amplify|AppRunner|ElasticLoadBalancing|Lambda::Url|ApiGatewayV2/;
    expect(deployed.types.filter((type) => serving.test(type))).toEqual([]);
    for (const { properties } of deployed.ofType("AWS::S3::Bucket")) {
      expect(properties).not.toHaveProperty("WebsiteConfiguration");
      expect(properties["PublicAccessBlockConfiguration"]).toMatchObject({ BlockPublicPolicy: true });
    }
    const html = readTree("functions").filter(({ text: source }) => source.includes("text/html"));
    expect(html.map(({ path }) => path)).toEqual(["functions/docs/pages.ts"]);
    expect(policy).toContain("script-src 'self'; ");
    expect(policy).toContain("form-action 'none'");
    for (const { method } of Object.values(docsPages)) expect(method).toBe("GET");
  });
});

describe("the pages", () => {
  const page = text("index.html");

  it("are the same for the same code, but for the date and the commit", () => {
    expect(evidenceOf(input)).toEqual(files);
    const later = evidenceOf({ ...input, made: { ...made, date: "2026-12-01", commit: "fedcba987654" } });
    for (const [name, before] of Object.entries(files))
      expect(later[name]?.replaceAll("2026-12-01", made.date).replaceAll("fedcba987654", made.commit)).toBe(
        before,
      );
  });

  it("load nothing and run nothing, and show no sign of their making", () => {
    expect(page).not.toMatch(
      /<(script|img|link|iframe|object|form|svg)\b|\son\w+=|url\(|@import|javascript:/i,
    );
    expect(page).not.toMatch(/undefined|\[object|`|\*\*|&#60;br/);
    expect(page).toContain("default-src 'none'");
  });

  it("can be read by whoever does not see them: one first heading, each part named, each link somewhere", () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? "");
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id ?? "");
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
    const labels = [...page.matchAll(/aria-labelledby="([^"]+)"/g)].map(([, id]) => id ?? "");
    expect(labels.filter((id) => !ids.includes(id))).toEqual([]);
    expect(page.match(/<h1>/g)).toHaveLength(1);
    const shapes = [...page.matchAll(/<table>(.*?)<\/table>/gs)].map(([, table = ""]) => {
      const columns = table.match(/<th scope="col">/g)?.length;
      const rows = [...table.matchAll(/<tr><th scope="row">.*?<\/tr>/gs)].map(([row]) => row);
      return rows.every((row) => (row.match(/<t[hd]/g)?.length ?? 0) === columns) && rows.length > 0;
    });
    expect(shapes.length).toBeGreaterThan(8);
    expect(new Set(shapes)).toEqual(new Set([true]));
  });

  it("hold who may do what, as the page of the matrix does", () => {
    const matrix = readFileSync(join(root, "functions/access/matrix.md"), "utf8");
    for (const line of matrix
      .split("\n")
      .filter((each) => each.startsWith("| "))
      .slice(2))
      expect(text("access.md").replaceAll("`", "")).toContain(line);
  });
});
