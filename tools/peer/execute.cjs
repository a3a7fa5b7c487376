// The JavaScript reference engine (cql-execution over cql-exec-fhir). Reads one JSON object from standard input:
//   {"elm", "helpers", "codes", "bundle", "now", "repeats"}: bundle is a path; repeats 0 means "results only".
// Writes {"defines": {...}, "milliseconds": [...]}: one number per repeat, JSON parsing not included.
// {"elm", "helpers", "libraries", "codes", "bundles", "now"}: bundles, given whole, of one patient each, with ids that
// differ; libraries: the ELM of what is included, by name. Writes {"patients": {id: {...}}}.
const fs = require("fs");
const cql = require("cql-execution");
const fhir = require("cql-exec-fhir");

const request = JSON.parse(fs.readFileSync(0, "utf8"));
const library = new cql.Library(request.elm, new cql.Repository({ FHIRHelpers: request.helpers, ...request.libraries }));
const executor = new cql.Executor(library, new cql.CodeService(request.codes), request.parameters ?? {});
const now = cql.DateTime.parse(request.now);
const text = request.bundle && fs.readFileSync(request.bundle, "utf8");
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
  if (value.constructor === Object) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
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

const shown = (defines) =>
  Object.fromEntries(Object.entries(defines).filter(([name]) => name !== "Patient").map(([name, value]) => [name, plain(value)]));

async function many() {
  source.loadBundles(request.bundles);
  const results = await executor.exec(source, now);
  const patients = Object.fromEntries(Object.entries(results.patientResults).map(([id, defines]) => [id, shown(defines)]));
  process.stdout.write(JSON.stringify({ patients }));
}

(async () => {
  if (request.bundles) return many();
  const milliseconds = [];
  let defines = (await once())[1];
  for (let i = 0; i < (request.repeats ?? 0); i++) milliseconds.push((await once())[0]);
  process.stdout.write(JSON.stringify({ defines: shown(defines), milliseconds }));
})();
