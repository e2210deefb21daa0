/* The floor: what no chat on this kernel can go below without writing less often.
 *
 *     floor PORT
 *
 * Keeps nothing and checks nothing. Each frame that comes is written, made into a message of the same size as
 * Parley's, to every socket of its room at once: one write() a message and socket.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKETS = 65536, ROOMS = 65536, BUFFER = 1 << 16 };

typedef struct {
    int *fds, count, space, seq;
} Room;

static Room rooms[ROOMS];
static int room_of[SOCKETS];
static bool shaken[SOCKETS];
static char *kept[SOCKETS];
static int kept_size[SOCKETS];

static void write_all(int fd, const char *data, size_t length) {
    while (length) {
        ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);
        if (sent > 0) {
            data += sent, length -= sent;
        } else if (errno == EAGAIN) {
            struct pollfd full = {.fd = fd, .events = POLLOUT};
            poll(&full, 1, -1);
        } else {
            return;
        }
    }
}

static int framed(char *frame, const char *payload, int length) {
    int h = 0;
    frame[h++] = (char)0x81;
    if (length < 126) {
        frame[h++] = (char)length;
    } else {
        frame[h++] = 126;
        frame[h++] = (char)(length >> 8);
        frame[h++] = (char)length;
    }
    memcpy(frame + h, payload, length);
    return h + length;
}

static void publish(int fd, const char *text, int length) {
    static char payload[20000], frame[20010];
    Room *room = &rooms[room_of[fd]];
    int seq = ++room->seq;
    int n = snprintf(payload, sizeof payload,
                     "{\"type\":\"message\",\"room\":%d,\"seq\":%d,\"rev\":%d,\"author\":{\"id\":%d,\"login\":\"person%d\","
                     "\"name\":\"Person %d\"},\"time\":\"2026-01-01T12:00:00.123Z\",\"text\":\"%.*s\"}",
                     room_of[fd], seq, seq, fd, fd, fd, length, text);
    n = framed(frame, payload, n);
    for (int i = 0; i < room->count; i++) write_all(room->fds[i], frame, n);
}

static void enter(int fd, int number) {
    static const char greeting[] = "{\"type\":\"presence\"}";
    static const char accepted[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                   "Sec-WebSocket-Accept: nobody checks it here\r\n\r\n";
    Room *room = &rooms[room_of[fd] = number];
    if (room->count == room->space) {
        room->space = room->space ? room->space * 2 : 16;
        room->fds = realloc(room->fds, room->space * sizeof(int));
    }
    room->fds[room->count++] = fd;
    shaken[fd] = true;
    char frame[64];
    write_all(fd, accepted, sizeof accepted - 1);
    write_all(fd, frame, framed(frame, greeting, sizeof greeting - 1));
}

/* Take what is whole of `data`; returns how much that was. */
static int take(int fd, char *data, int length) {
    int at = 0;
    if (!shaken[fd]) {
        char *end = memmem(data, length, "\r\n\r\n", 4);
        if (!end) return 0;
        int number = 1;
        sscanf(data, "GET /ws?room=%d", &number);
        enter(fd, number);
        at = end + 4 - data;
    }
    for (;;) {
        unsigned char *h = (unsigned char *)data + at;
        if (length - at < 8) return at;
        int header = 6, payload = h[1] & 127;
        if (payload == 126) header = 8, payload = h[2] << 8 | h[3];
        if (length - at < header + payload) return at;
        char *text = memmem(data + at + header, payload, "\"text\":\"", 8);
        if (text) publish(fd, text + 8, (int)(data + at + header + payload - 2 - (text + 8)));
        at += header + payload;
    }
}

int main(int argc, char **argv) {
    if (argc != 2) return fprintf(stderr, "see the head of floor.c\n"), 2;
    struct rlimit most;
    getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, epoll = epoll_create1(0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) return perror("bind"), 1;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    puts("ready");
    fflush(stdout);
    static char buffer[BUFFER * 2];
    for (;;) {
        int n = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                if (fd < 0 || fd >= SOCKETS) return perror("accept"), 1;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                event = (struct epoll_event){.events = EPOLLIN, .data.fd = fd};
                epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
                continue;
            }
            memcpy(buffer, kept[fd], kept_size[fd]);
            ssize_t got = recv(fd, buffer + kept_size[fd], BUFFER, 0);
            if (got <= 0) return 0; /* the run is over */
            int length = kept_size[fd] + (int)got, taken = take(fd, buffer, length);
            kept_size[fd] = length - taken;
            kept[fd] = realloc(kept[fd], kept_size[fd] + 1);
            memcpy(kept[fd], buffer + taken, kept_size[fd]);
        }
    }
}
