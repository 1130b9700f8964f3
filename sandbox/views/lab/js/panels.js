// What stands beside the pictures, to be read: the inspector, dead letters, tables, offsets, steps, the plan.

import { brief } from "./model.js";
import { h, icon, say, set } from "./dom.js";

const STEPS_SHOWN = 25; // and as many before and after them

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
    this.element.replaceChildren(h("h2", {}, `Step ${i + 1}: ${run.sentence(i)}`));
    if (record) this.element.append(...this.record(record, origin), this.chain(record), this.readers(origin));
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
    return [table("Envelope", ["attribute", "value"], rows),
      h("div", {}, h("h3", {}, "Value"), h("pre", {}, pretty(record.value)))];
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
    return h("div", { class: "chain" }, h("h3", {}, "Because of"), list(causes, "nothing: it began a conversation"),
      h("h3", {}, "It led to"), list(effects, "nothing so far as this run goes"));
  }

  readers(origin) {
    const { run } = this.lab, taken = run.takers(origin);
    return h("div", { class: "takers" }, h("h3", {}, "Taken by"), taken.length
      ? h("ul", {}, taken.map((step) => h("li", {}, this.step(step,
        `${step + 1}: ${run.actors[run.actor[step]][0]}${run.timesBefore(step) ? ", again" : ""}`))))
      : h("p", { class: "none" }, "nobody"));
  }
}

export class Letters {
  constructor(lab) {
    this.lab = lab;
    this.element = h("div", {});
  }

  draw(state) {
    const found = this.lab.run.letters.at(state.step);
    const now = `${found.map(({ step }) => step)};${this.lab.version}`;
    if (now === this.shown) return;
    this.shown = now;
    this.element.replaceChildren();
    if (!found.length) this.element.append(h("p", { class: "none" }, "No reader has put anything aside so far."));
    for (const { name: [reader], rows: letters, total } of found) {
      const rows = letters.map(([number, place, key, content, reason, tries]) =>
        [number, place, key, brief(content), reason, tries || "waits"]);
      this.element.append(...[
        table(`Dead letters of ${reader}: ${total}${newest(letters, total)}`, ["no", "place", "key", "what", "why", "tries"],
          rows, "none left"),
        this.lab.live && h("button", { type: "button", class: "wide", disabled: !this.lab.can || !rows.length,
          onclick: () => this.lab.breaker.deed("redrive", reader) }, `Redrive ${reader}`)].filter(Boolean));
    }
  }
}

export class Tables {
  constructor(lab) {
    this.lab = lab;
    this.select = h("select", { onchange: () => { this.chosen = this.select.value; lab.redraw(); } });
    this.place = h("div", { class: "tables" });
    this.element = h("div", {});
    this.chosen = "";
    this.shown = new Map(); // each table of the chosen database -> [what was drawn, its element]
  }

  draw(state) {
    const { run, version } = this.lab;
    if (version !== this.version) this.begin(run);
    this.version = version;
    if (!this.chosen) return;
    const mine = run.tables.at(state.step).filter(({ name: [base] }) => base === this.chosen);
    const drawn = new Map();
    for (const { name: [base, name, heads], step, rows, total } of mine) {
      const now = `${base};${version};${step};${step === state.step}`, [shown, element] = this.shown.get(name) ?? [];
      drawn.set(name, [now, shown === now ? element : table(
        `${name}: ${total} row${total === 1 ? "" : "s"}${newest(rows, total)}` +
        `${step === state.step ? " ✎ changed in this step" : ""}`, heads.length ? heads : [name], rows, "no rows")]);
    }
    const elements = [...drawn.values()].map(([, element]) => element);
    if (elements.length !== this.place.children.length || elements.some((e, n) => e !== this.place.children[n])) {
      this.place.replaceChildren(...elements);
    }
    this.shown = drawn;
  }

