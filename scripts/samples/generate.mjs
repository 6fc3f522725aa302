// Writes the sample files: node scripts/samples/generate.mjs [DIR]   (default: the folder of this script)
//
// Everything is made up. Names carry 示例 ("example") or "Example"; organisation codes have the division 99xxxx and CIKs the
// range 999xxxxxxx, neither of which is assigned to anybody. The same seed gives the same bytes on every machine: only
// integer arithmetic, no clock, no locale.
//
// The records are made first and written as NDJSON; the CSV files are then made from them, with the dirt of real exports.
// So the NDJSON files say what the importer has to make of the CSV files.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ISSUER = 'example-authority';
const PENALTIES_2018 = 160;
const PENALTIES_OLD = 60;

let state = 20261121;
/** A whole number from 0 to n - 1 (mulberry32). */
function random(n) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % n;
}
const pick = list => list[random(list.length)];
const digits = count => Array.from({ length: count }, () => random(10)).join('');
const pad = (n, width) => String(n).padStart(width, '0');

// ---- Organisation codes (GB 32100-2015, GB 11714-1997) ----

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const CODE_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

function organisationCode(prefix) {
  const body = 'MA' + Array.from({ length: 6 }, () => pick(ALPHABET)).join('');
  const sum = ORGANISATION_WEIGHTS.reduce((total, weight, i) => total + weight * parseInt(body[i], 36), 0);
  const check = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'X', '0'][11 - (sum % 11)];
  const first17 = `${prefix}99${digits(4)}${body}${check}`;
  const mod = CODE_WEIGHTS.reduce((total, weight, i) => total + weight * ALPHABET.indexOf(first17[i]), 0) % 31;
  return first17 + ALPHABET[(31 - mod) % 31];
}

// ---- Penalties as records ----

const AUTHORITIES = [
  { name: '示例市市场监督管理局', short: '示市监处罚', market: true },
  { name: '示例市生态环境局', short: '示环罚', market: false },
  { name: '示例市应急管理局', short: '示应急罚', market: false },
  { name: '示例市交通运输局', short: '示交罚', market: false },
  { name: '示例区市场监管局', short: '示区市监处罚', market: true },
].map(authority => ({ ...authority, code: organisationCode('11') }));

// kinds as they stand in the law; grade as the gravest of them gives it; fine and confiscation in 万元, or null.
const CASES = [
  { violation: '未按规定公示年度报告', basis: '《企业信息公示暂行条例》第十七条', kinds: ['警告'], grade: 'minor' },
  { violation: '未按规定保存台账', basis: '《中华人民共和国安全生产法》第一百零四条', kinds: ['警告', '通报批评'], grade: 'minor' },
  { violation: '发布虚假广告', basis: '《中华人民共和国广告法》第五十五条', kinds: ['罚款'], grade: 'general', fine: true },
  { violation: '销售不合格产品', basis: '《中华人民共和国产品质量法》第四十九条', kinds: ['罚款', '没收违法所得'], grade: 'general', fine: true, gains: true },
  { violation: '超标排放污染物', basis: '《中华人民共和国大气污染防治法》第九十九条', kinds: ['罚款', '责令停产停业'], grade: 'serious', fine: true },
  { violation: '超限运输', basis: '《中华人民共和国公路法》第七十六条', kinds: ['警告', '罚款'], grade: 'general', fine: true },
  { violation: '未取得许可擅自经营', basis: '《中华人民共和国行政许可法》第八十一条', kinds: ['没收非法财物', '罚款', '没收违法所得'], grade: 'general', fine: true, gains: true },
  { violation: '伪造检验报告', basis: '《中华人民共和国产品质量法》第五十七条', kinds: ['罚款', '吊销许可证件'], grade: 'serious', fine: true },
  { violation: '未按规定使用特种设备', basis: '《中华人民共和国特种设备安全法》第八十三条', kinds: ['暂扣许可证件'], grade: 'general', term: true },
  { violation: '安全生产违法行为', basis: '《中华人民共和国安全生产法》第一百一十四条', kinds: ['罚款', '限制从业'], grade: 'serious', fine: true, term: true },
  { violation: '其他违法行为', basis: '《中华人民共和国行政处罚法》第九条', kinds: ['其他（责令改正、赔偿损失）'], grade: 'general' },
];
const TRADES = ['云帆贸易', '青禾食品', '远山建筑', '晨光物流', '海棠餐饮', '金石矿业', '长风运输', '百川环保', '东篱科技', '南屏化工'];
const GRADE_WORDS = { minor: '轻微', general: '一般', serious: '严重' };

