// test/node/recorder.js - stands between the daemon and the simulated carrier, hands everything
// through, and remembers by whose credentials each request came.
import http from 'node:http';
import { Stage, freePort } from './stage.js';

const STAR = [/\/Accounts\/AC[0-9a-f]+/, /\/(CA|SM|MM|RE|ME)[0-9a-f]{32}/g];

export class Recorder {
  static async open(target) {
    const recorder = new Recorder();
    recorder.asked = [];     // {what, path, user, password, text: all but the credentials}
    recorder.led = new Set(); // paths that the carrier has redirected to
    recorder.port = await freePort();
    recorder.server = http.createServer((rq, rs) => {
      const parts = [];
      rq.on('data', (part) => parts.push(part));
      rq.on('end', () => recorder.pass(target, rq, Buffer.concat(parts), rs));
    });
    await new Promise((done) => recorder.server.listen(recorder.port, '127.0.0.1', done));
    recorder.server.unref(); // a test that failed is not held up
    recorder.base = `http://127.0.0.1:${recorder.port}`;
    return recorder;
  }
  note(rq, body) {
    const header = rq.headers.authorization ?? '';
    const [user, ...rest] = Buffer.from(header.replace(/^Basic /, ''), 'base64').toString().split(':');
    const what = `${rq.method} ${STAR.reduce((path, star) => path.replace(star, (m) => m.replace(/[0-9a-f]{32}/, '*')), rq.url.split('?')[0])}`;
    this.asked.push({ what, path: rq.url.split('?')[0], user, password: rest.join(':'), text: `${rq.url}\n${JSON.stringify({ ...rq.headers, authorization: '' })}\n${body}` });
  }
  pass(port, rq, body, rs) {
    this.note(rq, body);
    const onward = http.request({ method: rq.method, host: '127.0.0.1', port, path: rq.url, headers: rq.headers, agent: false }, (answer) => {
      const { location } = answer.headers; // to storage of the carrier's, which is here as well
      if (location) answer.headers.location = location.replace(`:${port}/`, `:${this.port}/`);
      if (location) this.led.add(new URL(location).pathname);
      rs.writeHead(answer.statusCode, answer.headers);
      answer.pipe(rs);
    });
    onward.on('error', () => rs.destroy());
    onward.end(body);
  }
  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}

// A stage whose daemon asks the carrier through a recorder.
export class RecordedStage extends Stage {
  async startDaemon() {
    this.recorder ??= await Recorder.open(this.simPort);
    this.env = { ...this.env, NEXTRING_CARRIER_API: this.recorder.base };
    return super.startDaemon();
  }
  async close() {
    await super.close();
    await this.recorder.close();
  }
}
