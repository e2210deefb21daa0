import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { fileLabels } from "../../../static/js/state/file-labels.js";

const cases = JSON.parse(readFileSync(new URL("../../files.json", import.meta.url), "utf8"));

test("a file is labelled as the server does it", () => {
  for (const [file, labels] of cases) assert.deepEqual(fileLabels(file), labels);
});
