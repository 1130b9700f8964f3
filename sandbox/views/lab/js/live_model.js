// A broker as it is now: the newest records, and what the broker says of its logs and groups.

import { Run } from "./model.js";

const BEHIND_MAX = 6; // groups that are named in a sentence

/** The same questions that a run answers; the only step that it stands at is the last one. */
export class LiveRun extends Run {
  constructor(data) {
    super(data);
    const { live, topics } = data, all = topics.map((_, t) => t);
    this.used = new Set(all.filter((t) => this.partitionsOf(t).some((p) => live.ends[p] > 0)));
    this.says = new Map();
    for (const [author, topic] of live.says) {
      if (!this.says.has(author)) this.says.set(author, new Set());
      this.says.get(author).add(topic);
    }
  }

  /** What is where now. `fresh` is set by the lab: have records come since it looked last? */
  after() {
    const { ends, done } = this.live, { down, worked } = this.nothing();
    return { step: this.fresh ? this.length : 0, ends, done, down, worked };
  }

  dealt() {
    return new Map(this.deals.map((deal) => [deal[1], deal]));
  }

  /** Where a record stands: its name stays the same from look to look, its number doesn't. */
  named(i) {
    return i < 0 ? "" : this.placeName(i);
  }

  /** The number of the record that stands there, or -1: it isn't kept any more. */
  numberOf(place) {
    if (!this.numbers) this.numbers = new Map(Array.from({ length: this.length }, (_, i) => [this.placeName(i), i]));
    return this.numbers.get(place) ?? -1;
  }

  /** Which groups have committed beyond record `i`, and which have yet to. */
  passedBy(i) {
    const place = this.place(i), count = this.partitions.length;
    return this.readers[place].map((g) => [this.groups[g][0], this.live.done[g * count + place] > this.offset[i]]);
  }

  /** All groups that are behind, as words. */
  behind() {
    const state = this.after();
    const lags = this.groups.map(([name], g) => [name, this.lag(state, g)]).filter(([, lag]) => lag);
    if (!this.groups.length) return "No group reads here.";
    if (!lags.length) return "No group is behind.";
    const told = lags.sort((a, b) => b[1] - a[1]).slice(0, BEHIND_MAX).map(([name, lag]) => `${name} ${lag.toLocaleString("en")}`);
    return `Behind: ${told.join(", ")}${lags.length > told.length ? `, and ${lags.length - told.length} more groups` : ""}.`;
  }

  /** What stands out of sight, as words. */
  leftOut() {
    const { left_out: out, keep } = this.live, some = (n, what) => `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
    const parts = [];
    if (out.records) parts.push(`${some(out.records, "older offset")} (the newest ${keep} of each partition are kept)`);
    if (out.topics) parts.push(`${some(out.topics, "topic")} with older records`);
    if (out.groups) parts.push(some(out.groups, "group"));
    return parts.length ? `Left out: ${parts.join(", ")}.` : "";
  }

  /** What the picture is built of; while this stays the same, it only changes its numbers. */
  get shape() {
    return JSON.stringify([this.topics, this.groups, this.actors, this.live.says, [...this.used], this.live.states.map((s) => s === "Empty")]);
  }
}
