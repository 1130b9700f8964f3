// Runs standard input as Python in the Pyodide of a folder, with all its packages: node … FOLDER
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const folder = path.resolve(process.argv[2]);
const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")));
const lock = JSON.parse(fs.readFileSync(path.join(folder, "pyodide-lock.json"), "utf8"));
const python = await loadPyodide({
  indexURL: folder + path.sep,
  packages: Object.keys(lock.packages),
  stdout: (text) => console.log(text),
});
try {
  await python.runPythonAsync(fs.readFileSync(0, "utf8"));
} catch (error) {
  console.error(error.message); // Node would show all of Pyodide's source first
  process.exitCode = 1;
}
