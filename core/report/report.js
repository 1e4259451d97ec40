// The page's script: what needs one is filled in after what does not has been shown.
import {readData} from 'ui/page';
import {timeline} from 'ui/timeline';
import {gallery} from 'ui/gallery';
import {detail} from 'ui/detail';

// The pipeline is shown from its first node that failed.
const failed = document.querySelector('.pipeline .graph .failed'), scroll = document.querySelector('.pipeline .scroll');
if (scroll) scroll.scrollLeft = (scroll.scrollWidth - scroll.clientWidth) / 2;
if (failed && scroll) {
  const box = failed.getBoundingClientRect(), frame = scroll.getBoundingClientRect();
  scroll.scrollTop += box.top - frame.top - frame.height / 2;
  scroll.scrollLeft += box.left - frame.left - frame.width / 2;
}

const data = readData();
let grid = null;
const one = detail(data, (item, step) => grid.next(item, step), (item) => grid.focus(item));
grid = gallery(document.getElementById('images'), data, (item) => one.open(item));

function follow() {
  if (!location.hash.startsWith('#image-')) return;
  let name = '';
  try {
    name = decodeURIComponent(location.hash.slice('#image-'.length));
  } catch {
    return;
  }
  const item = data.items.name.indexOf(name);
  if (item >= 0) one.open(item);
}
addEventListener('hashchange', follow);
follow();
// Last: it is the most work, and below what is looked at first.
setTimeout(() => timeline(document.getElementById('timeline'), data, (item) => one.open(item)));
