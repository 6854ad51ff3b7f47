// Relight's kit for engines in C++17: one header, std and POSIX alone, 64-bit Linux. docs/kits.md begins from nothing.
//
// Invariants:
// - It waits for nobody, starts no thread and throws nothing of its own: what may fail says why. No memory is
//   taken by beat(), goodbye(), takes() and record(); all else is for the cold path, and may throw std::bad_alloc.
// - Several threads may call takes() and record() of one object at once. An object of any other kind is one thread's
//   at a time.
// - takes() and record() are async-signal-safe: stores, and clock_gettime(). Nothing else here is for a handler.
// - Figures are decimal text, "0.25", and never floats; text is UTF-8.
// - All JSON is written as RFC 8785 has it, so that a state has one text, and one digest.
#pragma once
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && sizeof(void*) == 8, "64-bit, little-endian");

namespace relight {

inline constexpr uint64_t LAST_EPOCH = 999'999'999'999'999;
inline constexpr size_t LONGEST_ID = 128, LONGEST_LINE = 4'096, LARGEST_CHECKPOINT = (128 << 20) - 100;

inline uint64_t clock_ns(clockid_t clock) noexcept {
  timespec time;
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

inline std::string failed(const char* what, const std::string& path) {
  return std::string(what) + " " + path + ": " + strerror(errno);
}

// ── Text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

inline bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Plain notation, as Relight reads it: -?digits[.digits], 100 characters at most.
inline bool is_decimal(std::string_view text) noexcept {
  size_t at = !text.empty() && text[0] == '-', digits = 0, dots = 0;
  for (; at < text.size(); at++) {
    if (text[at] >= '0' && text[at] <= '9') digits++;
    else if (text[at] == '.' && digits > 0 && dots++ == 0) digits = 0;
    else return false;
  }
  return digits > 0 && text.size() <= 100;
}

// One text for each value: no sign of zero, no zeros that say nothing.
inline std::string canonical_decimal(std::string_view text) {
  const bool below = text[0] == '-';
  const size_t dot = std::min(text.find('.'), text.size());
  std::string_view whole = text.substr(below, dot - below);
  std::string_view part = dot < text.size() ? text.substr(dot + 1) : "";
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  part = part.substr(0, part.find_last_not_of('0') + 1);
  if (whole.empty() && part.empty()) return "0";
  return (below ? "-" : "") + (whole.empty() ? "0" : std::string(whole)) + (part.empty() ? "" : "." + std::string(part));
}

inline bool is_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const auto byte = [&](size_t i) { return at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : 0u; };
    const uint32_t lead = byte(0);
    const size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (length == 0) return false;
    uint32_t point = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
      if (byte(i) >> 6 != 2) return false;
      point = point << 6 | (byte(i) & 0x3f);
    }
    const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return false;
    at += length;
  }
  return true;
}

// As UTF-16 sorts, which is how RFC 8785 and JavaScript do: what is beyond U+FFFF stands before U+E000.
inline bool sorts_before(std::string_view a, std::string_view b) {
  const auto rank = [](char c) {
    const uint8_t byte = static_cast<uint8_t>(c);
    return byte < 0xee ? byte : byte < 0xf0 ? byte + 0x10 : byte - 2;
  };
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [&](char x, char y) { return rank(x) < rank(y); });
}

inline std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const char* named = c == '\b' ? "\\b" : c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\f' ? "\\f"
                      : c == '\r' ? "\\r" : c == '"' ? "\\\"" : c == '\\' ? "\\\\" : nullptr;
    char code[8];
    if (named != nullptr) out += named;
    else if (static_cast<uint8_t>(c) >= 0x20) out += c;
    else out.append(code, static_cast<size_t>(snprintf(code, sizeof code, "\\u%04x", c)));
  }
  return out + '"';
}

// ── SHA-256 ──────────────────────────────────────────────────────────────────────────────────────────────────────

