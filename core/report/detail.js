// One image: the chain of its pictures, two of them one over the other with a slider, its tasks and predictions.
import {h, count, duration, signs, words} from 'ui/page';

export function detail(data, neighbour, closed) {
  const dialog = h('dialog', {'aria-labelledby': 'detail-title'});
  document.body.append(dialog);
  let item = -1, tasksOf = null, predictionsOf = null;

  const byItem = (column) => {
    const map = new Map();
    column.forEach((of, i) => (map.has(of) ? map.get(of).push(i) : map.set(of, [i])));
    return map;
  };

  /** The file itself where it is still there, as sharp as it is; else the thumbnail, which is always there. */
  function picture(one, alt) {
    const small = data.thumb(one.thumb), shows = /\.(jpe?g|png|webp|gif|avif|bmp)$/i.test(one.path) || /\/store\//.test(one.path);
    const image = h('img', {src: one.path && shows ? one.path : small, alt});
    if (one.path && shows && small) image.addEventListener('error', () => (image.src = small), {once: true});
    return image;
  }

  function compare(pictures) {
    let before = pictures.findIndex((one) => one.kind === 'input'), after = pictures.length - 1;
    if (before < 0) before = 0;
    const place = h('div', {class: 'compare'}), slider = h('input', {type: 'range', min: 0, max: 100, value: 50, step: 1, 'aria-label': 'Before and after', id: 'slider'});
    const steps = pictures.map((one, i) => h('button', {type: 'button', class: 'step', 'aria-pressed': false, title: `${one.name}${one.size ? ` ${one.size}` : ''}`, onclick: () => {
      if (i !== before) after = i;
      show();
    }}, h('span', {class: 'picture'}, data.thumb(one.thumb) ? h('img', {src: data.thumb(one.thumb), alt: ''}) : ''),
      h('span', {class: 'name'}, one.name)));
    const move = () => place.style.setProperty('--at', `${slider.value}%`);
    slider.addEventListener('input', move);
    function show() {
      steps.forEach((step, i) => step.setAttribute('aria-pressed', i === after));
      const top = pictures[before], below = pictures[after];
      const frame = h('div', {class: 'frame'});
      const under = picture(below, below.name);
      const sized = () => {
        if (!under.naturalWidth) return;
        const ratio = under.naturalWidth / under.naturalHeight;
        frame.style.setProperty('--ratio', ratio);
        frame.style.setProperty('--w', `min(${Math.max(under.naturalWidth, 640)}px, ${56 * ratio}vh)`);
      };
      under.addEventListener('load', sized);
      frame.style.setProperty('--ratio', 4 / 3);
      frame.style.setProperty('--w', '640px');
      frame.append(under);
      if (before !== after)
        frame.append(h('div', {class: 'over'}, picture(top, top.name)), h('div', {class: 'edge'}), h('span', {class: 'tag left'}, top.name));
      frame.append(h('span', {class: 'tag right'}, below.name));
      place.replaceChildren(frame);
      move();
    }
    // A pointer on the picture moves the slider too.
    const drag = (event) => {
      const frame = place.firstChild.getBoundingClientRect();
      slider.value = Math.round((event.clientX - frame.left) / frame.width * 100);
      move();
    };
    place.addEventListener('pointerdown', (event) => {
      place.setPointerCapture(event.pointerId);
      drag(event);
    });
    place.addEventListener('pointermove', (event) => event.buttons && drag(event));
    show();
    return [h('ul', {class: 'chain', 'aria-label': 'What was made of it, step by step'}, ...steps.map((step) => h('li', {}, step))), place,
      pictures.length > 1 && h('label', {class: 'slider'}, 'before', slider, 'after')];
  }

  function tasks() {
    tasksOf ??= byItem(data.tasks.item);
    const rows = (tasksOf.get(item) || []).map((i) => {
      const state = data.tasks.state[i], cause = data.text(data.tasks.cause[i]);
      return h('tr', {}, h('th', {scope: 'row'}, data.boxes[data.tasks.box[i]].name, ' ', h('small', {}, data.boxes[data.tasks.box[i]].label)),
        h('td', {}, h('span', {class: `sign ${state}`}, signs[state]), ` ${words[state]}`), h('td', {}, duration(data.tasks.start[i])),
        h('td', {}, duration(data.tasks.ms[i])), h('td', {class: 'wide'}, cause));
    });
    if (rows.length === 0) return h('p', {class: 'quiet'}, 'Nothing ran: it was up to date.');
    return h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Tasks'}, h('table', {},
      h('thead', {}, h('tr', {}, ...['task', 'state', 'began', 'took', ''].map((name) => name ? h('th', {scope: 'col'}, name) : h('td', {})))), h('tbody', {}, ...rows)));
  }

  function predictions() {
    const p = data.predictions;
    predictionsOf ??= byItem(p.item);
    return (predictionsOf.get(item) || []).map((i) => h('div', {class: 'asked'},
      h('div', {}, p.box[i] >= 0 ? `${data.boxes[p.box[i]].name}: ` : '', h('span', {class: 'mono'}, p.id[i]), p.reused[i] ? ' reused' : ''),
      data.text(p.model[i]) && h('div', {class: 'quiet mono'}, data.text(p.model[i])),
      p.cost && p.cost[i] !== null && h('div', {}, `$${p.cost[i].toFixed(4)}`),
      p.input[i] >= 0 && h('pre', {tabindex: 0}, data.text(p.input[i]))));
  }

  function fill() {
    const state = data.items.state[item], name = data.items.name[item], pictures = data.picturesOf(item).filter((one) => one.thumb >= 0 || one.path);
    const cause = data.text(data.items.cause[item]), hint = data.text(data.items.hint[item]), code = data.text(data.items.code[item]);
    const bought = predictions(), files = pictures.filter((one) => one.path && one.kind !== 'node');
    const step = (by, label) => {
      const to = neighbour(item, by);
      return h('button', {type: 'button', disabled: to < 0, 'aria-label': by < 0 ? 'Previous image' : 'Next image', onclick: () => go(to)}, label);
    };
    dialog.replaceChildren(...[
      h('div', {class: 'bar'}, h('h2', {id: 'detail-title'}, `${name} `, h('small', {class: `sign ${state}`}, `${signs[state]} ${words[state]}`)),
        step(-1, '‹'), step(1, '›'), h('button', {type: 'button', onclick: () => dialog.close(), autofocus: true}, 'close')),
      cause && h('p', {class: 'cause'}, cause, ' ', h('span', {class: 'code'}, code)),
      hint && h('p', {class: 'hint'}, hint),
      ...(pictures.length ? compare(pictures) : [h('p', {class: 'quiet'}, 'There is no picture of it.')]),
      h('div', {class: 'detail-columns'},
        h('section', {}, h('h3', {}, 'Tasks'), tasks()),
        h('section', {}, bought.length > 0 && h('h3', {}, 'Predictions'), ...bought.length ? bought : [],
          files.length > 0 && h('h3', {}, 'Files'), files.length > 0 && h('ul', {}, ...files.map((one) => h('li', {}, `${one.name}: `, h('a', {href: one.path}, decodeURIComponent(one.path.split('/').pop()))))))),
    ].filter(Boolean));
  }

  const link = (of) => `#image-${encodeURIComponent(data.items.name[of])}`;
  function go(to) {
    if (to < 0) return;
    item = to;
    const focused = dialog.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
    fill();
    history.replaceState(null, '', link(item));
    if (!dialog.open) dialog.showModal();
    const again = focused && [...dialog.querySelectorAll('button')].find((button) => button.getAttribute('aria-label') === focused);
    if (again) again.focus();
    dialog.scrollTop = 0;
  }
  dialog.addEventListener('close', () => {
    history.replaceState(null, '', location.pathname + location.search);
    closed(item);
  });
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.addEventListener('keydown', (event) => {
    if (event.target.type === 'range' || event.target.closest('.scroll, pre')) return;
    if (event.key === 'ArrowLeft') go(neighbour(item, -1));
    if (event.key === 'ArrowRight') go(neighbour(item, 1));
  });
  return {open: go};
}
