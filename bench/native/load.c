/* The load: WebSockets that post and read, fast enough that it is the server which is measured.
 *
 *     load PORT WRITERS_A_ROOM RATE IN_FLIGHT SIZE WARM_UP_S SECONDS [TEXTS]  < "room cookie" lines, one a socket
 *
 * Opens every socket, then lets the first writers of each room post texts that say when they were posted: RATE of them
 * a second, or, when RATE is 0, always IN_FLIGHT that have not come back to their author yet. Says `open`, `begin`
 * (after the warm-up), `end` and `done` on stdout as they happen, each with its figures as JSON; waits for a line on
 * stdin after `open`. It trusts the server's frames: it is ours. The file TEXTS has a text on each line, as in JSON;
 * they are posted in turn, each behind the time, instead of SIZE characters that are always the same.
 *
 * By environment: LOAD_FROM is the first of four addresses that it connects from by turns (127.0.1.1, 127.0.2.1, …), as
 * one has no more than 28,000 ports, and the kernel looks through half of them for each connection when that half is in
 * use; LOAD_OPENING, how many sockets it opens at a time; with LOAD_RESUMES each resumes as a page does, and counts as
 * open when it is live.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 4 << 20, KEPT = 1 << 17, SAMPLED = 10, DRAIN_S = 20, OTHERS_S = 3, LOOK_US = 250 };

typedef struct {
    int fd, room, in_flight;
    bool shaken, ready, writes, sampled;
    size_t left; /* payload bytes of the present frame that are still to be read */
    char *kept;  /* what came of a line or a header that is not whole yet */
    size_t kept_size;
    char *cookie;
} Socket;

static Socket *sockets;
static int count, ready, epoll, rooms, *members;
static int *writers, writer_count, next_writer;
static char buffer[KEPT + BUFFER];
static int port, rate, flight, size, opening = 64;
static bool measuring, posting, resumes;
static const char *from = "127.0.0.1";
static int sources = 1;
static uint64_t posted, returned, acked, due, received, errors, bytes, reads, total_due, total_received;
static float *latencies;
static size_t latency_count, latency_room;
static int64_t begun;
static char **texts;
static int text_count;
static uint64_t run; /* part of every id, so that no two runs post the same */

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static double cpu(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void send_all(int fd, const char *data, size_t length) {
    while (length) {
        ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) die("send");
        if (sent > 0) data += sent, length -= sent;
    }
}

/* A text of `size` characters that says when it was posted, and by whom: words that call nobody and have no markup, as
 * most have. The frame is masked with zeros. */
static void post(int who) {
    static const char words[] = "the train is late again, shall we begin without them? ";
    static char payload[16384], frame[16400];
    static uint32_t number;
    Socket *s = &sockets[who];
    int n = sprintf(payload,
                    "{\"type\":\"post\",\"room\":%d,\"id\":\"%08x-%04x-4000-8000-%012llx\",\"text\":\"|%lld/%d| ", s->room,
                    ++number, who & 0xffff, (unsigned long long)run, (long long)now(), who);
    int text = n - (int)(strchr(payload, '|') - payload);
    if (text_count) n += sprintf(payload + n, "%s", texts[number % text_count]);
    else for (int i = 0; text < size; i++, text++) payload[n++] = text + 1 < size ? words[i % (sizeof words - 1)] : '.';
    payload[n++] = '"';
    payload[n++] = '}';
    int h = 0;
    frame[h++] = (char)0x81;
    if (n < 126) {
        frame[h++] = (char)(0x80 | n);
    } else {
        frame[h++] = (char)0xfe;
        frame[h++] = (char)(n >> 8);
        frame[h++] = (char)n;
    }
    memset(frame + h, 0, 4);
    memcpy(frame + h + 4, payload, n);
    send_all(s->fd, frame, h + 4 + n);
    s->in_flight++;
    posted += measuring;
    due += measuring ? members[s->room] : 0;
    total_due += members[s->room];
}

/* Resume from where the room was in the hello: nothing was missed. */
static void resume(Socket *s, const char *hello, size_t length) {
    char payload[256], frame[300], room[32];
    const char *epoch = memmem(hello, length, "\"epoch\":\"", 9);
    int name = sprintf(room, "\"id\":%d,", s->room);
    const char *mine = memmem(hello, length, room, name);
    const char *rev = mine ? memmem(mine, length - (mine - hello), "\"last_rev\":", 11) : NULL;
    if (!epoch || !rev) fprintf(stderr, "a hello without our room\n"), exit(1);
    int n = sprintf(payload, "{\"type\":\"resume\",\"epoch\":\"%.36s\",\"rooms\":{\"%d\":%lld}}", epoch + 9, s->room,
                    strtoll(rev + 11, NULL, 10));
    memcpy(frame, "\x81\0\0\0\0\0", 6);
    frame[1] = (char)(0x80 | n);
    memcpy(frame + 6, payload, n);
    send_all(s->fd, frame, 6 + n);
}

