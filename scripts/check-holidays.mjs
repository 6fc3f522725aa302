#!/usr/bin/env node
// Compares the table of working days with published holiday files, a JSON file a year of the form
// {"year": n, "days": [{"name": "…", "date": "YYYY-MM-DD", "isOffDay": true}]}.
//
//   node scripts/check-holidays.mjs [DIR]     (default: ../shared/data/holidays beside the checkout)
//
// Exit codes: 0 the table says the same, 1 it differs, 2 usage, 3 there are no files to compare with.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TABLE = 'src/LedgerCredit.Repair/Calendars/cn.txt';
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Every day from the first to the last, both as YYYY-MM-DD. */
function days(first, last) {
  const found = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += 86_400_000) {
    found.push(new Date(at).toISOString().slice(0, 10));
  }
  return found;
}

/** The table as lines 'year date off|work name'. */
function readTable(text) {
  const lines = [];
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    const [year, name, off, range, work, ...worked] = line.split(' ');
    if (off !== 'off' || (work !== undefined && work !== 'work')) {
      throw new Error(`The table has a line that is no holiday: ${line}`);
    }
    const [first, last = first] = range.split('..');
    lines.push(...days(first, last).map((date) => `${year} ${date} off ${name}`));
    lines.push(...worked.map((date) => `${year} ${date} work ${name}`));
  }
  return lines;
}

/** The published files as the same lines; a file without days is a year that is not published yet. */
function readPublished(folder) {
  return readdirSync(folder)
    .filter((file) => /^\d{4}\.json$/.test(file))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
    .flatMap(({ year, days: listed }) =>
      listed.map(({ date, isOffDay, name }) => `${year} ${date} ${isOffDay ? 'off' : 'work'} ${name}`));
}

const [folder = join(root, '..', 'shared', 'data', 'holidays'), ...rest] = process.argv.slice(2);
if (folder === '--help' || folder.startsWith('-') || rest.length > 0) {
  process.stderr.write('Usage: node scripts/check-holidays.mjs [DIR]\n');
  process.exit(folder === '--help' ? 0 : 2);
}
if (!existsSync(folder)) {
  process.stderr.write('There are no holiday files to compare with. Name their folder.\n');
  process.exit(3);
}

const table = readTable(readFileSync(join(root, TABLE), 'utf8'));
const published = readPublished(folder);
const differences = [
  ...published.filter((line) => !table.includes(line)).map((line) => `missing in the table: ${line}`),
  ...table.filter((line) => !published.includes(line)).map((line) => `only in the table: ${line}`),
  ...table.filter((line, at) => table.indexOf(line) !== at).map((line) => `twice in the table: ${line}`),
];
process.stdout.write(differences.map((line) => `${line}\n`).join(''));
process.stdout.write(`${published.length} published days, ${differences.length} differences\n`);
process.exit(differences.length === 0 && published.length > 0 ? 0 : 1);
