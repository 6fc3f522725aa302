#!/usr/bin/env node
// Holds that the tests reach every line, function and branch of src/.
//
//   tools/coverage.mjs LCOV-FILE      exit 1 and a list if anything is missed

import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

if (process.argv.length !== 3) {
  console.error('usage: tools/coverage.mjs LCOV-FILE');
  process.exit(2);
}

// Interfaces have no code, so that they are not in the report; everything else must be.
const expected = readdirSync(join(root, 'src'))
  .filter((file) => file.endsWith('.sol'))
  .map((file) => `src/${file}`);

const reached = new Map(expected.map((file) => [file, { branches: 0, functions: 0, lines: 0 }]));
const missed = [];
let file = '';
for (const line of readFileSync(process.argv[2], 'utf8').split('\n')) {
  const [tag, value = ''] = line.split(/:(.*)/s);
  const fields = value.split(',');
  if (tag === 'SF') {
    file = value;
  } else if (reached.has(file)) {
    const count = (kind, hits, what) => {
      reached.get(file)[kind] += 1;
      if (hits === '0' || hits === '-') {
        missed.push(`${file}: ${what} is never reached`);
      }
    };
    if (tag === 'DA') {
      count('lines', fields[1], `line ${fields[0]}`);
    } else if (tag === 'FNDA') {
      count('functions', fields[0], `function ${fields[1]}`);
    } else if (tag === 'BRDA') {
      count('branches', fields[3], `a branch of line ${fields[0]}`);
    }
  }
}

for (const [name, { branches, functions, lines }] of reached) {
  if (branches === 0 || functions === 0 || lines === 0) {
    missed.push(`${name}: is not in the report`);
  }
}
if (missed.length > 0) {
  console.error(missed.join('\n'));
  process.exit(1);
}
const total = [...reached.values()].reduce((sum, { branches }) => sum + branches, 0);
console.log(`coverage: all lines and functions, and all ${total} branches, of ${expected.length} files`);
