// npm's solc with the command line that forge expects of the native one.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const solc = createRequire(import.meta.url)('solc');
const options = process.argv.slice(2);

if (options.includes('--version')) {
  console.log('solc, the solidity compiler commandline interface');
  // forge reads the version up to the platform and knows only those of native builds.
  console.log(`Version: ${solc.version().replace('.Emscripten.clang', '.Linux.g++')}`);
} else if (options.includes('--standard-json')) {
  // forge hands over every source, so an import that is left to look up is an error.
  const refuse = (path) => ({ error: `${path} is not among the sources` });
  process.stdout.write(solc.compile(readFileSync(0, 'utf8'), { import: refuse }));
} else {
  console.error(`tools/solc: unknown options: ${options.join(' ')}`);
  process.exit(2);
}