const civilDate = (year, month, day) => `${year}-${pad(month, 2)}-${pad(day, 2)}`;
const plusYears = (date, years) => `${+date.slice(0, 4) + years}${date.slice(4)}`;

/** An exact amount: the text in 万元 and the same in yuan, by moving the decimal point. */
function amount() {
  const fen = pick([20_000_00, 1_500_00, 3_000_00, 50_000_00, 123_456_78, 10_000_00, 2_000_00, 880_000_00, 333_33, 1_200_000_00]);
  const ten = pad(fen, 7);
  return {
    tenThousand: `${+ten.slice(0, -6)}.${ten.slice(-6)}`.replace(/\.?0+$/, ''),
    yuan: `${Math.floor(fen / 100)}.${pad(fen % 100, 2)}`,
  };
}

function rulePack(authority, decidedOn) {
  if (authority.market && decidedOn >= '2025-12-25') {
    return ['cn-samr-107-2025', 'authority-name'];
  }
  return ['cn-ndrc-36-2025', decidedOn >= '2026-04-01' ? 'default' : 'transitional'];
}

function penalty(number, isOld) {
  const authority = pick(AUTHORITIES);
  const offence = pick(CASES);
  const isIndividual = !isOld && number % 20 === 7;
  const code = organisationCode(isIndividual ? '92' : '91');
  const name = `示例${pick(TRADES)}${isIndividual ? '店' : '有限公司'}（合成${pad(number, 4)}）`;
  const decidedOn = isOld
    ? civilDate(2016 + random(2), 1 + random(12), 1 + random(28))
    : civilDate(2025 + (number % 3 === 0 ? 0 : 1), 1 + random(10), 1 + random(28));
  const decisionNo = `${authority.short}〔${decidedOn.slice(0, 4)}〕${number}号`;
  const fine = offence.fine && !isOld ? amount() : null;
  const gains = offence.gains && !isOld ? amount() : null;
  const statesGrade = !isOld && number % 4 === 0;
  const isPublic = offence.grade !== 'minor';
  const publicUntil = isPublic && number % 5 !== 0 ? plusYears(decidedOn, offence.grade === 'serious' ? 3 : 1) : null;
  const isEndless = isPublic && number % 10 === 0;
  const term = offence.term && !isOld ? plusYears(decidedOn, 1) : null;
  const [pack, reason] = rulePack(authority, decidedOn);
  const facts = number % 6 === 0
    ? `经查,当事人于${decidedOn.slice(0, 4)}年存在“${offence.violation}”行为。\n上述事实有"现场笔录"等证据证明。`
    : `经查，当事人存在${offence.violation}的行为。`;
  const content = `对当事人作出${offence.kinds.join('、')}的行政处罚`;
  const source = { BZ: '合成数据，仅供演示' };
  if (isOld) {
    Object.assign(source, { CF_XDR_ZDM: code.slice(8, 17), CF_ZT: '0', DFBM: '990000', SJC: `${decidedOn.replaceAll('-', '/')} 09:00:00`, CF_SYFW: '0' });
  } else {
    Object.assign(source, { CF_XDR_LB: isIndividual ? '个体工商户' : '法人及非法人组织', CF_SJLY: authority.name, CF_SJLYDM: authority.code });
    if (isEndless) {
      source.CF_YXQ = '2099-12-31';
    }
  }

  return {
    kind: 'sanction',
    id: `${decisionNo}/${code}`,
    issuer: ISSUER,
    subject: `uscc:${code}`,
    issuedAt: `${decidedOn}T00:00:00+08:00`,
    claims: {
      authorityName: authority.name,
      ...(!isOld && { authorityCode: authority.code }),
      grade: offence.grade,
      gradeSource: statesGrade ? 'authority' : 'computed',
      ...(!statesGrade && { gradeProvisional: true }),
      decisionNo,
      violation: isOld ? `${name}${offence.violation}案` : offence.violation,
      facts,
      basis: offence.basis,
      penalties: offence.kinds,
      penaltyContent: content,
      ...(fine && { fineYuan: fine.yuan }),
      ...(gains && { confiscatedYuan: gains.yuan }),
      decidedOn,
      ...(term && !isEndless && { attachedTermUntil: term }),
      ...(publicUntil && { publicUntil }),
      rulePack: pack,
      rulePackReason: reason,
      subjectName: name,
      ...(isIndividual && { subjectType: 'individual-business' }),
      source,
    },
    // What only the CSV needs; taken out before the record is written.
    raw: { number, fine: fine?.tenThousand ?? '', gains: gains?.tenThousand ?? '', statesGrade, code, decisionNo },
  };
}

