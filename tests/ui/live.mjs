// The live page as people look at it: a run that goes on, in a browser.
//   live.mjs PROGRAM CHROMIUM PIPELINES
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {chromium} from 'playwright-core';
import {accessible, finish, seen, test, watched} from './harness.mjs';

const [program, executablePath, pipelines] = process.argv.slice(2).map((path) => resolve(path));
const home = mkdtempSync(join(tmpdir(), 'pixgraph_live.'));
const running = new Set();

/** Starts a program and gives what it said once that has the pattern in it. */
function start(words, env, pattern) {
  const child = spawn(program, words, {cwd: home, env: {...process.env, XDG_CACHE_HOME: join(home, 'cache'), ...env}});
  running.add(child);
  child.said = '';
  child.ended = new Promise((done) => child.on('close', (code) => {
    running.delete(child);
    done(code);
  }));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (child.said += data));
  return new Promise((done, failed) => {
    const look = () => {
      const found = pattern.exec(child.said);
      if (found) done([child, found]);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.ended.then((code) => failed(new Error(`it ended with ${code}: ${child.said}`)));
    setTimeout(() => failed(new Error(`it never said ${pattern}: ${child.said}`)), 20000).unref();
  });
}

writeFileSync(join(home, 'slow.yaml'), `pixgraph: 1
name: slow
inputs: {photo: {type: image}}
nodes:
  small: {type: Resize, image: "\${photo}", width: 200}
  made: {type: ReplicatePredict, model: sandbox/instant, input: {text: "\${photo.stem}", image: "\${small}"}}
  picture: {type: Fetch, url: "\${made.output}"}
  final: {type: Composite, under: "\${small}", over: "\${picture}", gravity: centre}
outputs: {result: {value: "\${final}", file: "\${photo.stem}.jpg"}}
`);
/** A folder of photos, one of them torn and one with a name that is an attack. */
function photos(folder, many) {
  mkdirSync(join(home, folder, '<'), {recursive: true});
  for (let i = 0; i < many; ++i) copyFileSync(join(pipelines, 'photos/mug.jpg'), join(home, folder, `mug-${String(i).padStart(2, '0')}.jpg`));
  copyFileSync(join(pipelines, 'photos/mug.jpg'), join(home, folder, '<', 'script><img src=x onerror=window.hacked=1>.jpg'));
  writeFileSync(join(home, folder, 'broken.jpg'), readFileSync(join(pipelines, 'photos/mug.jpg')).subarray(0, 3000));
}

const [sandbox, base] = await start(['sandbox', '--port', '0', '--latency', '1s'], {}, /^(http\S+)$/m);
/** The models stand still until they are told to go on: however slow this machine is, the run is not over before all was looked at. */
const hold = () => sandbox.kill('SIGSTOP');
const goOn = () => sandbox.kill('SIGCONT');

let number = 0;
/** A run of its own over many photos, two predictions at a time, held when its first result is written. */
async function live(many) {
  const name = `run-${++number}`;
  photos(name, many);
  goOn();
  const [run, found] = await start(['run', 'slow.yaml', name, '--live', '--jobs-remote', '2', '--state', `${name}-state`, '--out', `${name}-out`],
    {REPLICATE_BASE_URL: base[1], REPLICATE_API_TOKEN: 'any'}, /^live view {2}(\S+)$/m);
  run.written = async (least) => {
    const results = () => existsSync(join(home, `${name}-out`)) ? readdirSync(join(home, `${name}-out`)).filter((one) => one.endsWith('.jpg')) : [];
    while (running.has(run) && results().length < least) await sleep(20);
    hold();
  };
  await run.written(1);
  return [run, found[1]];
}

const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
async function open(url, options = {}) {
  const context = await browser.newContext({viewport: {width: 1280, height: 1000}, ...options});
  const page = await watched(context);
  await page.goto(url);
  return page;
}
const part = (page) => page.title().then((title) => Number(/^(\d+) %/.exec(title)?.[1] ?? -1));
const until = (page, least) => page.waitForFunction((wanted) => Number(/^(\d+) %/.exec(document.title)?.[1] ?? -1) >= wanted, least, {timeout: 30000});

