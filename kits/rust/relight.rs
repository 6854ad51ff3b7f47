//! Relight's kit for engines in Rust: one file, std alone, 64-bit Linux. docs/kits.md begins from nothing.
//!
//! Invariants:
//! - It waits for nobody, starts no thread and panics nowhere: what may fail says why. No memory is taken by `beat`,
//!   `goodbye`, `takes` and `record`; all else is for the cold path.
//! - `takes` and `record` may be called by several threads at once, and by a handler of signals: they are stores, and
//!   `clock_gettime`. What is `&mut self` is one thread's at a time, and not for a handler.
//! - Figures are decimal text, "0.25", and never floats.
//! - All JSON is written as RFC 8785 has it, so that a state has one text, and one digest.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::ffi::{c_int, c_void};
use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{fence, AtomicU64, Ordering};
use std::time::SystemTime;

#[cfg(not(all(target_os = "linux", target_endian = "little", target_pointer_width = "64")))]
compile_error!("64-bit, little-endian Linux");

/// Or why not.
pub type Result<T> = std::result::Result<T, String>;

pub const LAST_EPOCH: u64 = 999_999_999_999_999;
const LONGEST_ID: usize = 128;
const LARGEST_CHECKPOINT: usize = (128 << 20) - 100;

// What std has no name for; it links the C library anyway.
#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}
#[repr(C)]
struct SocketAddress {
    family: u16,
    path: [u8; 108],
}
extern "C" {
    fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int;
    fn posix_fallocate(file: c_int, from: i64, length: i64) -> c_int;
    fn mmap(at: *mut c_void, length: usize, protection: c_int, flags: c_int, file: c_int, from: i64) -> *mut c_void;
    fn munmap(at: *mut c_void, length: usize) -> c_int;
    fn socket(domain: c_int, kind: c_int, protocol: c_int) -> c_int;
    fn connect(socket: c_int, address: *const SocketAddress, length: u32) -> c_int;
    fn send(socket: c_int, bytes: *const c_void, length: usize, flags: c_int) -> isize;
    fn recv(socket: c_int, bytes: *mut c_void, length: usize, flags: c_int) -> isize;
    fn close(file: c_int) -> c_int;
}
const REALTIME: c_int = 0;
const MONOTONIC: c_int = 1;
const REALTIME_COARSE: c_int = 5;
const MONOTONIC_COARSE: c_int = 6;

fn clock_ns(clock: c_int) -> u64 {
    let mut time = Timespec { seconds: 0, nanoseconds: 0 };
    // SAFETY: the kernel writes one Timespec, and these clocks are always there.
    unsafe { clock_gettime(clock, &mut time) };
    time.seconds as u64 * 1_000_000_000 + time.nanoseconds as u64
}

/// Since 1970, as a checkpoint's `taken_at_ns`.
pub fn now_ns() -> u64 {
    clock_ns(REALTIME)
}

fn failed(what: &str, path: &Path, error: impl Display) -> String {
    format!("{what} {}: {error}", path.display())
}

// ── Text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Plain notation, as Relight reads it: -?digits[.digits], 100 characters at most.
fn is_decimal(text: &str) -> bool {
    let (mut digits, mut has_dot) = (0, false);
    for byte in text.strip_prefix('-').unwrap_or(text).bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' if digits > 0 && !has_dot => (has_dot, digits) = (true, 0),
            _ => return false,
        }
    }
    digits > 0 && text.len() <= 100
}

