// The other side of the benchmark `tokenize`: one JSON object a line in, one a line out.
// {"load": tokenizer.json, "config": tokenizer_config.json or null} loads; {"texts": file with a JSON array of strings} encodes them all.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Tokenizer } from "@huggingface/tokenizers";

const json = (path) => JSON.parse(readFileSync(path, "utf8"));
let tokenizer;
for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  if (job.load) {
    tokenizer = new Tokenizer(json(job.load), job.config ? json(job.config) : {});
    console.log("{}");
    continue;
  }

  const texts = json(job.texts);
  const all = [];
  const start = performance.now();
  const before = process.cpuUsage();
  for (const text of texts) {
    all.push(tokenizer.encode(text, { add_special_tokens: false }).ids);
  }

  const used = process.cpuUsage(before);
  const wall = (performance.now() - start) / 1e3;
  let checksum = 0;
  let count = 0;
  for (const ids of all) {
    for (const id of ids) {
      checksum = (Math.imul(checksum, 31) + id) >>> 0;
      count++;
    }
  }

  console.log(JSON.stringify({ cpu: (used.user + used.system) / 1e6, wall, count, checksum }));
}
