#!/usr/bin/env node
// Writes synthetic repair materials, one small PDF for each kind, and the sanctions that they belong to.
//
// usage: node materials.mjs DIR DECIDED_ON
//
// DIR gets decision-1.pdf, payment-1.pdf, … for two decisions of DECIDED_ON (YYYY-MM-DD), and sanctions.ndjson under the
// demonstration rule pack. Everything in them is made up.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, decidedOn] = process.argv.slice(2);
if (folder === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(decidedOn ?? '')) {
  console.error('usage: node materials.mjs DIR DECIDED_ON');
  process.exit(2);
}

const DOCUMENTS = {
  licence: 'Business licence (synthetic)',
  decision: 'Decision on the penalty (synthetic)',
  payment: 'Bank slip: 20,000.00 yuan paid (synthetic)',
  commitment: 'Letter of commitment to credit repair (synthetic)',
};

// A PDF of one page with one line of text.
function pdf(text) {
  const stream = `BT /F1 14 Tf 72 720 Td (${text.replace(/[()\\]/g, '\\$&')}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  file += offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return file;
}

function sanction(number) {
  return {
    kind: 'sanction',
    id: `示演罚〔2026〕${number}号`,
    issuer: 'repair-authority',
    subject: 'uscc:91998272MAKXLPUW9J',
    issuedAt: `${decidedOn}T12:00:00+08:00`,
    claims: {
      authorityName: '示例市演示局',
      grade: 'general',
      decisionNo: `示演罚〔2026〕${number}号`,
      violation: '未按规定保存台账',
      basis: '演示规则第一条',
      penalties: ['罚款'],
      fineYuan: '20000.00',
      decidedOn,
      rulePack: 'demo',
      rulePackReason: 'named-by-authority',
      facts: '合成数据，仅供演示。',
      subjectName: '示例青禾食品有限公司（合成0001）',
    },
  };
}

mkdirSync(folder, { recursive: true });
for (const number of [1, 2]) {
  for (const [name, title] of Object.entries(DOCUMENTS)) {
    writeFileSync(join(folder, `${name}-${number}.pdf`), pdf(`${title}, case ${number}, ${decidedOn}`), 'latin1');
  }
}
writeFileSync(join(folder, 'sanctions.ndjson'), [1, 2].map(number => `${JSON.stringify(sanction(number))}\n`).join(''), 'utf8');
