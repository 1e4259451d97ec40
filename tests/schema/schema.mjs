// Every pipeline of ours is taken by the JSON Schema, and every file of tests/refused is taken or refused as its last line
// says: `# schema: refuses` or `# schema: accepts`. Read by the YAML reader that editors use.
// PIXGRAPH_WRITE_EXPECTED=1 writes these lines anew, to be read before they are kept.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { parseDocument } from "yaml";

const top = process.argv[2];

function validator(file) {
  // strict: a keyword that is no keyword would check nothing. patternErrorMessage is one of the editors' own.
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
  ajv.addKeyword({ keyword: "patternErrorMessage", schemaType: "string" });
  return ajv.compile(JSON.parse(readFileSync(file, "utf8")));
}

/// What is wrong with a text; none: nothing.
function faults(validate, text) {
  const document = parseDocument(text);
  if (document.errors.length > 0) return document.errors.map((error) => error.message);
  return validate(document.toJS()) ? [] : validate.errors.map((error) => `${error.instancePath} ${error.message}`);
}

const yaml = (folder) => readdirSync(join(top, folder)).filter((name) => name.endsWith(".yaml"));
let wrong = 0;
function expect(holds, what) {
  if (holds) return;
  console.log(`schema: ${what}`);
  ++wrong;
}

const validate = validator("schema.json");
assert.equal(JSON.parse(readFileSync("schema.json", "utf8")).$schema, "http://json-schema.org/draft-07/schema#");
const pipelines = yaml("pipelines").map((name) => join(top, "pipelines", name));
assert(pipelines.length > 5);
for (const file of [...pipelines, "started.yaml"]) {
  const text = readFileSync(file, "utf8");
  for (const fault of faults(validate, text)) expect(false, `${file}: ${fault}`);
  if (file !== "started.yaml")
    expect(text.startsWith("# yaml-language-server: $schema=../docs/pipeline.schema.json\n"), `${file}: has no modeline`);
}

const judge = validator("specs.json");
const count = { refuses: 0, accepts: 0 };
for (const name of yaml("tests/refused")) {
  // E001 to E005 are no YAML that a pipeline may be written in: a line at their end could change what is wrong with them.
  if (name.startsWith("00")) continue;
  const file = join(top, "tests/refused", name);
  const text = readFileSync(file, "utf8");
  const found = faults(judge, text);
  const verdict = found.length > 0 ? "refuses" : "accepts";
  ++count[verdict];
  if (process.env.PIXGRAPH_WRITE_EXPECTED) writeFileSync(file, text.replace(/# schema: .*\n$/, "") + `# schema: ${verdict}\n`);
  else expect(text.endsWith(`\n# schema: ${verdict}\n`), `${name}: the schema ${verdict} it: ${found.join("; ")}`);
}
assert(count.refuses > 50 && count.accepts > 30, JSON.stringify(count));

// That a whole class of values is not let through by one loose branch.
const around = (nodes) => `pixgraph: 1\ninputs: {photo: image}\nnodes: {a: ${nodes}}\noutputs: {r: {value: "\${a}", file: r.jpg}}\n`;
for (const [node, taken] of [
  [`{type: Fit, image: "\${photo}", width: 100, each: [1, 2], when: "\${photo.width} > 7", on_error: skip, timeout: 1m30s}`, true],
  [`{type: Fit, image: "\${photo.a.b}", width: "\${photo.width}", mode: "\${photo.stem}", enlarge: false}`, true],
  [`{type: Fit, image: "\${photo}", mode: "in\${photo.stem}"}`, true],
  [`{use: other.yaml, anything: 7}`, true],
  [`{use: other.yaml, type: Fit}`, false],
  [`{type: Fit, image: "\${photo}", width: "a \${photo}"}`, false],
  [`{type: Fit, image: "\${photo}", width: 1.5}`, false],
  [`{type: Fit, image: "\${photo}", enlarge: null}`, false],
  [`{type: Fit, image: "\${photo}", background: "$\${plain} and \${photo.stem}"}`, true],
  [`{type: Fit, image: "\${photo}", background: "\${photo"}`, false],
  [`{type: Fit, image: "\${photo}", background: "#FFF"}`, true],
  [`{type: Fit, image: "\${photo}", background: "#00ff0080"}`, true],
  [`{type: Fit, image: "\${photo}", background: edge}`, true],
  [`{type: Fit, image: "\${photo}", background: "\${photo.stem}"}`, true],
  [`{type: Fit, image: "\${photo}", background: "#ffff"}`, false],
  [`{type: Fit, image: "\${photo}", background: white}`, false],
  [`{type: Encode, image: "\${photo}", flatten: "#FFF"}`, true],
  [`{type: Encode, image: "\${photo}", flatten: "#ffffff80"}`, false],
  [`{type: Fetch, url: ["\${photo.stem}", "https://example.com/\${photo.stem}.jpg"]}`, true],
  [`{type: ReplicatePredict, input: {a: {b: ["\${photo}"]}}, timeout: {queue: 1m, run: 30s}, retry: {attempts: 3, on: E6716, cap: 0s}}`, true],
  [`{type: ReplicatePredict, input: [1]}`, false],
  [`{type: Fit, image: "\${photo}", when: "((\${a}) or not(\${b.c} < -1.5e3)) and 'it' == \\"$x\\"and true"}`, true],
  [`{type: Fit, image: "\${photo}", when: "\${a} == 'x)y' or not \${b}>=0.02 and false"}`, true],
  [`{type: Fit, image: "\${photo}", when: true}`, true],
])
  expect((faults(judge, around(node)).length === 0) === taken, `${taken ? "refuses" : "accepts"} ${node}`);

console.log(`schema: ${pipelines.length} pipelines; of tests/refused it refuses ${count.refuses} and accepts ${count.accepts}`);
process.exit(wrong ? 1 : 0);
