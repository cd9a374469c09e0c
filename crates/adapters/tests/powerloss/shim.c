/* Preloaded into a process that writes an SQLite database: keeps what a loss of power would leave of it.
 *
 * After each sync that succeeded, the synced file (the database or its log, in the folder POWERLOSS_LIVE) is copied
 * to the folder POWERLOSS_DURABLE. What was written and never synced is not there. A copy takes the place of the one
 * before by a rename, so the process may be killed in the middle. */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static int ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static void give_up(const char *what)
{
    perror(what);
    abort();
}

static void copy(const char *from, const char *to)
{
    static char bytes[1 << 16];
    char unfinished[PATH_MAX + 8];
    snprintf(unfinished, sizeof unfinished, "%s.part", to);
    int in = open(from, O_RDONLY), out = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t count = -1;
    while (in >= 0 && out >= 0 && (count = read(in, bytes, sizeof bytes)) > 0)
        if (write(out, bytes, count) != count)
            give_up("powerloss: write");
    if (count < 0 || rename(unfinished, to) != 0)
        give_up("powerloss: copy");
    close(in);
    close(out);
}

static void keep(int fd)
{
    const char *live = getenv("POWERLOSS_LIVE"), *durable = getenv("POWERLOSS_DURABLE");
    char link[64], path[PATH_MAX], to[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (!live || !durable || length < 0)
        return;
    path[length] = 0;
    if (strncmp(path, live, strlen(live)) != 0 || !(ends_with(path, ".db") || ends_with(path, ".db-wal")))
        return;
    if (snprintf(to, sizeof to, "%s%s", durable, strrchr(path, '/')) >= (int)sizeof to)
        give_up("powerloss: the path is too long");
    pthread_mutex_lock(&one_at_a_time);
    copy(link, to);
    pthread_mutex_unlock(&one_at_a_time);
}

static int sync_and_keep(long call, int fd)
{
    int result = (int)syscall(call, fd);
    if (result == 0)
        keep(fd);
    return result;
}

int fsync(int fd)
{
    return sync_and_keep(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return sync_and_keep(SYS_fdatasync, fd);
}
