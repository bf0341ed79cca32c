// test/node/carrier_shapes.js - judges what the carrier says by test/vectors/carrier-shapes.json,
// whose first lines tell how a member is written. Each judge returns the list of complaints.
import fs from 'node:fs';

const file = new URL('../vectors/carrier-shapes.json', import.meta.url);
export const shapes = JSON.parse(fs.readFileSync(file, 'utf8'));

const DAYS = 'Mon|Tue|Wed|Thu|Fri|Sat|Sun';
const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
const RFC2822 = new RegExp(`^(${DAYS}), \\d\\d (${MONTHS}) \\d{4} \\d\\d:\\d\\d:\\d\\d \\+0000$`);
const ACCOUNT_PATH = '/2010-04-01/Accounts/{AC}/';

const isText = (v) => typeof v === 'string';
const meets = (pattern) => (v) => isText(v) && pattern.test(v);
// A day and an hour that exist, and the name of that very day.
function isRfc2822(v) {
  return isText(v) && RFC2822.test(v) && new Date(v).toUTCString().replace('GMT', '+0000') === v;
}
function isIso(v) {
  return meets(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)(v) && new Date(v).toISOString().replace('.000', '') === v;
}
function isHttp(v) {
  return meets(/^https?:\/\/[^\s]+$/)(v) && URL.canParse(v);
}
const sidPattern = (prefixes) => `(${prefixes.join('|')})[0-9a-f]{32}`;
// "/v1/Services/{MG}" as a pattern: a SID has the length and the letters that it must have.
function pathPattern(path) {
  const whole = path.startsWith('/') ? path : ACCOUNT_PATH + path;
  return whole.split(/(\{[^}]*\})/).map((part) => {
    if (part === '{country}') return '[A-Z]{2}';
    if (part.startsWith('{')) return sidPattern(part.slice(1, -1).split('|'));
    return part.replace(/[.?*+^$()[\]\\|]/g, '\\$&');
  }).join('');
}

const kinds = {
  any: (v) => v !== undefined,
  string: isText,
  text: meets(/./s),
  count: meets(/^\d+$/),
  decimal: meets(/^-?\d+(\.\d+)?$/),
  amount: (v) => typeof v === 'number' || kinds.decimal(v),
  integer: Number.isInteger,
  boolean: (v) => typeof v === 'boolean',
  rfc2822: isRfc2822,
  iso: (v, args) => isIso(v) || (args.includes('rfc2822') && isRfc2822(v)),
  day: (v) => meets(/^\d{4}-\d\d-\d\d$/)(v) && isIso(`${v}T00:00:00Z`),
  phone: meets(/^\+[1-9]\d{6,14}$/),
  party: meets(/^(\+?\d{3,15}|client:.+|sip:.+@.+|[A-Za-z0-9 &+_-]{1,11}|anonymous)$/),
  country: meets(/^[A-Z]{2}$/),
  uuid: meets(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  http: isHttp,
  address: (v) => v === '' || isHttp(v),
  sid: (v, args) => new RegExp(`^${sidPattern(args)}$`).test(v),
  enum: (v, args) => args.map((word) => word.replaceAll('~', ' ')).includes(v),
  uri: (v, paths) => isText(v) && paths.some((path) => new RegExp(`^${pathPattern(path)}$`).test(v)),
  url: (v, [path], base) => isText(v) && v.startsWith(base) && new RegExp(`^${pathPattern(path)}$`).test(v.slice(base.length)),
};

function read(rule) {
  const words = rule.split(' ');
  const optional = words[0] === 'optional' && Boolean(words.shift());
  const kind = words.shift();
  const nullable = kind.endsWith('?');
  return { optional, nullable, kind: nullable ? kind.slice(0, -1) : kind, args: words };
}

function judgeMember(group, rule, value, place, base) {
  const { optional, nullable, kind, args } = read(rule);
  if (value === undefined) return optional ? [] : [`${place} is missing (${rule})`];
  if (value === null) return nullable ? [] : [`${place} is null (${rule})`];
  if (kind === 'object') return judge(group, args[0], value, base, place);
  if (kind === 'list') {
    if (!Array.isArray(value)) return [`${place} is no list (${rule})`];
    return value.flatMap((v, i) => judgeMember(group, args.join(' '), v, `${place}[${i}]`, base));
  }
  if (!kinds[kind]) throw new Error(`carrier-shapes.json: ${place}: "${kind}" is no kind`);
  return kinds[kind](value, args, base) ? [] : [`${place} is ${JSON.stringify(value)}, not ${rule}`];
}

// All members of a shape, its base's first.
export function members(group, name) {
  const shape = shapes[group][name];
  if (!shape) throw new Error(`carrier-shapes.json has no ${group}.${name}`);
  return { ...(shape.with ? members(group, shape.with) : {}), ...shape.members };
}

// An object of the group ("resources", "webhooks", "frames") against a shape.
export function judge(group, name, value, base = '', place = name) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [`${place} is no object`];
  const rules = members(group, name);
  const section = shapes[group][name].section;
  const told = Object.entries(rules).flatMap(([key, rule]) => judgeMember(group, rule, value[key], `${place}.${key}`, base));
  const extra = Object.keys(value).filter((key) => !(key in rules)).map((key) => `${place}.${key} is not in the reference`);
  return [...told, ...extra].map((words) => (words.includes('(section ') ? words : `${words} (section ${section})`));
}

