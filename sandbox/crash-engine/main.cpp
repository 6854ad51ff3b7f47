// A small engine that trades nothing and ends as it is told:
//   crash-engine DEATH [THREADS] [WAIT_MS] [MEGABYTES] [HEARTBEAT_FILE [progress]]
// MEGABYTES of memory are in its core. When it ends stands in its log, for who measures.
// It logs to standard error, where the C and C++ run-times write their last words too.
#include <sys/resource.h>
#include <sys/time.h>

#include <ctime>

#include "deaths.h"

static void log(const char* level, const char* text) {
  timeval now;
  gettimeofday(&now, nullptr);
  char stamp[32];
  strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", gmtime(&now.tv_sec));
  fprintf(stderr, "%s.%03ldZ [%s] crash engine pid %d: %s\n", stamp, now.tv_usec / 1000, level, getpid(), text);
}

static void hold(size_t megabytes) {
  for (size_t one = 0; one < megabytes; one++) memset(malloc(1 << 20), 0x5a, 1 << 20);
}

static void rest() {
  for (;;) pause();
}

int main(int count, char** words) {
  const auto found = desk::deaths().find(count > 1 ? words[1] : "");
  if (found == desk::deaths().end()) {
    for (const auto& [name, death] : desk::deaths()) printf("%s\n", name.c_str());
    return 2;
  }
  const int threads = count > 2 ? atoi(words[2]) : 0;
  const int waitMs = count > 3 ? atoi(words[3]) : 0;
  hold(count > 4 ? atoi(words[4]) : 0);
  if (count > 5) std::thread(desk::beatForEver, words[5], count > 6).detach();
  for (int made = 0; made < threads; made++) std::thread(rest).detach();
  log("INFO", "started, not trading");
  usleep(waitMs * 1000);
  log("INFO", "ends now");
  const auto& [in, aside] = found->second;
  if (aside) {
    std::thread(in).detach();
    rest();
  }
  in();
}
