// Small helpers: elements, icons, colours of the page.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: h("button", {class: "go", onclick: f}, "Play"). */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

/** Change an attribute where it is another one; nobody else may change it. */
export function set(element, name, value) {
  const known = (element.known ??= {}); // cheaper to ask than the element
  if (known[name] === value) return;
  known[name] = value;
  element.setAttribute(name, value);
}

/** Change a text where it is another one. */
export function say(element, words) {
  if (element.said === words) return;
  element.said = words;
  element.textContent = words;
}

const PATHS = { // drawn by us: a font may have no such signs
  play: "M5 3l9 5.5-9 5.5z",
  pause: "M4 3h3v11H4zM10 3h3v11h-3z",
  back: "M11 3v11L4 8.5zM2.5 3H4v11H2.5z",
  next: "M6 3v11l7-5.5zM13 3h1.5v11H13z",
  first: "M9 3v11L3 8.5zM15 3v11L9 8.5zM1.5 3H3v11H1.5z",
  last: "M8 3v11l6-5.5zM2 3v11l6-5.5zM14 3h1.5v11H14z",
  bolt: "M10 1L3 9.5h4.2L6 16l7.5-9H9z",
  copy: "M5 1h9v11h-2V3H5zM2 4h9v12H2z",
};

export function icon(name) {
  return s("svg", { viewBox: "0 0 17 17", width: 16, height: 16, "aria-hidden": "true", class: "icon" },
    s("path", { d: PATHS[name] }));
}

/** Light or dark: JupyterLab's theme, else the reader's own. Calls `changed` when that changes. */
export function followTheme(root, changed) {
  const media = matchMedia("(prefers-color-scheme: dark)");
  const look = () => {
    const lab = document.body.dataset.jpThemeLight;
    const dark = lab ? lab === "false" : media.matches;
    root.dataset.theme = dark ? "dark" : "light";
    changed();
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  media.addEventListener("change", look);
  look();
  return () => {
    observer.disconnect();
    media.removeEventListener("change", look);
  };
}

/** The colours of the style sheet, for a canvas. */
export function inks(root) {
  const style = getComputedStyle(root);
  const names = ["ground", "text", "soft", "line", "row", "box", "edge", "read", "done", "band", "bad"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** A canvas as sharp as the screen, and its context, in CSS pixels. */
export function sharpen(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

const motion = matchMedia("(prefers-reduced-motion: reduce)");

/** Is motion to be reduced? */
export const calm = () => motion.matches;

export function shortened(words, length) {
  return words.length <= length ? words : `${words.slice(0, length - 1)}…`;
}
