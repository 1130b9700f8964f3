// The timeline: time runs right, actors are rows; only what is in view is drawn.
// The grammar is the course's: filled box published, empty box taken, flag committed, cross crashed.

import { h, set, sharpen, shortened } from "./dom.js";

const LANE = 27, ABOVE = 22, BELOW = 24, BOX = 19;
const ZOOMS = [5, 12, 24, 46, 74]; // pixels a step
const NOW = 0.72; // where the present stands, as a share of the width
const FONT = '11px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace';
const NAME = '600 12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif';
const SMALL = '11px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif';

export class Timeline {
  constructor(lab) {
    this.lab = lab;
    this.zoom = 3;
    this.canvas = h("canvas", {
      class: "lanes", tabindex: 0, role: "img", onclick: (event) => this.click(event),
      onwheel: (event) => this.wheel(event),
    });
    this.element = h("div", { class: "timeline" }, this.canvas, h("p", { class: "legend" },
      "filled box: published · empty box: handled · flag: committed · cross: crashed · bolt: a fault · ",
      "square: a call · dashed line: now · + and − zoom"));
  }

  build(width) {
    const { run } = this.lab;
    this.width = Math.max(320, width);
    this.left = 20 + Math.min(150, Math.max(60, ...run.actors.map(([name]) => shortened(name, 18).length * 7.3)));
    this.height = ABOVE + LANE * Math.max(1, run.actors.length) + BELOW;
  }

  y(actor) {
    return ABOVE + LANE * actor + LANE / 2;
  }

  x(step) {
    return this.origin + (step - this.first) * ZOOMS[this.zoom] + ZOOMS[this.zoom] / 2;
  }

  /** Draw the window around `position`, a fractional number of steps. */
  draw(position, state) {
    const { run, ink } = this.lab, space = ZOOMS[this.zoom], c = sharpen(this.canvas, this.width, this.height);
    const room = this.width - this.left - 8, shown = room / space;
    const from = Math.min(Math.max(0, position - shown * NOW), Math.max(0, run.length - shown + 0.5));
    this.first = Math.floor(from);
    this.origin = this.left + 4 - (from - this.first) * space;
    const last = Math.min(run.length, Math.ceil(from + shown) + 1);
    c.fillStyle = ink.ground;
    c.fillRect(0, 0, this.width, this.height);
    this.rows(c, ink, state);
    c.save();
    c.beginPath();
    c.rect(this.left, 0, this.width - this.left, this.height);
    c.clip();
    this.beats(c, ink, last);
    this.future = state.step;
    for (let i = this.first; i < last; i++) this.arrow(c, ink, i);
    for (let i = this.first; i < last; i++) this.mark(c, ink, i, space);
    this.present(c, ink, position, space);
    c.restore();
  }

  /** The picture in words. */
  tell(state) {
    const { run } = this.lab;
    set(this.canvas, "aria-label",
      `Timeline, step ${state.step} of ${run.length}. ${run.sentence(state.step - 1)}. The tab Steps has it as a table.`);
  }

  rows(c, ink, state) {
    const { run, chosen } = this.lab;
    c.textAlign = "left";
    c.textBaseline = "middle";
    run.actors.forEach(([name], a) => {
      if (a === chosen) {
        c.fillStyle = ink.band;
        c.fillRect(0, this.y(a) - LANE / 2, this.width, LANE);
      }
      c.strokeStyle = ink.row;
      c.lineWidth = 1;
      c.beginPath();
      c.moveTo(this.left, this.y(a));
      c.lineTo(this.width - 8, this.y(a));
      c.stroke();
      c.font = NAME;
      c.fillStyle = state.down[a] ? ink.bad : ink.text;
      c.fillText(`${state.down[a] ? "✕ " : ""}${shortened(name, 18)}`, 10, this.y(a));
    });
  }

