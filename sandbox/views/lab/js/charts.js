// Charts of lag and throughput. What doesn't move is drawn once; a step only moves the line between then and now.

import { table } from "./panels.js";
import { h, say, sharpen } from "./dom.js";

export const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [3, 5], [10, 2, 2, 2, 2, 2]];
export const PAINTS = ["edge", "bad", "done", "text", "soft", "line"];
const LAG = { height: 170, top: 8, bottom: 148 }, FLOW = { height: 96, top: 6, bottom: 74 };
export const LEFT = 34, NAMES = 124; // pixels beside the plots

export class Charts {
  constructor(lab) {
    this.lab = lab;
    this.lag = h("canvas", { role: "img" });
    this.flow = h("canvas", { role: "img" });
    this.facts = h("tbody", {});
    const told = table("Lag", ["group", "now", "at most"], []);
    told.tBodies[0].replaceWith(this.facts);
    this.element = h("div", { class: "charts" },
      h("h2", {}, "Lag: records that a group has yet to commit"), this.lag,
      h("h2", {}, "Throughput: records handled"), this.flow,
      h("details", {}, h("summary", {}, "The same as a table"), told));
  }

  draw(state) {
    const width = Math.max(280, this.element.clientWidth), { run, ink, version } = this.lab;
    if (width !== this.width || ink !== this.ink || version !== this.version) {
      Object.assign(this, { width, ink, version });
      this.prepare(run);
    }
    const now = this.moment(state.step), m = run.moments;
    const told = this.busiest.map((g, n) => ({
      y: this.y(m.lags[g][now] ?? 0), words: `${run.groups[g][0]} ${run.lag(state, g).toLocaleString("en")}`,
      paint: ink[PAINTS[n % PAINTS.length]], dash: DASHES[n],
    }));
    const c = this.until(this.lag, LAG, this.lags, now);
    this.lag.setAttribute("aria-label", `Lag now: ${told.map((t) => t.words).join(", ") || "no groups"}`);
    this.labels(c, told);
    this.throughput(now, m);
    run.groups.forEach((_, g) => {
      say(this.cells[g][1], run.lag(state, g).toLocaleString("en"));
    });
  }

  /** What stays: the whole lines, faint and bold, the axes, and the rows of the table. */
  prepare(run) {
    const m = run.moments, { before } = this.lab, old = before?.moments.byBeat === m.byBeat ? before : null;
    this.end = Math.max(m.steps.length, old?.moments.steps.length ?? 0) - 1;
    this.most = Math.max(4, ...m.lags.map(highest), ...(old?.moments.lags ?? []).map(highest));
    const sums = m.lags.map((all, g) => [all.reduce((a, b) => a + b, 0), g]);
    this.busiest = sums.sort((a, b) => b[0] - a[0]).slice(0, DASHES.length).map(([, g]) => g);
    this.lags = this.twice(LAG, this.most, m, (c) => {
      if (old) this.busiest.forEach((g) => this.line(c, old.lagsOf(run.groups[g][0]), this.ink.soft, [1, 3]));
    }, (c) => {
      this.busiest.forEach((g, n) => this.line(c, m.lags[g], this.ink[PAINTS[n % PAINTS.length]], DASHES[n]));
    });
    const most = Math.max(1, highest(m.handled)), wide = this.room / m.handled.length;
    this.flows = this.twice(FLOW, most, m, () => {}, (c) => {
      c.fillStyle = this.ink.edge;
      m.handled.forEach((count, k) => {
        const tall = (count / most) * (FLOW.bottom - FLOW.top);
        c.fillRect(LEFT + k * wide, FLOW.bottom - tall, Math.max(1, wide - 1), tall);
      });
    });
    this.cells = run.groups.map(([name], g) => [name, 0, highest(m.lags[g])].map((cell) => h("td", {}, cell)));
    this.facts.replaceChildren(...this.cells.map((cells) => h("tr", {}, cells)));
  }

  get room() {
    return this.width - NAMES - LEFT;
  }

  x(k) {
    return LEFT + (k / Math.max(1, this.end)) * this.room;
  }

  y(lag) {
    return LAG.bottom - (lag / this.most) * (LAG.bottom - LAG.top);
  }

