// Reports as people open them: from a file, in a browser, with nothing to fetch anything from.
//   report.mjs PROGRAM CHROMIUM PIPELINES
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {chromium} from 'playwright-core';
import {accessible, finish, seen, test, watched} from './harness.mjs';
import {makeRun} from './made_run.mjs';

const [program, executablePath, pipelines] = process.argv.slice(2).map((path) => resolve(path));
const home = mkdtempSync(join(tmpdir(), 'pixgraph_ui.'));
process.env.XDG_CACHE_HOME = join(home, 'cache');

/** A run of the main pipeline over photos whose names are attacks. */
function realRun() {
  const photos = join(home, 'photos'), mug = join(pipelines, 'photos/mug.jpg');
  mkdirSync(join(photos, '<'), {recursive: true});
  copyFileSync(mug, join(photos, 'mug.jpg'));
  copyFileSync(mug, join(photos, '<', 'script><script>window.hacked=1.jpg'));
  copyFileSync(mug, join(photos, '"><img src=x onerror=window.hacked=2>.jpg'));
  copyFileSync(mug, join(photos, '<!--<script>.jpg'));
  writeFileSync(join(photos, 'broken & torn.jpg'), readFileSync(mug).subarray(0, 3000));
  copyFileSync(join(pipelines, 'cutout-inpaint.yaml'), join(home, 'cutout-inpaint.yaml'));
  const run = spawnSync(program, ['run', 'cutout-inpaint.yaml', 'photos', '--sandbox'], {cwd: home, encoding: 'utf8'});
  assert.equal(run.status, 1, run.stderr);
  const report = /^report {2}(.*)$/m.exec(run.stderr);
  assert.ok(report, run.stderr);
  return join(home, report[1]);
}

const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});

/** A page that is offline and tells what it asked for. */
async function open(file, options = {}, hash = '') {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  await context.setOffline(true);
  const page = await watched(context);
  await page.goto(pathToFileURL(file).href + hash);
  return page;
}
async function shown(page) {
  await page.waitForSelector('#images .tile');
  await page.waitForSelector('#timeline canvas');
}
const report = realRun();

await test('nothing is fetched outside, and nothing is refused', async () => {
  const page = await open(report);
  await shown(page);
  await page.locator('.tile', {hasText: 'mug.jpg'}).first().click();
  await page.waitForTimeout(200);
  assert.deepEqual(page.asked.filter((url) => !url.startsWith('file:') && !url.startsWith('data:')), []);
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

await test('the verdict is the first thing, in the title too', async () => {
  const page = await open(report);
  assert.match(await page.title(), /^✕ cutout-inpaint · 1 failed$/);
  assert.match(await page.locator('.verdict').innerText(), /^✕ Finished with failures 1 of 5 items failed; 4 are in out\./);
  assert.match(await page.locator('#failures').innerText(), /the JPEG file is truncated/);
  await page.context().close();
});

await test('names of files do no harm', async () => {
  const page = await open(report);
  await shown(page);
  const names = await page.locator('.tile .name').allInnerTexts();
  for (const name of ['</script><script>window.hacked=1.jpg', '"><img src=x onerror=window.hacked=2>.jpg', '<!--<script>.jpg']) {
    assert.ok(names.includes(name), `${name} is not in ${names}`);
    await page.locator('.tile', {hasText: name}).first().click();
    assert.match(await page.locator('dialog h2').innerText(), /✓ done/);
    await page.keyboard.press('Escape');
  }
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

await test('thumbnails are really seen', async () => {
  const page = await open(report);
  await shown(page);
  assert.ok(await seen(page, '.tile img'), 'no picture is seen in the first tile');
  await page.context().close();
});

await test('the grid is filtered by outcome and by name', async () => {
  const page = await open(report);
  await shown(page);
  const tiles = page.locator('.tile');
  assert.equal(await tiles.count(), 5);
  await page.getByRole('button', {name: '✕ failed 1'}).click();
  assert.deepEqual(await tiles.locator('.name').allInnerTexts(), ['broken & torn.jpg']);
  await page.getByRole('button', {name: 'all 5'}).click();
  await page.getByRole('searchbox').fill('MUG');
  assert.deepEqual(await tiles.locator('.name').allInnerTexts(), ['mug.jpg']);
  assert.equal(await page.locator('#images small').first().innerText(), '1 of 5');
  await page.context().close();
});

await test('keys open an image, move the slider and go back to where they were', async () => {
  const page = await open(report);
  await shown(page);
  await page.getByRole('searchbox').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  const name = await page.evaluate(() => document.activeElement.title);
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open] .compare .over img');
  assert.ok((await page.locator('dialog h2').innerText()).startsWith(name));
  const clip = () => page.locator('.compare .over').evaluate((over) => getComputedStyle(over).clipPath);
  const before = await clip();
  await page.locator('#slider').focus();
  await page.keyboard.press('ArrowRight');
  assert.notEqual(await clip(), before);
  await page.keyboard.press('End');
  assert.match(await clip(), /^inset\(0(px|%)? (calc\(0%[^)]*\)|0(px|%)?) 0(px|%)? 0(px|%)?\)$|^inset\(0px\)$|0%/);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('dialog[open]').count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.title), name);
  await page.context().close();
});

