// A state directory with one run that never was, as large as wanted: its events, and thumbnails of their own for every
// item. What `pixgraph report` makes of it is measured.
import {createHash, randomBytes} from 'node:crypto';
import {mkdirSync, openSync, writeSync, closeSync, writeFileSync} from 'node:fs';

const nodes = [{name: 'fitted', type: 'Fit', after: ['photo']}, {name: 'cutout', type: 'Predict', hosted: true, after: ['fitted']},
  {name: 'scene', type: 'Predict', hosted: true, after: ['fitted', 'cutout']}];

/** Four tasks an item: three nodes and the output. `picture`: the bytes of a small JPEG, `each`: of a thumbnail. */
export function makeRun(state, items, picture, each = 4500) {
  const folder = `${state}/runs/20261120T091200000-000000`;
  mkdirSync(folder, {recursive: true});
  for (let i = 0; i < 256; ++i) mkdirSync(`${state}/thumbnails/${i.toString(16).padStart(2, '0')}`, {recursive: true});
  const file = openSync(`${folder}/events.ndjson`, 'w');
  let lines = [];
  const emit = (event) => {
    lines.push(JSON.stringify(event));
    if (lines.length > 5000) flush();
  };
  const flush = () => {
    if (lines.length) writeSync(file, lines.join('\n') + '\n');
    lines = [];
  };
  emit({type: 'version', pixgraph: '0.1.0', events: '1.0'});
  emit({type: 'run', t: 0, id: '20261120T091200000-000000', file: 'catalog.yaml', name: 'catalog-refresh', started: '2026-11-20T09:12:00.000Z',
    inputs: [{name: 'photo', type: 'image'}], nodes, outputs: [{name: 'result', after: ['scene']}], params: {}, items, out: 'out', state,
    sandbox: '', shard: '', skipped_files: 0, command: ['run', 'catalog.yaml', 'photos/'], pipeline: 'pixgraph: 1\n'});
  let failed = 0;
  for (let i = 0; i < items; ++i) {
    const item = `shelf-${i % 40}/IMG_${String(i).padStart(5, '0')}.jpg`, bad = i % 120 === 7;
    let t = i * .05;
    for (const node of ['fitted', 'cutout', 'scene', 'result']) {
      const output = node === 'result' ? {output: true} : {};
      const ms = node === 'scene' ? 800 + (i * 7919) % 900 : node === 'cutout' ? 300 + (i * 31) % 400 : 5 + i % 30;
      if (bad && node === 'result') {
        emit({type: 'task', t, item, node, state: 'skipped', ms: 0, ...output});
        continue;
      }
      emit({type: 'task', t: Math.round(t * 1000) / 1000, item, node, state: 'started', ...output});
      t += ms / 1000;
      const fails = bad && node === 'scene';
      emit({type: 'task', t: Math.round(t * 1000) / 1000, item, node, state: fails ? 'failed' : 'done', ms, ...output,
        ...(fails ? {code: 'E411', cause: `mask and image sizes differ (2048x${1300 + i % 90})`} : {})});
    }
    const bytes = Buffer.concat([picture, randomBytes(Math.max(16, each - picture.length))]);
    const hash = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(`${state}/thumbnails/${hash.slice(0, 2)}/${hash.slice(2)}`, bytes);
    emit({type: 'picture', t, item, input: 'photo', hash, path: `/photos/${item}`});
    failed += bad;
    emit({type: 'item', t, item, outcome: bad ? 'failed' : 'done', inputs: {photo: `/photos/${item}`}, attempts: 1, ms: 1500,
      predictions: [{node: 'cutout', id: `c${i}`, reused: false}, {node: 'scene', id: `s${i}`, reused: false}],
      files: bad ? [] : [{path: `/out/${item}`, hash}],
      ...(bad ? {code: 'E411', cause: `\`scene\`: mask and image sizes differ (2048x${1300 + i % 90})`, node: 'scene'} : {})});
  }
  emit({type: 'end', t: items * .05 + 2, exit: failed ? 1 : 0, done: items - failed, reused: 0, failed, canceled: 0, out: 'out'});
  flush();
  closeSync(file);
}
