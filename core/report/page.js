// What the modules share: elements, texts, and the run's data.

/** An element: h('li', {class: 'a', onclick: f}, 'text', child). Text is text, never HTML. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

export const count = (n) => n.toLocaleString('en-US');
export const plural = (n, word) => `${count(n)} ${word}${n === 1 ? '' : 's'}`;

export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`;
}

export const words = {d: 'done', r: 'reused', f: 'failed', s: 'skipped', c: 'canceled', u: 'not ended'};
export const signs = {d: '✓', r: '↺', f: '✕', s: '–', c: '–', u: '▸'};

/** The data of the page, with the columns that are differences summed up. */
export function readData() {
  const data = JSON.parse(document.getElementById('data').textContent);
  for (const column of [data.tasks.start, data.tasks.item]) for (let i = 1; i < column.length; ++i) column[i] += column[i - 1];
  data.text = (n) => (n < 0 ? '' : data.texts[n]);
  const parts = new Map();
  /** The address of a thumbnail, '' where there is none. Read when it is first wanted: all of them may be 32 MB. */
  data.thumb = (n) => {
    if (n === undefined || n < 0) return '';
    if (data.thumbs.names) return data.thumbs.names[n] ? data.thumbs.beside + data.thumbs.names[n] : '';
    const part = Math.floor(n / data.thumbs.each);
    if (!parts.has(part)) {
      const script = document.getElementById(`thumbs-${part}`);
      parts.set(part, script ? JSON.parse(script.textContent) : []);
    }
    return parts.get(part)[n % data.thumbs.each] || '';
  };
  /** The pictures of an item, in the order in which they were made. */
  data.picturesOf = (item) => {
    const {box, thumb, path, size} = data.pictures;
    const all = [];
    for (let i = data.items.first[item]; i < data.items.first[item + 1]; ++i)
      all.push({name: box[i] < 0 ? 'file' : data.boxes[box[i]].name, kind: box[i] < 0 ? 'output' : data.boxes[box[i]].kind,
        thumb: thumb[i], path: path[i], size: size[i]});
    return all;
  };
  /** The picture that stands for an item: what came out, or what went in where nothing did. */
  data.cover = (item) => {
    const {thumb} = data.pictures, begin = data.items.first[item], end = data.items.first[item + 1];
    const good = 'dr'.includes(data.items.state[item]);
    if (good) for (let i = end - 1; i >= begin; --i) if (thumb[i] >= 0) return data.thumb(thumb[i]);
    if (!good) for (let i = begin; i < end; ++i) if (thumb[i] >= 0) return data.thumb(thumb[i]);
    return '';
  };
  return data;
}