await test('it fills, and at the end it becomes the report', async () => {
  const [run, url] = await live(8);
  const page = await open(url);
  await until(page, 10);
  const first = await part(page);
  assert.match(await page.locator('.state').innerText(), /● Running/);
  assert.match(await page.locator('#sentence').innerText(), /^\d+ % · \d+ of 50 tasks · \d+ s elapsed/);
  assert.ok(await seen(page, '#images img'), 'no latest image is seen');
  assert.match(await page.locator('#failures').innerText(), /broken\.jpg at small\s+the JPEG file is truncated/);
  assert.equal(await page.locator('svg.graph .node.failed').count(), 1);
  assert.match(await page.locator('svg.graph .node.failed .sign').textContent(), /^1 ✕$/);
  assert.ok(await page.locator('svg.graph .node .bars rect').count() > 0, 'no bar fills');
  assert.match(await page.locator('#lanes').innerText(), /made\s+\S+\.jpg\s+[\d.]+ (ms|s)/);
  assert.deepEqual(await accessible(page), []);
  goOn();
  await run.written(4);
  await until(page, first + 10);
  goOn();
  await page.waitForURL(/\/report\?t=/, {timeout: 30000});
  await page.waitForSelector('#images .tile');
  assert.match(await page.title(), /^✕ slow · 1 failed$/);
  assert.match(await page.locator('main').innerText(), /This is the file \S+run-1-state\/runs\/\S+\/report\.html/);
  assert.ok(await seen(page, '.tile img'), 'no thumbnail of the report is seen');
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.deepEqual(page.asked.filter((one) => !one.startsWith(new URL(url).origin) && !one.startsWith('data:')), []);
  assert.equal(await run.ended, 1);
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

await test('Stop is Ctrl-C once: what runs is awaited, the exit code is 130', async () => {
  const [run, url] = await live(12);
  const page = await open(url, {colorScheme: 'dark'});
  await until(page, 5);
  assert.deepEqual(await accessible(page), []);
  await page.getByRole('button', {name: 'Stop after running tasks'}).press('Enter');
  for (let i = 0; i < 1500 && !/interrupted:/.test(run.said); ++i) await sleep(20);
  goOn();
  await page.waitForURL(/\/report\?t=/, {timeout: 30000});
  assert.match(await page.locator('.verdict').innerText(), /– Interrupted/);
  assert.equal(await run.ended, 130);
  assert.match(run.said, /interrupted: no new predictions; waiting for those that run/);
  await page.context().close();
});

await test('a page that is opened again, and one that comes late, know as much; on a phone too', async () => {
  const [run, url] = await live(12);
  const page = await open(url, {viewport: {width: 390, height: 800}});
  await until(page, 8);
  const before = await part(page);
  await page.reload();
  await until(page, before);
  assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth) <= 390, 'it scrolls sideways');
  assert.deepEqual(await accessible(page), []);
  const late = await open(url);
  await until(late, before);
  assert.ok(await seen(late, '#images img'), 'the late page has no pictures');
  run.kill('SIGKILL');
  await page.waitForFunction(() => /Connection lost, retrying; the run goes on in the terminal\./.test(document.body.innerText), null, {timeout: 10000});
  assert.match(await page.title(), /^lost · slow$/);
  assert.ok(await page.locator('.state.lost').isVisible());
  assert.equal(await page.locator('#stop').isVisible(), false);
  await page.waitForTimeout(1500);
  assert.ok(await page.locator('.state.lost').isVisible(), 'it forgot that nobody answers');
  await page.context().close();
  await late.context().close();
});

await test('without JavaScript it says where the run is', async () => {
  const [run, url] = await live(2);
  const page = await open(url, {javaScriptEnabled: false});
  assert.match(await page.locator('noscript').innerText(), /This page needs JavaScript\. The run goes on in the terminal/);
  await page.context().close();
  goOn();
  await run.ended;
});

await browser.close();
goOn();
sandbox.kill('SIGTERM');
for (const child of running) child.kill('SIGKILL');
rmSync(home, {recursive: true, force: true});
finish();
