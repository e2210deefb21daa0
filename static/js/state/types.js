/**
 * The shapes that the modules share. Names on the wire are kept as they are there (`last_seq`); our own are camelCase.
 *
 * @typedef {{id: number, login: string, name: string, hue?: number, avatar?: number} & Marks} Person `hue`: of the
 *   avatar, `avatar`: the number of its picture, where they chose one
 * @typedef {{namesake?: boolean, admin?: boolean, off?: boolean}} Marks `namesake`: somebody else has such a name;
 *   `off`: their account is switched off
 *
 * @typedef {import('./message.js').Carried} Carried
 * @typedef {import('./message.js').Message} Message
 *
 * @typedef {{room: number, viewer: number}} Reader the room in which a message is shown, and who reads it, by id
 *
 * @typedef {import('./preferences.js').Preference} Preference
 * @typedef {import('./preferences.js').Preferences} Preferences
 *
 * @typedef {RoomFacts & Partial<Preferences>} RoomSummary a room, with what is set for it
 *
 * @typedef {object} RoomFacts
 * @property {number} id
 * @property {string} kind
 * @property {string} name
 * @property {string} topic
 * @property {number} last_seq
 * @property {number} last_rev
 * @property {number} read_seq
 * @property {number[]} [deleted] seqs of unread messages that were deleted
 * @property {number[]} [own] seqs of unread messages of one's own
 * @property {number[]} [calls] seqs of unread messages that mention oneself
 * @property {number} [unlisted] how many more were deleted, or are one's own
 * @property {number} [creator]
 * @property {boolean} [archived]
 * @property {boolean} [for_everyone] new people join it
 * @property {number} [retention_days] older messages are deleted
 * @property {Person[]} [people] of a direct room
 *
 * @typedef {object} Arrival what a page arrives with, beside its messages
 * @property {string} epoch
 * @property {Person} user
 * @property {boolean} is_admin
 * @property {RoomSummary} room the one on the page
 * @property {boolean} has_older there are messages before those on the page
 * @property {boolean} has_newer the same, after them
 * @property {number} marked seq of the message that the address names; 0: none
 * @property {{text: number}} limits
 * @property {string} csrf_token
 *
 * @typedef {object} Page one answer of the history
 * @property {Message[]} messages
 * @property {number} last_seq
 * @property {number} last_rev
 *
 * @typedef {{room: number, message: Message, excerpt: [string, boolean][]}} Hit a message that answers a question; of the
 *   excerpt's pieces those with true are what was looked for
 *
 * @typedef {object} Findings one answer of the search, the newest first
 * @property {Hit[]} hits
 * @property {string | null} next what to go on with; null: there is nothing more
 * @property {boolean} [cut] the question had more words than are looked for
 * @property {string | null} [until] the search ended early, and has come back to here
 * @property {{until: string | null} | null} [indexing] what is older than that is not found yet
 * @property {string | null} [meant] another spelling that finds something, where nothing was found
 *
 * @typedef {{type: 'hello', epoch: string, user: Person, rooms: RoomSummary[], limits: {text: number}}} Hello
 * @typedef {{type: 'ack', id: string, room: number, seq: number, rev: number, unheard?: string[], off?: string[]}} Ack
 * @typedef {{type: 'room'} & RoomSummary} RoomEvent
 * @typedef {{type: 'left', room: number}} Left
 * @typedef {{type: 'message', room: number} & Message} MessageEvent
 * @typedef {{type: 'live', room: number, rev: number}} Live
 * @typedef {{type: 'reset', room: number, rev: number}} Reset
 * @typedef {{type: 'heads', rooms: Record<string, number>}} Heads
 * @typedef {{type: 'presence', room: number, here: boolean, people: Person[]}} Presence
 * @typedef {{type: 'typing', room: number, user: Person}} Typing
 * @typedef {{type: 'read', room: number, seq: number, back?: boolean, deleted?: number[], own?: number[], calls?: number[], unlisted?: number, rev?: number}} Read
 * @typedef {{type: 'error', id?: string, code: string, message: string, retry_after?: number}} ErrorEvent
 * @typedef {Hello | RoomEvent | Left | Ack | MessageEvent | Live | Reset | Heads | Presence | Typing | Read | Notice | Preference | ErrorEvent} ServerEvent
 *
 * @typedef {object} Chosen a file that somebody chose to send
 * @property {string} id
 * @property {string} name
 * @property {number} size bytes
 * @property {string} type as the browser says, until the server has judged it
 * @property {import('./message.js').SharedFile['kind']} kind `picture` where the browser can show it, until the server has judged
 * @property {string} alt what the picture shows, in words
 * @property {number} [width] of a picture, in pixels
 * @property {number} [height]
 * @property {string} [reason] why a picture is shown as a file
 * @property {string} [local] an address of its bytes in this browser
 * @property {number} [sent] bytes that the server has
 * @property {boolean} [whole] the server has all of it: a message may carry it
 *
 * @typedef {object} Pending a message that is not acknowledged yet
 * @property {string} id
 * @property {number} room
 * @property {string} text
 * @property {number} [replyTo] the seq of another message
 * @property {Chosen[]} [files] it is posted once they are whole
 * @property {number} created milliseconds; also the order in which messages were typed
 * @property {'waiting' | 'late' | 'failed'} state `late`: still trying, but the writer should see it
 * @property {string} reason the server's sentence, when `failed`
 *
 * @typedef {Pending & {seq: number}} Sent acknowledged, its message not seen yet
 *
 * @typedef {'idle' | 'loading' | 'failed'} Loading
 *
 * @typedef {RoomHere & Preferences} Room a room, with what is set for it
 *
 * @typedef {object} RoomHere
 * @property {number} id
 * @property {string} kind
 * @property {string} name
 * @property {string} topic
 * @property {number} creator 0: not known
 * @property {boolean} archived nobody posts any more
 * @property {boolean} forEveryone new people join it
 * @property {number} retentionDays older messages are deleted; 0: they stay
 * @property {Person[]} members of a direct room
 * @property {number} lastSeq the newest message known of
 * @property {number} readSeq the newest message read
 * @property {number} leftAt when the page turned away from it, in milliseconds; 0: it did not
 * @property {boolean} keptUnread the reader took back to have read it: being in view does not read it again
 * @property {number[]} uncounted the unread messages that do not count: deleted, or one's own; by seq, as below
 * @property {number} unlisted how many more do not count, whose seqs are not known: up to `countedSeq`
 * @property {number} countedSeq the newest message, and `countedRev` the newest change, that the server counted
 * @property {number} countedRev
 * @property {number[]} calls the unread messages that mention oneself
 * @property {number} newAt the "New" line stands above the first foreign message from here on; 0: none
 * @property {number} cursor the last `rev` applied
 * @property {'behind' | 'stale' | 'live'} phase `stale`: reset, and the page that replaces the messages is awaited
 * @property {number} resetRev where the stream went on after a reset
 * @property {Message[]} messages by rising seq
 * @property {boolean} atStart nothing older exists than the first of `messages`
 * @property {boolean} atEnd new messages join `messages`
 * @property {boolean} following the reader is at the newest message
 * @property {Message[]} held came from the stream while a page was under way, outside of `messages`
 * @property {{older: Loading, newer: Loading, all: Loading}} loading
 * @property {Person[]} people who is here
 * @property {{user: Person, until: number}[]} typing
 *
 * @typedef {object} State
 * @property {Person} me
 * @property {boolean} isAdmin
 * @property {number} open the room on the page
 * @property {string} epoch which the cursors belong to
 * @property {string} serverEpoch
 * @property {number} textLimit
 * @property {Record<number, Room>} rooms
 * @property {Pending[]} pending in the order of typing
 * @property {Sent[]} sent
 * @property {boolean} durable the pending messages would survive a reload
 * @property {boolean} attending the page is visible and focused
 * @property {Notice} [notice] the last that came
 * @property {{phase: 'connecting' | 'waiting' | 'open', lostAt: number | null, overdue: boolean, code: number, offline: boolean}} connection `offline`: the
 *   browser has no network
 *
 * @typedef {{type: 'notice', room: number, seq: number, title: string, body: string, path: string, sound: boolean, time: number}} Notice
 *   what is shown outside of the page of a message that calls one
 *
 * @typedef {{type: 'fetching', room: number, edge: Edge}} Fetching
 * @typedef {{type: 'page', room: number, edge: Edge, bound: number, page: Page}} PageLoaded `bound`: the seq it was asked from
 * @typedef {{type: 'fetch-failed', room: number, edge: Edge}} FetchFailed
 * @typedef {'older' | 'newer' | 'all'} Edge `all`: in place of what is there
 * @typedef {{type: 'outbox', pending: Pending[], durable: boolean, ack?: Ack}} OutboxChanged `ack` is why one is gone
 * @typedef {{type: 'connection', phase: 'connecting' | 'waiting', code: number}} ConnectionChanged
 * @typedef {{type: 'open', room: number}} Opened the page turns to a room
 * @typedef {{type: 'following', room: number, following: boolean}} Following
 * @typedef {{type: 'attention', attending: boolean}} Attention
 * @typedef {{type: 'taken-back', room: number}} TakenBack the reader asks the server to make messages unread
 * @typedef {{type: 'network', online: boolean}} NetworkChanged
 * @typedef {{type: 'tick'}} Tick
 * @typedef {ServerEvent | Fetching | PageLoaded | FetchFailed | OutboxChanged | ConnectionChanged | NetworkChanged | Opened | Following | Attention | TakenBack | Tick} Action
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds
 * @property {(callback: () => void, ms: number) => number} setTimeout
 * @property {(handle: number | undefined) => void} clearTimeout
 *
 * @typedef {Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>} TextStorage
 */

export {};
