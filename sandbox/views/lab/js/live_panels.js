// What stands beside the picture of a live broker: records, the inspector, dead letters, offsets.

import { h } from "./dom.js";
import { brief } from "./model.js";
import { Offsets, pretty, table } from "./panels.js";

const ROWS_MAX = 60;
const ATTRIBUTES = ["type", "id", "source", "subject", "time", "correlation_id", "causation_id", "traceparent"];

/** Everything that is known of one record, whoever has written it. */
export class LiveInspector {
  constructor(lab) {
    this.lab = lab;
    this.element = h("div", { class: "inspector" });
  }

  draw() {
    const { run, pinned } = this.lab, i = pinned ? run.numberOf(pinned.place) : run.length - 1;
    const key = `${i};${this.lab.version};${pinned?.place}`;
    if (this.shown === key) return;
    this.shown = key;
    const found = pinned ?? (i < 0 ? null : { place: run.named(i), record: run.records[i] });
    if (!found) return this.element.replaceChildren(h("p", { class: "none" }, "There is no record yet."));
    const { place, record } = found, focused = this.focused();
    const parts = [h("h2", {}, `${place} ${brief(record.content)}`),
      pinned ? h("button", { type: "button", class: "wide", onclick: () => this.lab.unpin() }, "Follow the newest record")
        : h("p", { class: "none" }, "The newest record. Choose another one in the picture or under Records."),
      pinned && i < 0 && h("p", { class: "none" }, "It is not among the newest any more; this is what was seen of it."),
      this.envelope(place, record), h("pre", { "aria-label": "Value" }, record.value === null ? pretty(null)
        : record.foreign && !record.value ? "an empty value" : pretty(record.value)),
      this.chain(record), i >= 0 && this.groups(i)];
    this.element.replaceChildren(...parts.filter(Boolean));
    if (focused) this.element.querySelector("button")?.focus();
  }

  focused() {
    return this.element.contains(document.activeElement);
  }

  envelope(place, record) {
    const rows = [["place", place], ["key", record.key ?? "none"], ["appended", record.appended], ["size", `${record.size.toLocaleString("en")} bytes`]];
    rows.push(...ATTRIBUTES.filter((name) => record[name]).map((name) => [name, record[name]]));
    const headers = record.headers.map(([name, value]) => [name, value ?? "no value"]);
    return h("div", {},
      table(record.foreign ? "The record: it carries no CloudEvents envelope" : "Envelope", ["attribute", "value"], rows),
      h("details", { open: record.foreign }, h("summary", {}, `Headers as they travel: ${headers.length}`),
        table("Headers", ["name", "value"], headers, "none")));
  }

  /** Causes and effects, as far as their records are kept. */
  chain(record) {
    const { run } = this.lab, causes = [];
    if (record.foreign) return h("p", { class: "none" }, "Without an envelope nobody can say what it was caused by.");
    let cause = record.causation_id;
    while (cause && run.byId.has(cause) && causes.length < 50) {
      const i = run.byId.get(cause)[0];
      causes.unshift(i);
      cause = run.records[i].causation_id;
    }
    const list = (all, none) => (all.length ? h("ol", {}, all.map((i) => h("li", {}, this.link(i)))) : h("p", { class: "none" }, none));
    return h("div", { class: "chain" }, h("h3", {}, "Because of"),
      cause && h("p", { class: "none" }, `${cause}, which is not among the newest records`),
      list(causes, cause ? "" : "nothing: it began a conversation"),
      h("h3", {}, "It led to"), list(run.effects.get(record.id) ?? [], "nothing among the newest records"));
  }

  link(i) {
    const { run } = this.lab;
    return h("button", { class: "link", type: "button", onclick: () => this.lab.inspect(i) },
      `${run.named(i)} ${brief(run.records[i].content)}`);
  }

  groups(i) {
    const all = this.lab.run.passedBy(i);
    return h("div", {}, h("h3", {}, "Groups"), all.length
      ? h("ul", {}, all.map(([name, passed]) => h("li", {}, `${name}: ${passed ? "has committed it" : "has yet to commit it"}`)))
      : h("p", { class: "none" }, "No group reads this topic."));
  }
}

