// test/node/s3.js - a small S3 server for the tests: path style, one version of each object, GET
// and PUT with conditions. It works out the signature of every request by itself, from Amazon's
// description alone, and answers what Amazon answers.
import crypto from 'node:crypto';
import http from 'node:http';

export const REGION = 'us-west-2';
export const KEY_ID = 'AKIDEXAMPLE00000TEST';
export const SECRET = 'tests/only+secret+of+forty+characters+00';

const hmac = (key, text) => crypto.createHmac('sha256', key).update(text).digest();
const hash = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

// Why the request is refused; undefined: its signature is right.
function wrong(rq, body, { region, keyId, secret, token }) {
  const parts = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(rq.headers.authorization ?? '');
  if (!parts) return 'AccessDenied';
  const [, id, day, its, names, signature] = parts;
  if (id !== keyId || its !== region) return 'InvalidAccessKeyId';
  if ((rq.headers['x-amz-security-token'] ?? '') !== (token ?? '')) return 'ExpiredToken';
  const date = rq.headers['x-amz-date'] ?? '';
  if (date.slice(0, 8) !== day) return 'AccessDenied';
  const at = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - at) < 15 * 60000)) return 'RequestTimeTooSkewed';
  if (rq.headers['x-amz-content-sha256'] !== hash(body)) return 'XAmzContentSHA256Mismatch';
  const signed = names.split(';');
  for (const name of Object.keys(rq.headers))
    if ((name === 'host' || name.startsWith('x-amz-')) && !signed.includes(name)) return 'AccessDenied';
  const [path, query = ''] = rq.url.split('?');
  const canonical = [rq.method, path, query, ...signed.map((n) => `${n}:${rq.headers[n].trim()}`), '', names, hash(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', date, `${day}/${its}/s3/aws4_request`, hash(canonical)].join('\n');
  const key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${secret}`, day), its));
  return hmac(key, toSign).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}

export class S3 {
  static async open(options = {}) {
    const s3 = new S3();
    s3.keys = { region: REGION, keyId: KEY_ID, secret: SECRET, ...options };
    s3.objects = new Map(); // path -> text
    s3.log = [];            // {method, path, status}
    s3.before = undefined;  // called before an answer is decided: another writer's turn
    s3.server = http.createServer((rq, answer) => {
      const parts = [];
      rq.on('data', (part) => parts.push(part));
      rq.on('end', () => s3.answer(rq, Buffer.concat(parts), answer));
    });
    await new Promise((done) => s3.server.listen(0, '127.0.0.1', done));
    s3.port = s3.server.address().port;
    s3.endpoint = `http://127.0.0.1:${s3.port}`;
    return s3;
  }
  close() {
    this.server.closeAllConnections?.();
    return new Promise((done) => this.server.close(done));
  }
  etag(path) {
    return `"${crypto.createHash('md5').update(this.objects.get(path)).digest('hex')}"`;
  }
  get(path) {
    return JSON.parse(this.objects.get(path));
  }
  put(path, value) {
    this.objects.set(path, typeof value === 'string' ? value : JSON.stringify(value, null, 2));
  }
  answer(rq, body, answer) {
    const path = decodeURIComponent(rq.url);
    const end = (status, headers = {}, text = '') => {
      this.log.push({ method: rq.method, path, status, headers: rq.headers });
      answer.writeHead(status, { 'Content-Length': Buffer.byteLength(text), ...headers });
      answer.end(text);
      for (const look of this.waiting ?? []) look();
    };
    const refuse = (status, code) => end(status, { 'Content-Type': 'application/xml' }, `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
    const why = wrong(rq, body, this.keys);
    if (why) return refuse(why === 'ExpiredToken' ? 400 : 403, why);
    this.before?.(rq.method, path);
    const there = this.objects.has(path);
    const asked = new URL(rq.url, this.endpoint).searchParams;
    if (rq.method === 'GET' && asked.get('list-type') === '2') {
      const bucket = path.split('?')[0];
      const keys = [...this.objects.keys()].filter((k) => k.startsWith(bucket + asked.get('prefix'))).sort();
      return end(200, { 'Content-Type': 'application/xml' }, `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${keys.map((k) => `<Contents><Key>${k.slice(bucket.length)}</Key></Contents>`).join('')}<IsTruncated>false</IsTruncated></ListBucketResult>`);
    }
    if (rq.method === 'DELETE') {
      this.objects.delete(path);
      return end(204);
    }
    if (rq.method === 'GET') {
      if (!there) return refuse(404, 'NoSuchKey');
      const etag = this.etag(path);
      if (rq.headers['if-none-match'] === etag) return end(304, { ETag: etag });
      return end(200, { ETag: etag, 'Content-Type': 'application/json' }, this.objects.get(path));
    }
    if (rq.method !== 'PUT') return refuse(405, 'MethodNotAllowed');
    const match = rq.headers['if-match'];
    if (match && (!there || match !== this.etag(path))) return refuse(there ? 412 : 404, 'PreconditionFailed');
    if (rq.headers['if-none-match'] === '*' && there) return refuse(412, 'PreconditionFailed');
    if (!match && !rq.headers['if-none-match']) this.unconditional = true;
    const text = body.toString();
    this.objects.set(path, Buffer.from(text).equals(body) ? text : body);
    return end(200, { ETag: this.etag(path) });
  }
  // Resolves when `is` holds; looked at after each answer.
  until(is) {
    this.waiting ??= [];
    return new Promise((resolve) => {
      const look = () => { if (is(this)) resolve(); };
      this.waiting.push(look);
      look();
    });
  }
  env(path, more = {}) {
    return {
      NEXTRING_ROSTER: `s3:/${path}`,
      AWS_REGION: this.keys.region,
      AWS_ACCESS_KEY_ID: KEY_ID,
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_ENDPOINT_URL_S3: this.endpoint,
      ...(this.keys.token ? { AWS_SESSION_TOKEN: this.keys.token } : {}),
      ...more,
    };
  }
}
