// test/node/s3.js - a small S3 server for the tests: path style, one version of each object, GET
// and PUT with conditions, ranges, and uploads in parts. It works out the signature of every request by itself, from Amazon's
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
    s3.uploads = new Map(); // id -> {path, at, parts: Map of number -> Buffer}: begun, and not ended
    s3.fault = undefined;   // (request) => 'drop' (the connection), 'deaf' (done, and not answered), or a status
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
    const fault = this.fault?.(rq);
    if (fault === 'drop') return rq.socket.destroy();
    const end = (status, headers = {}, text = '') => {
      if (fault === 'deaf') return rq.socket.destroy();
      this.log.push({ method: rq.method, path, status, headers: rq.headers });
      answer.writeHead(status, { 'Content-Length': Buffer.byteLength(text), ...headers });
      answer.end(text);
      for (const look of this.waiting ?? []) look();
    };
    const refuse = (status, code) => end(status, { 'Content-Type': 'application/xml' }, `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
    const why = wrong(rq, body, this.keys);
    if (why) return refuse(why === 'ExpiredToken' ? 400 : 403, why);
    if (Number.isInteger(fault)) return refuse(fault, fault === 503 ? 'SlowDown' : 'InternalError');
    this.before?.(rq.method, path);
    const there = this.objects.has(path);
    const asked = new URL(rq.url, this.endpoint).searchParams;
    const id = asked.get('uploadId');
    if (id || asked.has('uploads')) return this.parts(rq, body, path.split('?')[0], id, asked, end, refuse);
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
      const range = /^bytes=(\d+)-(\d+)$/.exec(rq.headers.range ?? '');
      if (!range) return end(200, { ETag: etag, 'Content-Type': 'application/json' }, this.objects.get(path));
      const all = Buffer.from(this.objects.get(path)), from = Number(range[1]), to = Math.min(Number(range[2]), all.length - 1);
      if (from >= all.length) return refuse(416, 'InvalidRange');
      return end(206, { ETag: etag, 'Content-Range': `bytes ${from}-${to}/${all.length}` }, all.subarray(from, to + 1));
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
  // CreateMultipartUpload, UploadPart, CompleteMultipartUpload, AbortMultipartUpload, ListMultipartUploads.
  parts(rq, body, path, id, asked, end, refuse) {
    const xml = (text) => end(200, { 'Content-Type': 'application/xml' }, `<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
    if (rq.method === 'GET') {
      const found = [...this.uploads].filter(([, u]) => u.path.startsWith(path + asked.get('prefix')));
      return xml(`<ListMultipartUploadsResult>${found.map(([key, u]) => `<Upload><Key>${u.path.slice(path.length)}</Key><UploadId>${key}</UploadId><Initiated>${new Date(u.at).toISOString()}</Initiated></Upload>`).join('')}</ListMultipartUploadsResult>`);
    }
    if (!id) {
      const fresh = `upload/${crypto.randomBytes(9).toString('base64')}`; // Amazon's, too, hold what must be escaped
      this.uploads.set(fresh, { path, at: Date.now(), parts: new Map() });
      return xml(`<InitiateMultipartUploadResult><Key>${path}</Key><UploadId>${fresh}</UploadId></InitiateMultipartUploadResult>`);
    }
    const upload = this.uploads.get(id);
    if (!upload || upload.path !== path) return refuse(404, 'NoSuchUpload');
    if (rq.method === 'DELETE') {
      this.uploads.delete(id);
      return end(204);
    }
    if (rq.method === 'PUT') {
      this.largest = Math.max(this.largest ?? 0, body.length);
      upload.parts.set(Number(asked.get('partNumber')), body);
      return end(200, { ETag: `"${crypto.createHash('md5').update(body).digest('hex')}"` });
    }
    const named = [...body.toString().matchAll(/<Part><PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag><\/Part>/g)];
    const pieces = named.map(([, number, etag]) => ({ etag, bytes: upload.parts.get(Number(number)) }));
    if (!pieces.length || pieces.some((p, i) => !p.bytes || Number(named[i][1]) !== i + 1 || p.etag !== `"${crypto.createHash('md5').update(p.bytes).digest('hex')}"`)) return refuse(400, 'InvalidPart');
    if (pieces.some((p, i) => i < pieces.length - 1 && p.bytes.length < 5 << 20)) return refuse(400, 'EntityTooSmall');
    if (this.spoiled) return xml('<Error><Code>InternalError</Code></Error>'); // as Amazon says it: with status 200
    this.uploads.delete(id);
    this.objects.set(path, Buffer.concat(pieces.map((p) => p.bytes)));
    return xml(`<CompleteMultipartUploadResult><Key>${path}</Key><ETag>"x-${pieces.length}"</ETag></CompleteMultipartUploadResult>`);
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
