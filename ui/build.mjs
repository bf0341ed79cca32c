// ui/build.mjs - builds one page: node build.mjs PAGE OUT_FOLDER.
// The files of OUT_FOLDER have fixed names (index.html, app.js, app.css; NAME.js and NAME.css for
// what is imported when it is wanted), so that what serves them knows their paths; fresh ones are told
// from old ones by their ETag.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const [page, outDir] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));

await build({
  configFile: false,
  root: path.join(here, page),
  base: `/${page}/`,
  logLevel: 'warn',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    outDir,
    emptyOutDir: false,
    target: 'es2020',
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        entryFileNames: 'app.js',
        chunkFileNames: '[name].js',
        experimentalMinChunkSize: 2000,
        assetFileNames: (asset) => (asset.name === 'index.css' ? 'app.css' : '[name][extname]'),
      },
    },
  },
});
