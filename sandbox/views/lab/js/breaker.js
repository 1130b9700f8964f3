// What one can do to a run: crash, duplicate, delay, … from here on. Python runs the world again with it.

import { h, icon } from "./dom.js";

const OF_MEMBER = [ // words, and what they ask for
  ["Crash before its next handle", { word: "crash", action: "handle", how: "before" }],
  ["Crash before its next commit", { word: "crash", action: "commit", how: "before" }],
  ["Evict: its group goes on without it", { word: "duplicate", action: "handle", how: "second-consumer" }],
  ["Group goes back to where it began", { word: "duplicate", action: "commit", how: "suffix" }],
  ["Its next poll gets no answer", { word: "fail", action: "poll", how: "request" }],
  ["Its next commit gets no answer", { word: "fail", action: "commit", how: "response" }],
];
const OF_AUTHOR = [
  ["Its next record comes twice", { word: "duplicate", action: "publish", how: "at-once" }],
  ["Its next record comes twice, late", { word: "duplicate", action: "publish", how: "late" }],
  ["Its next record is seen 10 s later", { word: "delay", action: "publish", how: "10000ms" }],
  ["Its next record is acknowledged, and lost", { word: "drop", action: "publish" }],
  ["Its next publish: the request is lost", { word: "fail", action: "publish", how: "request" }],
  ["Its next publish: the answer is lost", { word: "fail", action: "publish", how: "response" }],
];
const OF_BOTH = [
  ["Split it from the broker", { word: "split" }],
  ["Heal the split", { word: "heal" }],
];

export class Breaker {
  constructor(lab) {
    this.lab = lab;
    this.element = h("fieldset", { class: "breaker" });
  }

  build() {
    const { run, can } = this.lab, about = run.lab ?? {};
    this.element.hidden = !this.lab.live;
    if (!can) {
      this.element.replaceChildren(h("legend", {}, "Break it"), h("span", { class: "none" }, about.why ?? ""), this.more(about));
      return;
    }
    this.actors = h("select", { "aria-label": "Whom", onchange: () => { this.lab.chosen = Number(this.actors.value); this.aim(); this.lab.redraw(); } },
      h("option", { value: -1 }, "whom?"),
      run.actors.map(([name], a) => name !== "lab" && h("option", { value: a }, name)));
    this.faults = h("select", { "aria-label": "Which fault" });
    this.go = h("button", { type: "button", class: "wide", onclick: () => this.strike() }, icon("bolt"), " From here on");
    const groups = run.groups.map(([name]) => name), places = run.partitions.map(([, , name]) => name);
    this.element.replaceChildren(h("legend", {}, "Break it"), this.actors, this.faults, this.go,
      this.choice("One more member of", "join", groups),
      this.choice("Pause partition", "pause", places), this.choice("Resume partition", "resume", places),
      about.gateway ? this.button("Provider times out", () => this.deed("gateway", "response")) : "", this.more(about));
    this.aim();
  }

  /** Buttons of a bus that goes on living. */
  more(about) {
    return about.runs_on ? this.button("Run the bus", () => this.lab.ask({ do: "deliver" })) : "";
  }

  choice(words, word, targets) {
    if (!targets.length) return "";
    const select = h("select", { "aria-label": `${words}: which` }, targets.map((name) => h("option", {}, name)));
    return h("span", { class: "deed" }, this.button(words, () => this.deed(word, select.value)), select);
  }

  button(words, onclick) {
    return h("button", { type: "button", class: "wide", onclick }, words);
  }

  /** Ask for something that is done from the present step on. */
  deed(word, target) {
    this.lab.ask({ do: "deed", word, target, step: this.step() });
  }

  step() {
    this.lab.pause();
    return Math.floor(this.lab.position);
  }

  /** Offer what can strike the chosen actor. */
  aim() {
    if (!this.lab.can) return;
    const { run, chosen } = this.lab;
    this.actors.value = chosen;
    const publishes = chosen >= 0 && run.says.has(chosen), member = chosen >= 0 && run.groupOf[chosen] >= 0;
    this.offered = [...(member ? OF_MEMBER : []), ...(publishes ? OF_AUTHOR : []), ...(chosen >= 0 ? OF_BOTH : [])];
    this.faults.replaceChildren(...(this.offered.length
      ? this.offered.map(([words], n) => h("option", { value: n }, words))
      : [h("option", {}, "choose whom, here or in the picture")]));
    this.faults.disabled = this.go.disabled = !this.offered.length;
  }

  strike() {
    const actor = this.lab.run.actors[this.lab.chosen][0];
    const [, fault] = this.offered[Number(this.faults.value)];
    this.lab.ask({ do: "fault", actor, step: this.step(), ...fault });
  }
}