await test('a link leads to one image, with its chain, tasks and predictions', async () => {
  const page = await open(report, {}, '#image-mug.jpg');
  await page.waitForSelector('dialog[open]');
  assert.deepEqual(await page.locator('.step .name').allInnerTexts(), ['photo', 'fitted', 'cutout', 'mask', 'scene', 'outline', 'result']);
  assert.ok(await seen(page, '.step img'), 'no step is seen');
  assert.ok(await seen(page, '.compare .over img'), 'the picture before is not seen');
  const text = await page.locator('dialog').innerText();
  for (const part of ['seed: 7', 'prompt: a marble table', 'PasteBack', 'cjwbw/rembg']) assert.ok(text.includes(part), `${part} is not in ${text}`);
  // Sharp while the files are there.
  assert.ok(await page.locator('.compare .over img').evaluate((image) => image.naturalWidth) > 160);
  await page.context().close();
});

await test('moved away from its files the report shows its thumbnails', async () => {
  const moved = join(home, 'mailed', 'report.html');
  mkdirSync(join(home, 'mailed'));
  copyFileSync(report, moved);
  const page = await open(moved, {}, '#image-mug.jpg');
  await page.waitForSelector('dialog[open]');
  assert.ok(await seen(page, '.compare .over img'), 'the thumbnail is not seen');
  assert.ok(await page.locator('.compare .over img').evaluate((image) => image.naturalWidth) <= 160);
  await page.context().close();
});

await test('it is dark where the reader wants it dark', async () => {
  const page = await open(report, {colorScheme: 'dark'});
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.ok(ground.match(/\d+/g).slice(0, 3).every((part) => Number(part) < 60), ground);
  await page.context().close();
});

await test('it is read without JavaScript', async () => {
  const page = await open(report, {javaScriptEnabled: false});
  assert.match(await page.locator('.verdict').innerText(), /1 of 5 items failed/);
  assert.ok(await page.locator('.pipeline svg .node').first().isVisible());
  assert.match(await page.locator('noscript table, main table').last().innerText(), /mug\.jpg/);
  assert.match(await page.locator('#failures').innerText(), /1 item at fitted/);
  assert.equal(await page.locator('#timeline').isVisible(), false);
  await page.context().close();
});

await test('no accessibility violations: light, dark, narrow, an image open', async () => {
  for (const colorScheme of ['light', 'dark'])
    for (const width of [1280, 400]) {
      const page = await open(report, {colorScheme, viewport: {width, height: 900}});
      await shown(page);
      assert.deepEqual(await accessible(page), [], `${colorScheme} ${width}`);
      await page.locator('.tile', {hasText: 'mug.jpg'}).first().click();
      await page.waitForSelector('dialog[open]');
      assert.deepEqual(await accessible(page), [], `${colorScheme} ${width} with an image open`);
      await page.context().close();
    }
});

await test('a narrow page does not scroll sideways', async () => {
  const page = await open(report, {viewport: {width: 400, height: 800}});
  await shown(page);
  assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth) <= 400);
  await page.context().close();
});

await test('the drawing of graph stands for itself', async () => {
  const svg = join(home, 'graph.svg');
  writeFileSync(svg, execFileSync(program, ['graph', 'cutout-inpaint.yaml', '--format', 'svg'], {cwd: home}));
  const page = await open(svg);
  const box = await page.evaluate(() => document.querySelector('.node .name').getBoundingClientRect().width);
  assert.ok(box > 10);
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
});

// Large runs. The times are printed, not judged: the machine has other things to do. Past the bound something is wrong.
const kBound = 15000;
for (const items of [5000, 50000]) {
  await test(`${items} images`, async () => {
    const state = join(home, `state-${items}`);
    makeRun(state, items, smallPicture());
    const file = join(state, 'report.html');
    const begin = performance.now();
    execFileSync(program, ['report', 'last', file, '--state', state]);
    const made = performance.now() - begin;
    const beside = existsSync(join(state, 'report.files'));
    const times = [];
    for (let i = 0; i < 3; ++i) {
      const page = await open(file);
      await shown(page);
      if (i === 0) {
        assert.ok(await seen(page, '.tile img'), 'no thumbnail is seen');
        await page.locator('.grid').evaluate((grid) => (grid.scrollTop = grid.scrollHeight));
        await page.waitForTimeout(100);
        assert.ok(await page.locator('.tile').count() < 300, 'the grid is not virtual');
        assert.deepEqual(page.mistakes, []);
      }
      times.push(await page.evaluate(() => ({paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
        all: performance.getEntriesByName('timeline-painted')[0].startTime})));
      await page.context().close();
    }
    const middle = (key) => times.map((one) => one[key]).sort((a, b) => a - b)[1];
    console.log(`      ${items} images, ${items * 4} tasks: report made in ${(made / 1000).toFixed(1)} s, ${(statSync(file).size / 1e6).toFixed(1)} MB` +
      `${beside ? ' and thumbnails beside it' : ''}; first paint ${middle('paint').toFixed(0)} ms, all painted ${middle('all').toFixed(0)} ms`);
    assert.equal(beside, items === 50000);
    assert.ok(middle('paint') < kBound && middle('all') < kBound);
  });
}

/** A JPEG of the real run's thumbnails. */
function smallPicture() {
  const folder = join(home, '.pixgraph/thumbnails');
  for (const part of readdirSync(folder))
    for (const name of readdirSync(join(folder, part))) {
      const bytes = readFileSync(join(folder, part, name));
      if (bytes[0] === 0xff && bytes.length < 5000) return bytes;
    }
  throw new Error('the real run left no thumbnail');
}

await browser.close();
rmSync(home, {recursive: true, force: true});
finish();
