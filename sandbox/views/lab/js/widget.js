// The lab as an anywidget: data comes from Python, clicks go there.

import { Lab } from "./lab.js";
import { unpack } from "./model.js";

const QUIET_MS = 150; // Python hears where the player stands, once it has stood there so long

export default {
  render({ model, el }) {
    const root = el.appendChild(document.createElement("div"));
    let told = 0;
    const moved = (step) => {
      clearTimeout(told);
      told = setTimeout(() => {
        model.set("step", step);
        model.save_changes();
      }, QUIET_MS);
    };
    const lab = new Lab(root, { ask: (message) => model.send(message), moved });
    const load = async () => lab.show(await unpack(model.get("data")), lab.run ? undefined : model.get("step"));
    const say = (message) => { lab.note.textContent = message.said ?? ""; };
    model.on("change:data", load);
    model.on("msg:custom", say);
    load();
    return () => {
      clearTimeout(told);
      model.off("change:data", load);
      model.off("msg:custom", say);
      lab.close();
    };
  },
};
