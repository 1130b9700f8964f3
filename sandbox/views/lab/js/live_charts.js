// Lag and throughput as time goes by.

import { Charts, DASHES, LEFT, PAINTS } from "./charts.js";
import { h, sharpen } from "./dom.js";
import { table } from "./panels.js";

const LEAST_MS = 60_000; // that the axis shows
const LAGS = { height: 170, top: 8, bottom: 148 }, RATES = { height: 120, top: 8, bottom: 98 };

export class LiveCharts extends Charts {
  constructor(lab) {
    super(lab);
    this.told = h("div", {});
    this.element.replaceChildren(
      h("h2", {}, "Lag: offsets that a group has yet to commit"), this.lag,
      h("h2", {}, "Throughput: offsets a second, published and committed"), this.flow,
      h("details", {}, h("summary", {}, "The same as a table"), this.told));
  }

  draw(state) {
    const { run, ink } = this.lab, { samples } = run.live, last = samples.ms.at(-1) ?? run.live.ms;
    Object.assign(this, { ink, width: Math.max(280, this.element.clientWidth), last });
    this.from = Math.min(samples.ms[0] ?? last, last - LEAST_MS);
    const lags = run.groups.map(([name], g) => [name, run.lag(state, g), samples.lags[name] ?? []]);
    const sum = (values) => values.reduce((a, b) => a + (b ?? 0), 0);
    const busiest = [...lags].sort((a, b) => sum(b[2]) - sum(a[2])).slice(0, DASHES.length);
    this.lines(this.lag, LAGS, busiest.map(([name, lag, values]) => ({ words: `${name} ${lag.toLocaleString("en")}`, values })), 4);
    this.lag.setAttribute("aria-label", `Lag now: ${lags.map(([name, lag]) => `${name} ${lag}`).join(", ") || "no groups"}`);
    const rates = ["published", "committed"].map((what) => ({ words: `${what} ${Math.round(samples[what].at(-1) ?? 0)}/s`, values: samples[what] }));
    this.lines(this.flow, RATES, rates, 1);
    this.flow.setAttribute("aria-label", rates.map(({ words }) => words).join(", "));
    const most = (values) => values.reduce((a, b) => Math.max(a, b ?? 0), 0);
    this.told.replaceChildren(table("Lag", ["group", "now", "at most"], lags.map(([name, lag, values]) => [name, lag, most(values)])));
  }

  lines(canvas, plot, all, least) {
    const c = sharpen(canvas, this.width, plot.height), { ms } = this.lab.run.live.samples;
    const most = all.reduce((top, { values }) => values.reduce((a, b) => Math.max(a, b ?? 0), top), least);
    const short = new Intl.NumberFormat("en", { notation: most >= 10_000 ? "compact" : "standard", maximumFractionDigits: most < 10 ? 1 : 0 });
    const clock = (moment) => new Date(moment).toLocaleTimeString("en-GB");
    this.axes(c, plot, most, [clock(this.from), clock(this.last)], short.format);
    const x = (moment) => LEFT + ((moment - this.from) / Math.max(1, this.last - this.from)) * this.room;
    const y = (value) => plot.bottom - (value / most) * (plot.bottom - plot.top);
    const told = all.map(({ words, values }, n) => {
      const paint = this.ink[PAINTS[n % PAINTS.length]], dash = DASHES[n];
      c.strokeStyle = paint;
      c.lineWidth = 2;
      c.setLineDash(dash);
      c.beginPath();
      values.forEach((value, k) => { // a gap ends the line, and the next sample begins another one
        if (value == null) return;
        if (k && values[k - 1] != null) c.lineTo(x(ms[k]), y(value));
        else c.moveTo(x(ms[k]), y(value));
      });
      c.stroke();
      c.setLineDash([]);
      return { y: y(values.at(-1) ?? 0), words, paint, dash };
    });
    c.textAlign = "left";
    this.labels(c, told, plot);
  }
}