  beats(c, ink, last) {
    const { run } = this.lab;
    if (!run.beat.length) return;
    c.font = SMALL;
    c.fillStyle = ink.soft;
    c.strokeStyle = ink.row;
    c.textAlign = "left";
    let said = -100;
    for (let i = this.first; i < last; i++) {
      if (i && run.beat[i] === run.beat[i - 1]) continue;
      const x = this.x(i) - ZOOMS[this.zoom] / 2;
      c.beginPath();
      c.moveTo(x, ABOVE - 6);
      c.lineTo(x, this.height - BELOW);
      c.stroke();
      if (x - said > 52) {
        c.fillText(`beat ${run.beat[i]}`, x + 3, 9);
        said = x;
      }
    }
  }

  arrow(c, ink, i) {
    const { run } = this.lab;
    if (!run.takes(i)) return;
    const origin = run.origin(i);
    if (origin < 0 || origin > i || run.actor[origin] === run.actor[i]) return;
    const wide = this.zoom > 2, half = wide ? 17 : 3;
    const x1 = Math.max(this.x(origin) + half, this.left - 30), x2 = this.x(i) - half;
    if (x2 < this.left) return;
    const down = run.actor[i] > run.actor[origin] ? 1 : -1;
    const y1 = this.y(run.actor[origin]) + (down * BOX) / 2, y2 = this.y(run.actor[i]) - (down * BOX) / 2;
    c.globalAlpha = i >= this.future ? 0.12 : i === this.future - 1 ? 1 : 0.45;
    c.strokeStyle = c.fillStyle = i === this.future - 1 ? ink.edge : ink.line;
    c.lineWidth = i === this.future - 1 ? 2 : 1;
    c.beginPath();
    c.moveTo(x1, y1);
    c.lineTo(x2, y2);
    c.stroke();
    if (wide) {
      const turn = Math.atan2(y2 - y1, x2 - x1);
      c.beginPath();
      c.moveTo(x2, y2);
      c.lineTo(x2 - 7 * Math.cos(turn - 0.4), y2 - 7 * Math.sin(turn - 0.4));
      c.lineTo(x2 - 7 * Math.cos(turn + 0.4), y2 - 7 * Math.sin(turn + 0.4));
      c.fill();
    }
    c.globalAlpha = 1;
  }

  mark(c, ink, i, space) {
    const { run } = this.lab, x = this.x(i), y = this.y(run.actor[i]), action = run.actions[run.action[i]];
    c.globalAlpha = i >= this.future ? 0.28 : 1;
    if (i === this.lab.inspected) {
      c.fillStyle = ink.band;
      c.strokeStyle = ink.edge;
      c.lineWidth = 1;
      c.beginPath();
      c.roundRect(x - Math.max(space, 14) / 2, y - LANE / 2 + 1, Math.max(space, 14), LANE - 2, 4);
      c.fill();
      c.stroke();
    }
    if (action === "publish" || action === "handle" || action === "poll") this.box(c, ink, i, x, y, action);
    else if (action === "commit" || (action === "transaction" && run.labels[i] === "committed")) flag(c, ink, x, y);
    else if (action === "crash") cross(c, ink, x, y);
    else if (action === "fault") bolt(c, ink, x, y);
    else if (run.labels[i] && action !== "evicted" && action !== "rejected") this.square(c, ink, i, x, y, space);
    else diamond(c, ink, x, y);
    c.globalAlpha = 1;
  }

  box(c, ink, i, x, y, action) {
    const { run } = this.lab, space = ZOOMS[this.zoom];
    const words = `${run.partition[i]}@${run.offset[i]}`;
    const width = this.zoom > 2 ? Math.max(30, words.length * 6.8 + 8) : Math.max(4, Math.min(space - 3, 18));
    const height = this.zoom > 1 ? BOX : 11;
    c.fillStyle = action === "publish" ? ink.box : ink.read;
    if (this.zoom < 1 && action === "publish") c.fillStyle = ink.edge;
    c.strokeStyle = run.timesBefore(i) && action !== "publish" ? ink.bad : ink.edge;
    c.lineWidth = 1.5;
    c.setLineDash(run.lost.has(i) ? [3, 3] : []);
    c.beginPath();
    c.roundRect(x - width / 2, y - height / 2, width, height, 5);
    c.fill();
    c.stroke();
    c.setLineDash([]);
    if (this.zoom > 2 && run.topic[i] >= 0) {
      c.font = FONT;
      c.textAlign = "center";
      c.fillStyle = ink.text;
      c.fillText(this.zoom > 3 ? shortened(run.topics[run.topic[i]][0], 8) : words, x, y + 0.5);
    }
  }

