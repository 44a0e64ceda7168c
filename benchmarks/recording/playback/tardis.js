// tardis-dev's replay in Node, of a slice in its cache; as objects or as raw text.
// node tardis.js FOLDER raw|decoded, with NODE_PATH set to where tardis-dev is.
const { createHash } = require("crypto");
const fs = require("fs");
const os = require("os");
const path = require("path");
const { init, replay } = require("tardis-dev");

async function main(folder, variant) {
  const begin = fs.readFileSync(path.join(folder, "begin"), "utf8");
  const from = new Date(begin);
  const to = new Date(from.getTime() + 60_000);
  const cacheDir = fs.mkdtempSync(path.join(os.tmpdir(), "benchmark-tardis-"));
  const filters = createHash("sha256").update(JSON.stringify([])).digest("hex");
  const [day, minute] = begin.split("T");
  const slice = path.join(cacheDir, "feeds", "binance", filters, ...day.split("-"),
    minute.slice(0, 2), `${minute.slice(3, 5)}.json.gz`);
  fs.mkdirSync(path.dirname(slice), { recursive: true });
  fs.copyFileSync(path.join(folder, "tardis.json.gz"), slice);
  init({ cacheDir });
  const skipDecoding = variant === "raw";
  const used = process.cpuUsage();
  const started = process.hrtime.bigint();
  let messages = 0;
  let price;
  for await (const { message } of replay({
    exchange: "binance", from: from.toISOString(), to: to.toISOString(), filters: [], skipDecoding,
  })) {
    if (!skipDecoding) price = message.data.p;
    messages += 1;
  }
  const cpu = process.cpuUsage(used);
  console.log("RESULT " + JSON.stringify({
    cpu: (cpu.user + cpu.system) / 1e6,
    wall: Number(process.hrtime.bigint() - started) / 1e9,
    messages,
    peak: process.resourceUsage().maxRSS * 1024,
    python: `Node ${process.versions.node}`,
  }));
  fs.rmSync(cacheDir, { recursive: true, force: true });
  process.exit(0);
}

main(...process.argv.slice(2));