/// One text for each value: no sign of zero, no zeros that say nothing.
fn canonical_decimal(text: &str) -> String {
    let (sign, plain) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    match (whole.trim_start_matches('0'), part.trim_end_matches('0')) {
        ("", "") => "0".into(),
        ("", part) => format!("{sign}0.{part}"),
        (whole, "") => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

fn push_json(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_json(&mut out, text);
    out
}

// ── SHA-256 ──────────────────────────────────────────────────────────────────────────────────────────────────────

#[rustfmt::skip]
const K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

fn sha256_block(sum: &mut [u32; 8], block: &[u8]) {
    let mut w = [0u32; 64];
    for (word, bytes) in w.iter_mut().zip(block.chunks_exact(4)) {
        *word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    for i in 16..64 {
        let (a, b) = (w[i - 15], w[i - 2]);
        let one = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
        let two = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
        w[i] = w[i - 16].wrapping_add(one).wrapping_add(w[i - 7]).wrapping_add(two);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *sum;
    for i in 0..64 {
        let turned = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let one = h.wrapping_add(turned).wrapping_add((e & f) ^ (!e & g)).wrapping_add(K[i]).wrapping_add(w[i]);
        let turned = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let two = turned.wrapping_add((a & b) ^ (a & c) ^ (b & c));
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(one), c, b, a, one.wrapping_add(two));
    }
    for (each, added) in sum.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *each = each.wrapping_add(added);
    }
}

/// 64 lower-case hex digits.
fn sha256_hex(bytes: &[u8]) -> String {
    #[rustfmt::skip]
    let mut sum = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
    let blocks = bytes.chunks_exact(64);
    let mut rest = blocks.remainder().to_vec();
    blocks.for_each(|block| sha256_block(&mut sum, block));
    rest.push(0x80);
    rest.resize((rest.len() + 8).div_ceil(64) * 64 - 8, 0);
    rest.extend((bytes.len() as u64 * 8).to_be_bytes());
    rest.chunks_exact(64).for_each(|block| sha256_block(&mut sum, block));
    sum.map(|word| format!("{word:08x}")).concat()
}

// ── Who this process is ──────────────────────────────────────────────────────────────────────────────────────────

#[derive(Clone, Debug, Default)]
pub struct Identity {
    pub engine: String,
    pub instance: String,
    pub build: String,
    pub epoch: u64,
    pub pid: u64,
    pub start_ticks: u64,
}

/// As Relight told this process in its environment. Started by somebody else, it has epoch 0 and a name of its own.
pub fn identity(engine: &str, build: &str) -> Result<Identity> {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let (told, epoch, instance) = (variable("RELIGHT_ENGINE"), variable("RELIGHT_EPOCH"), variable("RELIGHT_INSTANCE"));
    let (pid, start_ticks) = (u64::from(std::process::id()), own_start_ticks()?);
    if engine.is_empty() || !is_id(engine, LONGEST_ID) || !is_id(build, 256) {
        return Err("the name of the engine or its build is unusable".into());
    }
    if !told.is_empty() && told != engine {
        return Err(format!("RELIGHT_ENGINE is {told}, and this is {engine}"));
    }
    let mut own = Identity { engine: engine.into(), instance, build: build.into(), epoch: 0, pid, start_ticks };
    if epoch.is_empty() {
        own.instance = format!("pid-{pid}-{start_ticks}");
        return Ok(own);
    }
    if epoch.len() > 15 || !epoch.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("RELIGHT_EPOCH is no epoch".into());
    }
    if !is_instance(&own.instance) {
        return Err("RELIGHT_INSTANCE names no instance".into());
    }
    own.epoch = epoch.parse().map_err(|_| "RELIGHT_EPOCH is no epoch")?;
    Ok(own)
}

/// Field 22 of /proc/self/stat, counted after the last bracket: the name before it may hold spaces.
fn own_start_ticks() -> Result<u64> {
    let stat = fs::read("/proc/self/stat").map_err(|error| format!("/proc/self/stat: {error}"))?;
    let text = String::from_utf8_lossy(&stat);
    let field = text.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(19));
    field.and_then(|ticks| ticks.parse().ok()).ok_or_else(|| "/proc/self/stat has no start time".into())
}

fn is_id(text: &str, longest: usize) -> bool {
    text.len() <= longest && !text.bytes().any(|byte| byte.is_ascii_control())
}

/// Names of instances become names of files.
fn is_instance(text: &str) -> bool {
    is_id(text, LONGEST_ID) && !text.is_empty() && !text.starts_with('.') && !text.contains('/')
}

/// Refuses commands of a recovery that is over. The kill switch's epoch is the last one, which is always taken.
pub struct EpochFence(AtomicU64);

impl EpochFence {
    pub fn new(own: u64) -> Self {
        Self(AtomicU64::new(own))
    }

    pub fn takes(&self, epoch: u64) -> bool {
        epoch <= LAST_EPOCH && self.0.fetch_max(epoch, Ordering::SeqCst) <= epoch
    }
}

// ── Liveness: docs/liveness.md ───────────────────────────────────────────────────────────────────────────────────

pub fn hello_line(own: &Identity) -> String {
    let Identity { engine, instance, build, epoch, pid, start_ticks } = own;
    let (engine, instance, build) = (json(engine), json(instance), json(build));
    format!(
        "{{\"type\":\"hello\",\"engineId\":{engine},\"instanceId\":{instance},\"pid\":{pid},\
         \"startTicks\":\"{start_ticks}\",\"build\":{build},\"epoch\":{epoch}}}\n"
    )
}

/// A venue is named by letters, digits, `-`, `_` and `.`, at most 64: nothing in it needs an escape.
fn is_venue(venue: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !venue.is_empty() && venue.len() <= 64 && venue.bytes().all(is_plain)
}