inline void sha256_block(std::array<uint32_t, 8>& sum, const uint8_t* block) {
  static constexpr uint32_t K[64] = {
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
      0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
      0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
      0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
      0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
      0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
      0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
      0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
  const auto turned = [](uint32_t x, int n) { return x >> n | x << (32 - n); };
  uint32_t w[64];
  for (int i = 0; i < 16; i++) {
    w[i] = uint32_t{block[4 * i]} << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
  }
  for (int i = 16; i < 64; i++) {
    const uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + (turned(a, 7) ^ turned(a, 18) ^ a >> 3) + w[i - 7] + (turned(b, 17) ^ turned(b, 19) ^ b >> 10);
  }
  auto [a, b, c, d, e, f, g, h] = sum;
  for (int i = 0; i < 64; i++) {
    const uint32_t one = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i];
    const uint32_t two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + one, d = c, c = b, b = a, a = one + two;
  }
  const uint32_t added[] = {a, b, c, d, e, f, g, h};
  for (int i = 0; i < 8; i++) sum[i] += added[i];
}

// 64 lower-case hex digits.
inline std::string sha256_hex(std::string_view text) {
  std::array<uint32_t, 8> sum = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const size_t whole = text.size() / 64 * 64;
  for (size_t at = 0; at < whole; at += 64) sha256_block(sum, reinterpret_cast<const uint8_t*>(text.data()) + at);
  std::string rest(text.substr(whole));
  rest += '\x80';
  rest.resize((rest.size() + 8 + 63) / 64 * 64);
  for (size_t i = 0; i < 8; i++) rest[rest.size() - 1 - i] = static_cast<char>(text.size() * 8 >> 8 * i);
  for (size_t at = 0; at < rest.size(); at += 64) sha256_block(sum, reinterpret_cast<const uint8_t*>(rest.data()) + at);
  char hex[65];
  for (size_t i = 0; i < 8; i++) snprintf(hex + 8 * i, 9, "%08x", sum[i]);
  return hex;
}

// ── Who this process is ──────────────────────────────────────────────────────────────────────────────────────────

struct Identity {
  std::string engine, instance, build;
  uint64_t epoch = 0, pid = 0, start_ticks = 0;
};

// Field 22 of /proc/self/stat, counted after the last bracket: the name before it may hold spaces. 0: not known.
inline uint64_t own_start_ticks() noexcept {
  char text[1024] = {};
  const int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  const ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  const char* field = length > 0 ? strrchr(text, ')') : nullptr;
  for (int at = 2; field != nullptr && at < 22; at++) field = strchr(field + 1, ' ');
  return field == nullptr ? 0 : strtoull(field, nullptr, 10);
}

