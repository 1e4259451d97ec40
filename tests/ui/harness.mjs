// What the tests in a browser share: cases that go on after a failure, and what a person would check by looking.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let failures = 0;
export async function test(name, run) {
  try {
    await run();
    console.log(`ok    ${name}`);
  } catch (error) {
    ++failures;
    console.log(`FAIL  ${name}\n${error.stack}`);
  }
}
export function finish() {
  console.log(failures ? `${failures} failed` : 'all passed');
  process.exit(failures ? 1 : 0);
}

/** A new page that tells what it asked for, and what went wrong in it. */
export async function watched(context) {
  const page = await context.newPage();
  page.asked = [];
  page.mistakes = [];
  page.on('request', (request) => page.asked.push(request.url()));
  page.on('pageerror', (error) => page.mistakes.push(error.message));
  page.on('console', (message) => message.type() === 'error' && page.mistakes.push(`${message.text()} ${message.location().url}`));
  return page;
}

/** What axe finds wrong. */
export async function accessible(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run(document, {resultTypes: ['violations']}));
  return found.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

/** Whether the first picture that fits is what is really seen where it is: left of its middle, where a slider may be. */
export const seen = (page, selector) => page.waitForFunction((wanted) => {
  const image = document.querySelector(wanted);
  if (!image || !image.complete || image.naturalWidth === 0) return false;
  image.scrollIntoView({block: 'center'});
  const box = image.getBoundingClientRect();
  return box.width > 20 && box.height > 20 && document.elementFromPoint(box.x + box.width / 3, box.y + box.height / 2) === image;
}, selector, {timeout: 5000}).then(() => true, () => false);
