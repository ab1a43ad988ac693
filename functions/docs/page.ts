/** A page that shows `openapi.json` beside it. It has no script and no style of its own, so none can be slipped in. */
export const pageOf = (title: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/style.css">
</head>
<body>
<noscript>The page needs JavaScript. What it shows is in <a href="openapi.json">openapi.json</a>.</noscript>
<div id="viewer"></div>
<script src="docs/viewer.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

/** For reading only: a browser is no place for license keys, so it neither asks for one nor sends requests. */
export const start = `SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#viewer",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  supportedSubmitMethods: [],
  validatorUrl: null,
  plugins: [
    { wrapComponents: { authorizeBtn: () => () => null, authorizeOperationBtn: () => () => null } },
  ],
});
`;

/** Nothing from any other host, nothing inline. Its icons are in its style sheet. */
export const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