inline bool is_id(std::string_view text, size_t longest) {
  const auto is_control = [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; };
  return text.size() <= longest && is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

// Names of instances become names of files.
inline bool is_instance(const std::string& text) {
  return is_id(text, LONGEST_ID) && !text.empty() && text[0] != '.' && text.find('/') == std::string::npos;
}

// As Relight told this process in its environment. Started by somebody else, it has epoch 0 and a name of its own.
inline std::optional<Identity> identity(const std::string& engine, const std::string& build, std::string& why) {
  const auto variable = [](const char* name) { const char* value = getenv(name); return std::string(value ? value : ""); };
  const std::string told = variable("RELIGHT_ENGINE"), epoch = variable("RELIGHT_EPOCH");
  Identity self{engine, variable("RELIGHT_INSTANCE"), build, 0, static_cast<uint64_t>(getpid()), own_start_ticks()};
  if (engine.empty() || !is_id(engine, LONGEST_ID) || !is_id(build, 256)) why = "the name of the engine or its build is unusable";
  else if (self.start_ticks == 0) why = "/proc/self/stat cannot be read";
  else if (!told.empty() && told != engine) why = "RELIGHT_ENGINE is " + told + ", and this is " + engine;
  else if (!epoch.empty() && (!is_digits(epoch) || epoch.size() > 15)) why = "RELIGHT_EPOCH is no epoch";
  else if (!epoch.empty() && !is_instance(self.instance)) why = "RELIGHT_INSTANCE names no instance";
  else {
    if (epoch.empty()) self.instance = "pid-" + std::to_string(self.pid) + "-" + std::to_string(self.start_ticks);
    else self.epoch = strtoull(epoch.c_str(), nullptr, 10);
    return self;
  }
  return std::nullopt;
}

// Refuses commands of a recovery that is over. The kill switch's epoch is the last one, which is always taken.
class EpochFence {
 public:
  explicit EpochFence(uint64_t own) noexcept : seen_(own) {}

  bool takes(uint64_t epoch) noexcept {
    uint64_t seen = seen_.load();
    do {
      if (epoch < seen || epoch > LAST_EPOCH) return false;
    } while (!seen_.compare_exchange_weak(seen, epoch));
    return true;
  }

 private:
  std::atomic<uint64_t> seen_;
};

// ── Liveness: docs/liveness.md ───────────────────────────────────────────────────────────────────────────────────

inline std::string hello_line(const Identity& self) {
  return "{\"type\":\"hello\",\"engineId\":" + json_text(self.engine) + ",\"instanceId\":" + json_text(self.instance) +
         ",\"pid\":" + std::to_string(self.pid) + ",\"startTicks\":\"" + std::to_string(self.start_ticks) +
         "\",\"build\":" + json_text(self.build) + ",\"epoch\":" + std::to_string(self.epoch) + "}\n";
}

// A venue is named by letters, digits, `-`, `_` and `.`, at most 64: nothing in it needs an escape.
inline bool is_venue(std::string_view venue) noexcept {
  if (venue.empty() || venue.size() > 64) return false;
  return std::all_of(venue.begin(), venue.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

// Gives its length.
inline int put_connection(char (&line)[192], const char* venue, bool lost, unsigned long long for_ms) noexcept {
  const char* state = lost ? "lost" : "restored";
  return snprintf(line, sizeof line, "{\"type\":\"connection\",\"venue\":\"%s\",\"state\":\"%s\",\"forMs\":%llu}\n", venue, state, for_ms);
}

// Empty where the venue is refused.
inline std::string connection_line(const std::string& venue, bool lost, uint64_t for_ms) {
  char line[192];
  return is_venue(venue) ? std::string(line, static_cast<size_t>(put_connection(line, venue.c_str(), lost, for_ms))) : "";
}

struct HeartbeatRecord {
  uint64_t sequence = 0;
  uint32_t magic = 0x524c4842, version = 1;
  uint64_t time_ns = 0, pid = 0, start_ticks = 0, epoch = 0, monotonic_ns = 0, sequence_again = 0;
  uint64_t progress = 0, sequence_once_more = 0;

  // Without progress the record ends after its first 64 bytes.
  size_t stamp(uint64_t beat, std::optional<uint64_t> told) noexcept {
    sequence = sequence_again = sequence_once_more = 2 * beat;
    progress = told.value_or(0);
    return told.has_value() ? 80 : 64;
  }
};
static_assert(sizeof(HeartbeatRecord) == 80);

// Hello, heartbeats and goodbye, in a file, on the detector's socket, or both.
class Liveness {
  static constexpr size_t MOST_LOST = 16;

 public:
  Liveness() = default;
  Liveness(const Liveness&) = delete;
  ~Liveness() {
    if (file_ >= 0) close(file_);
    leave();
  }

  // Either path may be empty. A detector that is away is no failure: it is tried again as long as this lives.
  bool open(const Identity& self, const std::string& socket, const std::string& file, std::string& why) {
    hello_ = hello_line(self);
    record_.pid = self.pid, record_.start_ticks = self.start_ticks, record_.epoch = self.epoch;
    if (socket.size() >= sizeof address_.sun_path) return why = socket + " is too long for a socket", false;
    memcpy(address_.sun_path, socket.data(), socket.size());
    if (!file.empty()) file_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (!file.empty() && file_ < 0) return why = failed("open", file), false;
    return true;
  }

  // Call it in each turn of the loop that trades: once a second it beats. A thread of its own would go on beating in
  // an engine that is deadlocked; let it give the turns of the loop as `progress` then.
  void beat(std::optional<uint64_t> progress = std::nullopt) noexcept {
    const uint64_t now = clock_ns(CLOCK_MONOTONIC);
    if (now < look_at_) return;
    look_at_ = now + 200'000'000;
    const bool is_new = keep_connection();
    if (now < beat_at_ && !is_new) return;
    if (now >= beat_at_) beat_at_ = now + 1'000'000'000;
    write_record(now, progress);
    send_beat(progress);
  }

  // That an exchange is lost, or there again: at once, and again after each hello while it is lost. It takes memory.
  // False where the name is refused, or 16 are lost already. From the thread that beats.
  bool connection(std::string_view venue, bool lost) {
    const std::string name(venue);
    if (!is_venue(venue) || (lost && lost_.size() >= MOST_LOST && lost_.count(name) == 0)) return false;
    const uint64_t now = clock_ns(CLOCK_MONOTONIC);
    if (!lost) lost_.erase(name);
    tell_connection(name.c_str(), lost, lost ? lost_.emplace(name, now).first->second : now);
    return true;
  }

  // Of a planned stop, last: an end without it counts as a crash.
  void goodbye(std::string_view reason) noexcept {
    char line[LONGEST_LINE];
    std::array<char, 256> plain{};  // what would need an escape is left out
    size_t length = 0;
    for (const char c : reason) {
      if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && length < plain.size() - 1) plain[length++] = c;
    }
    say(line, snprintf(line, sizeof line, "{\"type\":\"goodbye\",\"reason\":\"%s\"}\n", plain.data()));
    leave();
    address_.sun_path[0] = 0;  // and it never connects again
  }

 private:
  void write_record(uint64_t now, std::optional<uint64_t> progress) noexcept {
    record_.time_ns = clock_ns(CLOCK_REALTIME);
    record_.monotonic_ns = now;
    const size_t length = record_.stamp(++beats_, progress);
    // One that is short or fails is a beat that is missing, which is what it looks like.
    if (file_ >= 0 && pwrite(file_, &record_, length, 0) < 0) return;
  }

  void send_beat(std::optional<uint64_t> progress) noexcept {
    char line[128];
    const unsigned long long beats = beats_, told = progress.value_or(0);
    say(line, progress ? snprintf(line, sizeof line, "{\"type\":\"heartbeat\",\"sequence\":%llu,\"progress\":%llu}\n", beats, told)
                       : snprintf(line, sizeof line, "{\"type\":\"heartbeat\",\"sequence\":%llu}\n", beats));
  }

  void tell_connection(const char* venue, bool lost, uint64_t since) noexcept {
    char line[192];
    say(line, put_connection(line, venue, lost, (clock_ns(CLOCK_MONOTONIC) - since) / 1'000'000));
  }

  // Whether it has just begun.
  bool keep_connection() noexcept {
    char byte;
    if (socket_ >= 0 && recv(socket_, &byte, 1, MSG_DONTWAIT) == 0) leave();
    if (socket_ >= 0 || address_.sun_path[0] == 0) return false;
    socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) != 0) return leave(), false;
    say(hello_.data(), static_cast<int>(hello_.size()));
    for (const auto& [venue, since] : lost_) tell_connection(venue.c_str(), true, since);
    return socket_ >= 0;
  }

  // Whole or not at all: who took half a line is left, and greeted again.
  void say(const char* line, int length) noexcept {
    if (socket_ >= 0 && send(socket_, line, static_cast<size_t>(length), MSG_DONTWAIT | MSG_NOSIGNAL) != length) leave();
  }

  void leave() noexcept {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
  }

  sockaddr_un address_{AF_UNIX, {}};
  int socket_ = -1, file_ = -1;
  std::string hello_;
  std::map<std::string, uint64_t> lost_;
  HeartbeatRecord record_;
  uint64_t look_at_ = 0, beat_at_ = 0, beats_ = 0;
};

