// The timeline: a canvas of lanes. A lane is one of the places at which tasks of a node ran at the same time: one row
// per task would be unreadable past a few hundred.
import {h, count, duration, plural, signs, words} from 'ui/page';

const labelWidth = 132, axis = 20, mostLanes = 400;

/** Gives each task the first lane of its node that is free at its start. */
export function lanesOf(tasks, boxes) {
  const byBox = boxes.map(() => ({free: [], tasks: []}));
  for (let i = 0; i < tasks.start.length; ++i) {
    if ('srcu'.includes(tasks.state[i]) && tasks.ms[i] === 0) continue;
    const of = byBox[tasks.box[i]];
    let lane = of.free.findIndex((end) => end <= tasks.start[i]);
    if (lane < 0) lane = of.free.length;
    of.free[lane] = tasks.start[i] + Math.max(1, tasks.ms[i]);
    (of.tasks[lane] ??= []).push(i);
  }
  return byBox.flatMap((of, box) => of.tasks.map((list, lane) => ({box, lane, lanes: of.tasks.length, tasks: list})));
}

export function timeline(section, data, open) {
  const all = lanesOf(data.tasks, data.boxes), lanes = all.slice(0, mostLanes);
  if (lanes.length === 0) return;
  section.hidden = false;
  section.querySelector('small').textContent = `${plural(data.tasks.start.length, 'task')} · ${plural(all.length, 'lane')}` +
    (all.length > lanes.length ? `, the first ${count(lanes.length)} shown` : '') + ' · wheel or + and − to zoom, drag or arrows to pan, 0 to reset';
  const row = lanes.length > 40 ? 9 : 15, height = lanes.length * row + axis;
  const canvas = h('canvas', {tabindex: 0, role: 'img', 'aria-label':
    `Timeline of ${plural(data.tasks.start.length, 'task')} in ${plural(all.length, 'lane')}; the table “Where time went” says the same in numbers`});
  canvas.style.height = `${height}px`;
  const tip = h('div', {class: 'tip', hidden: true});
  const box = h('div', {class: 'lanes'}, canvas, tip);
  section.append(box);

  const end = Math.max(1, data.seconds * 1000);
  let from = 0, to = end;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dark = matchMedia('(prefers-color-scheme: dark)');

  function paint() {
    const width = box.clientWidth, scale = window.devicePixelRatio || 1;
    if (width === 0) return;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const g = canvas.getContext('2d');
    g.scale(scale, scale);
    const colours = {d: colour('--good'), r: colour('--reused'), f: colour('--bad'), s: colour('--skipped'), c: colour('--skipped'), u: colour('--line')};
    const ink = colour('--quiet'), rule = colour('--rule'), ground = colour('--inset');
    const space = width - labelWidth, x = (t) => labelWidth + (t - from) / (to - from) * space;
    g.font = '11px system-ui, "DejaVu Sans", sans-serif';
    g.textBaseline = 'middle';
    lanes.forEach((lane, i) => {
      g.fillStyle = ground;
      g.fillRect(labelWidth, i * row + 1, space, row - 3);
    });
    g.strokeStyle = rule;
    g.fillStyle = ink;
    g.textAlign = 'center';
    const step = niceStep((to - from) / (space / 110));
    for (let t = Math.ceil(from / step) * step; t <= to; t += step) {
      g.beginPath();
      g.moveTo(Math.round(x(t)) + .5, 0);
      g.lineTo(Math.round(x(t)) + .5, height - axis + 3);
      g.stroke();
      g.fillText(t === 0 ? '0' : duration(t), Math.min(width - 22, Math.max(labelWidth + 6, x(t))), height - 8);
    }
    g.textAlign = 'left';
    let named = -1e9;
    lanes.forEach((lane, i) => {
      const middle = i * row + row / 2 - .5;
      if (lane.lane === 0 || (row > 12 && lane.lanes > 1)) {
        if (i * row - named >= 12) {
          g.fillStyle = ink;
          g.fillText(shortened(data.boxes[lane.box].name) + (lane.lanes > 1 && row > 12 ? ` ${lane.lane + 1}` : ''), 2, middle, labelWidth - 10);
          named = i * row;
        }
      }
      // Tasks that share a pixel are drawn once, the failed ones last.
      let drawnTo = -1;
      const failed = [];
      for (const task of lane.tasks) {
        const start = data.tasks.start[task], stop = start + data.tasks.ms[task];
        if (stop < from || start > to) continue;
        if (data.tasks.state[task] === 'f') failed.push(task);
        const left = Math.max(labelWidth, x(start)), right = Math.min(width, Math.max(left + 1, x(stop) - .5));
        if (right <= drawnTo) continue;
        g.fillStyle = colours[data.tasks.state[task]];
        g.fillRect(left, i * row + 1, right - left, row - 3);
        drawnTo = right;
      }
      g.fillStyle = colours.f;
      for (const task of failed) {
        const left = Math.max(labelWidth, x(data.tasks.start[task]));
        const right = Math.min(width, Math.max(left + 2, x(data.tasks.start[task] + data.tasks.ms[task])));
        g.fillRect(left, i * row + 1, right - left, row - 3);
      }
    });
  }

  const shortened = (name) => (name.length > 20 ? `${name.slice(0, 19)}…` : name);
  let wanted = false;
  const repaint = () => {
    if (wanted) return;
    wanted = true;
    requestAnimationFrame(() => {
      wanted = false;
      paint();
    });
  };
  function show(begin, stop) {
    const span = Math.min(end, Math.max(end / 1e5, 5, stop - begin));
    from = Math.min(end - span, Math.max(0, begin));
    to = from + span;
    repaint();
  }
  const zoom = (factor, at = (from + to) / 2) => show(at - (at - from) * factor, at + (to - at) * factor);
  const timeAt = (px) => from + (px - labelWidth) / (box.clientWidth - labelWidth) * (to - from);
  function taskAt(event) {
    const lane = lanes[Math.floor(event.offsetY / row)], t = timeAt(event.offsetX);
    if (!lane || event.offsetX < labelWidth) return -1;
    const slack = (to - from) / (box.clientWidth - labelWidth) * 2;
    return lane.tasks.find((task) => data.tasks.start[task] - slack <= t && t <= data.tasks.start[task] + data.tasks.ms[task] + slack) ?? -1;
  }

  canvas.addEventListener('keydown', (event) => {
    const span = to - from;
    const keys = {'+': () => zoom(.6), '=': () => zoom(.6), '-': () => zoom(1 / .6), 0: () => show(0, end),
      ArrowLeft: () => show(from - span / 6, to - span / 6), ArrowRight: () => show(from + span / 6, to + span / 6),
      Home: () => show(0, span), End: () => show(end - span, end)};
    if (!keys[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  // A wheel that turns over the timeline while the page scrolls past it must not catch the page: it zooms what has been
  // clicked or tabbed to.
  canvas.addEventListener('wheel', (event) => {
    if (document.activeElement !== canvas && !event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : .8, timeAt(event.offsetX));
  }, {passive: false});
  let drag = null;
  canvas.addEventListener('pointerdown', (event) => {
    drag = {x: event.offsetX, from, to, moved: false};
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (drag) {
      const moved = (drag.x - event.offsetX) / (box.clientWidth - labelWidth) * (drag.to - drag.from);
      drag.moved ||= Math.abs(drag.x - event.offsetX) > 3;
      if (drag.moved) show(drag.from + moved, drag.to + moved);
      return;
    }
    const task = taskAt(event);
    tip.hidden = task < 0;
    canvas.style.cursor = task < 0 ? 'grab' : 'pointer';
    if (task < 0) return;
    const state = data.tasks.state[task];
    tip.textContent = `${signs[state]} ${data.boxes[data.tasks.box[task]].name}  ${data.items.name[data.tasks.item[task]]}  ${words[state]}, ` +
      `${duration(data.tasks.ms[task])}` + (data.tasks.cause[task] >= 0 ? `: ${data.text(data.tasks.cause[task])}` : '');
    tip.style.left = `${Math.max(0, Math.min(event.offsetX + 12, box.clientWidth - tip.offsetWidth - 4))}px`;
    tip.style.top = `${event.offsetY + 16}px`;
  });
  canvas.addEventListener('pointerup', (event) => {
    const task = drag && !drag.moved ? taskAt(event) : -1;
    drag = null;
    if (task >= 0) open(data.tasks.item[task]);
  });
  canvas.addEventListener('pointerleave', () => (tip.hidden = true));
  new ResizeObserver(repaint).observe(box);
  dark.addEventListener('change', repaint);
  paint();
  performance.mark('timeline-painted');
}

function niceStep(least) {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000, 1800000, 3600000, 7200000, 21600000, 86400000];
  return steps.find((step) => step >= least) || 86400000 * Math.ceil(least / 86400000);
}