// ---- The same as CSV, with the dirt of real exports ----

const fullWidth = text => text.replace(/[!-~]/g, c => String.fromCharCode(c.charCodeAt(0) + 0xfee0));

function dirtyNumber({ number, decisionNo }) {
  const [left, right] = [['〔', '〕'], ['[', ']'], ['【', '】'], ['(', ')'], ['（', '）'], ['〔', ']']][number % 6];
  const text = decisionNo.replace('〔', left).replace('〕', right);
  return number % 7 === 3 ? text.replace(/\d/g, fullWidth) : number % 11 === 5 ? text.replace(right, `${right} `) : text;
}

function dirtyCode({ number, code }) {
  return [code, ` ${code}`, code.toLowerCase(), fullWidth(code), `${code}　`][number % 9 < 5 ? number % 9 : 0];
}

const dirtyDate = (number, date) => (date === undefined ? '' : [
  date, date.replaceAll('-', '/'), date, date.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, '$1/$2/$3'), `${date} 00:00:00`, date.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, '$1年$2月$3日'),
][number % 6]);

function dirtyAmount(number, text) {
  return text === '' ? '' : [text, fullWidth(text), `${text}万元`, text, ` ${text} `][number % 5];
}

const dirtyKinds = (number, kinds) => kinds.join([';', '；', '、', '，'][number % 4]);