// ── State, digest and checkpoint: docs/checkpoint.md ─────────────────────────────────────────────────────────────

struct Position {
  std::string venue, account, instrument, side, quantity;  // side: net, long, short; quantity below zero is short
  std::optional<std::string> average_price;
};

struct Balance {
  std::string venue, account, asset, total;
};

struct Order {
  std::string venue, account, instrument, client_order_id;
  std::optional<std::string> venue_order_id;
  std::string side, type;
  std::optional<std::string> price;
  std::string quantity, filled, state;  // state: in_flight, open, amend_in_flight, cancel_in_flight
  bool conditional = false;
  std::optional<std::string> trigger_price;
  bool reduce_only = false;
  std::string position_side;  // of hedge mode: long, short
  std::vector<std::string> oco, oto;
};

struct State {
  std::vector<Position> positions;
  std::vector<Balance> balances;
  std::vector<Order> orders;
  std::optional<std::string> daily_pnl;
  std::optional<bool> breaker_latched;
  // Venue to fills in the figures, "account|instrument|trade id"; a venue that is left out does not say.
  std::map<std::string, std::vector<std::string>> applied_fills;
};

// Writes canonical JSON, and keeps the first reason why a state has none.
class StateText {
 public:
  explicit StateText(const State& state) : state_(state) {}

