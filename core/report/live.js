// The live page. What it shows is a function of two things: the run as the server last told it, and whether the server
// can be heard. Nothing else is remembered, so that no late message can hide that it is gone.
import {h, count, duration} from 'ui/page';

const {token, name} = JSON.parse(document.getElementById('live').textContent);
const address = (path) => `${path}?t=${encodeURIComponent(token)}`;
const of = (id) => document.getElementById(id);
const dollars = (n) => `$${n.toFixed(n !== 0 && n < .1 ? 4 : 2)}`;

let run = null, connected = false, stopping = false, refused = '', over = '';

const graph = [...document.querySelectorAll('svg.graph > g.node')];
const svg = (element, attributes) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', element);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

/** Replaces the children of an element where they differ from what was shown there last. */
const shown = new Map();
function show(element, what, make) {
  const key = JSON.stringify(what);
  if (shown.get(element) === key) return;
  shown.set(element, key);
  element.replaceChildren(...make());
}

/** Without the tenths that nobody can read while they change. */
const seconds = (n) => (n < 60 ? `${Math.round(n)} s` : duration(n * 1000));

function verdict() {
  const {tasks, part, elapsed, left} = run;
  const facts = [`${Math.floor(part * 100)} %`, `${count(tasks.ended)} of ${count(tasks.all)} tasks`, `${seconds(elapsed)} elapsed`];
  if (left > 0) facts.push(`about ${seconds(left)} left`);
  return facts.join(' · ');
}

function paintState() {
  const lost = !connected && !over;
  document.querySelector('.state').classList.toggle('lost', lost && run !== null);
  const text = !run ? 'Connecting …' : lost ? 'Connection lost, retrying; the run goes on in the terminal.'
    : over || refused || verdict();
  const sign = !run ? '' : lost ? '✕ Not connected' : over ? '✓ Ended' : stopping || run.stopping ? '– Stopping' : '● Running';
  if (of('sign').textContent !== sign) of('sign').textContent = sign;
  of('sentence').textContent = text;
  of('stop').hidden = !run || lost || over;
  of('stop').disabled = stopping || (run && run.stopping);
  document.title = run ? `${lost ? 'lost · ' : `${Math.floor(run.part * 100)} % · `}${name}` : name;
}

function paintTiles() {
  const {items} = run;
  const tiles = {done: count(items.done), reused: items.reused && count(items.reused), failed: items.failed && count(items.failed),
    skipped: items.skipped && count(items.skipped), rate: run.rate > 0 && `${run.rate >= 10 ? count(Math.round(run.rate)) : run.rate.toFixed(1)}/s`,
    predictions: run.predictions && count(run.predictions), spent: run.spent !== undefined && dollars(run.spent),
    projected: run.projected !== undefined && dollars(run.projected), cap: run.cap !== undefined && dollars(run.cap)};
  for (const [key, value] of Object.entries(tiles)) {
    const tile = document.querySelector(`[data-tile=${key}]`);
    tile.hidden = !value;
    tile.classList.toggle('failed', key === 'failed' && !!value);
    tile.lastElementChild.textContent = value || '';
  }
  const all = Math.max(1, items.all);
  show(document.querySelector('.share'), items, () => {
    let x = 0;
    return ['done', 'reused', 'failed', 'skipped'].filter((state) => items[state] > 0).map((state) => {
      const width = Math.max(3, 1000 * items[state] / all), bar = svg('rect', {class: state, x: Math.min(x, 997), width, height: 8});
      x += width;
      return bar;
    });
  });
  of('waiting').hidden = !run.waiting;
  of('waiting').textContent = run.waiting ? `Waiting: ${run.waiting}` : '';
}