const quote = text => (/[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text);

function csv(columns, rows, { bom, lineEnd }) {
  const lines = [columns, ...rows.map(row => columns.map(column => row[column] ?? ''))];
  return (bom ? '\ufeff' : '') + lines.map(line => line.map(quote).join(',') + lineEnd).join('');
}

const COLUMNS_2018 = ('CF_WSH,CF_XDR_MC,CF_XDR_LB,CF_XDR_SHXYM,CF_XDR_GSZC,CF_XDR_ZZJG,CF_XDR_SWDJ,CF_XDR_SYDW,CF_XDR_SHZZ,CF_FRDB,CF_FR_ZJLX,'
  + 'CF_FR_ZJHM,CF_XDR_ZJLX,CF_XDR_ZJHM,CF_WFXW,CF_SY,CF_YJ,CF_CFLB,CF_NR,CF_NR_FK,CF_NR_WFFF,CF_NR_ZKDX,CF_JDRQ,CF_YXQ,CF_GSJZQ,CF_CFJG,'
  + 'CF_CFJGDM,CF_SJLY,CF_SJLYDM,BZ,XYXF_DJ').split(',');
const COLUMNS_OLD = ('CF_WSH,CF_CFMC,CF_CFLB1,CF_CFLB2,CF_SY,CF_YJ,CF_XDR_MC,CF_XDR_SHXYM,CF_XDR_ZDM,CF_XDR_GSDJ,CF_XDR_SWDJ,CF_XDR_SFZ,CF_FR,CF_JG,'
  + 'CF_JDRQ,CF_XZJG,CF_ZT,CF_GSJZQ,DFBM,SJC,BZ,CF_SYFW').split(',');

function row2018({ claims, raw }) {
  const isIndividual = claims.subjectType !== undefined;
  return {
    ...claims.source,
    CF_WSH: dirtyNumber(raw),
    CF_XDR_MC: claims.subjectName,
    CF_XDR_SHXYM: dirtyCode(raw),
    // Never imported: the tax number of an individual business, names and numbers of persons.
    CF_XDR_SWDJ: isIndividual ? '990000190001010000' : '',
    CF_FRDB: '示例甲',
    CF_FR_ZJLX: '身份证',
    CF_FR_ZJHM: '990000190001010000',
    CF_WFXW: claims.violation,
    CF_SY: claims.facts,
    CF_YJ: claims.basis,
    CF_CFLB: dirtyKinds(raw.number, claims.penalties),
    CF_NR: claims.penaltyContent,
    CF_NR_FK: dirtyAmount(raw.number, raw.fine),
    CF_NR_WFFF: dirtyAmount(raw.number, raw.gains),
    CF_JDRQ: dirtyDate(raw.number, claims.decidedOn),
    CF_YXQ: claims.source.CF_YXQ ?? dirtyDate(raw.number, claims.attachedTermUntil),
    CF_GSJZQ: dirtyDate(raw.number, claims.publicUntil),
    CF_CFJG: claims.authorityName,
    CF_CFJGDM: claims.authorityCode,
    XYXF_DJ: raw.statesGrade ? GRADE_WORDS[claims.grade] : '',
  };
}

function rowOld({ claims, raw }) {
  return {
    ...claims.source,
    CF_WSH: dirtyNumber(raw),
    CF_CFMC: claims.violation,
    CF_CFLB1: claims.penalties[0],
    CF_CFLB2: dirtyKinds(raw.number, claims.penalties.slice(1)),
    CF_SY: claims.facts,
    CF_YJ: claims.basis,
    CF_XDR_MC: claims.subjectName,
    CF_XDR_SHXYM: dirtyCode(raw),
    CF_FR: '示例乙',
    CF_JG: claims.penaltyContent,
    CF_JDRQ: dirtyDate(raw.number, claims.decidedOn),
    CF_XZJG: claims.authorityName,
    CF_GSJZQ: dirtyDate(raw.number, claims.publicUntil),
  };
}

// ---- Ratings ----

const SCALE = ['AAA', 'AA+', 'AA', 'AA-', 'A+', 'A', 'A-', 'BBB+', 'BBB', 'BBB-', 'BB+', 'BB', 'BB-', 'B+', 'B', 'B-', 'CCC+', 'CCC', 'CCC-', 'CC', 'C', 'D'];
const AGENCIES = [['Northlight Ratings', 'northlight-ratings'], ['Harbour Credit Rating', 'harbour-credit-rating'], ['Meridian Ratings', 'meridian-ratings']];
const COMPANIES = ['Aspen Tools', 'Birch Energy', 'Cedar Foods', 'Drift Logistics', 'Ember Steel', 'Fjord Shipping', 'Glade Textiles', 'Heron Airlines']
  .map((name, i) => ({ name: `Example ${name} Corp.`, cik: `99900000${pad(i + 11, 2)}`, ticker: `EX${name[0]}` }));
const COLUMNS_RATINGS = ['Rating Agency', 'Corporation', 'Rating', 'Rating Date', 'CIK', 'Rating Action', 'Outlook', 'Watch', 'Ticker', 'Note'];
const ACTIONS_PER_SERIES = [5, 4, 4, 4, 4, 4, 4, 4];

function ratings() {
  const rows = [];
  const records = [];
  for (const [agencyName, slug] of AGENCIES) {
    for (const [c, company] of COMPANIES.entries()) {
      let place = 2 + random(12);
      let year = 2019;
      const count = ACTIONS_PER_SERIES[c] + (slug === 'northlight-ratings' && c === 7 ? 1 : 0);
      for (let i = 0; i < count; i++) {
        year += 1;
        const previous = place;
        // The first agency's actions are left to the importer; the other two state theirs now and then.
        const stated = slug !== 'northlight-ratings' && i > 0 && random(3) === 0 ? pick(['outlook', 'watch']) : '';
        if (i > 0 && stated === '') {
          place = c === 4 && i === 3 && slug === 'meridian-ratings' ? SCALE.length - 1 : Math.max(0, Math.min(SCALE.length - 2, place + pick([-1, 0, 0, 1, 2])));
        }
        const [month, day] = [1 + random(12), 1 + random(28)];
        const cells = {
          'Rating Agency': agencyName,
          Corporation: company.name,
          Rating: SCALE[place],
          'Rating Date': `${month}/${day}/${year}`,
          CIK: company.cik,
          'Rating Action': stated,
          Outlook: stated === 'outlook' ? pick(['positive', 'stable', 'negative']) : '',
          Watch: stated === 'watch' ? pick(['on-positive', 'on-negative', 'off']) : '',
          Ticker: company.ticker,
          Note: 'synthetic',
        };
        rows.push(cells);
        const derived = SCALE[place] === 'D' && place !== previous ? 'default' : place < previous ? 'upgrade' : place > previous ? 'downgrade' : 'affirm';
        const actedOn = civilDate(year, month, day);
        records.push({
          kind: 'rating',
          id: `${slug}-${company.cik}-${actedOn}-${rowHash(cells)}`,
          issuer: slug,
          subject: `cik:${company.cik}`,
          issuedAt: `${actedOn}T00:00:00Z`,
          claims: {
            agency: slug,
            agencyName,
            scale: 'sp-long-term',
            symbol: cells.Rating,
            action: stated || (i === 0 ? 'initial' : derived),
            actionSource: stated ? 'file' : i === 0 ? 'first-in-file' : 'compared',
            actedOn,
            subjectName: company.name,
            ...(cells.Outlook && { outlook: cells.Outlook }),
            ...(cells.Watch && { watch: cells.Watch }),
            source: { Ticker: company.ticker, Note: 'synthetic' },
          },
        });
      }
    }
  }
  return { rows, records };
}

/** The beginning of the SHA-256 of the cells that are not empty, as canonical JSON (docs/import.md section 1). */
function rowHash(cells) {
  const filled = Object.entries(cells).filter(([, text]) => text !== '').sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(Object.fromEntries(filled)), 'utf8').digest('hex').slice(0, 16);
}