  /** Two pictures: with `lines` faint, as what is still to come, and bold, as what has been. */
  twice(plot, most, m, ground, lines) {
    return [0.22, 1].map((alpha) => {
      const canvas = h("canvas", {}), c = sharpen(canvas, this.width, plot.height);
      this.axes(c, plot, most, [m.byBeat ? "beats →" : "steps →"]);
      ground(c);
      c.globalAlpha = alpha;
      lines(c);
      return canvas;
    });
  }

  /** The bold picture up to now, the faint one behind it, and a line between them. */
  until(canvas, plot, [faint, bold], now) {
    const c = sharpen(canvas, this.width, plot.height), x = this.x(now);
    c.drawImage(faint, 0, 0, this.width, plot.height);
    c.save();
    c.beginPath();
    c.rect(0, 0, x + 1, plot.height);
    c.clip();
    c.drawImage(bold, 0, 0, this.width, plot.height);
    c.restore();
    c.strokeStyle = this.ink.text;
    c.lineWidth = 1;
    c.setLineDash([4, 3]);
    c.beginPath();
    c.moveTo(x, plot.top);
    c.lineTo(x, plot.bottom);
    c.stroke();
    c.setLineDash([]);
    c.font = '11px system-ui,"DejaVu Sans",sans-serif';
    c.fillStyle = this.ink.text;
    c.textAlign = "left";
    c.textBaseline = "middle";
    return c;
  }

  line(c, values, paint, dash) {
    c.strokeStyle = paint;
    c.lineWidth = 2;
    c.setLineDash(dash);
    c.beginPath();
    values.forEach((v, k) => (k ? c.lineTo(this.x(k), this.y(v)) : c.moveTo(this.x(k), this.y(v))));
    c.stroke();
    c.setLineDash([]);
  }

  moment(step) {
    const { steps } = this.lab.run.moments;
    let low = 0, high = steps.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle] < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The ground and its levels, each as `shown` says it; below, words at the left and at the right. */
  axes(c, plot, most, [first, last = ""], shown = (value) => String(Math.round(value))) {
    const { ink } = this, right = LEFT + this.room;
    c.fillStyle = ink.ground;
    c.fillRect(0, 0, this.width, plot.height);
    c.font = '11px system-ui,"DejaVu Sans",sans-serif';
    c.fillStyle = ink.soft;
    c.strokeStyle = ink.row;
    c.lineWidth = 1;
    c.textBaseline = "middle";
    c.textAlign = "right";
    for (const share of [0, 0.5, 1]) {
      const y = plot.bottom - share * (plot.bottom - plot.top);
      c.beginPath();
      c.moveTo(LEFT, y);
      c.lineTo(right, y);
      c.stroke();
      c.fillText(shown(share * most), LEFT - 5, y);
    }
    c.fillText(last, right, plot.bottom + 13);
    c.textAlign = "left";
    c.fillText(first, LEFT, plot.bottom + 13);
  }

  /** Names at the ends of the lines, moved apart where they would touch. */
  labels(c, told, plot = LAG) {
    const right = LEFT + this.room;
    told.sort((a, b) => a.y - b.y);
    told.forEach((each, n) => { each.at = Math.max(each.y, n ? told[n - 1].at + 14 : plot.top + 4); });
    let floor = plot.bottom + 8; // and up again, where they would leave the picture
    for (const each of [...told].reverse()) {
      each.at = Math.min(each.at, floor);
      floor = each.at - 14;
    }
    for (const each of told) {
      const y = each.at;
      c.strokeStyle = each.paint;
      c.lineWidth = 2;
      c.setLineDash(each.dash);
      c.beginPath();
      c.moveTo(right + 4, y);
      c.lineTo(right + 24, y);
      c.stroke();
      c.setLineDash([]);
      c.fillStyle = this.ink.text;
      c.fillText(each.words, right + 28, y);
    }
  }

  throughput(now, m) {
    const c = this.until(this.flow, FLOW, this.flows, now), what = m.byBeat ? "beat" : "part";
    c.fillText(`${m.handled[now]} in this ${what}`, LEFT + this.room + 8, FLOW.top + 8);
    this.flow.setAttribute("aria-label", `Handled in this ${what} of the run: ${m.handled[now]}`);
  }
}

function highest(values) {
  return values.reduce((a, b) => Math.max(a, b), 0);
}
