// test/node/payloads.js - what hostile people write: each of these is text, wherever it is shown.
// What would run sets window.hacked, shows a dialog, or asks another host.
const RUN = 'window.hacked=1';

const markup = [
  `<script>${RUN}</script>`, `<SCRIPT SRC=//example.net/x.js></SCRIPT>`, `<scr<script>ipt>${RUN}</scr</script>ipt>`, `</title><script>${RUN}</script>`,
  `<img src=x onerror=${RUN}>`, `<img src=x onerror="alert(1)">`, `<IMG """><SCRIPT>alert(1)</SCRIPT>">`, `<img/src=x/onerror=alert(1)//`, '<img src=//example.net/pixel.gif>',
  `<svg onload=${RUN}>`, `<svg><script>${RUN}</script></svg>`, `<svg><animate onbegin=${RUN} attributeName=x></svg>`, '<svg><use href="data:image/svg+xml,<svg onload=alert(1)>"/></svg>',
  `<math><mtext><table><mglyph><style><img src=x onerror=${RUN}>`, `<body onload=${RUN}>`, `<iframe src="javascript:alert(1)"></iframe>`, `<iframe srcdoc="<script>parent.hacked=1</script>"></iframe>`,
  `<object data="javascript:alert(1)">`, `<embed src="javascript:alert(1)">`, `<a href="javascript:alert(1)">x</a>`, `<a href="jAvAsCrIpT&colon;alert(1)">x</a>`, `<form action="javascript:alert(1)"><button>x</button></form>`,
  `<input autofocus onfocus=${RUN}>`, `<details open ontoggle=${RUN}>x</details>`, `<video><source onerror=${RUN}></video>`, `<audio src=x onerror=${RUN}>`, `<marquee onstart=${RUN}>x</marquee>`,
  '<link rel=stylesheet href=//example.net/x.css>', '<style>*{display:none!important}</style>', '<base href=//example.net/>', '<meta http-equiv=refresh content="0;url=//example.net/">',
  '<div style="position:fixed;inset:0;background:red">x</div>', '<template><script>alert(1)</script></template>', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">', '<!--><script>alert(1)</script>-->',
  '<![CDATA[<script>alert(1)</script>]]>', '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', '<x contenteditable onblur=alert(1)>', '<dialog open>Sign in again</dialog>', '<plaintext>', '</textarea></div></body></html>',
];
const attributes = [
  `" onmouseover="${RUN}`, `' onfocus='${RUN}' autofocus='`, '"><script>alert(1)</script>', '\'><img src=x onerror=alert(1)>', '` onmouseover=alert(1) `', '" style="position:fixed;inset:0', 'x" data-state="completed', '&quot; onclick=&quot;alert(1)', '&lt;script&gt;alert(1)&lt;/script&gt;', '&#60;script&#62;alert(1)&#60;/script&#62;',
];
const addresses = [
  'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\nscript:alert(1)', 'data:text/html,<script>alert(1)</script>', 'data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==', 'vbscript:msgbox(1)', 'file:///etc/passwd', '//example.net/x', 'https://example.net/"onmouseover="alert(1)',
  'https://example.net/\u202etxt.exe', 'http://user:password@example.net/', 'https://example.net/<script>alert(1)</script>', 'https://example.net/#/setup/token', 'blob:https://example.net/x', `https://example.net/${'a'.repeat(700)}`,
];
const templates = [
  '{{constructor.constructor("alert(1)")()}}', '${alert(1)}', '#{alert(1)}', '<%= alert(1) %>', '{{7*7}}', '{% raw %}', '%s%s%n%x', '$(rm -rf /)', '`id`', '; DROP TABLE thread;--', "' OR '1'='1", '" OR ""="', '\\"; alert(1); //', '__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', '[object Object]', '-0', '../../../../etc/passwd', '%2e%2e%2f', '%00', 'true', '0',
];
const tables = ['=1+1', '=cmd|\' /C calc\'!A0', '+1+1', '-1+1', '@SUM(1)', '=HYPERLINK("http://example.net","x")', '"=1+1"', ';=1', '\t=1+1', '|=1', '"a","b"\n"c"'];
const letters = [
  '\u202eevil is this\u202c', '\u202e\u2066\u2067\u2068\u202a', '\u2067مرحبا\u2069 abc \u202eabc', 'مرحبا بالعالم', 'שלום עולם 123', '\u200b\u200c\u200d\u2060\ufeff', `a${'\u0301'.repeat(200)}`, `Z${'\u0335\u0336\u0337\u0353'.repeat(60)}`, '👨‍👩‍👧‍👦'.repeat(40), '🏳️‍🌈🏴‍☠️🇩🇪🇺🇸', '😀'.repeat(300),
  '\u{1f1e6}'.repeat(101), 'ﷺ'.repeat(60), '𒐫'.repeat(80), '\ufffd\ufffd\ufffe', '\u2028line\u2029end', 'a\r\nb\n\n\n\nc', ' '.repeat(200) + 'x', '\u00a0'.repeat(300), '\u3164', '\u034f\u115f\u17b4', '\ud83d\ude00\u20e3\ufe0f', 'W'.repeat(1500), 'ก็'.repeat(300), '﷽'.repeat(30), 'ｆｕｌｌｗｉｄｔｈ'.repeat(30), '\u{e0061}\u{e007f}'.repeat(20), '｀＜ｓｃｒｉｐｔ＞｀', '\u00ad'.repeat(400), 'i̇İıI ß ﬃ ǅ',
];

export const payloads = [...markup, ...attributes, ...addresses, ...templates, ...tables, ...letters];

// The longest that a field of `bytes` holds, without the characters that no field takes.
export function fitting(payload, bytes) {
  let text = '';
  for (const c of payload.replace(/[\u0000-\u001f\u007f]/g, ' ').trim()) {
    if (Buffer.byteLength(text + c) > bytes) break;
    text += c;
  }
  return text;
}
