// What stands beside the pictures: the inspector, charts, dead letters, tables, offsets, steps, the plan.

import { brief } from "./model.js";
import { h, icon, sharpen } from "./dom.js";

const STEPS_AROUND = 40;
export const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [3, 5], [10, 2, 2, 2, 2, 2]];
export const PAINTS = ["edge", "bad", "done", "text", "soft", "line"];

/** A table from heads and rows; a row may be {cells, class, onclick}. */
export function table(caption, heads, rows, empty = "nothing yet") {
  const body = rows.length
    ? rows.map((row) => {
      const { cells, ...attributes } = Array.isArray(row) ? { cells: row } : row;
      return h("tr", attributes, cells.map((cell) => h("td", {}, cell ?? "")));
    })
    : [h("tr", {}, h("td", { colspan: heads.length, class: "none" }, empty))];
  return h("table", {}, h("caption", {}, caption),
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, body));
}

export class Inspector {
  constructor(lab) {
    this.lab = lab;
    this.element = h("div", { class: "inspector" });
  }

  draw(state) {
    const { run, inspected } = this.lab;
    const i = inspected >= 0 ? inspected : state.step - 1;
    if (this.shown === `${i};${this.lab.version}`) return;
    this.shown = `${i};${this.lab.version}`;
    if (i < 0) return this.element.replaceChildren(h("p", {}, "Nothing has happened yet. Play, or step with →."));
    const origin = run.action[i] === run.act.publish ? i : run.origin(i), record = run.records[origin];
    this.element.replaceChildren(h("h3", {}, `Step ${i + 1}: ${run.sentence(i)}`));
    if (record) this.element.append(this.record(record, origin), this.chain(record), this.readers(origin));
  }

  step(i, words) {
    return h("button", { class: "link", type: "button", onclick: () => this.lab.go(i + 1, i) },
      words ?? `${i + 1}: ${brief(this.lab.run.records[i]?.content ?? "")} at ${this.lab.run.placeName(i)}`);
  }

  record(record, origin) {
    const names = ["type", "id", "source", "subject", "time", "correlation_id", "causation_id", "traceparent"];
    const rows = [["place", this.lab.run.placeName(origin)], ["key", record.key ?? "none"]];
    rows.push(...names.filter((name) => record[name]).map((name) => [name, record[name]]));
    for (const [name, value] of Object.entries(record.headers ?? {})) rows.push([`header ${name}`, value]);
    return h("div", {}, table("Envelope", ["attribute", "value"], rows),
      h("pre", { "aria-label": "Value" }, pretty(record.value)));
  }

  /** From the first cause down to this record, and what it led to: every link can be followed. */
  chain(record) {
    const { run } = this.lab, causes = [];
    let cause = record.causation_id;
    while (cause && run.byId.has(cause) && causes.length < 50) {
      const step = run.byId.get(cause)[0];
      causes.unshift(step);
      cause = run.records[step].causation_id;
    }
    const effects = run.effects.get(record.id) ?? [];
    const list = (steps, none) => steps.length
      ? h("ol", {}, steps.map((step) => h("li", {}, this.step(step))))
      : h("p", { class: "none" }, none);
    return h("div", { class: "chain" }, h("h4", {}, "Because of"), list(causes, "nothing: it began a conversation"),
      h("h4", {}, "It led to"), list(effects, "nothing so far as this run goes"));
  }

  readers(origin) {
    const { run } = this.lab, taken = run.takenAt.get(`${run.place(origin)}@${run.offset[origin]}`) ?? [];
    return h("div", {}, h("h4", {}, "Taken by"), taken.length
      ? h("ul", {}, taken.map((step) => h("li", {}, this.step(step,
        `${step + 1}: ${run.actors[run.actor[step]][0]}${run.timesBefore(step) ? ", again" : ""}`))))
      : h("p", { class: "none" }, "nobody"));
  }
}

