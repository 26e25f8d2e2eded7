// Reads each file that a list names so many times, with feedsmith: parse_feedsmith.mjs LIST ROUNDS. What fails counts.
import { readFileSync } from "node:fs";
import { parseFeed } from "feedsmith";

const [list, rounds] = process.argv.slice(2);
const bodies = readFileSync(list, "utf8").split(/\s+/).filter(Boolean).map((path) => readFileSync(path, "utf8"));
for (let round = 0; round < Number(rounds); round += 1) {
  for (const body of bodies) {
    try {
      parseFeed(body);
    } catch {
      // a feed that it does not read
    }
  }
}
