import assert from "node:assert/strict";
import { test } from "node:test";

import { message as check } from "../../../static/js/state/message.js";
import { picturesOf } from "../../../static/js/state/pictures.js";
import { ALICE, message } from "../factories.js";

const file = (id, kind = "picture") => ({ id, name: `${id}.png`, size: 5, type: "image/png", kind });

test("pictures stand one after the other through all messages, each of its author, the same file in two messages twice", () => {
  const messages = [
    { ...message(1, { author: ALICE }), files: [file("a"), file("b", "text"), file("c")] },
    message(2),
    { ...message(3), files: [file("a")] },
  ];

  const pictures = picturesOf(messages);

  assert.deepEqual(pictures.map(({ key }) => key), ["1 a", "1 c", "3 a"]);
  assert.deepEqual(pictures[0], { ...file("a"), key: "1 a", author: ALICE, time: messages[0].time });
});

test("files on the wire have all that is shown of them, and of a picture its size if it is known", () => {
  const whole = { ...file("a"), width: 4, height: 3, placeholder: "UklGR", alt: "A boat", reason: "It lies." };

  assert.ok(check.files([whole, file("b", "text")]));
  assert.ok(check.files(undefined));
  for (const wrong of [[{ ...whole, size: -1 }], [{ ...whole, width: "4" }], [{ id: "a" }], "a"]) assert.ok(!check.files(wrong));
});
