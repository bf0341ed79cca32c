#!/usr/bin/env python3
"""roster_load.py - how long a folder of rosters takes to come into force, and what it costs.

  bench/roster_load.py BUILD [TENANTS] [OPERATORS]

Writes one roster per tenant into a fresh folder, starts the daemon on it twice (into an empty
database, then into the one it has made) and prints the time until it is ready, and its private
memory. docs/performance.md has the figures.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time


def roster(tenant, people):
    phone = lambda i: f'+1619{(tenant * people + i) % 9000000 + 2000000:07d}'
    return {
        'tenant': f't{tenant}', 'name': f'Business {tenant}', 'region': 'US',
        'time_zone': 'America/Los_Angeles',
        'dispatchers': [{'id': f'p{i}', 'name': f'Person {i}', 'phone': phone(i),
                         'on_call': [{'days': 'mon-fri', 'from': '07:00', 'to': '19:00'}]}
                        for i in range(people)],
        'fallback_chain': [f'p{i}' for i in range(min(people, 16))],
        'lines': [f'+1858{tenant + 2000000:07d}'],
    }


def start(build, folder):
    environment = {
        'NEXTRING_LISTEN': '127.0.0.1:0', 'NEXTRING_ADMIN_LISTEN': '127.0.0.1:0',
        'NEXTRING_PUBLIC_URL': 'http://127.0.0.1:1', 'NEXTRING_CARRIER_API': 'http://127.0.0.1:1',
        'NEXTRING_DATA': os.path.join(folder, 'data'),
        'NEXTRING_ROSTER': os.path.join(folder, 'rosters'),
        'TWILIO_ACCOUNT_SID': 'AC00000000000000000000000000000001',
        'TWILIO_AUTH_TOKEN': '0123456789abcdef0123456789abcdef',
        'TWILIO_API_KEY': 'SK00000000000000000000000000000001', 'TWILIO_API_SECRET': 'bench',
    }
    begin = time.monotonic()
    daemon = subprocess.Popen([os.path.join(build, 'nextring'), 'serve'], env=environment,
                              cwd=folder, stderr=subprocess.PIPE, text=True)
    for line in daemon.stderr:
        if 'info ready' in line:
            break
    else:
        sys.exit('the daemon did not start')
    took = time.monotonic() - begin
    with open(f'/proc/{daemon.pid}/status', encoding='utf-8') as f:
        anon = int(re.search(r'RssAnon:\s+(\d+)', f.read()).group(1))
    daemon.terminate()
    daemon.wait()
    return took, anon


def main(arguments):
    build, tenants, people = arguments[0], *map(int, (arguments[1:] + ['1000', '50'])[:2])
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, 'rosters'))
        for t in range(tenants):
            with open(os.path.join(folder, 'rosters', f't{t}.json'), 'w', encoding='utf-8') as f:
                json.dump(roster(t, people), f)
        for says in ('new', 'known'):
            took, anon = start(build, folder)
            print(f'{tenants} tenants x {people} operators, {says}: ready after {took:.2f} s, '
                  f'RssAnon {anon / 1024:.0f} MB')


if __name__ == '__main__':
    main(sys.argv[1:] or ['build'])
