// Lag and throughput as time goes by.

import { h, sharpen } from "./dom.js";
import { Charts, DASHES, PAINTS, table } from "./panels.js";

const RIGHT = 130; // for names at the ends of lines
const LEAST_MS = 60_000; // that the axis shows

export class LiveCharts extends Charts {
  constructor(lab) {
    super(lab);
    this.element.replaceChildren(
      h("h3", {}, "Lag: offsets that a group has yet to commit"), this.lag,
      h("h3", {}, "Throughput: offsets a second, published and committed"), this.flow, this.words);
  }

  draw(state) {
    const { run } = this.lab, { samples } = run.live, width = Math.max(280, this.element.clientWidth);
    const last = samples.ms.at(-1) ?? run.live.ms;
    this.from = Math.min(samples.ms[0] ?? last, last - LEAST_MS);
    this.until = last;
    const now = run.groups.map(([name], g) => [name, run.lag(state, g)]);
    const busiest = now.map(([name, lag]) => [name, lag, (samples.lags[name] ?? []).reduce((a, b) => a + (b ?? 0), 0)])
      .sort((a, b) => b[2] - a[2]).slice(0, 7);
    this.lines(this.lag, width, 170, busiest.map(([name, lag]) => ({ words: `${name} ${lag}`, values: samples.lags[name] ?? [] })), 4);
    this.lag.setAttribute("aria-label", `Lag now: ${now.map(([name, lag]) => `${name} ${lag}`).join(", ") || "no groups"}`);
    const rate = (values) => values.at(-1) ?? 0;
    this.lines(this.flow, width, 120, [
      { words: `published ${rate(samples.published)}/s`, values: samples.published },
      { words: `committed ${rate(samples.committed)}/s`, values: samples.committed }], 1);
    this.flow.setAttribute("aria-label", `Published ${rate(samples.published)} a second, committed ${rate(samples.committed)} a second`);
    const most = (name) => Math.max(0, ...(samples.lags[name] ?? []).map((lag) => lag ?? 0));
    const open = this.words.querySelector("details")?.open ?? false;
    this.words.replaceChildren(h("details", { open }, h("summary", {}, "The same as a table"),
      table("Lag", ["group", "now", "at most"], now.map(([name, lag]) => [name, lag, most(name)]))));

  }

  lines(canvas, width, height, all, least) {
    const { ink } = this.lab, c = sharpen(canvas, width, height);
    const plot = { left: 44, right: width - RIGHT, top: 8, bottom: height - 22 };
    const most = all.reduce((top, { values }) => values.reduce((a, b) => Math.max(a, b ?? 0), top), least);
    this.axes(c, plot, most);
    const x = (ms) => plot.left + ((ms - this.from) / Math.max(1, this.until - this.from)) * (plot.right - plot.left);
    const y = (value) => plot.bottom - (value / most) * (plot.bottom - plot.top);
    const { ms } = this.lab.run.live.samples, told = [];
    all.forEach(({ words, values }, n) => {
      const paint = ink[PAINTS[n % PAINTS.length]], dash = DASHES[n];
      c.strokeStyle = paint;
      c.lineWidth = 2;
      c.setLineDash(dash);
      c.beginPath();
      values.forEach((value, k) => {
        if (value == null) return;
        if (k && values[k - 1] != null) c.lineTo(x(ms[k]), y(value));
        else c.moveTo(x(ms[k]), y(value));
      });
      c.stroke();
      c.setLineDash([]);
      told.push({ y: y(values.at(-1) ?? 0), words, paint, dash });
    });
    this.labels(c, ink, told, plot);
  }

  axes(c, plot, most) {
    const { ink } = this.lab;
    c.fillStyle = ink.ground;
    c.fillRect(0, 0, 4000, 400);
    c.font = '11px system-ui,"DejaVu Sans",sans-serif';
    c.fillStyle = ink.soft;
    c.strokeStyle = ink.row;
    c.lineWidth = 1;
    c.textBaseline = "middle";
    c.textAlign = "right";
    for (const share of [0, 0.5, 1]) {
      const y = plot.bottom - share * (plot.bottom - plot.top);
      c.beginPath();
      c.moveTo(plot.left, y);
      c.lineTo(plot.right, y);
      c.stroke();
      c.fillText((share * most).toLocaleString("en", { maximumFractionDigits: most < 10 ? 1 : 0 }), plot.left - 5, y);
    }
    const at = (ms) => new Date(ms).toLocaleTimeString("en-GB");
    c.textAlign = "left";
    c.fillText(at(this.from), plot.left, plot.bottom + 13);
    c.textAlign = "right";
    c.fillText(at(this.until), plot.right, plot.bottom + 13);
  }
}
