// Bundles src/ into the folder given as argument. Called by build.py, which keeps the digests.
import { copyFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2]);
const require = createRequire(import.meta.url);

const FONTS = {
  "sans.woff2": "@fontsource-variable/geist/files/geist-latin-wght-normal.woff2",
  "sans-italic.woff2": "@fontsource-variable/geist/files/geist-latin-wght-italic.woff2",
  "serif.woff2": "@fontsource-variable/newsreader/files/newsreader-latin-wght-normal.woff2",
  "mono.woff2": "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
};

// Every browser that knows the CSS we use knows woff2: the older formats of KaTeX's fonts stay behind.
const woff2Only = {
  name: "woff2-only",
  setup(build) {
    build.onLoad({ filter: /katex\.min\.css$/ }, async ({ path: file }) => {
      const css = await readFile(file, "utf8");
      return { contents: css.replace(/,url\([^)]+\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, ""), loader: "css" };
    });
  },
};

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none", // licences.txt holds them
  logLevel: "warning",
  metafile: true,
  outdir: out,
  target: ["es2022"],
};

/** The names of the npm packages that a build took something from. */
function packagesIn(results) {
  const inputs = results.flatMap((result) => Object.keys(result.metafile.inputs));
  const names = inputs.map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
  return names.filter((name) => name !== undefined);
}

/** Licence texts of everything in dist that others wrote. */
async function licences(names) {
  const parts = [];
  for (const name of [...new Set(names)].sort()) {
    const folder = path.join(here, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const text = await readFile(path.join(folder, "LICENSE"), "utf8");
    parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return parts.join(`\n${"=".repeat(80)}\n\n`);
}

await mkdir(path.join(out, "fonts"), { recursive: true });
const scripts = await esbuild.build({
  ...shared,
  entryPoints: ["theme", "site", "maths", "exercise", "staff", "admin-preview"].map((name) => `src/${name}.ts`),
  format: "iife",
});
const styles = await esbuild.build({
  ...shared,
  target: [],
  entryPoints: ["site", "maths", "staff", "admin-preview"].map((name) => `src/css/${name}.css`),
  external: ["./fonts/*"],
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]",
  plugins: [woff2Only],
});
for (const [name, source] of Object.entries(FONTS)) {
  await copyFile(require.resolve(source), path.join(out, "fonts", name));
}
await cp(path.join(here, "src", "static"), out, { recursive: true });

const fontPackages = Object.values(FONTS).map((file) => file.split("/files/")[0]);
await writeFile(path.join(out, "licences.txt"), await licences([...packagesIn([scripts, styles]), ...fontPackages]));