static void keep_latency(int64_t since) {
    if (latency_count == latency_room) {
        latency_room = latency_room ? latency_room * 2 : 1 << 16;
        latencies = realloc(latencies, latency_room * sizeof *latencies);
    }
    latencies[latency_count++] = (now() - since) / 1e6f;
}

static void line_came(Socket *s, const char *line, size_t length) {
    if (length < 12) return;
    switch (line[9]) { /* {"type":"… */
    case 'm': {
        received += measuring;
        total_received++;
        if (!s->writes && !s->sampled) return;
        const char *mark = memchr(line, '|', length);
        if (!mark) return;
        char *end;
        int64_t at = strtoll(mark + 1, &end, 10);
        int who = atoi(end + 1);
        if (measuring && s->sampled && at > begun) keep_latency(at);
        if (&sockets[who] == s) {
            s->in_flight--;
            returned += measuring;
            if (!rate && posting) post(who);
        }
        return;
    }
    case 'a': acked += measuring; return;
    case 'e':
        if (!errors++) fprintf(stderr, "%.*s\n", (int)length, line);
        return;
    case 'h':
        if (resumes && !memcmp(line + 9, "hello", 5)) resume(s, line, length);
        return;
    case 'p':
        if (!resumes && !s->ready) s->ready = true, ready++;
        return;
    case 'l':
        if (resumes && !s->ready && !memcmp(line + 9, "live", 4)) s->ready = true, ready++;
    }
}

/* Take what is whole of `data`; returns how much that was. */
static size_t take(Socket *s, char *data, size_t length) {
    size_t at = 0;
    if (!s->shaken) {
        char *end = memmem(data, length, "\r\n\r\n", 4);
        if (!end) return 0;
        if (memcmp(data, "HTTP/1.1 101", 12)) {
            fprintf(stderr, "%.*s\n", (int)length, data);
            exit(1);
        }
        s->shaken = true;
        at = end + 4 - data;
    }
    while (at < length) {
        if (!s->left) {
            size_t header = 2, payload;
            if (length - at < 2) return at;
            unsigned char *h = (unsigned char *)data + at;
            payload = h[1];
            if (payload == 126) {
                header = 4;
                if (length - at < header) return at;
                payload = h[2] << 8 | h[3];
            } else if (payload == 127) {
                header = 10;
                if (length - at < header) return at;
                payload = (size_t)h[6] << 24 | h[7] << 16 | h[8] << 8 | h[9];
            }
            if ((h[0] & 15) == 8) fprintf(stderr, "closed with %d\n", h[2] << 8 | h[3]), exit(1);
            if ((h[0] & 15) == 9) {
                send_all(s->fd, "\x8a\x80\0\0\0\0", 6);
                if (length - at < header + payload) return at;
                at += header + payload;
                continue;
            }
            at += header;
            s->left = payload;
            if (!payload) continue;
        }
        size_t here = length - at < s->left ? length - at : s->left;
        char *end = memchr(data + at, '\n', here);
        size_t line = end ? (size_t)(end - data) - at : s->left;
        if (!end && here < s->left) return at;
        line_came(s, data + at, line);
        line += end != NULL;
        at += line;
        s->left -= line;
    }
    return at;
}

static void readable(Socket *s) {
    char *start = buffer + KEPT - s->kept_size;
    memcpy(start, s->kept, s->kept_size);
    ssize_t got = recv(s->fd, buffer + KEPT, BUFFER, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) fprintf(stderr, "a socket was cut off: %s\n", strerror(errno)), exit(1);
    if (measuring) bytes += got, reads++;
    size_t length = s->kept_size + got, taken = take(s, start, length);
    s->kept_size = length - taken;
    if (s->kept_size > KEPT) fprintf(stderr, "a line too long\n"), exit(1);
    if (s->kept_size) {
        s->kept = realloc(s->kept, s->kept_size);
        memcpy(s->kept, start + taken, s->kept_size);
    }
}

static void open_socket(Socket *s) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(ntohl(inet_addr(from)) + (s - sockets) % sources * 256)};
    int on = 1;
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); /* or its port would be nobody else's for a minute */
    setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&own, sizeof own) || connect(s->fd, (struct sockaddr *)&address, sizeof address)) die("connect");
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    char request[8192];
    int n = snprintf(request, sizeof request,
                     "GET /ws?room=%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\n"
                     "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nCookie: %s\r\n\r\n",
                     s->room, port, port, s->cookie);
    send_all(s->fd, request, n);
    fcntl(s->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
    epoll_ctl(epoll, EPOLL_CTL_ADD, s->fd, &event);
}