// ---- Write ----

const folder = process.argv[2] ?? dirname(fileURLToPath(import.meta.url));
mkdirSync(folder, { recursive: true });
const write = (name, text) => writeFileSync(join(folder, name), text, 'utf8');
const ndjson = records => records.map(({ raw, ...record }) => JSON.stringify(record) + '\n').join('');

const new2018 = Array.from({ length: PENALTIES_2018 }, (_, i) => penalty(i + 1, false));
const old = Array.from({ length: PENALTIES_OLD }, (_, i) => penalty(i + 1001, true));
const rows2018 = new2018.map(row2018);
const rowsOld = old.map(rowOld);

// Rows that must be rejected (README.md): a natural person, a code with a wrong check character, a person by identity number.
rows2018.splice(40, 0, {
  ...rows2018[40], CF_WSH: '示交罚〔2026〕9001号', CF_XDR_MC: '示例丙', CF_XDR_LB: '自然人', CF_XDR_SHXYM: '', CF_XDR_ZJLX: '身份证', CF_XDR_ZJHM: '990000190001010000',
});
rows2018.splice(120, 0, { ...rows2018[120], CF_WSH: '示环罚〔2026〕9002号', CF_XDR_SHXYM: new2018[0].raw.code.slice(0, 17) + (new2018[0].raw.code[17] === '0' ? '1' : '0') });
rowsOld.splice(30, 0, { ...rowsOld[30], CF_WSH: '示交罚〔2017〕9003号', CF_XDR_MC: '示例丁', CF_XDR_SHXYM: '', CF_XDR_ZDM: '', CF_XDR_SFZ: '990000190001010000' });

write('penalties-2018.csv', csv(COLUMNS_2018, rows2018, { bom: true, lineEnd: '\r\n' }));
write('penalties-old-layout.csv', csv(COLUMNS_OLD, rowsOld, { bom: false, lineEnd: '\n' }));
write('penalties.ndjson', ndjson([...new2018, ...old]));
const rated = ratings();
write('ratings.csv', csv(COLUMNS_RATINGS, rated.rows, { bom: false, lineEnd: '\n' }));
write('ratings.ndjson', ndjson(rated.records));