export class Charts {
  constructor(lab) {
    this.lab = lab;
    this.lag = h("canvas", { role: "img" });
    this.flow = h("canvas", { role: "img" });
    this.words = h("div", {});
    this.element = h("div", { class: "charts" },
      h("h3", {}, "Lag: records that a group has yet to commit"), this.lag,
      h("h3", {}, "Throughput: records handled"), this.flow, this.words);
  }

  draw(state) {
    const { run, ink } = this.lab, width = Math.max(280, this.element.clientWidth), m = run.moments;
    const before = this.lab.before?.moments.byBeat === m.byBeat ? this.lab.before.moments : null;
    const lags = [...m.lags, ...(before?.lags ?? [])];
    const most = Math.max(4, ...lags.map((all) => all.reduce((a, b) => Math.max(a, b), 0)));
    const c = sharpen(this.lag, width, 170), plot = { left: 34, right: width - 110, top: 8, bottom: 148 };
    this.axes(c, plot, most, m);
    const end = Math.max(m.steps.length, before?.steps.length ?? 0) - 1;
    const x = (k) => plot.left + (k / Math.max(1, end)) * (plot.right - plot.left);
    const y = (v) => plot.bottom - (v / most) * (plot.bottom - plot.top);
    const line = (values, paint, dash, alpha, until) => {
      c.globalAlpha = alpha;
      c.strokeStyle = paint;
      c.lineWidth = 2;
      c.setLineDash(dash);
      c.beginPath();
      values.slice(0, until + 1).forEach((v, k) => (k ? c.lineTo(x(k), y(v)) : c.moveTo(x(k), y(v))));
      c.stroke();
      c.setLineDash([]);
      c.globalAlpha = 1;
    };
    const now = this.moment(state.step);
    const busiest = m.lags.map((all, g) => [all.reduce((a, b) => a + b, 0), g]).sort((a, b) => b[0] - a[0]);
    const told = [];
    busiest.slice(0, 7).forEach(([, g], n) => {
      const paint = ink[PAINTS[n % PAINTS.length]];
      if (before) line(this.lab.before.lagsOf(run.groups[g][0]), ink.soft, [1, 3], 0.9, Infinity);
      line(m.lags[g], paint, DASHES[n], 0.22, Infinity);
      line(m.lags[g], paint, DASHES[n], 1, now);
      told.push({ y: y(m.lags[g][now] ?? 0), words: `${run.groups[g][0]} ${run.lag(state, g)}`, paint, dash: DASHES[n] });
    });
    this.labels(c, ink, told, plot);
    this.cursor(c, x(now), plot);
    this.lag.setAttribute("aria-label", `Lag now: ${told.map((t) => t.words).join(", ") || "no groups"}`);
    this.throughput(width, now);
    this.tell(state);
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

  axes(c, plot, most, m) {
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
      c.fillText(String(Math.round(share * most)), plot.left - 5, y);
    }
    c.textAlign = "left";
    c.fillText(m.byBeat ? "beats →" : "steps →", plot.left, plot.bottom + 13);
  }

  /** Names at the ends of the lines, moved apart where they would touch. */
  labels(c, ink, told, plot) {
    told.sort((a, b) => a.y - b.y);
    told.forEach((each, n) => { each.at = Math.max(each.y, n ? told[n - 1].at + 14 : plot.top + 4); });
    let floor = plot.bottom + 8; // and up again, where they would leave the picture
    for (const each of [...told].reverse()) {
      each.at = Math.min(each.at, floor);
      floor = each.at - 14;
    }
    c.textAlign = "left";
    for (const each of told) {
      const y = each.at;
      c.strokeStyle = each.paint;
      c.lineWidth = 2;
      c.setLineDash(each.dash);
      c.beginPath();
      c.moveTo(plot.right + 4, y);
      c.lineTo(plot.right + 24, y);
      c.stroke();
      c.setLineDash([]);
      c.fillStyle = ink.text;
      c.fillText(each.words, plot.right + 28, y);
    }
  }

