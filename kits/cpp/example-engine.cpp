// A small engine under Relight, by its kit: hello, heartbeats, checkpoints, journal, and commands that an epoch guards.
//
//   example-engine SOCKET HEARTBEAT CHECKPOINTS JOURNALS VENUE [THREADS] [PAUSE_US]
//
// VENUE is a file that stands for an exchange: what is appended to it is sent. The other places are those of
// `liveness` and `checkpoints` in Relight's configuration; JOURNALS is a folder, best one in shared memory.
// SIGTERM is a planned stop. Commands come by standard input, a line each, with the epoch of who asks:
// `7 stop`, or `7 die`, which aborts.
#include <csignal>
#include <mutex>
#include <thread>

#include "relight.hpp"

namespace {

volatile std::sig_atomic_t told_to_stop = 0;

// What the engine holds. A real one learns of fills, too.
class Book {
 public:
  // Down before it is sent, as docs/checkpoint.md asks: in flight.
  void opens(relight::Order order) {
    const std::lock_guard lock(mutex_);
    if (state_.orders.size() == 20) state_.orders.erase(state_.orders.begin());
    state_.orders.push_back(std::move(order));
  }
  void acknowledged(const std::string& client_order_id) {
    const std::lock_guard lock(mutex_);
    for (relight::Order& order : state_.orders) {
      if (order.client_order_id == client_order_id) order.state = "open", order.venue_order_id = "v-" + client_order_id;
    }
  }
  relight::State now() {
    const std::lock_guard lock(mutex_);
    return state_;
  }

 private:
  std::mutex mutex_;
  relight::State state_{{}, {{"example", "main", "USDT", "1000.50"}}, {}, "0", false, {{"example", {}}}};
};

struct Engine {
  Book book;
  relight::Journal journal;
  int venue = -1;
  uint64_t epoch = 0;

  // The one order in which nothing is lost: book, journal, venue. False: nothing was sent.
  bool trade(int thread, uint64_t turn) {
    const std::string id = "ex-" + std::to_string(epoch) + "-" + std::to_string(thread) + "-" + std::to_string(turn);
    const std::string price = std::to_string(100 + turn % 900) + "." + std::to_string(10 + turn % 90);
    const bool sells = turn % 2 == 0;
    const relight::Intent intent{id, "example", "main", "BTC/USDT", sells ? relight::Side::sell : relight::Side::buy, "0.25", price};
    book.opens({"example", "main", "BTC/USDT", id, std::nullopt, sells ? "sell" : "buy", "limit", price, "0.25", "0",
                "in_flight", false, std::nullopt, false, "", {}, {}});
    if (journal.record(intent) == 0) return false;
    const std::string line = id + " BTC/USDT " + (sells ? "sell" : "buy") + " 0.25 " + price + "\n";
    if (write(venue, line.data(), line.size()) != static_cast<ssize_t>(line.size())) return false;
    book.acknowledged(id);
    return true;
  }
};

// One command, if there is one; stops asking when nobody is there to give any.
void obey(relight::EpochFence& fence, relight::Liveness& liveness, bool& listens) {
  char line[64] = {}, command[16] = {};
  unsigned long long epoch = 0;
  const ssize_t length = listens ? read(STDIN_FILENO, line, sizeof line - 1) : 0;
  if (length == 0) listens = false;
  if (length <= 0 || sscanf(line, "%llu %15s", &epoch, command) != 2) return;
  if (!fence.takes(epoch)) printf("refused: epoch %llu is stale\n", epoch);
  else if (strcmp(command, "stop") == 0) told_to_stop = 1;
  else if (strcmp(command, "die") == 0) abort();
  else if (strcmp(command, "lose") == 0) liveness.connection("example", true);
  else if (strcmp(command, "regain") == 0) liveness.connection("example", false);
}

bool save(relight::Checkpoints& checkpoints, const relight::State& state) {
  std::string why;
  const bool is_saved = checkpoints.write(state, relight::clock_ns(CLOCK_REALTIME), why);
  const auto digest = relight::state_digest(state, why);
  if (is_saved && digest) printf("checkpoint %lu digest %s\n", checkpoints.sequence(), digest->c_str());
  else fprintf(stderr, "no checkpoint: %s\n", why.c_str());
  return is_saved;
}

}  // namespace

int main(int count, char** words) {
  if (count < 6) return fprintf(stderr, "example-engine SOCKET HEARTBEAT CHECKPOINTS JOURNALS VENUE [THREADS] [PAUSE_US]\n"), 2;
  const int threads = count > 6 ? atoi(words[6]) : 1;
  const unsigned pause_us = count > 7 ? static_cast<unsigned>(atoi(words[7])) : 1'000;
  std::string why;
  const auto self = relight::identity("desk", "example 1", why);
  Engine engine;
  relight::Liveness liveness;
  relight::Checkpoints checkpoints;
  if (!self || !liveness.open(*self, words[1], words[2], why) || !checkpoints.open(*self, words[3], why) ||
      !engine.journal.open(*self, words[4], 16'384, why)) {
    return fprintf(stderr, "%s\n", why.c_str()), 1;
  }
  engine.epoch = self->epoch;
  engine.venue = open(words[5], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  relight::EpochFence fence(self->epoch);
  signal(SIGTERM, [](int) { told_to_stop = 1; });
  fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
  setvbuf(stdout, nullptr, _IOLBF, 0);

  const auto trade = [&](int thread, auto each_turn) {
    for (uint64_t turn = 1; !told_to_stop && engine.trade(thread, turn); turn++) {
      each_turn();
      if (pause_us > 0) usleep(pause_us);
    }
  };
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; thread++) others.emplace_back([&, thread] { trade(thread, [] {}); });
  bool listens = true;
  uint64_t save_at = 0;
  trade(0, [&] {
    liveness.beat();
    obey(fence, liveness, listens);
    const uint64_t now = relight::clock_ns(CLOCK_MONOTONIC);
    if (now < save_at) return;
    save_at = now + 1'000'000'000;
    save(checkpoints, engine.book.now());
  });
  for (std::thread& other : others) other.join();
  if (!told_to_stop) return fprintf(stderr, "an order could not be noted or sent\n"), 1;
  save(checkpoints, engine.book.now());
  liveness.goodbye("planned stop");
}
