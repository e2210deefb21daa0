/**
 * What a reader may do here and now. Whatever is offered is asked here first, and again before it is done. Pure; the
 * server judges all the same.
 *
 * @import {Message, Room, State} from './types.js'
 */

/**
 * @typedef {Pick<State, 'me' | 'isAdmin' | 'open' | 'rooms' | 'connection'>} Here
 */

/**
 * What may be done with a message of the open room: nothing changes in an archived one, and what was deleted stays so.
 *
 * @param {Pick<Message, 'author' | 'deleted'>} message
 * @param {Here} here
 */
export function messageOffers({ author, deleted }, { connection, isAdmin, me, open, rooms }) {
  const isMine = author.id === me.id;
  const isThere = !deleted;
  const isAlive = isThere && !rooms[open].archived;
  return {
    ...{ react: isAlive, reply: isAlive, edit: isAlive && isMine, hide: isAlive && isMine },
    ...{ unread: isAlive && connection.phase === "open", link: true, profile: !isMine, report: isThere && !isMine },
    delete: isThere && (isMine || isAdmin),
  };
}

/**
 * What may be done with the open room. Nobody leaves their last living room, and where new people land is not archived. A
 * direct one is left until its next message.
 *
 * @param {Here} here
 */
export function roomOffers({ isAdmin, me, open, rooms }) {
  const { archived, creator, forEveryone, kind } = rooms[open];
  const isRoom = kind !== "direct";
  const mayManage = isRoom && (isAdmin || creator === me.id);
  return {
    ...{ edit: mayManage && !archived, archive: mayManage && !archived && !forEveryone, revive: mayManage && archived },
    ...{ add: isRoom && !archived, members: isRoom, remove: mayManage && !archived },
    leave: !isRoom || Object.values(rooms).some((room) => room.id !== open && isLiving(room)),
  };
}

/** @param {Room} room */
function isLiving({ archived, kind }) {
  return kind !== "direct" && !archived;
}
