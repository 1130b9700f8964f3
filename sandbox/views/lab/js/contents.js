// Lists that change: tables and dead letters, as `travel.py` sends them. Nothing in here draws.

/** How many of `list`, which is in the order of its steps, are seen after `count` steps. */
export function seen(list, count) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle][0] <= count) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Contents {
  /** `changes` are [step, name, dropped, head, tail, [row, …], total]; a row is a number into `rows`. */
  constructor({ names, changes }, rows) {
    this.names = names;
    this.rows = rows;
    this.of = names.map(() => []); // the changes of each name
    for (const change of changes) this.of[change[1]].push(change);
  }

  /** What each list holds after `count` steps: [{name, step, rows, total}], where there is one. */
  at(count) {
    return this.of.flatMap((changes, n) => {
      const last = seen(changes, count) - 1;
      if (last < 0) return [];
      const [step, , , , , , total] = changes[last];
      return [{ name: this.names[n], step, rows: this.numbers(changes, last).map((row) => this.rows[row]), total }];
    });
  }

  numbers(changes, last) {
    let from = last;
    while (from && (changes[from][2] || changes[from][3] || changes[from][4])) from -= 1; // to a whole one
    let rows = [];
    for (let i = from; i <= last; i++) {
      const [, , dropped, head, tail, put] = changes[i], old = rows.slice(dropped);
      rows = [...old.slice(0, head), ...put, ...old.slice(old.length - tail)];
    }
    return rows;
  }
}