  cursor(c, x, plot) {
    c.strokeStyle = this.lab.ink.text;
    c.lineWidth = 1;
    c.setLineDash([4, 3]);
    c.beginPath();
    c.moveTo(x, plot.top);
    c.lineTo(x, plot.bottom);
    c.stroke();
    c.setLineDash([]);
  }

  throughput(width, now) {
    const { run, ink } = this.lab, m = run.moments;
    const c = sharpen(this.flow, width, 96), plot = { left: 34, right: width - 110, top: 6, bottom: 74 };
    const most = Math.max(1, ...m.handled);
    this.axes(c, plot, most, m);
    const wide = (plot.right - plot.left) / m.handled.length;
    m.handled.forEach((count, k) => {
      const tall = (count / most) * (plot.bottom - plot.top);
      c.globalAlpha = k <= now ? 1 : 0.25;
      c.fillStyle = ink.edge;
      c.fillRect(plot.left + k * wide, plot.bottom - tall, Math.max(1, wide - 1), tall);
    });
    c.globalAlpha = 1;
    c.fillStyle = ink.text;
    c.textAlign = "left";
    c.fillText(`${m.handled[now]} in this ${m.byBeat ? "beat" : "part"}`, plot.right + 8, plot.top + 8);
    this.flow.setAttribute("aria-label", `Handled in this ${m.byBeat ? "beat" : "part of the run"}: ${m.handled[now]}`);
  }

  tell(state) {
    const { run } = this.lab;
    const rows = run.groups.map(([name], g) => [name, run.lag(state, g), Math.max(0, ...run.moments.lags[g])]);
    this.words.replaceChildren(h("details", { open: this.words.querySelector("details")?.open ?? false },
      h("summary", {}, "The same as a table"), table("Lag", ["group", "now", "at most"], rows)));
  }
}

export class Letters {
  constructor(lab) {
    this.lab = lab;
    this.element = h("div", {});
  }

  draw(state) {
    const { run } = this.lab, found = run.latest(run.letters, state.step, (aside) => aside[1]);
    const now = `${[...found.values()].map((aside) => aside[0])};${this.lab.version}`;
    if (now === this.shown) return;
    this.shown = now;
    this.element.replaceChildren();
    if (!found.size) this.element.append(h("p", { class: "none" }, "No reader has put anything aside so far."));
    for (const [, reader, letters] of found.values()) {
      const rows = letters.map(([number, place, key, content, reason, tries]) =>
        [number, place, key, brief(content), reason, tries || "waits"]);
      this.element.append(table(`Dead letters of ${reader}`, ["no", "place", "key", "what", "why", "tries"], rows, "none left"),
        h("button", { type: "button", class: "wide", disabled: !this.lab.can || !rows.length,
          onclick: () => this.lab.ask({ do: "deed", word: "redrive", target: reader }) }, `Redrive ${reader}`));
    }
  }
}

export class Tables {
  constructor(lab) {
    this.lab = lab;
    this.element = h("div", {});
    this.chosen = "";
  }

  draw(state) {
    const { run } = this.lab, found = run.latest(run.tables, state.step, (t) => `${t[1]}\n${t[2]}`);
    const names = [...new Set(run.tables.map((t) => t[1]))];
    if (!names.includes(this.chosen)) this.chosen = names[0] ?? "";
    const mine = [...found.values()].filter((t) => t[1] === this.chosen);
    const now = `${this.chosen};${mine.map((t) => t[0])};${mine.some((t) => t[0] === state.step) && state.step};${this.lab.version}`;
    if (now === this.shown) return;
    this.shown = now;
    if (!names.length) return this.element.replaceChildren(h("p", { class: "none" },
      "Nothing to look at: a recipe shows a database with `yield db`."));
    const select = h("select", { "aria-label": "Database", onchange: () => { this.chosen = select.value; this.lab.redraw(); } },
      names.map((name) => h("option", { selected: name === this.chosen }, name)));
    const focused = this.element.contains(document.activeElement);
    this.element.replaceChildren(h("label", {}, "Database ", select), h("div", { class: "tables" }, mine.map(
      ([step, , name, heads, rows, total]) => table(
        `${name}: ${total} row${total === 1 ? "" : "s"}${total > rows.length ? `, the newest ${rows.length}` : ""}` +
        `${step === state.step ? " ✎ changed in this step" : ""}`, heads.length ? heads : [name], rows, "no rows"))));
    if (focused) select.focus();
  }
}

