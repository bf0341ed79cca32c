// test/node/secrets_manager.js - a small AWS Secrets Manager for the tests: GetSecretValue alone. It
// works out the signature of every request by itself, by Amazon's published rules, and is held to
// Amazon's published example.
import crypto from 'node:crypto';
import http from 'node:http';

export const REGION = 'us-west-2';
export const KEY_ID = 'AKIDEXAMPLE00000TEST';
export const SECRET = 'tests/only+secret+of+forty+characters+00';

const hmac = (key, text) => crypto.createHmac('sha256', key).update(text).digest();
const hash = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

// The signature of a request: its canonical form, what is signed, and the derived key.
export function sign({ method, path, query = '', headers, signed, body }, { secret, date, region, service }) {
  const canonical = [method, path, query, ...signed.map((n) => `${n}:${headers[n].trim().replace(/ +/g, ' ')}`), '', signed.join(';'), hash(body)].join('\n');
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, hash(canonical)].join('\n');
  const key = scope.split('/').reduce(hmac, `AWS4${secret}`);
  return hmac(key, toSign).toString('hex');
}

export class SecretsManager {
  static async open() {
    const manager = new SecretsManager();
    manager.secrets = new Map(); // name or ARN -> what is answered
    manager.log = [];            // {id, why}
    manager.token = undefined;   // a session token that has to come along
    manager.server = http.createServer((rq, rs) => {
      const parts = [];
      rq.on('data', (part) => parts.push(part));
      rq.on('end', () => manager.answer(rq, Buffer.concat(parts), rs));
    });
    await new Promise((done) => manager.server.listen(0, '127.0.0.1', done));
    manager.server.unref(); // a test that failed is not held up
    manager.endpoint = `http://127.0.0.1:${manager.server.address().port}`;
    return manager;
  }
  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
  // Why the request is refused; undefined: its signature is right.
  wrong(rq, body) {
    const parts = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(rq.headers.authorization ?? '');
    if (!parts) return 'MissingAuthenticationTokenException';
    const [, id, day, region, service, names, signature] = parts;
    if (id !== KEY_ID) return 'UnrecognizedClientException';
    if (region !== REGION || service !== 'secretsmanager') return 'InvalidSignatureException';
    if ((rq.headers['x-amz-security-token'] ?? '') !== (this.token ?? '')) return 'ExpiredTokenException';
    const date = rq.headers['x-amz-date'] ?? '';
    const at = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    if (date.slice(0, 8) !== day || !(Math.abs(Date.now() - at) < 5 * 60000)) return 'InvalidSignatureException';
    const signed = names.split(';');
    for (const name of Object.keys(rq.headers))
      if ((name === 'host' || name === 'content-type' || name.startsWith('x-amz-')) && !signed.includes(name)) return 'InvalidSignatureException';
    const wanted = sign({ method: rq.method, path: rq.url, headers: rq.headers, signed, body }, { secret: SECRET, date, region, service });
    return wanted === signature ? undefined : 'InvalidSignatureException';
  }
  answer(rq, body, rs) {
    const end = (status, value) => rs.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
    const refuse = (type) => { this.log.push({ why: type }); end(400, { __type: type, Message: 'no' }); };
    const why = this.wrong(rq, body);
    if (why) return refuse(why);
    if (rq.method !== 'POST' || rq.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') return refuse('InvalidRequestException');
    const { SecretId: id } = JSON.parse(body);
    if (!this.secrets.has(id)) return refuse('ResourceNotFoundException');
    this.log.push({ id });
    return end(200, { Name: id, VersionStages: ['AWSCURRENT'], ...this.secrets.get(id) });
  }
  env(more = {}) {
    return {
      AWS_REGION: REGION, AWS_ACCESS_KEY_ID: KEY_ID, AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.endpoint, ...(this.token ? { AWS_SESSION_TOKEN: this.token } : {}), ...more,
    };
  }
}
