// Whether the kit writes what Relight reads: `conformance VECTORS` takes each vector of kits/vectors, and says of each
// that it holds, or what was made instead. It ends with 1 where one does not hold.
#include <fstream>
#include <iostream>
#include <iterator>

#include "relight.hpp"

namespace {

// As much of JSON as the vectors have: no numbers, and no escapes beyond U+FFFF.
struct Json {
  std::string text;  // of a text; else what it is: {, [, true, false, null
  std::vector<std::pair<std::string, Json>> members;

  const Json* find(const std::string& name) const {
    for (const auto& [key, value] : members) {
      if (key == name && value.text != "null") return &value;
    }
    return nullptr;
  }
  std::string operator[](const std::string& name) const { return find(name) ? find(name)->text : ""; }
  uint64_t number(const std::string& name) const { return strtoull((*this)[name].c_str(), nullptr, 10); }
  std::optional<std::string> maybe(const std::string& name) const {
    return find(name) ? std::optional(find(name)->text) : std::nullopt;
  }
  std::vector<Json> list(const std::string& name) const {
    std::vector<Json> items;
    if (const Json* found = find(name)) {
      for (const auto& member : found->members) items.push_back(member.second);
    }
    return items;
  }
};

class Reader {
 public:
  explicit Reader(std::string text) : text_(std::move(text)) {}

  Json value() {
    const char first = next();
    if (first == '"') return {quoted(), {}};
    if (first != '{' && first != '[') return word(first);
    Json made{std::string(1, first), {}};
    while (!ends(first == '{' ? '}' : ']')) {
      std::string name;
      if (first == '{') next(), name = quoted(), next();
      made.members.emplace_back(name, value());
    }
    return made;
  }

 private:
  char next() {
    while (strchr(" \n,", text_.at(at_)) != nullptr) at_++;
    return text_[at_++];
  }
  bool ends(char close) {
    const bool has_ended = next() == close;
    if (!has_ended) at_--;
    return has_ended;
  }
  Json word(char first) {
    std::string all(1, first);
    while (isalpha(text_.at(at_))) all += text_[at_++];
    return {all, {}};
  }
  std::string quoted() {
    std::string out;
    for (char c; (c = text_.at(at_++)) != '"';) out += c == '\\' ? escaped() : std::string(1, c);
    return out;
  }
  std::string escaped() {
    static const std::map<char, char> NAMED = {{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'b', '\b'}, {'f', '\f'}};
    const char kind = text_.at(at_++);
    if (kind != 'u') return std::string(1, NAMED.count(kind) ? NAMED.at(kind) : kind);
    const unsigned point = static_cast<unsigned>(std::stoul(text_.substr(at_, 4), nullptr, 16));
    at_ += 4;
    return std::string(1, static_cast<char>(point));  // JSON.stringify escapes control characters alone
  }