  // What two parties must agree on.
  std::string comparable() { return "{" + lists() + "}"; }
  // And what a checkpoint holds besides.
  std::string body() { return "{\"appliedFills\":" + fills() + "," + lists() + "}"; }
  const std::string& why() const { return why_; }

 private:
  struct Row {
    std::string key, json;
  };

  static std::string list(std::vector<Row> rows) {
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return sorts_before(a.key, b.key); });
    std::string out = "[";
    for (const Row& row : rows) out += (out.size() > 1 ? "," : "") + row.json;
    return out + "]";
  }

  std::string text(const std::string& text) {
    if (!is_utf8(text) && why_.empty()) why_ = "a name is no UTF-8";
    return json_text(text);
  }
  std::string figure(const std::string& figure) {
    if (is_decimal(figure)) return '"' + canonical_decimal(figure) + '"';
    if (why_.empty()) why_ = "\"" + figure + "\" is no decimal in plain notation";
    return "\"0\"";
  }
  std::string maybe(const std::optional<std::string>& value) { return value ? figure(*value) : "null"; }

  std::string lists() {
    std::vector<Row> positions, balances, orders;
    for (const Position& p : state_.positions) {
      if (figure(p.quantity) == "\"0\"") continue;
      positions.push_back({p.venue + "|" + p.account + "|" + p.instrument + "|" + p.side, position(p)});
    }
    for (const Balance& b : state_.balances) {
      if (figure(b.total) == "\"0\"") continue;
      balances.push_back({b.venue + "|" + b.account + "|" + b.asset, balance(b)});
    }
    for (const Order& o : state_.orders) {
      orders.push_back({o.venue + "|" + o.account + "|" + o.instrument + "|" + o.client_order_id, order(o)});
    }
    const auto& latched = state_.breaker_latched;
    return "\"balances\":" + list(balances) + ",\"orders\":" + list(orders) + ",\"positions\":" + list(positions) +
           ",\"risk\":{\"breakerLatched\":" + (latched ? *latched ? "true" : "false" : "null") +
           ",\"dailyPnl\":" + maybe(state_.daily_pnl) + "}";
  }

  std::string position(const Position& p) {
    return "{\"account\":" + text(p.account) + ",\"averagePrice\":" + maybe(p.average_price) + ",\"instrument\":" +
           text(p.instrument) + ",\"quantity\":" + figure(p.quantity) + ",\"side\":" + text(p.side) + ",\"venue\":" +
           text(p.venue) + "}";
  }

  std::string balance(const Balance& b) {
    return "{\"account\":" + text(b.account) + ",\"asset\":" + text(b.asset) + ",\"total\":" + figure(b.total) +
           ",\"venue\":" + text(b.venue) + "}";
  }

  // What an absent field means anyway is left out.
  std::string order(const Order& o) {
    const bool hedged = !o.position_side.empty() && o.position_side != "net";
    return "{\"account\":" + text(o.account) + ",\"clientOrderId\":" + text(o.client_order_id) +
           (o.conditional ? ",\"conditional\":true" : "") + ",\"filled\":" + figure(o.filled) + ",\"instrument\":" +
           text(o.instrument) + links(o) + (hedged ? ",\"positionSide\":" + text(o.position_side) : "") + ",\"price\":" +
           maybe(o.price) + ",\"quantity\":" + figure(o.quantity) + (o.reduce_only ? ",\"reduceOnly\":true" : "") +
           ",\"side\":" + text(o.side) + ",\"state\":" + text(o.state) +
           (o.trigger_price ? ",\"triggerPrice\":" + figure(*o.trigger_price) : "") + ",\"type\":" + text(o.type) +
           ",\"venue\":" + text(o.venue) + ",\"venueOrderId\":" + (o.venue_order_id ? text(*o.venue_order_id) : "null") + "}";
  }

  std::string links(const Order& o) {
    if (o.oco.empty() && o.oto.empty()) return "";
    std::string out = o.oco.empty() ? "" : "\"oco\":" + names(o.oco);
    if (!o.oto.empty()) out += (out.empty() ? "" : ",") + ("\"oto\":" + names(o.oto));
    return ",\"links\":{" + out + "}";
  }

  std::string names(const std::vector<std::string>& names) {
    std::vector<Row> rows;
    for (const std::string& name : names) rows.push_back({name, text(name)});
    return list(rows);
  }

  std::string fills() {
    std::vector<Row> venues;
    for (const auto& [venue, ids] : state_.applied_fills) {
      std::string out;
      for (const std::string& id : ids) out += (out.empty() ? "" : ",") + text(id);
      venues.push_back({venue, text(venue) + ":[" + out + "]"});
    }
    const std::string listed = list(venues);
    return "{" + listed.substr(1, listed.size() - 2) + "}";
  }

  const State& state_;
  std::string why_;
};