export class Offsets {
  constructor(lab) {
    this.lab = lab;
    this.element = h("div", {});
  }

  draw(state) {
    const { run } = this.lab, deals = run.dealt(state.step), count = run.partitions.length;
    if (this.shown === `${state.step};${this.lab.version}`) return;
    this.shown = `${state.step};${this.lab.version}`;
    const rows = run.groups.flatMap(([group], g) => run.reads[g].map((p) => {
      const [topic, number, name] = run.partitions[p], end = state.ends[p], done = state.done[g * count + p];
      const readers = Object.entries(deals.get(g)?.[3] ?? {}).filter(([, places]) =>
        places.some(([t, n]) => t === topic && n === number)).map(([member]) => member);
      return [group, name, done, end, Math.max(0, end - done), readers.join(", ") || "nobody"];
    }));
    this.element.replaceChildren(table("Who is how far", ["group", "partition", "committed", "end", "lag", "read by"], rows));
  }
}

export class Steps {
  constructor(lab) {
    this.lab = lab;
    this.element = h("div", {});
  }

  draw(state) {
    const { run } = this.lab;
    if (this.shown === `${state.step};${this.lab.version}`) return;
    this.shown = `${state.step};${this.lab.version}`;
    const first = Math.max(0, state.step - STEPS_AROUND), last = Math.min(run.length, state.step + STEPS_AROUND);
    const rows = [];
    for (let i = last - 1; i >= first; i--) {
      rows.push({
        class: i === state.step - 1 ? "now" : i >= state.step ? "later" : null,
        "aria-current": i === state.step - 1 ? "step" : null,
        cells: [i + 1, run.beat[i] ?? "", h("button", { class: "link", type: "button", onclick: () => this.lab.go(i + 1, i) },
          run.sentence(i))],
      });
    }
    this.element.replaceChildren(table(`Steps ${first + 1} to ${last} of ${run.length}, the latest on top`,
      ["step", "beat", "what happened"], rows));
  }
}

export class Plan {
  constructor(lab) {
    this.lab = lab;
    this.element = h("div", { class: "plan" });
  }

  draw() {
    const { run, can } = this.lab, { plan, code, runs = [], current = 0, ending, why } = run.lab ?? {};
    if (this.shown === this.lab.version) return;
    this.shown = this.lab.version;
    const copied = h("span", { role: "status" });
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(code);
        copied.textContent = " Copied.";
      } catch {
        getSelection().selectAllChildren(shown);
        copied.textContent = " Selected: copy it with Ctrl C.";
      }
    };
    const shown = h("pre", { class: "code" }, code ?? plan ?? "");
    this.element.replaceChildren(h("h3", {}, "What was done, as code"), shown,
      h("button", { type: "button", class: "wide", onclick: copy }, icon("copy"), " Copy the code"), copied);
    if (ending) this.element.append(h("p", {}, h("strong", {}, "It ended so: "), ending));
    if (why) this.element.append(h("p", { class: "none" }, why));
    if (runs.length > 1) {
      this.element.append(h("h3", {}, "Branches"), h("ol", { class: "runs" }, runs.map((name, n) => h("li", {},
        h("button", { type: "button", class: "link", disabled: !can, "aria-current": n === current ? "true" : null,
          onclick: () => this.lab.ask({ do: "run", index: n }) }, name), n === current ? " (shown)" : ""))));
    }
  }
}

export function pretty(value) {
  if (value == null) return "no value: a tombstone";
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
