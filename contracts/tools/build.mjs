#!/usr/bin/env node
// Compiles the contracts to build/*.json (ABI, bytecode, storage layout), which are committed and read by the C#
// projects.
//
//   tools/build.mjs           writes the files
//   tools/build.mjs --check   proves that the committed files are the compiler's output; exit 1 and a diff if not

import { createRequire } from 'node:module';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

const contracts = [
  { source: 'src/Consortium.sol', name: 'Consortium', target: 'build/Consortium.json' },
  { source: 'src/EvidenceLog.sol', name: 'EvidenceLog', target: 'build/EvidenceLog.json' },
  { source: 'src/RepairDesk.sol', name: 'RepairDesk', target: 'build/RepairDesk.json' },
  { source: 'src/RulePacks.sol', name: 'RulePacks', target: 'build/RulePacks.json' },
  // Not deployed but by tests, and the second by 'ledgercredit bench anchor', to compare with.
  { source: 'test/TreeProofHarness.sol', name: 'TreeProofHarness', target: 'build/test/TreeProofHarness.json' },
  { source: 'test/HashRegister.sol', name: 'HashRegister', target: 'build/test/HashRegister.json' },
];

// The same as in foundry.toml; a forge test holds that both give the same bytecode.
const settings = {
  evmVersion: 'paris',
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
  optimizer: { enabled: true, runs: 200 },
  viaIR: false,
};

function compile() {
  const solc = require('solc');
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(contracts.map(({ source }) => [source, { content: readSource(source) }])),
    settings: {
      ...settings,
      outputSelection: {
        '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode', 'storageLayout'] },
      },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: findImport }));
  const messages = output.errors ?? [];
  if (messages.length > 0) {
    fail(messages.map((message) => message.formattedMessage).join('\n'));
  }
  const compiler = solc.version();
  const openZeppelin = require('@openzeppelin/contracts/package.json').version;
  return new Map(
    contracts.map(({ source, name, target }) => [
      target,
      format(describe(name, source, compiler, openZeppelin, output.contracts[source][name])),
    ]),
  );
}

function describe(name, source, compiler, openZeppelin, contract) {
  const immutables = Object.values(contract.evm.deployedBytecode.immutableReferences ?? {}).flat();
  return {
    abi: [...contract.abi].sort((a, b) => compareText(signature(a), signature(b))),
    bytecode: `0x${contract.evm.bytecode.object}`,
    compiler,
    contractName: name,
    deployedBytecode: `0x${contract.evm.deployedBytecode.object}`,
    // Where the deployed bytecode has zeros for values that are set at deployment.
    immutableReferences: immutables.sort((a, b) => a.start - b.start),
    libraries: { '@openzeppelin/contracts': openZeppelin },
    settings,
    source,
    storageLayout: withoutAstIds(contract.storageLayout),
  };
}

function signature({ type, name = '', inputs = [] }) {
  return `${type} ${name}(${inputs.map((input) => input.type).join(',')})`;
}

// The compiler numbers types by their place in the syntax tree, which changes with any comment-free edit elsewhere.
function withoutAstIds({ storage, types }) {
  const plain = (text) => text.replace(/\)\d+(?=_storage|,|\)|$)/g, ')');
  const member = ({ label, offset, slot, type }) => ({ label, offset, slot, type: plain(type) });
  return {
    storage: storage.map(member),
    types: Object.fromEntries(
      Object.entries(types ?? {}).map(([name, type]) => [
        plain(name),
        {
          ...type,
          ...(type.base && { base: plain(type.base) }),
          ...(type.key && { key: plain(type.key) }),
          ...(type.value && { value: plain(type.value) }),
          ...(type.members && { members: type.members.map(member) }),
        },
      ]),
    ),
  };
}

function readSource(path) {
  return readFileSync(join(root, path), 'utf8');
}

function findImport(path) {
  const file = path.startsWith('@openzeppelin/') ? join('node_modules', path) : path;
  return existsSync(join(root, file)) ? { contents: readSource(file) } : { error: `${path} was not found` };
}

function format(value) {
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}

function sorted(value) {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => compareText(a, b))
        .map(([key, member]) => [key, sorted(member)]),
    );
  }
  return value;
}

function compareText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

function committedFiles() {
  return ['build', 'build/test'].flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .filter((file) => file.endsWith('.json'))
          .map((file) => `${folder}/${file}`)
      : [],
  );
}

function write(files) {
  for (const stale of committedFiles().filter((file) => !files.has(file))) {
    rmSync(join(root, stale));
    console.log(`removed ${stale}`);
  }
  for (const [target, text] of files) {
    mkdirSync(dirname(join(root, target)), { recursive: true });
    writeFileSync(join(root, target), text);
    console.log(`wrote ${target}`);
  }
}

function check(files) {
  const problems = committedFiles()
    .filter((file) => !files.has(file))
    .map((file) => `${file}: belongs to no contract`);
  for (const [target, text] of files) {
    if (!existsSync(join(root, target))) {
      problems.push(`${target}: is missing`);
    } else {
      const committed = readSource(target);
      if (committed !== text) {
        problems.push(`${target}: differs from the compiler's output\n${differences(committed, text).join('\n')}`);
      }
    }
  }
  if (problems.length > 0) {
    fail(`${problems.join('\n')}\nRun ${relative(process.cwd(), fileURLToPath(import.meta.url))} and commit build/.`);
  }
  console.log(`build: ${files.size} files equal the compiler's output`);
}

// What differs, by JSON path; long values are cut to where they part.
function differences(committedText, compiledText) {
  let committed;
  try {
    committed = JSON.parse(committedText);
  } catch (error) {
    return [`  not JSON: ${error.message}`];
  }
  const found = [];
  const walk = (path, a, b) => {
    const nested = (value) => value !== null && typeof value === 'object';
    if (nested(a) && nested(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        walk(`${path}/${key}`, a[key], b[key]);
      }
    } else if (a !== b) {
      found.push(`  ${path}: ${clip(a, b)}`);
    }
  };
  walk('', committed, JSON.parse(compiledText));
  const shown = found.slice(0, 20);
  if (found.length > shown.length) {
    shown.push(`  and ${found.length - shown.length} more`);
  }
  return shown.length > 0 ? shown : ['  the same values, formatted differently'];
}

function clip(committed, compiled) {
  const a = JSON.stringify(committed) ?? 'nothing';
  const b = JSON.stringify(compiled) ?? 'nothing';
  let same = 0;
  while (same < a.length && a[same] === b[same]) {
    same += 1;
  }
  const cut = (text) => {
    const start = Math.max(0, same - 10);
    const part = text.slice(start, same + 50);
    return `${start > 0 ? '…' : ''}${part}${start + part.length < text.length ? '…' : ''}`;
  };
  return `committed ${cut(a)} (${a.length} characters), compiled ${cut(b)} (${b.length} characters)`;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

const options = process.argv.slice(2);
if (options.length === 0) {
  write(compile());
} else if (options.length === 1 && options[0] === '--check') {
  check(compile());
} else {
  console.error('usage: tools/build.mjs [--check]');
  process.exit(2);
}