  square(c, ink, i, x, y, space) {
    const { run } = this.lab, width = this.zoom > 2 ? space - 6 : Math.max(4, Math.min(space - 3, 14));
    c.fillStyle = ink.read;
    c.strokeStyle = ink.line;
    c.lineWidth = 1.5;
    c.beginPath();
    c.rect(x - width / 2, y - 8, width, 16);
    c.fill();
    c.stroke();
    if (this.zoom > 2) {
      c.font = FONT;
      c.textAlign = "center";
      c.fillStyle = ink.text;
      c.fillText(shortened(run.actions[run.action[i]], Math.floor(width / 6.8)), x, y + 0.5);
    }
  }

  present(c, ink, position, space) {
    const x = this.origin + (position - this.first) * space;
    c.strokeStyle = ink.text;
    c.lineWidth = 1.5;
    c.setLineDash([4, 3]);
    c.beginPath();
    c.moveTo(x, 2);
    c.lineTo(x, this.height - BELOW + 6);
    c.stroke();
    c.setLineDash([]);
    c.font = SMALL;
    c.fillStyle = ink.soft;
    c.textAlign = x > this.width - 120 ? "right" : "left";
    c.fillText(`after step ${Math.floor(position)}`, x + (x > this.width - 120 ? -5 : 5), this.height - 9);
  }

  click(event) {
    const { run } = this.lab, box = this.canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) * this.width) / box.width;
    if (x < this.left) {
      const row = Math.floor((event.clientY - box.top - ABOVE) / LANE);
      if (row >= 0 && row < run.actors.length) this.lab.choose(row);
      return;
    }
    const step = Math.floor(this.first + (x - this.origin) / ZOOMS[this.zoom]);
    if (step >= 0 && step < run.length) this.lab.go(step + 1, step);
  }

  wheel(event) {
    if (!event.shiftKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return; // the page scrolls
    event.preventDefault();
    this.lab.go(Math.round(this.lab.position + (event.deltaX || event.deltaY) / ZOOMS[this.zoom]));
  }

  closer(by) {
    this.zoom = Math.max(0, Math.min(ZOOMS.length - 1, this.zoom + by));
  }
}

function flag(c, ink, x, y) {
  c.fillStyle = c.strokeStyle = ink.done;
  c.lineWidth = 1.5;
  c.beginPath();
  c.moveTo(x - 4, y + 9);
  c.lineTo(x - 4, y - 9);
  c.lineTo(x + 7, y - 4);
  c.lineTo(x - 4, y + 1);
  c.stroke();
  c.fill();
}

function cross(c, ink, x, y) {
  c.strokeStyle = ink.bad;
  c.lineWidth = 3;
  c.beginPath();
  c.moveTo(x - 7, y - 7);
  c.lineTo(x + 7, y + 7);
  c.moveTo(x + 7, y - 7);
  c.lineTo(x - 7, y + 7);
  c.stroke();
}

function bolt(c, ink, x, y) {
  c.fillStyle = ink.bad;
  c.fill(new Path2D(`M${x + 2} ${y - 10}L${x - 6} ${y + 2}H${x}L${x - 3} ${y + 10}L${x + 6} ${y - 2}H${x}Z`));
}

function diamond(c, ink, x, y) {
  c.fillStyle = ink.done;
  c.fill(new Path2D(`M${x} ${y - 7}l7 7l-7 7l-7 -7z`));
}
