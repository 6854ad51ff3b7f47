// Ways for an engine to end, or to do nothing any more. Each stands in a function of its own name, which the
// backtrace then tells; none is inlined, so that any optimisation shows the same functions.
#pragma once
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cassert>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include "beats.h"

#define NOINLINE __attribute__((noinline))

namespace desk {

struct Order {
  char name[64];
  int quantity;
};
struct Book {
  Order* best;
  std::mutex bids, asks, trades;
  std::shared_mutex settings;
};
inline Book book;
inline Order* volatile nobody = nullptr;
inline volatile int zero = 0;
inline volatile int sink = 0;
inline void* volatile kept = nullptr;

template <typename T>
struct Router {
  NOINLINE static int route(T* order) {
    sink = *(volatile char*)order;
    return sink + 1;
  }
};

NOINLINE static int routeOrder() { return Router<Order>::route(nobody) + 1; }
NOINLINE static int readQuantity() {
  sink = *(volatile int*)&nobody->quantity;
  return sink + 1;
}
NOINLINE static int readFreedBook() {
  sink = *(volatile int*)0x7ead00000010;
  return sink + 1;
}
NOINLINE static int readTornPointer() {
  sink = *(volatile int*)0x5a5a5a5a5a5a5a5a;
  return sink + 1;
}
NOINLINE static int writeConstant() {
  *(volatile char*)(uintptr_t)(void (*)())abort = 1;
  return sink + 1;
}
NOINLINE static int priceLevel(int depth) {
  volatile char page[4096];
  page[0] = (char)depth;
  return priceLevel(depth + 1) + page[0];
}
NOINLINE static int spread(int depth) { return depth < 0 ? 0 : spread(depth + 1) ^ (depth & zero); }
NOINLINE static int hedge(int depth);
NOINLINE static int unhedge(int depth) { return depth < 0 ? 1 : hedge(depth + 1) ^ (depth & zero); }
NOINLINE static int hedge(int depth) { return depth < 0 ? 2 : unhedge(depth + 1) ^ (depth & zero); }
// A file that is shorter than its mapping.
NOINLINE static int readTruncatedJournal() {
  char path[] = "/tmp/relight-journal-XXXXXX";
  int file = mkstemp(path);
  unlink(path);
  if (ftruncate(file, 4096) != 0) return 0;
  char* journal = (char*)mmap(nullptr, 8192, PROT_READ, MAP_SHARED, file, 0);
  sink = *(volatile char*)(journal + 4096);
  return sink + 1;
}
NOINLINE static void unreachableState() { __builtin_trap(); }
NOINLINE static int averagePrice() {
  volatile int count = zero;
  sink = 100 / count;
  return sink + 1;
}
NOINLINE static void checkPosition(int position) {
  assert(position == 42 && "position invariant violated");
  sink = position;
}
NOINLINE static void checkExposure(int exposure) {
  assert(exposure < 10 && "exposure above its limit");
  sink = exposure;
}
NOINLINE static void uncrossBook(int bid, int ask) {
  if (bid >= ask) {
    throw std::runtime_error("order book crossed: bid " + std::to_string(bid) + " >= ask " + std::to_string(ask));
  }
}
NOINLINE static void closeTwice() {
  void* order = malloc(64);
  kept = order;
  free(order);
  free(kept);
  sink = 1;  // else the last call is a jump, and this function in no backtrace
}
NOINLINE static void closeForeign() {
  kept = (char*)malloc(64) + 8;
  free(kept);
  sink = 1;
}
NOINLINE static void copyName(const char* name) {
  char small[16];
  strcpy(small, name);
  kept = small;
  sink = small[0];
}
NOINLINE static void smashName() {
  volatile char* name = (volatile char*)malloc(200);
  for (int at = 0; at < 199; at++) name[at] = 'x';
  name[199] = 0;
  copyName((const char*)name);
  sink = 1;
}
NOINLINE static void growBook() {
  for (;;) kept = new char[(size_t)1 << 46];
}
NOINLINE static void giveUp() { abort(); }
NOINLINE static void askLimits() { exit(3); }

NOINLINE static void lockBoth(std::mutex& first, std::mutex& second) {
  std::lock_guard<std::mutex> one(first);
  usleep(200000);
  std::lock_guard<std::mutex> two(second);
  sink = 1;
}
NOINLINE static void matchOrders() { lockBoth(book.bids, book.asks); sink = 2; }
NOINLINE static void cancelOrders() { lockBoth(book.asks, book.bids); sink = 3; }
NOINLINE static void settleBids() { lockBoth(book.bids, book.asks); sink = 4; }
NOINLINE static void settleAsks() { lockBoth(book.asks, book.trades); sink = 5; }
NOINLINE static void settleTrades() { lockBoth(book.trades, book.bids); sink = 6; }
NOINLINE static void readSettings() {
  std::lock_guard<std::mutex> one(book.bids);
  usleep(200000);
  std::shared_lock<std::shared_mutex> two(book.settings);
  sink = 8;
}
NOINLINE static void writeSettings() {
  std::unique_lock<std::shared_mutex> one(book.settings);
  usleep(200000);
  std::lock_guard<std::mutex> two(book.bids);
  sink = 9;
}
NOINLINE static void lockAgain() {
  book.bids.lock();
  book.bids.lock();
  sink = 7;
}
NOINLINE static void repriceForEver() {
  for (volatile uint64_t round = 0;; round = round + 1) sink = (int)round;
}

// Its text is made while it runs, and is never the same.
NOINLINE static void applyFill(int quantity) {
  char text[96];
  snprintf(text, sizeof text, "quantity <= open && \"order %d: fill of %d exceeds open quantity\"", getpid(), quantity);
  if (quantity > zero) __assert_fail(text, __FILE__, __LINE__, __func__);
  sink = quantity;
}

// Whatever it interrupts.
NOINLINE static int messageRate() {
  sink = 100 / (zero + 0);
  return sink + 1;
}
NOINLINE static void onStatistics(int) { messageRate(); sink = 2; }
NOINLINE static void computeA() { raise(SIGUSR1); sink = 3; }
NOINLINE static void computeB() { raise(SIGUSR1); sink = 4; }
NOINLINE static void interrupted() {
  signal(SIGUSR1, onStatistics);
  if (getpid() % 2) computeA(); else computeB();
  sink = 5;
}
// As engines do that write a last line first.
NOINLINE static void onFault(int) { fputs("fatal: the engine ends\n", stderr); abort(); }
NOINLINE static void caught() {
  signal(SIGSEGV, onFault);
  sink = *(volatile int*)0x10;
  sink = 6;
}

// Two each of which is the other's fallback: a build may leave by a jump from one of them.
NOINLINE static int routeAgain(int depth, bool dark);
NOINLINE static int submitLit(int depth) {
  char reason[600];
  snprintf(reason, sizeof reason, "%d hops", depth);
  sink = reason[0];
  return routeAgain(depth + 1, true);
}
NOINLINE static int submitDark(int depth) { return routeAgain(depth + 1, false) + zero; }
NOINLINE static int routeAgain(int depth, bool dark) { return (dark ? submitDark(depth) : submitLit(depth)) + sink; }

struct Journal {
  std::string* names;
  ~Journal();
};
NOINLINE Journal::~Journal() {
  std::string* mine = names;
  mine->~basic_string();
  mine->~basic_string();
  sink = 7;
}
NOINLINE static void closeDay() {
  auto* raw = new Journal{new std::string(100, 'x')};
  std::unique_ptr<Journal> journal(raw);
  journal.reset();
  sink = 8;
}
// Threads that trade, by the name that they have: beside them another goes on beating.
NOINLINE static void callTrading() { pthread_setname_np(pthread_self(), "trading"); }
NOINLINE static void tradeIntoDeadlock() {
  callTrading();
  std::thread(cancelOrders).detach();
  matchOrders();
  sink = 8;
}
NOINLINE static void tradeIdly() {
  callTrading();
  const int nothing = epoll_create1(EPOLL_CLOEXEC);
  for (epoll_event event;; turnsOfTrading++) epoll_wait(nothing, &event, 1, 1000);
}
NOINLINE static void tradeBusily() {
  callTrading();
  repriceForEver();
  sink = 9;
}
NOINLINE static void tradeNoLonger() {
  callTrading();
  usleep(1500000);
}

struct Death {
  void (*in)();
  // In a thread of its own, beside which main only waits.
  bool aside;
};

inline void deadlock(void (*one)(), void (*other)()) {
  std::thread(one).detach();
  other();
}

inline const std::map<std::string, Death>& deaths() {
  static const std::map<std::string, Death> all = {
      {"null", {[] { routeOrder(); sink = 1; }, false}},
      {"null-aside", {[] { routeOrder(); sink = 1; }, true}},
      {"near-null", {[] { readQuantity(); sink = 1; }, false}},
      {"wild", {[] { readFreedBook(); sink = 1; }, false}},
      {"torn", {[] { readTornPointer(); sink = 1; }, false}},
      {"read-only", {[] { writeConstant(); sink = 1; }, false}},
      {"stack", {[] { priceLevel(1); sink = 1; }, false}},
      {"stack-tiny", {[] { spread(1); sink = 1; }, false}},
      {"stack-aside", {[] { priceLevel(1); sink = 1; }, true}},
      {"stack-two", {[] { hedge(1); sink = 1; }, false}},
      {"bus", {[] { readTruncatedJournal(); sink = 1; }, false}},
      {"ill", {[] { unreachableState(); sink = 1; }, false}},
      {"fpe", {[] { averagePrice(); sink = 1; }, false}},
      {"assert", {[] { checkPosition(41); sink = 1; }, false}},
      {"assert-aside", {[] { checkPosition(41); sink = 1; }, true}},
      {"assert-other", {[] { checkExposure(41); sink = 1; }, false}},
      {"throw", {[] { uncrossBook(101, 100); sink = 1; }, false}},
      {"throw-aside", {[] { uncrossBook(207, 100); sink = 1; }, true}},
      {"double-free", {[] { closeTwice(); sink = 1; }, false}},
      {"bad-free", {[] { closeForeign(); sink = 1; }, false}},
      {"smash", {[] { smashName(); sink = 1; }, false}},
      {"bad-alloc", {[] { growBook(); sink = 1; }, false}},
      {"assert-figures", {[] { applyFill(41 + getpid() % 7); sink = 1; }, false}},
      {"interrupted", {[] { interrupted(); sink = 1; }, false}},
      {"caught", {[] { caught(); sink = 1; }, false}},
      {"stack-circle", {[] { routeAgain(1, false); sink = 1; }, false}},
      {"close-journal", {[] { closeDay(); sink = 1; }, false}},
      {"abort", {[] { giveUp(); sink = 1; }, false}},
      {"exit3", {[] { askLimits(); sink = 1; }, false}},
      {"exit0", {[] { _exit(0); }, false}},
      {"exit-memory", {[] { fputs("fatal: cannot allocate memory for the book\n", stderr); exit(1); }, false}},
      {"disconnect", {[] { fputs("exchange binance: websocket connection lost\n", stderr); exit(4); }, false}},
      {"usr1", {[] { raise(SIGUSR1); }, false}},
      {"deadlock", {[] { deadlock(matchOrders, cancelOrders); }, false}},
      {"deadlock-aside", {[] { deadlock(matchOrders, cancelOrders); }, true}},
      {"deadlock-three", {[] { std::thread(settleBids).detach(); deadlock(settleAsks, settleTrades); }, false}},
      {"deadlock-readers", {[] { deadlock(readSettings, writeSettings); }, false}},
      {"deadlock-self", {[] { lockAgain(); }, false}},
      {"loop", {[] { repriceForEver(); }, false}},
      {"loop-aside", {[] { repriceForEver(); }, true}},
      {"idle", {[] { for (;;) pause(); }, false}},
      {"trading-deadlock", {[] { tradeIntoDeadlock(); }, true}},
      {"trading-idle", {[] { tradeIdly(); }, true}},
      {"trading-busy", {[] { tradeBusily(); }, true}},
      {"trading-ends", {[] { tradeNoLonger(); }, true}},
      // The first thread ends, another goes on.
      {"leader", {[] { std::thread([] { for (;;) pause(); }).detach(); pthread_exit(nullptr); }, false}},
  };
  return all;
}

}  // namespace desk
