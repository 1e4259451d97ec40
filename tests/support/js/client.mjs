// The official JavaScript client as the judge of the sandbox's wire form.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import Replicate from "replicate";

const sandbox = spawn(process.argv[2], ["--port", "0", "--until-stdin-closes"], { stdio: ["pipe", "pipe", "ignore"] });
const baseUrl = await new Promise((resolve, reject) => {
  createInterface({ input: sandbox.stdout }).once("line", resolve);
  sandbox.once("error", reject);
  sandbox.once("exit", (code) => reject(new Error(`the sandbox ended with ${code}`)));
});

try {
  const replicate = new Replicate({ auth: "r8_any_token_is_taken", baseUrl });

  // By path, as official models are run. The client wraps only https: URLs, so that these stay strings.
  const output = await replicate.run("black-forest-labs/flux-schnell", {
    input: { prompt: "a lighthouse", num_outputs: 2, megapixels: "0.25", output_format: "png" },
    wait: { mode: "poll", interval: 50 },
  });
  assert.equal(output.length, 2);
  const picture = new Uint8Array(await (await fetch(output[0])).arrayBuffer());
  assert.deepEqual([...picture.slice(0, 4)], [0x89, 0x50, 0x4e, 0x47], "the output is a PNG");

  // By version, with a file that the client uploads.
  const cutout = await replicate.run("cjwbw/rembg:fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003", {
    input: { image: new Blob([picture], { type: "image/png" }) },
    wait: { mode: "poll", interval: 50 },
  });
  assert.match(cutout, /^http:\/\/127\.0\.0\.1:/);

  const listed = await replicate.predictions.list();
  assert.equal(listed.results.length, 2);
  for (const prediction of listed.results) assert.equal(prediction.status, "succeeded");
  const again = await replicate.predictions.get(listed.results[0].id);
  assert.equal(again.id, listed.results[0].id);

  const refusal = await replicate.predictions
    .create({ model: "black-forest-labs/flux-schnell", input: { prompt: "a", num_outputs: 9 } })
    .then(() => assert.fail("num_outputs: 9 was taken"), (error) => error);
  assert.equal(refusal.response?.status, 422);
  assert.match(refusal.message, /num_outputs/);
  console.log("js_client: replicate 1.4.0 and the sandbox understand each other");
} finally {
  sandbox.stdin.end();
}
