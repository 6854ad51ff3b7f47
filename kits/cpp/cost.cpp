// What each call of the kit costs, as JSON: nanoseconds at the median, and at the 99th and 99.9th hundredth.
// `cost FOLDER`: where journal, heartbeat and checkpoints are written; best one in shared memory. `cost FOLDER for-ever`
// does nothing but note, for who kills it.
#include "relight.hpp"

namespace {

uint64_t now() { return relight::clock_ns(CLOCK_MONOTONIC); }

struct Cost {
  uint64_t p50, p99, p999;
};

// Each call by itself, less what the two looks at the clock take.
template <typename Call>
Cost measured(size_t calls, uint64_t looks, Call call) {
  std::vector<uint64_t> took(calls);
  for (uint64_t& each : took) {
    const uint64_t began = now();
    call();
    each = now() - began;
    each -= std::min(each, looks);
  }
  std::sort(took.begin(), took.end());
  return {took[calls / 2], took[calls * 99 / 100], took[calls * 999 / 1'000]};
}

void tell(const char* name, const Cost& cost, const char* end = ",") {
  printf("  \"%s\": { \"p50\": %lu, \"p99\": %lu, \"p999\": %lu }%s\n", name, cost.p50, cost.p99, cost.p999, end);
}

relight::State state(size_t orders) {
  relight::State made;
  for (size_t at = 0; at < orders; at++) {
    made.orders.push_back({"binance", "main", "BTC/USDT", "cx-" + std::to_string(1'000'000 + at), std::nullopt, "buy", "limit",
                           "64000.5", "0.25", "0", "in_flight", false, std::nullopt, false, "", {}, {}});
  }
  return made;
}

}  // namespace

int main(int count, char** words) {
  const std::string folder = count > 1 ? words[1] : ".";
  std::string why;
  const auto self = relight::identity("cost", "1", why);
  relight::Journal journal;
  relight::Liveness liveness;
  relight::Checkpoints checkpoints;
  if (!self || !journal.open(*self, folder, 16'384, why) || !liveness.open(*self, "", folder + "/heartbeat", why) ||
      !checkpoints.open(*self, folder, why)) {
    fprintf(stderr, "%s\n", why.c_str());
    return 1;
  }
  const relight::State small = state(10), large = state(1'000);
  const relight::Intent intent{"cx-1000001", "binance", "main", "BTC/USDT", relight::Side::buy, "0.25", "64000.5"};
  while (count > 2) journal.record(intent);
  const uint64_t looks = measured(1'000'000, 0, [] {}).p50;
  printf("{\n");
  tell("record", measured(1'000'000, looks, [&] { journal.record(intent); }));
  tell("beat, of a turn", measured(1'000'000, looks, [&] { liveness.beat(); }));
  tell("digest, 1,000 orders", measured(200, looks, [&] { relight::state_digest(large, why); }));
  tell("checkpoint, 10 orders", measured(200, looks, [&] { checkpoints.write(small, relight::clock_ns(CLOCK_REALTIME), why); }));
  tell("checkpoint, 1,000 orders", measured(200, looks, [&] { checkpoints.write(large, relight::clock_ns(CLOCK_REALTIME), why); }), "");
  printf("}\n");
}