function paintGraph() {
  graph.forEach((box, i) => {
    const node = run.nodes[i];
    if (!node) return;
    show(box.querySelector('.bars'), node, () => {
      const width = Number(box.querySelector('.box').getAttribute('width')), ended = node.done + node.reused + node.failed + node.skipped;
      const state = node.failed ? 'failed' : ended < node.total ? '' : node.done || node.reused ? (node.reused > node.done ? 'reused' : 'done') : 'skipped';
      for (const one of ['failed', 'done', 'reused', 'skipped']) box.classList.toggle(one, one === state);
      box.classList.toggle('running', node.running > 0 && !node.failed);
      const part = node.total ? Math.min(100, Math.floor(100 * ended / node.total)) : 100;
      box.querySelector('.sign').textContent = node.failed ? `${count(node.failed)} ✕` : ended >= node.total ? {done: '✓', reused: '↺', skipped: '–'}[state] : ended || node.running ? `${part} %` : '';
      const told = `${node.name}: ${count(ended)} of ${count(node.total)}` + ['done', 'reused', 'failed', 'skipped', 'running', 'waiting'].filter((key) => node[key]).map((key) => `, ${count(node[key])} ${key}`).join('');
      box.setAttribute('aria-label', told);
      box.querySelector('title').textContent = told;
      let x = 0;
      return ['failed', 'done', 'reused', 'skipped'].filter((key) => node[key] > 0).map((key) => {
        const share = Math.min(width - x, Math.max(2, width * node[key] / Math.max(1, node.total)));
        const bar = svg('rect', {class: `bar ${key}`, x, y: 35, width: Math.max(0, share), height: 3});
        x += share;
        return bar;
      });
    });
  });
}

const picture = (hash, alt = '') => h('img', {src: address(`/thumbnail/${hash}`), alt, onerror: (event) => event.target.remove()});

function paintLists() {
  document.querySelector('#lanes-title small').textContent = run.running || run.for_place ? `${count(run.running)}${run.for_place ? `, ${count(run.for_place)} waiting for a place` : ''}` : '';
  show(document.querySelector('#lanes tbody'), run.lanes.map((lane) => [lane.node, lane.item, Math.floor(lane.ms / 100)]), () => run.lanes.length
    ? run.lanes.map((lane) => h('tr', {}, h('th', {scope: 'row'}, lane.node), h('td', {class: 'item mono', title: lane.item}, lane.item), h('td', {}, duration(lane.ms))))
    : [h('tr', {}, h('td', {class: 'item quiet', colspan: 3}, 'Nothing at the moment.'))]);
  document.querySelector('#failures-title small').textContent = run.failed ? `${count(run.failed)}, ${count(run.causes)} cause${run.causes === 1 ? '' : 's'}` : '';
  show(of('failures'), run.failures, () => run.failures.length
    ? run.failures.map((one) => h('li', {}, h('span', {class: 'thumb'}, one.hash && picture(one.hash)),
      h('div', {}, h('p', {}, h('strong', {}, one.item), one.node && ' at ', one.node && h('span', {class: 'mono'}, one.node)),
        h('p', {class: 'cause'}, one.cause, ' ', h('span', {class: 'code'}, one.code)))))
    : [h('li', {class: 'quiet'}, 'None.')]);
  // Pictures that stay keep their element: they would flicker.
  const list = of('images'), kept = new Map([...list.children].map((one) => [one.dataset.key, one]));
  const wanted = run.images.map((one) => {
    const key = `${one.item}\n${one.hash}`;
    if (kept.has(key)) return kept.get(key);
    const made = h('li', {title: `${one.item} (${one.node})`}, h('span', {class: 'picture'}, picture(one.hash, `${one.item} at ${one.node}`)), h('span', {class: 'name'}, one.item));
    made.dataset.key = key;
    return made;
  });
  if (wanted.length !== list.children.length || wanted.some((one, i) => list.children[i] !== one)) list.replaceChildren(...wanted);
}

function paint() {
  paintState();
  if (!run) return;
  paintTiles();
  paintGraph();
  paintLists();
}

of('stop').addEventListener('click', async () => {
  stopping = true;
  refused = '';
  paint();
  try {
    const answer = await fetch(address('/stop'), {method: 'POST'});
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  } catch (error) {
    stopping = false;
    refused = `It was not stopped: ${error.message}. Ctrl-C in the terminal does the same.`;
  }
  paint();
});

function listen() {
  const stream = new EventSource(address('/stream'));
  stream.addEventListener('open', () => {
    connected = true;
    if (run) paint();
  });
  stream.addEventListener('run', (event) => {
    connected = true;
    run = JSON.parse(event.data);
    paint();
  });
  stream.addEventListener('ended', (event) => {
    const {report} = JSON.parse(event.data);
    over = {here: 'The report is being opened.', beside: 'Its report has its pictures beside it: open the file named below.', none: 'There is no report of it.'}[report];
    stream.close();
    paint();
    if (report !== 'here') return;
    window.stop();  // the server goes when it has given the report: no picture is to be asked for any more
    location.replace(address('/report'));
  });
  stream.addEventListener('error', () => {
    if (over) return;
    connected = false;
    paint();
    // A refusal (too many pages are open) ends the stream for good; the server may have room again later.
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
}
paint();
listen();