fn put_connection(line: &mut Line, venue: &str, lost: bool, for_ms: u64) {
    let state = if lost { "lost" } else { "restored" };
    let _ = write!(line, "{{\"type\":\"connection\",\"venue\":\"{venue}\",\"state\":\"{state}\",\"forMs\":{for_ms}}}");
    line.push(b"\n");
}

/// None where the venue is refused.
pub fn connection_line(venue: &str, lost: bool, for_ms: u64) -> Option<String> {
    let mut line = Line::new();
    put_connection(&mut line, venue, lost, for_ms);
    is_venue(venue).then(|| String::from_utf8_lossy(line.bytes()).into_owned())
}

#[derive(Default)]
pub struct HeartbeatRecord {
    pub time_ns: u64,
    pub pid: u64,
    pub start_ticks: u64,
    pub epoch: u64,
    pub monotonic_ns: u64,
}

impl HeartbeatRecord {
    /// Without progress the record ends after its first 64 bytes: their number comes with them.
    pub fn bytes(&self, beat: u64, progress: Option<u64>) -> ([u8; 80], usize) {
        let (sequence, magic_and_version) = (2 * beat, 1 << 32 | 0x524c_4842);
        let Self { time_ns, pid, start_ticks, epoch, monotonic_ns } = *self;
        let told = progress.unwrap_or(0);
        #[rustfmt::skip]
        let words = [
            sequence, magic_and_version, time_ns, pid, start_ticks, epoch, monotonic_ns, sequence, told, sequence,
        ];
        let mut bytes = [0; 80];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&u64::to_le_bytes(word));
        }
        (bytes, if progress.is_some() { 80 } else { 64 })
    }
}

/// Hello, heartbeats and goodbye, in a file, on the detector's socket, or both.
pub struct Liveness {
    hello: String,
    address: Option<SocketAddress>,
    socket: Option<c_int>,
    file: Option<File>,
    lost: BTreeMap<String, u64>,
    record: HeartbeatRecord,
    beats: u64,
    look_at: u64,
    beat_at: u64,
}

impl Liveness {
    /// A detector that is away is no failure: it is tried again as long as this lives.
    pub fn open(own: &Identity, socket: Option<&Path>, file: Option<&Path>) -> Result<Self> {
        let opened = |path: &Path| {
            let mut options = OpenOptions::new();
            let file = options.read(true).write(true).create(true).truncate(false).mode(0o644).open(path);
            file.map_err(|error| failed("open", path, error))
        };
        let Identity { pid, start_ticks, epoch, .. } = *own;
        Ok(Self {
            hello: hello_line(own),
            address: socket.map(address_of).transpose()?,
            socket: None,
            file: file.map(opened).transpose()?,
            lost: BTreeMap::new(),
            record: HeartbeatRecord { pid, start_ticks, epoch, ..Default::default() },
            beats: 0,
            look_at: 0,
            beat_at: 0,
        })
    }

    /// Call it in each turn of the loop that trades: once a second it beats. A thread of its own would go on beating
    /// in an engine that is deadlocked; let it give the turns of the loop as `progress` then.
    pub fn beat(&mut self, progress: Option<u64>) {
        let now = clock_ns(MONOTONIC);
        if now < self.look_at {
            return;
        }
        self.look_at = now + 200_000_000;
        let is_new = self.keep_connection();
        if now < self.beat_at && !is_new {
            return;
        }
        if now >= self.beat_at {
            self.beat_at = now + 1_000_000_000;
        }
        self.beats += 1;
        (self.record.time_ns, self.record.monotonic_ns) = (clock_ns(REALTIME), now);
        let (bytes, length) = self.record.bytes(self.beats, progress);
        if let Some(file) = &self.file {
            let _ = file.write_at(&bytes[..length], 0); // a beat that fails is missing, which is what it looks like
        }
        self.send_beat(progress);
    }

    /// That an exchange is lost, or there again: at once, and again after each hello while it is lost. It takes memory.
    /// False where the name is refused, or 16 are lost already.
    pub fn connection(&mut self, venue: &str, lost: bool) -> bool {
        const MOST_LOST: usize = 16;
        let is_full = self.lost.len() >= MOST_LOST && !self.lost.contains_key(venue);
        if !is_venue(venue) || (lost && is_full) {
            return false;
        }
        let now = clock_ns(MONOTONIC);
        let since = if lost { *self.lost.entry(venue.into()).or_insert(now) } else { now };
        self.lost.retain(|name, _| lost || name != venue);
        self.tell_connection(venue, lost, since);
        true
    }

