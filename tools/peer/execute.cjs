// The JavaScript reference engine (cql-execution over cql-exec-fhir). Reads one JSON object from standard input:
//   {"elm", "helpers", "codes", "bundle", "now", "repeats"}: bundle is a path; repeats 0 means "results only".
// Writes {"defines": {...}, "milliseconds": [...]}: one number per repeat, JSON parsing not included.
const fs = require("fs");
const cql = require("cql-execution");
const fhir = require("cql-exec-fhir");

const request = JSON.parse(fs.readFileSync(0, "utf8"));
const library = new cql.Library(request.elm, new cql.Repository({ FHIRHelpers: request.helpers }));
const executor = new cql.Executor(library, new cql.CodeService(request.codes), request.parameters ?? {});
const now = cql.DateTime.parse(request.now);
const text = fs.readFileSync(request.bundle, "utf8");
const source = fhir.PatientSource.FHIRv401();

function plain(value) {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (value.isQuantity) return { value: value.value, unit: value.unit ?? null };
  if (value.isInterval) return { low: plain(value.low), high: plain(value.high), lowClosed: value.lowClosed, highClosed: value.highClosed };
  if (value.isDateTime || value.isDate || value.isTime) return value.toString();
  if (value.isCode) return { code: value.code, system: value.system };
  if (value.isConcept) return { codes: value.codes.map(plain) };
  if (value.isTuple) return Object.fromEntries(Object.entries(value.elements).map(([k, v]) => [k, plain(v)]));
  if (typeof value === "object") return value.json ?? (value.value !== undefined ? plain(value.value) : String(value));
  return value;
}

async function once() {
  const bundle = JSON.parse(text);
  const start = performance.now();
  source.reset();
  source.loadBundles([bundle]);
  const results = await executor.exec(source, now);
  return [performance.now() - start, Object.values(results.patientResults)[0]];
}

(async () => {
  const milliseconds = [];
  let defines = (await once())[1];
  for (let i = 0; i < (request.repeats ?? 0); i++) milliseconds.push((await once())[0]);
  defines = Object.fromEntries(Object.entries(defines).filter(([name]) => name !== "Patient").map(([name, value]) => [name, plain(value)]));
  process.stdout.write(JSON.stringify({ defines, milliseconds }));
})();
