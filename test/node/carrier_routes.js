// test/node/carrier_routes.js - the table of docs/simulator.md against what tests have asked for.
import fs from 'node:fs';

const page = new URL('../../docs/simulator.md', import.meta.url);

// Rows "| GET | `/2010-04-01/Accounts/{account}/Calls/{sid}.json` | what |"; the host of another
// than the API's stands before the path.
export function routes() {
  const rows = fs.readFileSync(page, 'utf8').matchAll(/^\| (GET|POST|DELETE) \| `([a-z]+\.twilio\.com)?(\/[^`]*)` \|/gm);
  return [...rows].map(([, method, host, path]) => ({ method, host: host ?? 'api.twilio.com', path }))
    .filter(({ path }) => !path.startsWith('/sim/'));
}

const escape = (text) => text.replace(/[.?*+^$()[\]\\|]/g, '\\$&');
const holes = (route) => route.path.split('{').length;
// A name ends where a suffix begins: "{sid}" is not "RE1.json".
const pattern = (route) => new RegExp(`^${route.path.split(/\{[^}]*\}/).map(escape).join('(?:(?!\\.json$)[^/])+')}$`);

// The route of a request: of those that fit the one that leaves least open.
function routeOf(table, { method, path }) {
  const fits = table.filter((r) => r.method === method && r.pattern.test(path));
  return fits.sort((a, b) => holes(a) - holes(b))[0];
}

// Routes of the table that none of the requests {method, path, status} has reached with success.
export function untouched(requests, but = []) {
  const table = routes().map((r) => ({ ...r, pattern: pattern(r) }));
  if (table.length < 20) return [`docs/simulator.md tells of ${table.length} routes only`];
  const reached = new Set(requests.filter((r) => r.status < 400).map((r) => routeOf(table, r)));
  return table.filter((r) => !reached.has(r)).map((r) => `${r.method} ${r.path}`).filter((name) => !but.some((b) => b.test(name)));
}

// What the page says is not simulated: host, and a path when it is not the whole host.
export function absents() {
  const rows = fs.readFileSync(page, 'utf8').matchAll(/^\| `([a-z]+\.twilio\.com)(\/[^`]*)?` \|/gm);
  return [...rows].map(([, host, path]) => ({ host, path }));
}

const parts = (path) => path.replace(/\.json$/, '').split('/');
// The parts of a path as the page has them, whose holes take anything.
const meets = (told, path) => told.every((part, i) => (part.startsWith('{') ? Boolean(path[i]) : part === path[i]));

// Whether the page tells of an address (path, or absolute), as simulated, as a place that has
// simulated ones below it, or as not simulated.
export function isTold(address) {
  const path = parts(new URL(address, 'http://127.0.0.1').pathname);
  return routes().map((r) => parts(r.path)).some((told) => told.length >= path.length && meets(told.slice(0, path.length), path))
    || absents().some((r) => r.path && meets(parts(r.path), path));
}