static void serve(int timeout_ms) {
    struct epoll_event events[1024];
    int n = epoll_wait(epoll, events, 1024, timeout_ms);
    for (int i = 0; i < n; i++) readable(events[i].data.ptr);
}

static int by_value(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static double quantile(double share) {
    return latency_count ? latencies[(size_t)((latency_count - 1) * share)] : 0;
}

static void report(const char *event) {
    qsort(latencies, latency_count, sizeof *latencies, by_value);
    printf("{\"event\":\"%s\",\"at\":%.6f,\"load_cpu_s\":%.6f,\"posted\":%llu,\"returned\":%llu,\"acked\":%llu,"
           "\"due\":%llu,\"deliveries\":%llu,\"bytes\":%llu,\"reads\":%llu,\"errors\":%llu,"
           "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"samples\":%zu,\"all_due\":%llu,\"all_received\":%llu}\n",
           event, now() / 1e9, cpu(), (unsigned long long)posted, (unsigned long long)returned,
           (unsigned long long)acked, (unsigned long long)due, (unsigned long long)received,
           (unsigned long long)bytes, (unsigned long long)reads, (unsigned long long)errors, quantile(.5),
           quantile(.99), latency_count, (unsigned long long)total_due, (unsigned long long)total_received);
    fflush(stdout);
}

/* Post and read until `ends`.
 *
 * At a steady pace it looks every LOOK_US, and does not wait in epoll: a server that is a little slower than we are
 * would else have to wake us for each of its writes, which no reader on another host asks of it, and pay for that.
 */
static void live(int64_t ends) {
    int64_t started = now();
    uint64_t sent = 0;
    for (int64_t t; (t = now()) < ends;) {
        if (rate) {
            uint64_t should = (double)(t - started) / 1e9 * rate;
            for (; sent < should; sent++) post(writers[next_writer++ % writer_count]);
            usleep(LOOK_US);
            serve(0);
        } else {
            serve(50);
        }
    }
}

static void read_sockets(int writers_a_room) {
    size_t space = 0;
    char line[4096], cookie[4000];
    int room;
    while (fgets(line, sizeof line, stdin) && sscanf(line, "%d %3999[^\n]", &room, cookie) == 2) {
        if (count + 1 > (int)space) {
            space = space ? space * 2 : 1024;
            sockets = realloc(sockets, space * sizeof *sockets);
            writers = realloc(writers, space * sizeof *writers);
        }
        if (room >= rooms) {
            members = realloc(members, (room + 1) * sizeof *members);
            memset(members + rooms, 0, (room + 1 - rooms) * sizeof *members);
            rooms = room + 1;
        }
        sockets[count] = (Socket){.room = room, .cookie = strdup(cookie), .sampled = count % SAMPLED == 0};
        if (members[room]++ < writers_a_room) {
            sockets[count].writes = true;
            writers[writer_count++] = count;
        }
        count++;
    }
}

static void read_texts(const char *path) {
    FILE *file = fopen(path, "r");
    char line[8192];
    if (!file) die(path);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        texts = realloc(texts, (text_count + 1) * sizeof *texts);
        texts[text_count++] = strdup(line);
    }
    fclose(file);
}

int main(int argc, char **argv) {
    if (argc != 8 && argc != 9) return fprintf(stderr, "see the head of load.c\n"), 2;
    port = atoi(argv[1]), rate = atoi(argv[3]), flight = atoi(argv[4]), size = atoi(argv[5]);
    struct rlimit most;
    getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
    if (argc == 9) read_texts(argv[8]);
    if (getenv("LOAD_FROM")) from = getenv("LOAD_FROM"), sources = 4;
    if (getenv("LOAD_OPENING")) opening = atoi(getenv("LOAD_OPENING"));
    resumes = getenv("LOAD_RESUMES");
    read_sockets(atoi(argv[2]));
    run = now() & 0xffffffffffff;
    epoll = epoll_create1(0);
    for (int opened = 0; ready < count;) {
        while (opened < count && opened < ready + opening) open_socket(&sockets[opened++]);
        serve(1000);
    }
    report("open");
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (!poll(&input, 1, 0)) serve(20); /* who does not answer pings is cut off */
    if (getchar() == EOF) return 0;
    posting = writer_count > 0 && (rate || flight);
    for (int i = 0; !rate && posting && i < flight; i++) post(writers[i % writer_count]);
    live(now() + atof(argv[6]) * 1e9);
    begun = now();
    measuring = true;
    report("begin");
    live(now() + atof(argv[7]) * 1e9);
    measuring = false;
    posting = false;
    report("end");
    for (int64_t until = now() + DRAIN_S * 1000000000LL; total_received < total_due && now() < until;) serve(100);
    for (int64_t until = now() + OTHERS_S * 1000000000LL; !writer_count && now() < until;) serve(100); /* another posts */
    report("done");
    return 0;
}