  std::string text_;
  size_t at_ = 0;
};

std::vector<std::string> texts(const std::vector<Json>& items) {
  std::vector<std::string> out;
  for (const Json& item : items) out.push_back(item.text);
  return out;
}

relight::Order order(const Json& o) {
  const auto links = o.find("links") ? *o.find("links") : Json{};
  return {o["venue"], o["account"], o["instrument"], o["clientOrderId"], o.maybe("venueOrderId"), o["side"], o["type"],
          o.maybe("price"), o["quantity"], o["filled"], o["state"], o["conditional"] == "true", o.maybe("triggerPrice"),
          o["reduceOnly"] == "true", o["positionSide"], texts(links.list("oco")), texts(links.list("oto"))};
}

relight::State state(const Json& told) {
  relight::State made;
  for (const Json& p : told.list("positions")) {
    made.positions.push_back({p["venue"], p["account"], p["instrument"], p["side"], p["quantity"], p.maybe("averagePrice")});
  }
  for (const Json& b : told.list("balances")) made.balances.push_back({b["venue"], b["account"], b["asset"], b["total"]});
  for (const Json& o : told.list("orders")) made.orders.push_back(order(o));
  const Json& risk = *told.find("risk");
  made.daily_pnl = risk.maybe("dailyPnl");
  if (risk.find("breakerLatched")) made.breaker_latched = risk["breakerLatched"] == "true";
  for (const auto& [venue, ids] : told.find("appliedFills")->members) made.applied_fills[venue] = texts(Json{"", {{"", ids}}}.list(""));
  return made;
}

relight::Identity identity(const Json& told) {
  return {told["engineId"], told["instanceId"], told["build"], told.number("epoch"), told.number("pid"), told.number("startTicks")};
}

std::string hex(const void* bytes, size_t length) {
  std::string out;
  for (size_t at = 0; at < length; at++) {
    char two[3];
    snprintf(two, sizeof two, "%02x", static_cast<const uint8_t*>(bytes)[at]);
    out += two;
  }
  return out;
}

std::string heartbeat(const Json& told) {
  relight::HeartbeatRecord record;
  record.time_ns = told.number("timeNs"), record.monotonic_ns = told.number("monotonicNs");
  record.pid = told.number("pid"), record.start_ticks = told.number("startTicks"), record.epoch = told.number("epoch");
  const auto progress = told.find("progress") ? std::optional(told.number("progress")) : std::nullopt;
  return hex(&record, record.stamp(told.number("beat"), progress));
}

// Empty where it is refused.
std::string journal_record(const Json& told) {
  const Json& i = *told.find("intent");
  const std::string id = i["clientOrderId"], venue = i["venue"], account = i["account"], instrument = i["instrument"];
  const std::string quantity = i["quantity"], price = i["price"];
  relight::JournalRecord record{};
  const auto side = i["side"] == "buy" ? relight::Side::buy : relight::Side::sell;
  if (!record.fill({id, venue, account, instrument, side, quantity, price})) return "";
  record.monotonic_ns = told.number("monotonicNs"), record.time_ns = told.number("timeNs");
  record.seal(told.number("sequence"));
  return hex(&record, sizeof record);
}

std::string journal_header(const Json& told) {
  const relight::JournalHeader header(identity(told), told.number("capacity"), told.number("timeNs"), told.number("monotonicNs"));
  return hex(&header, sizeof header);
}

// Where one is refused, the answer is empty, as it is in the vectors.
std::string digest(const Json& told) {
  std::string why;
  return relight::state_digest(state(*told.find("state")), why).value_or("");
}

std::string canonical(const Json& told) {
  const relight::State made = state(*told.find("state"));
  relight::StateText text(made);
  const std::string json = text.comparable();
  return text.why().empty() ? json : "";
}

std::string checkpoint(const Json& told) {
  std::string why;
  const Json& header = *told.find("header");
  const auto text = relight::checkpoint_text(identity(header), header.number("sequence"), header.number("takenAtNs"),
                                             state(*told.find("state")), why);
  return text.value_or("");
}

std::string hello(const Json& told) { return relight::hello_line(identity(told)); }

std::string connection(const Json& told) {
  return relight::connection_line(told["venue"], told["state"] == "lost", told.number("forMs"));
}

std::string fence(const Json& told) {
  relight::EpochFence fence(told.number("own"));
  std::string out;
  for (const std::string& epoch : texts(told.list("asked"))) out += fence.takes(strtoull(epoch.c_str(), nullptr, 10)) ? "y" : "n";
  return out;
}

struct Kind {
  const char* file;
  const char* field;
  std::string (*make)(const Json&);
};

constexpr Kind KINDS[] = {
    {"digest", "canonical", canonical}, {"digest", "digest", digest},           {"checkpoint", "text", checkpoint},
    {"heartbeat", "hex", heartbeat},    {"hello", "line", hello},               {"fence", "taken", fence},
    {"journal", "hex", journal_record}, {"journal-header", "hex", journal_header}, {"connection", "line", connection},
};

}  // namespace

int main(int count, char** words) {
  const std::string folder = count > 1 ? words[1] : "kits/vectors";
  bool all_hold = true;
  for (const auto& [name, field, make] : KINDS) {
    std::ifstream file(folder + "/" + name + ".json");
    const Json vectors{"", {{"all", Reader({std::istreambuf_iterator<char>(file), {}}).value()}}};
    for (const Json& vector : vectors.list("all")) {
      const std::string made = make(vector);
      const bool holds = made == vector[field];
      std::cout << (holds ? "ok " : "FAILED ") << name << ": " << vector["name"] << ": " << field << "\n";
      if (!holds) std::cout << "  wanted " << vector[field] << "\n  made   " << made << "\n";
      all_hold = all_hold && holds;
    }
  }
  return all_hold ? 0 : 1;
}