    /// Of a planned stop, last: an end without it counts as a crash.
    pub fn goodbye(mut self, reason: &str) {
        let mut line = Line::new();
        line.push(b"{\"type\":\"goodbye\",\"reason\":\"");
        let plain = |byte: &u8| matches!(byte, b' '..=b'~') && !b"\"\\".contains(byte);
        reason.bytes().filter(plain).take(200).for_each(|byte| line.push(&[byte])); // no escapes are needed
        line.push(b"\"}\n");
        self.say(line.bytes());
    }

    fn send_beat(&mut self, progress: Option<u64>) {
        let mut line = Line::new();
        let _ = write!(line, "{{\"type\":\"heartbeat\",\"sequence\":{}", self.beats);
        if let Some(told) = progress {
            let _ = write!(line, ",\"progress\":{told}");
        }
        line.push(b"}\n");
        self.say(line.bytes());
    }

    fn tell_connection(&mut self, venue: &str, lost: bool, since: u64) {
        let mut line = Line::new();
        put_connection(&mut line, venue, lost, (clock_ns(MONOTONIC) - since) / 1_000_000);
        self.say(line.bytes());
    }

    /// Whether it has just begun.
    fn keep_connection(&mut self) -> bool {
        const DONT_WAIT: c_int = 0x40;
        const STREAM_NONBLOCKING_CLOEXEC: c_int = 1 | 0x800 | 0x80000;
        let mut byte = 0u8;
        // SAFETY: one byte is there to be written.
        if self.socket.is_some_and(|open| unsafe { recv(open, (&raw mut byte).cast(), 1, DONT_WAIT) } == 0) {
            self.leave();
        }
        let (None, Some(address)) = (self.socket, &self.address) else { return false };
        // SAFETY: the address is whole, and lives as long as the call.
        let opened = unsafe { socket(1, STREAM_NONBLOCKING_CLOEXEC, 0) };
        self.socket = (opened >= 0).then_some(opened);
        if unsafe { connect(opened, address, size_of::<SocketAddress>() as u32) } != 0 {
            self.leave();
            return false;
        }
        let hello = std::mem::take(&mut self.hello);
        self.say(hello.as_bytes());
        self.hello = hello;
        let lost = std::mem::take(&mut self.lost);
        lost.iter().for_each(|(venue, since)| self.tell_connection(venue, true, *since));
        self.lost = lost;
        self.socket.is_some()
    }

    /// Whole or not at all: who took half a line is left, and greeted again.
    fn say(&mut self, line: &[u8]) {
        const DONT_WAIT_NOR_SIGNAL: c_int = 0x40 | 0x4000;
        let Some(open) = self.socket else { return };
        // SAFETY: the bytes live as long as the call.
        let sent = unsafe { send(open, line.as_ptr().cast(), line.len(), DONT_WAIT_NOR_SIGNAL) };
        if sent != line.len() as isize {
            self.leave();
        }
    }

    fn leave(&mut self) {
        if let Some(open) = self.socket.take() {
            // SAFETY: it is ours, and closed once.
            unsafe { close(open) };
        }
    }
}

impl Drop for Liveness {
    fn drop(&mut self) {
        self.leave();
    }
}

fn address_of(path: &Path) -> Result<SocketAddress> {
    let bytes = path.as_os_str().as_encoded_bytes();
    let mut address = SocketAddress { family: 1, path: [0; 108] };
    if bytes.len() >= address.path.len() {
        return Err(format!("{} is too long for a socket", path.display()));
    }
    address.path[..bytes.len()].copy_from_slice(bytes);
    Ok(address)
}

/// A line without memory of its own. What does not fit is left out.
struct Line {
    held: [u8; 320],
    length: usize,
}

impl Line {
    fn new() -> Self {
        Self { held: [0; 320], length: 0 }
    }