/** The newest records, on top the last one; of all topics, or of one. */
export class Records {
  constructor(lab) {
    this.lab = lab;
    this.topic = "";
    this.select = h("select", { onchange: () => { this.topic = this.select.value; this.shown = ""; this.lab.redraw(); } });
    this.rows = h("div", {});
    this.element = h("div", {}, h("label", {}, "Topic ", this.select), this.rows);
  }

  draw() {
    const { run } = this.lab, names = ["", ...run.topics.map(([name]) => name)];
    if (this.shown === `${this.lab.version}`) return;
    this.shown = `${this.lab.version}`;
    if (!names.includes(this.topic)) this.topic = "";
    if (this.names !== `${names}`) {
      this.names = `${names}`;
      this.select.replaceChildren(...names.map((name) => h("option", { value: name, selected: name === this.topic }, name || "all")));
    }
    const mine = [];
    for (let i = run.length - 1; i >= 0 && mine.length < ROWS_MAX; i--) {
      if (!this.topic || run.topics[run.topic[i]][0] === this.topic) mine.push(i);
    }
    const focused = this.rows.contains(document.activeElement) ? document.activeElement.dataset.place : null;
    this.rows.replaceChildren(table(`The newest ${mine.length} of ${run.length.toLocaleString("en")} that are kept. ${run.leftOut()}`,
      ["appended", "place", "by", "key", "what"], mine.map((i) => [run.records[i].appended.slice(11, 23),
        h("button", { class: "link", type: "button", "data-place": run.named(i), onclick: () => this.lab.inspect(i) }, run.named(i)),
        run.actors[run.actor[i]][0], run.records[i].key ?? "none", brief(run.records[i].content)]), "No record is there."));
    if (focused) this.rows.querySelector(`[data-place="${CSS.escape(focused)}"]`)?.focus();
  }
}

/** Dead letters, and their way back. */
export class LiveLetters {
  constructor(lab) {
    this.lab = lab;
    this.element = h("div", {});
  }

  draw() {
    const { letters } = this.lab.run.live, { live } = this.lab, now = JSON.stringify([letters, this.lab.active]);
    if (now === this.shown) return;
    this.shown = now;
    const focused = this.element.contains(document.activeElement);
    this.element.replaceChildren();
    if (!letters.length) {
      this.element.append(h("p", { class: "none" }, "No topic here is called one of dead letters, as in orders-dlq or orders.DLT, "
        + "and the lab was shown none: lab.show(letters) shows those of a database, lab.show(\"topic\") those of a topic."));
    }
    for (const box of letters) {
      const button = (words, label, at, can) => h("button", { type: "button", class: "wide", "aria-label": label,
        disabled: !live || !this.lab.active || !can, onclick: () => this.lab.order({ do: "redrive", id: box.id, at }) }, words);
      const rows = box.rows.map((row) => [row.place, row.key, brief(row.content), row.reason, row.tries ?? "", row.to || "nothing says where to",
        box.each ? button("Redrive", `Redrive ${row.place}`, [row.at], row.to) : ""]);
      this.element.append(table(`${box.title}: ${rows.length} open`, ["place", "key", "what", "why", "tries", "goes back to", "by hand"], rows, "none open"),
        button("Redrive all", `Redrive all of: ${box.title}`, null, box.can), h("p", { class: "none" }, box.note));
    }
    if (focused) this.element.querySelector("button:not(:disabled)")?.focus();
  }
}

/** Who is how far; a group's state as the broker says it. */
export class LiveOffsets extends Offsets {
  constructor(lab) {
    super(lab);
    this.offsets = this.element; // where the partitions are
    this.groups = h("div", {});
    this.element = h("div", {}, this.groups, this.offsets);
  }

  draw(state) {
    const { run } = this.lab, deals = run.dealt();
    const rows = run.groups.map(([name], g) => [name, run.live.states[g], Object.keys(deals.get(g)?.[3] ?? {}).join(", ") || "nobody", run.lag(state, g)]);
    this.groups.replaceChildren(table("Groups", ["group", "state", "members", "lag"], rows, "No group reads here."));
    const { element } = this;
    this.element = this.offsets;
    super.draw(state);
    this.element = element;
  }
}
