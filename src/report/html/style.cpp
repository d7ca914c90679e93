#include "report/html/style.h"

namespace inferometer::report::html {

// Series: Okabe and Ito, "Color universal design" (2008), without its yellow, which white paper swallows.
const char* const kStyle = R"css(
:root {
  --page: #f6f7f9; --card: #fff; --ink: #1a1d21; --soft: #565d66; --rule: #d9dde2; --grid: #e6e9ed;
  --accent: #0072b2; --good: #0072b2; --bad: #c04a00; --level: #8a929b; --band: #b4bbc466; --band-edge: #9aa2ac;
  --warn: #fff4dc; --warn-ink: #6b4700; --black: #1a1d21;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121418; --card: #1b1e23; --ink: #e8eaed; --soft: #a3abb5; --rule: #343a42; --grid: #2a2f36;
    --accent: #6bb8ee; --good: #3f9fdd; --bad: #ee7733; --level: #8a929b; --band: #767f8a40; --band-edge: #5d6671;
    --warn: #3a2e12; --warn-ink: #f3d79a; --black: #e8eaed;
  }
}
* { box-sizing: border-box; }
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 1240px; padding: 16px 20px 48px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
a { color: var(--accent); }
.shapes { position: absolute; }
header, main > section, main > figure, .charts figure, .trust {
  background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 16px 20px;
}
figure { margin: 0; min-width: 0; }
main > *, .charts { margin-top: 16px; }
main > .group { background: none; border: 0; padding: 0; margin-top: 28px; }
h2 { margin: 0 0 10px; font-size: 19px; line-height: 1.3; }
h3 { margin: 0 0 14px; font-size: 15px; line-height: 1.35; }
h4 { margin: 14px 0 4px; font-size: 14px; }
p { margin: 0 0 8px; }
ul { margin: 4px 0 10px; padding-left: 20px; }
.brand { margin: 0 0 12px; color: var(--soft); font-size: 13px; font-weight: 400; }
.brand b { color: var(--ink); }
.brand span { display: inline-block; }
.brand span::before { content: "\00b7\00a0"; }
.verdicts { display: grid; gap: 16px; }
.verdict-card + .verdict-card { border-top: 1px solid var(--rule); padding-top: 14px; }
.verdict-card h2 { margin: 0; font-size: 14px; font-weight: 600; color: var(--soft); }
.verdict-card .more { margin-left: 8px; }
.verdict-card p { margin: 4px 0 0; font-size: 13px; color: var(--soft); }
.verdict-card .sentence { font-size: 21px; line-height: 1.35; font-weight: 600; color: var(--ink); }
.many { gap: 10px; }
.many .verdict-card + .verdict-card { padding-top: 8px; }
.many .sentence { font-size: 16px; }
.grade {
  display: inline-block; padding: 0 8px; border-radius: 10px; border: 1px solid currentColor; font-size: 13px;
  font-weight: 600; text-decoration: none; color: var(--soft); white-space: nowrap;
}
.grade.A { color: var(--good); }
.grade.C, .grade.invalid { color: var(--bad); }
.warning {
  margin-top: 14px; padding: 10px 14px; border-radius: 6px; background: var(--warn); color: var(--warn-ink);
}
.warning ul { margin-bottom: 0; }
.charts > div { display: grid; gap: 16px; }
.charts { display: grid; gap: 16px; grid-template-columns: repeat(2, minmax(0, 1fr)); align-items: start; }
figcaption, .note { margin-top: 10px; color: var(--soft); font-size: 13px; line-height: 1.45; }
.frame { padding: 14px 16px 0 56px; }
.bars .frame { padding: 0 182px 0 0; }
.multiples { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: 12px 20px; }
.plot { display: block; overflow: visible; font-size: 12px; font-variant-numeric: tabular-nums; }
.plot text { fill: var(--ink); }
.plot .tick, .plot .axis { fill: var(--soft); }
.plot .side { transform: translateX(-8px); }
.plot .axis { font-size: 11.5px; }
.clear { fill: var(--card); }
.plot .beside { transform: translateX(10px); fill: var(--soft); }
.plot .strong { fill: var(--ink); font-weight: 600; }
.grid { stroke: var(--grid); }
.one { stroke: var(--ink); stroke-width: 1.5; }
.noise { fill: var(--band); stroke: var(--band-edge); stroke-dasharray: 2 3; }
.whisker { stroke: var(--ink); stroke-width: 1.5; }
.bar.faster { fill: var(--good); }
.bar.slower { fill: var(--bad); }
.bar.level { fill: var(--level); }
.bar { fill-opacity: .72; }
.bar.hollow { fill: none; stroke: var(--level); stroke-dasharray: 4 3; }
.curve { fill: none; stroke: currentColor; stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.mark { fill: currentColor; stroke: var(--card); stroke-width: 1; }
.mark.hollow { fill: var(--card); stroke: currentColor; stroke-width: 1.8; }
.k0 { color: #0072b2; } .k1 { color: #d55e00; } .k2 { color: #009e73; } .k3 { color: #cc79a7; }
.k4 { color: #e69f00; } .k5 { color: #56b4e9; } .k6 { color: var(--black); }
.key { flex: none; overflow: visible; vertical-align: -2px; margin-right: 6px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 10px 0 0; padding: 0; list-style: none; font-size: 13px; }
.legend small { color: var(--soft); }
.tracing svg .part:not(.lit) { opacity: .2; }
.tracing .legend li:not(.lit) { opacity: .45; }
tr.lit > * { background: var(--grid); }
details { margin-top: 8px; font-size: 13px; }
summary { cursor: pointer; color: var(--soft); }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 13px; line-height: 1.4; }
th, td { padding: 5px 10px 5px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--grid); }
th, td { overflow-wrap: normal; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; vertical-align: bottom; }
tbody th { font-weight: 500; min-width: 10em; max-width: 22em; overflow-wrap: anywhere; }
td { max-width: 34em; overflow-wrap: anywhere; }
.number, thead th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.verdict { min-width: 12em; }
.verdict b { font-weight: 600; }
.faster b { color: var(--good); }
.slower b, .failed b { color: var(--bad); }
.level b { font-weight: 400; }
.workload { min-width: 9em; }
.sortable { width: 100%; }
.sortable tbody th { position: sticky; left: 0; background: var(--card); }
.sortable button { all: unset; cursor: pointer; }
.sortable button:focus-visible, a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.sortable button::after { content: "\00a0\2195"; opacity: .4; }
.sortable [aria-sort="ascending"] button::after { content: "\00a0\2191"; opacity: 1; }
.sortable [aria-sort="descending"] button::after { content: "\00a0\2193"; opacity: 1; }
code, pre { font: 12px/1.45 ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace; }
pre { margin: 6px 0; white-space: pre-wrap; }
@media (max-width: 860px) {
  .charts { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 560px) {
  body { padding: 8px 8px 32px; font-size: 14px; }
  header, main > section, main > figure, .charts figure, .trust { padding: 12px; }
  .brand span { display: block; }
  .brand span::before { content: none; }
  .verdict-card .sentence { font-size: 17px; }
  .many .sentence { font-size: 15px; }
  .sortable tbody th { min-width: 7em; max-width: 9em; }
  .bars .frame { padding-right: 156px; }
  .plot .beside { font-size: 11px; font-weight: 400; transform: translateX(8px); }
}
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #333; --black: #000; }
  body { max-width: none; padding: 0; font-size: 11px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  header, main > section, main > figure, .charts figure, .trust { border: 0; padding: 4px 0; }
  figure, tr, .verdict-card { break-inside: avoid; }
  .scroll { overflow: visible; }
  .sortable button::after { content: none; }
  table { font-size: 9px; }
  code, pre { font-size: 8px; }
}
)css";

}  // namespace inferometer::report::html