    fn push(&mut self, bytes: &[u8]) {
        if let Some(place) = self.held.get_mut(self.length..self.length + bytes.len()) {
            place.copy_from_slice(bytes);
            self.length += bytes.len();
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.held[..self.length]
    }
}

impl std::io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

// ── State, digest and checkpoint: docs/checkpoint.md ─────────────────────────────────────────────────────────────

#[derive(Clone, Debug, Default)]
pub struct Position {
    pub venue: String,
    pub account: String,
    pub instrument: String,
    /// net, long, short
    pub side: String,
    /// Below zero: short.
    pub quantity: String,
    pub average_price: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Balance {
    pub venue: String,
    pub account: String,
    pub asset: String,
    pub total: String,
}

#[derive(Clone, Debug, Default)]
pub struct Order {
    pub venue: String,
    pub account: String,
    pub instrument: String,
    pub client_order_id: String,
    pub venue_order_id: Option<String>,
    pub side: String,
    pub kind: String,
    pub price: Option<String>,
    pub quantity: String,
    pub filled: String,
    /// in_flight, open, amend_in_flight, cancel_in_flight
    pub state: String,
    pub conditional: bool,
    pub trigger_price: Option<String>,
    pub reduce_only: bool,
    /// Of hedge mode: long, short.
    pub position_side: Option<String>,
    pub oco: Vec<String>,
    pub oto: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct State {
    pub positions: Vec<Position>,
    pub balances: Vec<Balance>,
    pub orders: Vec<Order>,
    pub daily_pnl: Option<String>,
    pub breaker_latched: Option<bool>,
    /// Venue to fills in the figures, "account|instrument|trade id"; a venue that is left out does not say.
    pub applied_fills: BTreeMap<String, Vec<String>>,
}

/// 64 hex digits, which Relight compares with its own.
pub fn state_digest(state: &State) -> Result<String> {
    Ok(sha256_hex(comparable_text(state)?.as_bytes()))
}

/// What two parties must agree on, as canonical JSON.
pub fn comparable_text(state: &State) -> Result<String> {
    Ok(format!("{{{}}}", lists(state)?))
}

pub fn checkpoint_text(own: &Identity, sequence: u64, taken_at_ns: u64, state: &State) -> Result<String> {
    let Identity { engine, instance, epoch, .. } = own;
    let (engine, instance) = (json(engine), json(instance));
    let content = format!(
        "RELIGHT-CHECKPOINT\n{{\"engineId\":{engine},\"epoch\":{epoch},\"instanceId\":{instance},\
         \"sequence\":{sequence},\"takenAtNs\":\"{taken_at_ns}\",\"version\":1}}\n\
         {{\"appliedFills\":{},{}}}\n",
        fills(state),
        lists(state)?
    );
    if content.len() > LARGEST_CHECKPOINT {
        return Err("a checkpoint of more than 128 MiB is not read".into());
    }
    let sum = sha256_hex(content.as_bytes());
    Ok(content + "sha256:" + &sum + "\n")
}

/// Rows by their keys, as UTF-16 sorts: RFC 8785 and JavaScript do so.
fn list(mut rows: Vec<(String, String)>) -> String {
    rows.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>().join(",")
}

fn figure(text: &str) -> Result<String> {
    if is_decimal(text) {
        return Ok(format!("\"{}\"", canonical_decimal(text)));
    }
    Err(format!("{text:?} is no decimal in plain notation"))
}

fn maybe(text: &Option<String>) -> Result<String> {
    text.as_deref().map_or(Ok("null".into()), figure)
}

fn lists(state: &State) -> Result<String> {
    let (mut positions, mut balances, mut orders) = (vec![], vec![], vec![]);
    for p in &state.positions {
        if figure(&p.quantity)? != "\"0\"" {
            positions.push((format!("{}|{}|{}|{}", p.venue, p.account, p.instrument, p.side), position(p)?));
        }
    }
    for b in &state.balances {
        if figure(&b.total)? != "\"0\"" {
            balances.push((format!("{}|{}|{}", b.venue, b.account, b.asset), balance(b)?));
        }
    }
    for o in &state.orders {
        orders.push((format!("{}|{}|{}|{}", o.venue, o.account, o.instrument, o.client_order_id), order(o)?));
    }
    let latched = state.breaker_latched.map_or("null".into(), |latched| latched.to_string());
    Ok(format!(
        "\"balances\":[{}],\"orders\":[{}],\"positions\":[{}],\"risk\":{{\"breakerLatched\":{latched},\"dailyPnl\":{}}}",
        list(balances),
        list(orders),
        list(positions),
        maybe(&state.daily_pnl)?
    ))
}

fn position(p: &Position) -> Result<String> {
    Ok(format!(
        "{{\"account\":{},\"averagePrice\":{},\"instrument\":{},\"quantity\":{},\"side\":{},\"venue\":{}}}",
        json(&p.account),
        maybe(&p.average_price)?,
        json(&p.instrument),
        figure(&p.quantity)?,
        json(&p.side),
        json(&p.venue)
    ))
}

fn balance(b: &Balance) -> Result<String> {
    let (account, asset, venue) = (json(&b.account), json(&b.asset), json(&b.venue));
    Ok(format!("{{\"account\":{account},\"asset\":{asset},\"total\":{},\"venue\":{venue}}}", figure(&b.total)?))
}

/// What an absent field means anyway is left out.
fn order(o: &Order) -> Result<String> {
    let side = o.position_side.as_deref().filter(|side| !side.is_empty() && *side != "net");
    let fields = [
        Some(("account", json(&o.account))),
        Some(("clientOrderId", json(&o.client_order_id))),
        o.conditional.then(|| ("conditional", "true".into())),
        Some(("filled", figure(&o.filled)?)),
        Some(("instrument", json(&o.instrument))),
        links(o).map(|links| ("links", links)),
        side.map(|side| ("positionSide", json(side))),
        Some(("price", maybe(&o.price)?)),
        Some(("quantity", figure(&o.quantity)?)),
        o.reduce_only.then(|| ("reduceOnly", "true".into())),
        Some(("side", json(&o.side))),
        Some(("state", json(&o.state))),
        o.trigger_price.as_deref().map(figure).transpose()?.map(|price| ("triggerPrice", price)),
        Some(("type", json(&o.kind))),
        Some(("venue", json(&o.venue))),
        Some(("venueOrderId", o.venue_order_id.as_deref().map_or("null".into(), json))),
    ];
    let told: Vec<String> = fields.into_iter().flatten().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    Ok(format!("{{{}}}", told.join(",")))
}

fn links(o: &Order) -> Option<String> {
    let names = |names: &[String]| list(names.iter().map(|name| (name.clone(), json(name))).collect());
    let kinds = [("oco", &o.oco), ("oto", &o.oto)];
    let told: Vec<String> =
        kinds.iter().filter(|(_, ids)| !ids.is_empty()).map(|(kind, ids)| format!("\"{kind}\":[{}]", names(ids))).collect();
    (!told.is_empty()).then(|| format!("{{{}}}", told.join(",")))
}

fn fills(state: &State) -> String {
    let ids = |ids: &[String]| ids.iter().map(|id| json(id)).collect::<Vec<_>>().join(",");
    let row = |(venue, all): (&String, &Vec<String>)| (venue.clone(), format!("{}:[{}]", json(venue), ids(all)));
    format!("{{{}}}", list(state.applied_fills.iter().map(row).collect()))
}

/// The folder of an engine's own checkpoints. Each is there whole or not at all, whatever ends the process or the machine.
pub struct Checkpoints {
    own: Identity,
    folder: PathBuf,
    sequence: u64,
}

impl Checkpoints {
    const KEPT: u64 = 5;