// 64 hex digits, which Relight compares with its own.
inline std::optional<std::string> state_digest(const State& state, std::string& why) {
  StateText text(state);
  const std::string json = text.comparable();
  if (!text.why().empty()) return why = text.why(), std::nullopt;
  return sha256_hex(json);
}

inline std::optional<std::string> checkpoint_text(const Identity& self, uint64_t sequence, uint64_t taken_at_ns,
                                                  const State& state, std::string& why) {
  StateText body(state);
  const std::string content =
      "RELIGHT-CHECKPOINT\n{\"engineId\":" + json_text(self.engine) + ",\"epoch\":" + std::to_string(self.epoch) +
      ",\"instanceId\":" + json_text(self.instance) + ",\"sequence\":" + std::to_string(sequence) +
      ",\"takenAtNs\":\"" + std::to_string(taken_at_ns) + "\",\"version\":1}\n" + body.body() + "\n";
  if (!body.why().empty()) return why = body.why(), std::nullopt;
  if (content.size() > LARGEST_CHECKPOINT) return why = "a checkpoint of more than 128 MiB is not read", std::nullopt;
  return content + "sha256:" + sha256_hex(content) + "\n";
}

// The folder of an engine's own checkpoints. Each is there whole or not at all, whatever ends the process or the machine.
class Checkpoints {
 public:
  Checkpoints() = default;
  Checkpoints(const Checkpoints&) = delete;
  ~Checkpoints() { if (folder_ >= 0) close(folder_); }

  // Sequences go on where the folder's end, over restarts too.
  bool open(const Identity& self, const std::string& folder, std::string& why) {
    self_ = self;
    folder_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* names = opendir(folder.c_str());
    if (folder_ < 0 || names == nullptr) return why = failed("open", folder), false;
    while (const dirent* entry = readdir(names)) {
      const std::string_view name = entry->d_name, number = name.substr(0, name.find('.'));
      if (!is_digits(number) || number.size() > 15) continue;
      if (name.substr(number.size()) == ".ckpt") sequence_ = std::max(sequence_, strtoull(entry->d_name, nullptr, 10));
      else if (name.substr(number.size()) == ".ckpt.tmp") unlinkat(folder_, entry->d_name, 0);  // of one that was killed
    }
    closedir(names);
    return true;
  }

  // `taken_at_ns`: when the state was this. The last five stay.
  bool write(const State& state, uint64_t taken_at_ns, std::string& why) {
    const unsigned long long sequence = sequence_ + 1;
    const auto text = checkpoint_text(self_, sequence, taken_at_ns, state, why);
    const std::string name = std::to_string(sequence) + ".ckpt", temporary = name + ".tmp";
    if (!text) return false;
    if (!put(temporary, *text) || renameat(folder_, temporary.c_str(), folder_, name.c_str()) != 0 || fsync(folder_) != 0) {
      why = failed("write", name);
      unlinkat(folder_, temporary.c_str(), 0);
      return false;
    }
    sequence_ = sequence;
    if (sequence > KEPT) unlinkat(folder_, (std::to_string(sequence - KEPT) + ".ckpt").c_str(), 0);
    return true;
  }

  uint64_t sequence() const { return sequence_; }

 private:
  static constexpr uint64_t KEPT = 5;

