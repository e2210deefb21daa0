/**
 * The pictures of messages, one after the other, as one looks through them. Pure.
 *
 * @import {SharedFile} from './message.js'
 * @import {Message, Person} from './types.js'
 *
 * @typedef {SharedFile & {key: string, author: Person, time: string}} Picture `key`: of this file in this message
 */

/**
 * @param {Message[]} messages
 * @returns {Picture[]}
 */
export function picturesOf(messages) {
  return messages.flatMap(({ author, files = [], seq, time }) => {
    const pictures = files.filter(({ kind }) => kind === "picture");
    return pictures.map((file) => ({ ...file, key: `${seq} ${file.id}`, author, time }));
  });
}