    /// Sequences go on where the folder's end, over restarts too.
    pub fn open(own: &Identity, folder: &Path) -> Result<Self> {
        let mut sequence = 0;
        for entry in fs::read_dir(folder).map_err(|error| failed("open", folder, error))? {
            let entry = entry.map_err(|error| failed("read", folder, error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let (number, ending) = name.split_once('.').unwrap_or_default();
            if number.len() > 15 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            match ending {
                "ckpt" => sequence = sequence.max(number.parse().unwrap_or(0)),
                "ckpt.tmp" => drop(fs::remove_file(entry.path())), // of one that was killed
                _ => {}
            }
        }
        Ok(Self { own: own.clone(), folder: folder.into(), sequence })
    }

    /// `taken_at_ns`: when the state was this. The last five stay.
    pub fn write(&mut self, state: &State, taken_at_ns: u64) -> Result<()> {
        let sequence = self.sequence + 1;
        let text = checkpoint_text(&self.own, sequence, taken_at_ns, state)?;
        let path = self.folder.join(format!("{sequence}.ckpt"));
        let temporary = self.folder.join(format!("{sequence}.ckpt.tmp"));
        self.put(&temporary, &path, text.as_bytes()).map_err(|error| {
            let _ = fs::remove_file(&temporary);
            failed("write", &path, error)
        })?;
        self.sequence = sequence;
        if let Some(old @ 1..) = sequence.checked_sub(Self::KEPT) {
            let _ = fs::remove_file(self.folder.join(format!("{old}.ckpt")));
        }
        Ok(())
    }

    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    fn put(&self, temporary: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        const NO_FOLLOW: c_int = if cfg!(target_arch = "aarch64") { 0x8000 } else { 0x20000 };
        let mut options = OpenOptions::new();
        let mut file =
            options.write(true).create(true).truncate(true).mode(0o640).custom_flags(NO_FOLLOW).open(temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(temporary, path)?;
        File::open(&self.folder)?.sync_all()
    }
}

// ── Intent journal: docs/journal.md ──────────────────────────────────────────────────────────────────────────────

#[derive(Clone, Copy, Debug)]
pub enum Side {
    Buy = 1,
    Sell = 2,
}

/// An order as it is about to be sent. No price: at the market.
#[derive(Clone, Copy, Debug)]
pub struct Intent<'a> {
    pub client_order_id: &'a str,
    pub venue: &'a str,
    pub account: &'a str,
    pub instrument: &'a str,
    pub side: Side,
    pub quantity: &'a str,
    pub price: &'a str,
}

/// FNV-1a over words, in four lanes, which a processor works on side by side.
fn journal_checksum(words: &[u64]) -> u64 {
    const START: u64 = 0xcbf29ce484222325;
    let step = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0x100000001b3);
    let mut lanes = [START, START + 1, START + 2, START + 3];
    for four in words.chunks_exact(4) {
        for lane in 0..4 {
            lanes[lane] = step(lanes[lane], four[lane]);
        }
    }
    lanes.into_iter().fold(START, step)
}

const RECORD_WORDS: usize = 40;
const HEADER_WORDS: usize = 41;

#[repr(C, align(8))]
pub struct JournalRecord([u8; 8 * RECORD_WORDS]);

impl JournalRecord {
    const SEQUENCE_AGAIN: usize = 312;