  bool put(const std::string& name, const std::string& text) {
    const int file = openat(folder_, name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
    size_t done = 0;
    for (ssize_t wrote = 1; file >= 0 && done < text.size() && wrote > 0; done += wrote > 0 ? static_cast<size_t>(wrote) : 0) {
      wrote = ::write(file, text.data() + done, text.size() - done);
    }
    const bool is_whole = file >= 0 && done == text.size() && fsync(file) == 0;
    const int why = errno;
    if (file >= 0) close(file);
    errno = why;
    return is_whole;
  }

  Identity self_;
  int folder_ = -1;
  unsigned long long sequence_ = 0;
};

// ── Intent journal: docs/journal.md ──────────────────────────────────────────────────────────────────────────────

enum class Side : uint8_t { buy = 1, sell = 2 };

// An order as it is about to be sent. No price: at the market.
struct Intent {
  std::string_view client_order_id, venue, account, instrument;
  Side side;
  std::string_view quantity, price;
};

// FNV-1a over words, in four lanes, which a processor works on side by side. `count` is a multiple of four.
inline uint64_t journal_checksum(const void* bytes, size_t count) noexcept {
  constexpr uint64_t START = 0xcbf29ce484222325, PRIME = 0x100000001b3;
  const auto word = [&](size_t at) {
    uint64_t made;
    memcpy(&made, static_cast<const char*>(bytes) + 8 * at, sizeof made);
    return made;
  };
  uint64_t a = START, b = START + 1, c = START + 2, d = START + 3, sum = START;
  for (size_t at = 0; at < count; at += 4) {
    a = (a ^ word(at)) * PRIME, b = (b ^ word(at + 1)) * PRIME, c = (c ^ word(at + 2)) * PRIME, d = (d ^ word(at + 3)) * PRIME;
  }
  for (const uint64_t lane : {a, b, c, d}) sum = (sum ^ lane) * PRIME;
  return sum;
}

struct JournalRecord {
  uint64_t sequence, monotonic_ns, time_ns;
  Side side;
  char unused[7], client_order_id[64], instrument[40], venue[24], account[64], quantity[32], price[32];
  uint64_t checksum, spare[2], sequence_again;

  // False where it does not fit, or is no order.
  bool fill(const Intent& intent) noexcept {
    side = intent.side;
    return is_decimal(intent.quantity) && (intent.price.empty() || is_decimal(intent.price)) &&
           put(client_order_id, intent.client_order_id) && put(instrument, intent.instrument) &&
           put(venue, intent.venue) && put(account, intent.account) && put(quantity, intent.quantity) &&
           intent.price.size() <= sizeof price && (memcpy(price, intent.price.data(), intent.price.size()), true);
  }

  void seal(uint64_t number) noexcept {
    sequence = sequence_again = number;
    checksum = journal_checksum(this, 36);
  }

 private:
  template <size_t Size>
  static bool put(char (&field)[Size], std::string_view text) noexcept {
    if (text.empty() || text.size() > Size) return false;
    memcpy(field, text.data(), text.size());
    return true;
  }
};
static_assert(sizeof(JournalRecord) == 320 && offsetof(JournalRecord, checksum) == 288);

struct JournalHeader {
  char magic[8] = {'R', 'L', 'J', 'O', 'U', 'R', 'N', 'L'};
  uint32_t version = 1, record_bytes = sizeof(JournalRecord);
  uint64_t capacity = 0, epoch = 0, pid = 0, start_ticks = 0, time_ns = 0, monotonic_ns = 0;
  char engine[LONGEST_ID] = {}, instance[LONGEST_ID] = {};
  uint64_t checksum = 0;

  JournalHeader(const Identity& self, uint64_t records, uint64_t now, uint64_t monotonic) noexcept
      : capacity(records), epoch(self.epoch), pid(self.pid), start_ticks(self.start_ticks), time_ns(now), monotonic_ns(monotonic) {
    memcpy(engine, self.engine.data(), self.engine.size());
    memcpy(instance, self.instance.data(), self.instance.size());
    checksum = journal_checksum(this, 40);
  }
};
static_assert(sizeof(JournalHeader) == 328 && offsetof(JournalHeader, checksum) == 320);

// What this instance was about to send, in memory that outlives it: a record is there as soon as record() returns,
// whatever ends the process then. Each instance has a file of its own, `INSTANCE.journal`; an engine's last ten stay.
class Journal {
 public:
  Journal() = default;
  Journal(const Journal&) = delete;
  ~Journal() { if (memory_ != nullptr) munmap(memory_, bytes_); }

