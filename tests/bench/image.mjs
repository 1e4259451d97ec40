// The same work on sharp, for bench image: image.mjs MODULES FROM TO ENDING
import { createRequire } from 'node:module';
import { readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

const [modules, from, to, ending] = process.argv.slice(2);
const sharp = createRequire(join(modules, 'package.json'))('sharp');
for (const file of readdirSync(from).sort())
  await sharp(join(from, file)).rotate().resize({ width: 1024 })
    .toFormat(ending.slice(1), ending === '.png' ? {} : { quality: 85 })
    .toFile(join(to, basename(file, extname(file)) + ending));
