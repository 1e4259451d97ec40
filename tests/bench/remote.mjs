// remote.mjs COUNT IN_FLIGHT FOLDER: what a careful script on the official client does: runs predictions, IN_FLIGHT at a
// time, and saves every file. The client's own defaults otherwise.
import { mkdir, writeFile } from "node:fs/promises";
import Replicate from "replicate";

const [count, inFlight, folder] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const replicate = new Replicate({
  auth: process.env.REPLICATE_API_TOKEN,
  baseUrl: process.env.REPLICATE_BASE_URL,
  useFileOutput: false,
});
await mkdir(folder, { recursive: true });

let next = 0;
async function worker() {
  for (let i = next++; i < count; i = next++) {
    const name = String(i).padStart(5, "0");
    const url = await replicate.run("sandbox/instant", { input: { text: name, seconds: 0.4 } });
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    await writeFile(`${folder}/${name}.png`, new Uint8Array(await answer.arrayBuffer()));
  }
}
await Promise.all(Array.from({ length: inFlight }, worker));