  // `capacity`: a power of two up to 262,144; so many of the newest records are kept. The memory is taken here and now.
  bool open(const Identity& self, const std::string& folder, uint64_t capacity, std::string& why) {
    if (capacity == 0 || capacity > MOST || (capacity & (capacity - 1)) != 0) return why = "the capacity is no power of two up to 262144", false;
    prune(self.engine, folder);
    const std::string path = folder + "/" + self.instance + ".journal";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (file < 0) return why = failed("open", path), false;
    bytes_ = HEADER_BYTES + capacity * sizeof(JournalRecord);
    errno = posix_fallocate(file, 0, static_cast<off_t>(bytes_));  // else a full disk would be a SIGBUS, later
    void* memory = errno == 0 ? mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
    if (memory == MAP_FAILED) why = failed("map", path), unlink(path.c_str());
    close(file);
    if (memory == MAP_FAILED) return false;
    memset(memory, 0, bytes_);  // no record is the first to touch its page
    const JournalHeader header(self, capacity, clock_ns(CLOCK_REALTIME), clock_ns(CLOCK_MONOTONIC));
    memcpy(memory, &header, sizeof header);
    memory_ = static_cast<uint8_t*>(memory), mask_ = capacity - 1;
    return true;
  }

  // Its number, from 1; then send. 0: it could not be written (too long, no decimal, not open), and is not to be sent.
  uint64_t record(const Intent& intent) noexcept {
    JournalRecord made{};
    if (memory_ == nullptr || !made.fill(intent)) return 0;
    made.monotonic_ns = clock_ns(CLOCK_MONOTONIC_COARSE);  // to the tick: exact ones take as long as all else
    made.time_ns = clock_ns(CLOCK_REALTIME_COARSE);
    const uint64_t number = next_.fetch_add(1, std::memory_order_relaxed) + 1;
    uint8_t* place = memory_ + HEADER_BYTES + ((number - 1) & mask_) * sizeof made;
    auto& whole = *reinterpret_cast<std::atomic<uint64_t>*>(place + offsetof(JournalRecord, sequence_again));
    whole.store(0, std::memory_order_relaxed);  // from here on it is torn, until its last word is there
    std::atomic_thread_fence(std::memory_order_release);
    made.seal(number);
    memcpy(place, &made, offsetof(JournalRecord, sequence_again));
    whole.store(number, std::memory_order_release);
    fetch_ahead(number);
    return number;
  }

 private:
  static constexpr size_t HEADER_BYTES = 4'096, KEPT = 10;
  static constexpr uint64_t MOST = 262'144;

  // Where the next one goes: what it would wait for is there by then.
  void fetch_ahead(uint64_t number) const noexcept {
    const uint8_t* place = memory_ + HEADER_BYTES + (number & mask_) * sizeof(JournalRecord);
    for (size_t line = 0; line < sizeof(JournalRecord); line += 64) __builtin_prefetch(place + line, 1);
  }

  // Makes room for one more of this engine; what is another's stays, wherever it is.
  static void prune(const std::string& engine, const std::string& folder) {
    std::vector<std::pair<uint64_t, std::string>> found;
    DIR* names = opendir(folder.c_str());
    while (const dirent* entry = names == nullptr ? nullptr : readdir(names)) {
      const std::string_view name = entry->d_name, ending = ".journal";
      struct stat about;
      if (name.size() <= ending.size() || name.substr(name.size() - ending.size()) != ending) continue;
      if (fstatat(dirfd(names), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(about.st_mode)) continue;
      if (!is_of(engine, dirfd(names), entry->d_name)) continue;
      found.emplace_back(static_cast<uint64_t>(about.st_mtim.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(about.st_mtim.tv_nsec), name);
    }
    std::sort(found.begin(), found.end());
    for (size_t at = 0; at + KEPT <= found.size(); at++) unlinkat(dirfd(names), found[at].second.c_str(), 0);
    if (names != nullptr) closedir(names);
  }

  static bool is_of(const std::string& engine, int folder, const char* name) {
    char head[64 + LONGEST_ID] = {}, wanted[LONGEST_ID] = {};
    memcpy(wanted, engine.data(), engine.size());
    const int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const ssize_t length = read(file, head, sizeof head);
    close(file);
    return length == sizeof head && memcmp(head, "RLJOURNL", 8) == 0 && memcmp(head + 64, wanted, LONGEST_ID) == 0;
  }

  uint8_t* memory_ = nullptr;
  size_t bytes_ = 0;
  uint64_t mask_ = 0;
  std::atomic<uint64_t> next_{0};
};

}  // namespace relight
