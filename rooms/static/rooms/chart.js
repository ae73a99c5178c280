// Charts drawn as SVG from labelled values: bars, a line, a histogram. Pure; a table always stands beside them.

import { figure, spoken } from "./figures.js";
import { html, svg } from "./vendor/lit-html.js";

const WIDE = 640;
const HIGH = 220;
const PAD = { left: 56, right: 8, top: 10, bottom: 34 };
const LABELS = 8; // along the bottom, at most

const inner = { width: WIDE - PAD.left - PAD.right, height: HIGH - PAD.top - PAD.bottom };

// points: [{label, value}] with numbers for values. kind: "bar", "line" or "histogram".
export function chart(kind, title, points) {
  const known = points.filter(({ value }) => Number.isFinite(value));
  if (!known.length) return html`<p class="empty">Nothing to draw: no numbers here.</p>`;
  const scale = scaled(known.map(({ value }) => value));
  const marks = kind === "line" ? line(points, scale) : bars(points, scale, kind === "histogram" ? 1 : 0.72);
  return html`<svg class="chart" viewBox="0 0 ${WIDE} ${HIGH}" role="img" aria-label=${spoken(title, known)}>
    ${axis(scale)} ${bottom(points)} ${marks}
  </svg>`;
}

// From zero, unless values lie below it.
function scaled(values) {
  const low = Math.min(0, ...values);
  const high = Math.max(...values, low + Number.EPSILON);
  const y = (value) => PAD.top + inner.height * (1 - (value - low) / (high - low || 1));
  return { low, high, y };
}

const step = (points) => inner.width / points.length;
const middle = (points, at) => PAD.left + step(points) * (at + 0.5);

const bars = (points, { y, low }, share) =>
  points.map(({ label, value }, at) => {
    if (!Number.isFinite(value)) return "";
    const from = y(Math.max(0, low));
    const top = Math.min(y(value), from);
    const width = Math.max(1, step(points) * share - (share === 1 ? 1 : 0));
    return svg`<rect class="chart-bar" x=${middle(points, at) - width / 2} y=${top} width=${width}
      height=${Math.max(1, Math.abs(from - y(value)))}><title>${label}: ${figure(value)}</title></rect>`;
  });

function line(points, { y }) {
  const places = points
    .map(({ value }, at) => [middle(points, at), value])
    .filter(([, value]) => Number.isFinite(value));
  const path = places.map(([x, value]) => `${x.toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const dots = points.length > 60 ? [] : places;
  return svg`<polyline class="chart-line" points=${path}></polyline>
    ${dots.map(([x, value]) => svg`<circle class="chart-dot" cx=${x} cy=${y(value)} r="3"></circle>`)}`;
}

const axis = ({ low, high, y }) =>
  [low, (low + high) / 2, high].map(
    (value) =>
      svg`<line class="chart-grid" x1=${PAD.left} x2=${WIDE - PAD.right} y1=${y(value)} y2=${y(value)}></line>
        <text class="chart-label" x=${PAD.left - 6} y=${y(value) + 4} text-anchor="end">${figure(value)}</text>`,
  );

function bottom(points) {
  const every = Math.ceil(points.length / LABELS);
  return points.map(({ label }, at) =>
    at % every
      ? ""
      : svg`<text class="chart-label" x=${middle(points, at)} y=${HIGH - 12} text-anchor="middle">${cut(label, points)}</text>`,
  );
}

const cut = (label, points) => {
  const room = Math.max(6, Math.floor(90 / Math.min(points.length, LABELS)) + 2);
  const text = String(label ?? "empty");
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
};