  begin(run) {
    const names = [...new Set(run.tables.names.map(([base]) => base))];
    if (!names.includes(this.chosen)) this.chosen = names[0] ?? "";
    this.select.replaceChildren(...names.map((name) => h("option", { selected: name === this.chosen }, name)));
    this.place.replaceChildren();
    this.element.replaceChildren(...(names.length ? [h("label", {}, "Database ", this.select), this.place]
      : [h("p", { class: "none" }, "Nothing to look at: a recipe shows a database with `yield db`.")]));
  }
}

function newest(rows, total) {
  return total > rows.length ? `, the newest ${rows.length} shown` : "";
}

export class Offsets {
  constructor(lab) {
    this.lab = lab;
    this.element = h("div", {});
  }

  draw(state) {
    const { run, version } = this.lab, deals = run.dealt(state.step), count = run.partitions.length;
    if (version !== this.version) this.build(run);
    this.version = version;
    this.rows.forEach(([g, p, cells]) => {
      const [topic, number] = run.partitions[p], end = state.ends[p], done = state.done[g * count + p];
      const readers = Object.entries(deals.get(g)?.[3] ?? {}).filter(([, places]) =>
        places.some(([t, n]) => t === topic && n === number)).map(([member]) => member);
      const lag = Math.max(0, end - done);
      [done, end, lag, readers.join(", ") || "nobody"].forEach((words, n) => say(cells[n + 2], words));
      set(cells[4], "class", lag ? "behind" : "");
    });
  }

  build(run) {
    const places = run.groups.flatMap(([group], g) => run.reads[g].map((p) => [g, p, group, run.partitions[p][2]]));
    const shown = table("Who is how far", ["group", "partition", "committed", "end", "lag", "read by"],
      places.map(([, , group, name]) => [group, name, "", "", "", ""]));
    const lines = shown.querySelectorAll("tbody tr");
    this.rows = places.map(([g, p], n) => [g, p, [...lines[n].children]]);
    this.element.replaceChildren(shown);
  }
}

export class Steps {
  constructor(lab) {
    this.lab = lab;
    this.element = h("div", { class: "steps" });
    this.first = -1;
  }

  draw(state) {
    const { run, version } = this.lab, now = state.step - 1;
    const first = Math.max(0, (Math.floor(now / STEPS_SHOWN) - 1) * STEPS_SHOWN);
    if (first !== this.first || version !== this.version) this.build(run, first);
    this.version = version;
    this.rows.forEach((row, n) => {
      const i = first + n;
      set(row, "class", i === now ? "now" : i > now ? "later" : "");
      set(row, "aria-current", i === now ? "step" : "false");
    });
    this.follow(this.rows[now - first]);
  }

  /** The present step in the middle of the panel; the page itself stays where it is. */
  follow(row) {
    const { panel } = this.lab, at = row?.getBoundingClientRect(), frame = panel.getBoundingClientRect();
    if (at) panel.scrollTop += at.top + at.height / 2 - frame.top - frame.height / 2;
  }

  /** Three windows of steps: the one before, the present one, and the next. */
  build(run, first) {
    this.first = first;
    const last = Math.min(run.length, first + 3 * STEPS_SHOWN), steps = [];
    for (let i = last - 1; i >= first; i--) steps.push(i);
    const shown = table(`Steps ${first + 1} to ${last} of ${run.length}, the latest on top`, ["step", "beat", "what happened"],
      steps.map((i) => [i + 1, run.beat[i] ?? "", h("button", { class: "link", type: "button",
        onclick: () => this.lab.go(i + 1, i) }, run.sentence(i))]));
    this.rows = steps.length ? [...shown.querySelectorAll("tbody tr")].reverse() : [];
    this.element.replaceChildren(shown);
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
    this.element.replaceChildren(h("h2", {}, "What was done, as code"), shown,
      h("button", { type: "button", class: "wide", onclick: copy }, icon("copy"), " Copy the code"), copied);
    if (ending) this.element.append(h("p", {}, h("strong", {}, "It ended so: "), ending));
    if (why) this.element.append(h("p", { class: "none" }, why));
    if (runs.length > 1) {
      this.element.append(h("h2", {}, "Branches"), h("ol", { class: "runs" }, runs.map((name, n) => h("li", {},
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