export const judgeResource = (name, value, base) => judge('resources', name, value, base);
export const judgeWebhook = (name, params) => judge('webhooks', name, params);
export const judgeHeaders = (name, headers) => judge('headers', name, Object.fromEntries(
  Object.entries(headers).filter(([key]) => key in members('headers', name))));

function judgeEnds(frame, rows) {
  const end = rows.length ? frame.start + rows.length - 1 : 0;
  const out = [];
  if (frame.start !== frame.page * frame.page_size) out.push(`start is ${frame.start} on page ${frame.page} of ${frame.page_size}`);
  if (frame.end !== end && rows.length) out.push(`end is ${frame.end}, not ${end}`);
  if (!rows.length && frame.end !== 0) out.push(`end of an empty page is ${frame.end}, not 0`);
  return out;
}

// A list of rows of that shape in the frame "account", "bare" or "meta".
export function judgeList(name, frame, body, base) {
  const { list } = shapes.resources[name];
  const { [list]: rows, ...rest } = body;
  if (!Array.isArray(rows)) return [`the list has no ${list}`];
  const found = rows.flatMap((row, i) => judge('resources', name, row, base, `${list}[${i}]`));
  if (frame !== 'meta') found.push(...judge('frames', frame, rest, base, 'frame'));
  else {
    const { meta, ...more } = rest;
    found.push(...judge('frames', 'meta', meta ?? null, base, 'meta'));
    found.push(...Object.keys(more).map((key) => `${key} stands beside ${list} and meta`));
    if (meta?.key !== list) found.push(`meta.key is ${meta?.key}, not ${list}`);
  }
  if (frame === 'account') found.push(...judgeEnds(rest, rows));
  return found;
}

// An error answer: its body tells its own status, and where to read more.
export function judgeError(answer, status, code) {
  const { body } = answer;
  const found = judge('resources', 'Error', body ?? null, '', 'error');
  if (answer.status !== status) found.push(`the status is ${answer.status}, not ${status}: ${JSON.stringify(body)}`);
  if (body?.status !== answer.status) found.push(`error.status is ${body?.status} in an answer ${answer.status}`);
  if (code && body?.code !== code) found.push(`error.code is ${body?.code}, not ${code}: ${body?.message}`);
  if (body?.more_info !== `https://www.twilio.com/docs/errors/${body?.code}`) found.push(`error.more_info is ${body?.more_info}`);
  return found;
}

const camel = (name) => name.split('_').map((w) => w.charAt(0).toUpperCase() + w.slice(1)).join('');

// A row as XML (parsed, attributes as "@_name") against the same row as JSON.
export function judgeXml(element, row) {
  const out = [];
  for (const [key, value] of Object.entries(row)) {
    const seen = element[camel(key)];
    if (seen === undefined) out.push(`<${camel(key)}> is missing`);
    else if (value !== null && typeof value !== 'object' && String(value) !== String(seen)) {
      out.push(`<${camel(key)}> is ${JSON.stringify(seen)}, not ${JSON.stringify(value)}`);
    }
  }
  return out;
}
