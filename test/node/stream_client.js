// test/node/stream_client.js - reads a server-sent event stream: what came, and a way to wait for
// more of it.
import http from 'node:http';

// One event of a stream, or a comment.
function parse(block) {
  const event = { type: 'message', data: '' };
  for (const line of block.split('\n')) {
    const at = line.indexOf(':');
    const [name, value] = [line.slice(0, at), line.slice(at + 1).replace(/^ /, '')];
    if (name === '') event.comment = value;
    else if (name === 'event') event.type = value;
    else if (name === 'data') event.data += value;
    else event[name] = value;
  }
  if (event.data) event.data = JSON.parse(event.data);
  return event;
}

export class Stream {
  // Resolves when the answer's head is there: {status, headers}; a refusal has its body too.
  static open({ port, socketPath, target = '/api/v1/stream', headers = {} }) {
    return new Promise((resolve, reject) => {
      const stream = new Stream();
      stream.rq = http.get({ host: '127.0.0.1', port, socketPath, path: target, headers, agent: false });
      stream.events = [];
      stream.comments = [];
      stream.ids = [];
      stream.bytes = 0;
      stream.waits = [];
      stream.over = new Promise((done) => { stream.isOver = done; });
      stream.rq.on('error', (e) => { stream.isOver(e); stream.wake(); reject(e); });
      stream.rq.on('response', (answer) => {
        stream.status = answer.statusCode;
        stream.headers = answer.headers;
        stream.answer = answer;
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part) => {
          text += part;
          stream.bytes += part.length;
          for (let at; (at = text.indexOf('\n\n')) >= 0; text = text.slice(at + 2)) stream.take(parse(text.slice(0, at)));
          stream.wake();
        });
        const end = () => { stream.body = text; stream.ended = true; stream.isOver(); stream.wake(); };
        answer.on('end', end);
        answer.on('close', end);
        answer.on('error', end);
        resolve(stream);
      });
    });
  }

  take(event) {
    if (event.id) this.last = event.id;
    if (event.comment !== undefined) this.comments.push(event.comment);
    else if (event.data) this.events.push(event);
    if (event.type === 'change') this.ids.push(event.data.event.id);
  }

  wake() {
    for (const wait of this.waits.splice(0)) wait();
  }

  // Until `test(this)` is true; the stream's end before that fails.
  async until(test, what = 'the event') {
    while (!test(this)) {
      if (this.ended) throw new Error(`the stream ended before ${what}`);
      await new Promise((done) => this.waits.push(done));
    }
  }

  close() {
    this.rq.destroy();
  }
}
