#!/usr/bin/env python3
"""manager.py SOCKET PROGRAM ARGUMENT... - stands in for systemd in tests: starts a service, hands
it sockets, hears what it says (sd_notify) and keeps the descriptors that it hands over.

A NOTIFY_SOCKET of the environment is SOCKET as the service sees it, in another root.
Descriptor 3, if it is open, becomes the service's descriptor 20: a rehearsal's clock.
Reads lines on stdin:
  listen NAME ADDRESS PORT   opens a socket as a socket unit does
  set NAME VALUE             in the service's environment, from its next start on
  start                      starts the service with its sockets and what was kept
  signal NAME                sends SIGNAME to the service
  quit                       ends the service and itself
Writes lines of JSON on stdout: {"listens": PORT}, {"started": PID}, {"said": {NAME: VALUE, ...}},
{"kept": NAME}, {"forgot": NAME}, {"ended": STATUS} (negative: of a signal).
"""
import fcntl
import json
import os
import selectors
import signal
import socket
import sys

FIRST, CLOCK = 3, 20


def tell(**what):
    print(json.dumps(what), flush=True)


class Manager:
    def __init__(self, path, command):
        self.command, self.path, self.pid = command, path, None
        self.units, self.kept = [], []  # [(name, descriptor)]
        self.clock = None
        try:
            self.clock = os.dup(FIRST)
        except OSError:
            pass
        self.heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.heard.bind(path)
        os.chmod(path, 0o666)
        self.events = selectors.DefaultSelector()
        self.events.register(0, selectors.EVENT_READ, self.on_line)
        self.events.register(self.heard, selectors.EVENT_READ, self.on_word)
        self.rest = b''

    def run(self):
        while True:
            for key, _ in self.events.select():
                key.data(key.fileobj)

    def on_line(self, _):
        more = os.read(0, 65536)
        if not more:
            self.quit()
        *lines, self.rest = (self.rest + more).split(b'\n')
        for line in lines:
            word, *rest = line.decode().split()
            getattr(self, word)(*rest)

    def on_word(self, _):
        data, fds, _, _ = socket.recv_fds(self.heard, 65536, 16)
        said = dict(line.split('=', 1) for line in data.decode().split('\n') if '=' in line)
        name = said.get('FDNAME', '')
        if 'FDSTORE' in said:
            self.kept += [(name, fd) for fd in fds]
            tell(kept=name)
        elif 'FDSTOREREMOVE' in said:
            for kept in [k for k in self.kept if k[0] == name]:
                os.close(kept[1])
                self.kept.remove(kept)
            tell(forgot=name)
        else:
            tell(said=said)

    def on_end(self, handle):
        _, status = os.waitpid(self.pid, 0)
        self.events.unregister(handle)
        os.close(handle)
        self.pid = None
        tell(ended=os.waitstatus_to_exitcode(status))

    def listen(self, name, address, port):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((address, int(port)))
        s.listen(4096)
        self.units.append((name, s.detach()))
        tell(listens=int(port))

    @staticmethod
    def set(name, value):
        os.environ[name] = value

    def start(self):
        given = self.units + self.kept
        pid = os.fork()
        if pid == 0:
            self.become(given)
        self.pid = pid
        self.events.register(os.pidfd_open(pid), selectors.EVENT_READ, self.on_end)
        tell(started=pid)

    def become(self, given):
        above = [os.dup(fd) for _, fd in given]  # none of them is where another must go
        above = [self.lift(fd) for fd in above]
        clock = self.lift(self.clock) if self.clock is not None else None
        for i, fd in enumerate(above):
            os.dup2(fd, FIRST + i)
            os.set_inheritable(FIRST + i, True)
        if clock is not None:
            os.dup2(clock, CLOCK)
            os.set_inheritable(CLOCK, True)
        env = {'NOTIFY_SOCKET': self.path, **os.environ}
        if given:
            env.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(given)),
                       LISTEN_FDNAMES=':'.join(name for name, _ in given))
        os.dup2(2, 1)  # stdout is for tell()
        os.execve(self.command[0], self.command, env)

    @staticmethod
    def lift(fd):
        return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 100)

    def signal(self, name):
        if self.pid:
            os.kill(self.pid, getattr(signal, 'SIG' + name))

    def quit(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
        sys.exit(0)


if __name__ == '__main__':
    Manager(sys.argv[1], sys.argv[2:]).run()
