// Numbers as people read them, and what a chart says to those who do not see it. Pure.

// A number as people read it: no more digits than say something.
export function figure(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return value.toLocaleString("en");
  const size = Math.abs(value);
  return size >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(4)));
}

// A part of a whole in a hundred.
export function share(part, whole) {
  if (!part || !whole) return "none";
  const per = (100 * part) / whole;
  return per < 0.1 ? "< 0.1 %" : `${Number(per.toPrecision(3))} %`;
}

// Values of one column into bars of equal width.
export function bins(values, most = 20) {
  const known = values.filter((value) => Number.isFinite(value));
  if (!known.length) return [];
  const low = Math.min(...known);
  const width = (Math.max(...known) - low) / most || 1;
  const counts = Array.from({ length: most }, (_, at) => ({ label: figure(low + at * width), value: 0 }));
  for (const value of known) counts[Math.min(most - 1, Math.floor((value - low) / width))].value += 1;
  return counts;
}

// points: [{label, value}] with numbers for values.
export function spoken(title, points) {
  const sorted = points.toSorted((a, b) => a.value - b.value);
  const [least, most] = [sorted[0], sorted.at(-1)];
  return `${title}: ${points.length} values, from ${figure(least.value)} (${least.label}) to ${figure(most.value)} (${most.label}).`;
}
