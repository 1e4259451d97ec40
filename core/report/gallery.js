// The grid of images. Only what is in view is in the page; places are told by number alone.
import {h, count, signs, words} from 'ui/page';

const gap = 10, least = 148, under = 26;

export function gallery(section, data, open) {
  const total = data.items.name.length;
  if (total === 0) return {next: () => -1};
  section.hidden = false;
  const heading = section.querySelector('small');
  const tally = {};
  for (const state of data.items.state) tally[state] = (tally[state] || 0) + 1;

  let state = '', text = '', shown = [], current = 0, columns = 1, side = least;
  const cells = new Map();
  const list = h('ul');
  const grid = h('div', {class: 'grid', role: 'group', 'aria-label': 'Images; arrow keys move, Enter opens'}, list);

  const buttons = [['', `all ${count(total)}`], ...['f', 'd', 'r', 's', 'c', 'u'].filter((one) => tally[one])
    .map((one) => [one, `${signs[one]} ${one === 'c' ? 'not finished' : words[one]} ${count(tally[one])}`])]
    .map(([one, label]) => h('button', {type: 'button', 'aria-pressed': one === '', 'data-state': one, onclick: () => {
      state = one;
      filter();
    }}, label));
  const search = h('input', {type: 'search', placeholder: 'filter by name', 'aria-label': 'Filter by name', oninput: () => {
    text = search.value.toLowerCase();
    filter();
  }});
  section.append(h('div', {class: 'filters'}, ...buttons, search), grid);
  const lower = data.items.name.map((name) => name.toLowerCase());
  // What failed stands first.
  const order = [...Array(total).keys()].sort((a, b) => (data.items.state[b] === 'f') - (data.items.state[a] === 'f') || a - b);

  function filter() {
    for (const button of buttons) button.setAttribute('aria-pressed', button.dataset.state === state);
    shown = order.filter((item) => (!state || data.items.state[item] === state) && (!text || lower[item].includes(text)));
    heading.textContent = shown.length === total ? count(total) : `${count(shown.length)} of ${count(total)}`;
    current = 0;
    for (const cell of cells.values()) cell.remove();
    cells.clear();
    grid.scrollTop = 0;
    layOut();
  }

  const rowHeight = () => Math.round(side * .78) + under + gap;
  function layOut() {
    const width = grid.clientWidth - 2;
    if (width <= 0) return;
    columns = Math.max(1, Math.floor((width + gap) / (least + gap)));
    side = (width - gap * (columns - 1)) / columns;
    list.style.height = `${Math.ceil(shown.length / columns) * rowHeight()}px`;
    for (const cell of cells.values()) cell.remove();
    cells.clear();
    draw();
  }

  function draw() {
    const first = Math.max(0, Math.floor(grid.scrollTop / rowHeight()) - 1) * columns;
    const last = Math.min(shown.length, (Math.ceil((grid.scrollTop + (grid.clientHeight || 600)) / rowHeight()) + 1) * columns);
    for (const [place, cell] of cells)
      if ((place < first || place >= last) && place !== current) {
        cell.remove();
        cells.delete(place);
      }
    for (let place = first; place < last; ++place) if (!cells.has(place)) add(place);
  }

  function add(place) {
    const item = shown[place], one = data.items.state[item], source = data.cover(item), name = data.items.name[item];
    const button = h('button', {type: 'button', class: `tile ${one}`, tabindex: place === current ? 0 : -1, title: name,
      'aria-label': `${name}, ${words[one]}`, onclick: () => {
        current = place;
        open(item);
      }},
      source ? h('span', {class: 'picture'}, h('img', {src: source, alt: '', decoding: 'async'})) : h('span', {class: 'picture none'}, 'no picture'),
      h('span', {class: 'under'}, h('span', {class: 'name'}, name), h('span', {class: `sign ${one}`}, signs[one])));
    const cell = h('li', {}, button);
    cell.style.width = `${side}px`;
    cell.style.height = `${rowHeight() - gap}px`;
    cell.style.transform = `translate(${(place % columns) * (side + gap)}px, ${Math.floor(place / columns) * rowHeight()}px)`;
    cells.set(place, cell);
    list.append(cell);
  }

  function focus(place) {
    const old = cells.get(current);
    if (old) old.firstChild.tabIndex = -1;
    current = Math.max(0, Math.min(shown.length - 1, place));
    const top = Math.floor(current / columns) * rowHeight();
    if (top < grid.scrollTop) grid.scrollTop = top;
    if (top + rowHeight() > grid.scrollTop + grid.clientHeight) grid.scrollTop = top + rowHeight() - grid.clientHeight;
    if (!cells.has(current)) add(current);
    draw();
    const button = cells.get(current).firstChild;
    button.tabIndex = 0;
    button.focus({preventScroll: true});
  }

  grid.addEventListener('keydown', (event) => {
    const page = Math.max(1, Math.floor(grid.clientHeight / rowHeight())) * columns;
    const to = {ArrowRight: current + 1, ArrowLeft: current - 1, ArrowDown: current + columns, ArrowUp: current - columns,
      PageDown: current + page, PageUp: current - page, Home: 0, End: shown.length - 1}[event.key];
    if (to === undefined || shown.length === 0) return;
    event.preventDefault();
    focus(to);
  });
  let waiting = false;
  grid.addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  });
  new ResizeObserver(() => {
    const width = grid.clientWidth - 2;
    if (Math.floor((width + gap) / (least + gap)) !== columns || Math.abs((width - gap * (columns - 1)) / columns - side) > .5) layOut();
  }).observe(grid);
  filter();

  return {
    /** The item beside one in the grid, -1 past its ends. */
    next(item, step) {
      const place = shown.indexOf(item);
      return place < 0 ? -1 : shown[place + step] ?? -1;
    },
    focus(item) {
      const place = shown.indexOf(item);
      if (place >= 0) focus(place);
    },
  };
}
