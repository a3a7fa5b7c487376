// The official CQL-to-ELM translator as a filter: one JSON object a line on standard input, {"id", "cql", "libraries": {name: cql}},
// one a line on standard output, {"id", "elm"} or {"id", "errors": [...]}. Started by tests; never used by the product.
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
global.require = require; // the translator's Kotlin runtime looks for it
console.log = console.error; // it logs; standard output carries answers only
const { CqlTranslator, CqlCompilerOptions, LibraryManager, ModelManager, createModelInfoProvider, createLibrarySourceProvider,
  createUcumService, stringAsSource } = await import("@cqframework/cql/cql-to-elm");
const { UcumLhcUtils } = require("@lhncbc/ucum-lhc");

const ucum = UcumLhcUtils.getInstance();
const models = path.join(path.dirname(require.resolve("cql-exec-fhir/package.json")), "lib", "modelInfos");
const systemModel = process.env.SYSTEM_MODELINFO ? fs.readFileSync(process.env.SYSTEM_MODELINFO, "utf8") : null;

function modelInfo(name, system, version) {
  if (name === "System") return systemModel === null ? null : stringAsSource(systemModel);
  const file = path.join(models, `fhir-modelinfo-${version ?? "4.0.1"}.xml`);
  return name === "FHIR" && fs.existsSync(file) ? stringAsSource(fs.readFileSync(file, "utf8")) : null;
}

const ucumService = createUcumService(
  (value, from, to) => String(ucum.convertUnitTo(from, Number(value), to).toVal),
  (unit) => (ucum.validateUnitString(unit).status === "valid" ? null : `invalid unit ${unit}`),
  () => { throw new Error("not needed to translate"); },
  () => { throw new Error("not needed to translate"); },
);

const options = CqlCompilerOptions.defaultOptions();
const wanted = new Set((process.env.CQL_OPTIONS ?? "EnableLocators,DisableListDemotion,DisableListPromotion").split(","));
options.setOptions(CqlCompilerOptions.Options.values().filter((option) => wanted.has(option.name)));

let latest = { key: null, manager: null };

// Requests in a row with the same libraries share them, compiled.
function managerOf(libraries) {
  const key = JSON.stringify(libraries ?? {});
  if (latest.key !== key) {
    const models = new ModelManager();
    models.modelInfoLoader.registerModelInfoProvider(createModelInfoProvider(modelInfo));
    const manager = new LibraryManager(models, options, undefined, ucumService);
    manager.librarySourceLoader.registerProvider(createLibrarySourceProvider((name) => {
      const text = (libraries ?? {})[name];
      return text === undefined ? null : stringAsSource(text);
    }));
    latest = { key, manager };
  }
  return latest.manager;
}

function translate(request) {
  const translator = CqlTranslator.fromText(request.cql, managerOf(request.libraries));
  const errors = translator.errors.asJsReadonlyArrayView().map((error) => error.message);
  return errors.length ? { id: request.id, errors } : { id: request.id, elm: JSON.parse(translator.toJson()) };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = translate(request);
  } catch (error) {
    answer = { id: request.id, errors: [`translator failed: ${error.message ?? error}`] };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
