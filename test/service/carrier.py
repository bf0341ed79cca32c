#!/usr/bin/env python3
"""carrier.py - the carrier's part in test/service/trial, run inside the machine.

  carrier.py send [SECONDS]       one text; prints the answer's status, 0 when there was none in time
  carrier.py during COMMAND...    texts and calls, ten a second, 3 s before the command, while it
                                  runs, and 5 s after it; prints one line of JSON and ends with the
                                  command's exit status
  carrier.py answer WORD COMMAND...  runs the command on a terminal of its own and types WORD when it
                                  is asked; prints all that the terminal showed

As the carrier does, each request is signed, waits 15 s, and is sent once more when its connection
fails. A text counts as lost when it was answered 200 and is not in the database.
"""
import base64
import hashlib
import hmac
import http.client
import json
import os
import pty
import re
import secrets
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse

ACCOUNT, TOKEN = 'AC00000000000000000000000000000001', '0123456789abcdef0123456789abcdef'
HOST, PORT, LINE = '127.0.0.1', 8080, '+16195550100'
DATABASE = 'file:/var/lib/nextring/nextring.db?mode=ro'
EVERY_S, BEFORE_S, AFTER_S = 0.1, 3, 5
WORDS = 'The boiler leaks, says nobody'


def post(target, params, seconds=15):
    params = {'AccountSid': ACCOUNT, 'ApiVersion': '2010-04-01', **params}
    said = f'http://{HOST}:{PORT}{target}' + ''.join(k + params[k] for k in sorted(params))
    proof = base64.b64encode(hmac.new(TOKEN.encode(), said.encode(), hashlib.sha1).digest()).decode()
    connection = http.client.HTTPConnection(HOST, PORT, timeout=seconds)
    try:
        connection.request('POST', target, urllib.parse.urlencode(params), {
            'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': proof,
            'Connection': 'close'})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def sid(kind):
    return kind + secrets.token_hex(16)


def text(one, seconds=15):
    return post('/sms/inbound', {'MessageSid': one, 'From': '+16195550150', 'To': LINE, 'NumMedia': '0',
                                 'NumSegments': '1', 'Body': WORDS}, seconds)


def call(one, seconds=15):
    return post('/webhook/twilio/voice', {'CallSid': one, 'From': '+16195550151', 'To': LINE, 'Caller': '+16195550151',
                                          'Called': LINE, 'CallStatus': 'ringing', 'Direction': 'inbound'}, seconds)


class Traffic:
    def __init__(self):
        self.sent = self.again = 0
        self.slowest = 0.0
        self.failed, self.answered = [], []
        self.threads = []
        self.lock = threading.Lock()
        self.ends = threading.Event()
        self.clock = threading.Thread(target=self.run)

    def one(self, kind, send):
        begun, one = time.monotonic(), sid(kind)
        again = 0
        status = send(one)
        if status == 0:
            again = 1
            status = send(one)
        with self.lock:
            self.sent += 1
            self.again += again
            self.slowest = max(self.slowest, time.monotonic() - begun)
            (self.answered if status == 200 else self.failed).append((kind, one, status))

    def run(self):
        n, due = 0, time.monotonic()
        while not self.ends.is_set():
            n += 1
            which = ('CA', call) if n % 5 == 0 else ('SM', text)
            thread = threading.Thread(target=self.one, args=which)
            thread.start()
            self.threads.append(thread)
            due += EVERY_S
            time.sleep(max(0.0, due - time.monotonic()))

    def finish(self):
        self.ends.set()
        self.clock.join()
        for thread in self.threads:
            thread.join()


def there():
    database = sqlite3.connect(DATABASE, uri=True, timeout=30)
    found = {row[0] for row in database.execute('SELECT sid FROM message WHERE sid IS NOT NULL')}
    found |= {row[0] for row in database.execute('SELECT call_sid FROM twilio_call_events')}
    database.close()
    return found


def during(command):
    traffic = Traffic()
    traffic.clock.start()
    time.sleep(BEFORE_S)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    time.sleep(AFTER_S)
    traffic.finish()
    kept = there()
    print(json.dumps({
        'sent': traffic.sent, 'answered': len(traffic.answered), 'again': traffic.again,
        'failed': len(traffic.failed), 'lost': sum(one not in kept for _, one, _ in traffic.answered),
        'slowest_ms': round(traffic.slowest * 1000), 'odd': sorted({s for _, _, s in traffic.failed})}))
    return done.returncode


def answer(word, command):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    shown, asked = b'', 0
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
        questions = len(re.findall(rb'\[yes/no\]', shown))
        if questions > asked:
            asked = questions
            os.write(terminal, word.encode() + b'\n')
    sys.stdout.write(shown.decode(errors='replace'))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main(what, *rest):
    if what == 'send':
        print(text(sid('SM'), float(rest[0]) if rest else 15))
        return 0
    if what == 'during':
        return during(rest)
    return answer(rest[0], rest[1:])


sys.exit(main(*sys.argv[1:]))
