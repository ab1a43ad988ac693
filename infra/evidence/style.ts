/** Of the page that people read: no fonts, images or scripts from anywhere; light, dark and on paper. */
export const style = `
:root {
  --ink: #1c2430; --soft: #55606e; --paper: #fff; --tint: #f3f5f8; --line: #d6dce4; --accent: #0b5cad;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --soft: #a5b0bf; --paper: #12161c; --tint: #1b212a; --line: #323b48; --accent: #7db8f5; }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0 auto; max-width: 96rem; padding: 2.5rem 1.5rem 6rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1 { margin: 0; font-size: 2.1rem; line-height: 1.2; letter-spacing: -.01em; }
h2 { margin: 4rem 0 .75rem; padding-top: 1.25rem; border-top: 3px solid var(--accent); font-size: 1.6rem; line-height: 1.25; }
h3 { margin: 2.5rem 0 .5rem; font-size: 1.15rem; line-height: 1.3; }
p { max-width: 46rem; margin: .5rem 0; }
header p { color: var(--soft); overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, .wide:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; padding: .25rem .75rem; background: var(--paper); }
nav { margin-top: 1.75rem; padding: 1.1rem 1.5rem; background: var(--tint); border-radius: .5rem; }
nav > ul { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1.25rem; margin: 0; padding: 0; list-style: none; }
nav > ul > li > a { font-weight: 600; }
nav ul ul { margin: .35rem 0 0; padding-left: 1.1rem; font-size: .925rem; }
.wide { margin: .9rem 0; overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; line-height: 1.45; }
th, td { padding: .55rem .8rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); min-width: 4.6rem; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { background: var(--tint); font-size: .8rem; color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 600; }
code { font: .88em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; padding: .08em .3em; background: var(--tint); border-radius: .25rem; overflow-wrap: break-word; }
td:nth-child(4) { min-width: 6rem; }
td br { display: block; margin-top: .4rem; content: ""; }
@media print {
  :root { --ink: #000; --soft: #444; --paper: #fff; --tint: #f4f4f4; --line: #bbb; --accent: #0b5cad; }
  @page { size: A4 landscape; margin: 14mm; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  nav, .skip { display: none; }
  h2 { break-before: page; margin-top: 0; }
  h3 { break-after: avoid; }
  .wide { overflow: visible; border-radius: 0; }
  table { font-size: 8pt; }
  th, td { min-width: 0; padding: .3rem .45rem; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
`;