    /// None where it does not fit, or is no order.
    pub fn of(intent: &Intent, monotonic_ns: u64, time_ns: u64) -> Option<Self> {
        let mut record = Self([0; 8 * RECORD_WORDS]);
        record.0[8..16].copy_from_slice(&monotonic_ns.to_le_bytes());
        record.0[16..24].copy_from_slice(&time_ns.to_le_bytes());
        record.0[24] = intent.side as u8;
        let is_whole = is_decimal(intent.quantity)
            && (intent.price.is_empty() || is_decimal(intent.price))
            && record.put(32, 64, intent.client_order_id)
            && record.put(96, 40, intent.instrument)
            && record.put(136, 24, intent.venue)
            && record.put(160, 64, intent.account)
            && record.put(224, 32, intent.quantity)
            && (intent.price.is_empty() || record.put(256, 32, intent.price));
        is_whole.then_some(record)
    }

    pub fn seal(&mut self, number: u64) {
        self.0[..8].copy_from_slice(&number.to_le_bytes());
        let checksum = journal_checksum(&self.words()[..36]);
        self.0[288..296].copy_from_slice(&checksum.to_le_bytes());
        self.0[Self::SEQUENCE_AGAIN..].copy_from_slice(&number.to_le_bytes());
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn put(&mut self, at: usize, most: usize, text: &str) -> bool {
        let fits = !text.is_empty() && text.len() <= most;
        if fits {
            self.0[at..at + text.len()].copy_from_slice(text.as_bytes());
        }
        fits
    }

    fn words(&self) -> &[u64; RECORD_WORDS] {
        // SAFETY: as many bytes, aligned as words are.
        unsafe { &*(&raw const self.0).cast() }
    }
}

pub fn journal_header(own: &Identity, capacity: u64, time_ns: u64, monotonic_ns: u64) -> [u8; 8 * HEADER_WORDS] {
    let mut words = [0u64; HEADER_WORDS];
    words[0] = u64::from_le_bytes(*b"RLJOURNL");
    words[1] = (8 * RECORD_WORDS as u64) << 32 | 1;
    words[2..8].copy_from_slice(&[capacity, own.epoch, own.pid, own.start_ticks, time_ns, monotonic_ns]);
    for (from, name) in [(8, &own.engine), (24, &own.instance)] {
        for (at, byte) in name.bytes().take(LONGEST_ID).enumerate() {
            words[from + at / 8] |= u64::from(byte) << (8 * (at % 8));
        }
    }
    words[40] = journal_checksum(&words[..40]);
    let mut bytes = [0; 8 * HEADER_WORDS];
    for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// What this instance was about to send, in memory that outlives it: a record is there as soon as `record` returns,
/// whatever ends the process then. Each instance has a file of its own, `INSTANCE.journal`; an engine's last ten stay.
pub struct Journal {
    memory: *mut u8,
    bytes: usize,
    mask: u64,
    next: AtomicU64,
}

// SAFETY: the memory is written by `record` alone, a place by whoever has drawn its number.
unsafe impl Send for Journal {}
unsafe impl Sync for Journal {}

impl Journal {
    const HEADER_BYTES: usize = 4_096;
    const MOST: u64 = 262_144;
    const KEPT: usize = 10;

    /// `capacity`: a power of two up to 262,144; so many of the newest records are kept. The memory is taken here.
    pub fn open(own: &Identity, folder: &Path, capacity: u64) -> Result<Self> {
        if !capacity.is_power_of_two() || capacity > Self::MOST {
            return Err(format!("the capacity is no power of two up to {}", Self::MOST));
        }
        Self::prune(&own.engine, folder);
        let path = folder.join(format!("{}.journal", own.instance));
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create_new(true).mode(0o640).open(&path);
        let file = file.map_err(|error| failed("open", &path, error))?;
        let bytes = Self::HEADER_BYTES + capacity as usize * size_of::<JournalRecord>();
        let memory = mapped(&file, bytes).map_err(|error| {
            let _ = fs::remove_file(&path);
            failed("map", &path, error)
        })?;
        let header = journal_header(own, capacity, clock_ns(REALTIME), clock_ns(MONOTONIC));
        // SAFETY: it is ours, and larger than a header. No record is the first to touch its page.
        unsafe {
            memory.write_bytes(0, bytes);
            memory.copy_from_nonoverlapping(header.as_ptr(), header.len());
        }
        Ok(Self { memory, bytes, mask: capacity - 1, next: AtomicU64::new(0) })
    }

    /// Its number, from 1; then send. None: it could not be written (too long, no decimal), and is not to be sent.
    pub fn record(&self, intent: &Intent) -> Option<u64> {
        let mut made = JournalRecord::of(intent, clock_ns(MONOTONIC_COARSE), clock_ns(REALTIME_COARSE))?;
        let number = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let place = self.place_of(number);
        // SAFETY: within the mapping, and aligned as records are.
        unsafe {
            let whole = &*place.add(JournalRecord::SEQUENCE_AGAIN).cast::<AtomicU64>();
            whole.store(0, Ordering::Relaxed); // from here on it is torn, until its last word is there
            fence(Ordering::Release);
            made.seal(number);
            place.copy_from_nonoverlapping(made.0.as_ptr(), JournalRecord::SEQUENCE_AGAIN);
            whole.store(number, Ordering::Release);
        }
        self.fetch_ahead(number + 1);
        Some(number)
    }

    fn place_of(&self, number: u64) -> *mut u8 {
        let at = Self::HEADER_BYTES + ((number - 1) & self.mask) as usize * size_of::<JournalRecord>();
        // SAFETY: the mask keeps it within the mapping.
        unsafe { self.memory.add(at) }
    }

    /// Where the next one goes: what it would wait for is there by then.
    fn fetch_ahead(&self, number: u64) {
        #[cfg(target_arch = "x86_64")]
        for line in (0..size_of::<JournalRecord>()).step_by(64) {
            use std::arch::x86_64::{_mm_prefetch, _MM_HINT_ET0};
            // SAFETY: within the mapping, and a hint.
            unsafe { _mm_prefetch::<_MM_HINT_ET0>(self.place_of(number).add(line).cast()) };
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = number;
    }

    /// Makes room for one more of this engine; what is another's stays, wherever it is.
    fn prune(engine: &str, folder: &Path) {
        let is_journal =
            |path: &PathBuf| path.extension().is_some_and(|ending| ending == "journal") && is_of(engine, path);
        let written = |path: &PathBuf| fs::symlink_metadata(path).and_then(|about| about.modified()).ok();
        let paths = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).filter(is_journal);
        let mut found: Vec<(SystemTime, PathBuf)> = paths.filter_map(|path| Some((written(&path)?, path))).collect();
        found.sort();
        let over = (found.len() + 1).saturating_sub(Self::KEPT);
        for (_, path) in found.into_iter().take(over) {
            let _ = fs::remove_file(path);
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // SAFETY: mapped by `open` with this length, and used by nobody any more.
        unsafe { munmap(self.memory.cast(), self.bytes) };
    }
}

/// Of a regular file alone: a pipe would be waited for.
fn is_of(engine: &str, path: &Path) -> bool {
    let mut head = [0; 64 + LONGEST_ID];
    let is_file = fs::symlink_metadata(path).is_ok_and(|about| about.is_file());
    let is_read = is_file && File::open(path).is_ok_and(|file| file.read_exact_at(&mut head, 0).is_ok());
    let mut wanted = [0; LONGEST_ID];
    wanted[..engine.len()].copy_from_slice(engine.as_bytes());
    is_read && head.starts_with(b"RLJOURNL") && head[64..] == wanted
}

/// With all that it needs on the disk: else a full one would be a SIGBUS, later.
fn mapped(file: &File, bytes: usize) -> std::io::Result<*mut u8> {
    const READ_AND_WRITE: c_int = 3;
    const SHARED: c_int = 1;
    // SAFETY: a new mapping of a file that is open.
    unsafe {
        let code = posix_fallocate(file.as_raw_fd(), 0, bytes as i64);
        if code != 0 {
            return Err(std::io::Error::from_raw_os_error(code));
        }
        let memory = mmap(std::ptr::null_mut(), bytes, READ_AND_WRITE, SHARED, file.as_raw_fd(), 0);
        if memory as isize == -1 {
            return Err(std::io::Error::last_os_error());
        }
        Ok(memory.cast())
    }
}
