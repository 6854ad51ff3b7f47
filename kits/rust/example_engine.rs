//! A small engine under Relight, by its kit: hello, heartbeats, checkpoints, journal, and commands that an epoch guards.
//!
//!   example_engine SOCKET HEARTBEAT CHECKPOINTS JOURNALS VENUE [THREADS] [PAUSE_US]
//!
//! VENUE is a file that stands for an exchange: what is appended to it is sent. The other places are those of
//! `liveness` and `checkpoints` in Relight's configuration; JOURNALS is a folder, best one in shared memory.
//! SIGTERM is a planned stop. Commands come by standard input, a line each, with the epoch of who asks:
//! `7 stop`, or `7 die`, which aborts.
mod relight;

use relight::{Balance, Checkpoints, EpochFence, Intent, Journal, Liveness, Order, Side, State};
use std::ffi::c_int;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;
use std::time::{Duration, Instant};

static TOLD_TO_STOP: AtomicBool = AtomicBool::new(false);
static LOST: AtomicBool = AtomicBool::new(false);

extern "C" {
    fn signal(number: c_int, handler: extern "C" fn(c_int)) -> usize;
}

extern "C" fn stop(_: c_int) {
    TOLD_TO_STOP.store(true, Ordering::Relaxed);
}

struct Engine {
    /// What the engine holds. A real one learns of fills, too.
    book: Mutex<State>,
    journal: Journal,
    venue: File,
    epoch: u64,
}

impl Engine {
    /// The one order in which nothing is lost: book, journal, venue. Else nothing was sent.
    fn trade(&self, thread: u32, turn: u64) -> Result<(), String> {
        let id = format!("ex-{}-{thread}-{turn}", self.epoch);
        let price = format!("{}.{}", 100 + turn % 900, 10 + turn % 90);
        let (side, word) = if turn % 2 == 0 { (Side::Sell, "sell") } else { (Side::Buy, "buy") };
        let (venue, account, instrument, quantity) = ("example", "main", "BTC/USDT", "0.25");
        self.opens(Order {
            venue: venue.into(),
            account: account.into(),
            instrument: instrument.into(),
            client_order_id: id.clone(),
            side: word.into(),
            kind: "limit".into(),
            price: Some(price.clone()),
            quantity: quantity.into(),
            filled: "0".into(),
            state: "in_flight".into(), // down before it is sent, as docs/checkpoint.md asks
            ..Default::default()
        })?;
        let intent = Intent { client_order_id: &id, venue, account, instrument, side, quantity, price: &price };
        self.journal.record(&intent).ok_or("an order could not be noted")?;
        let line = format!("{id} {instrument} {word} {quantity} {price}\n");
        (&self.venue).write_all(line.as_bytes()).map_err(|error| error.to_string())?;
        self.acknowledged(&id)
    }

    fn opens(&self, order: Order) -> Result<(), String> {
        let mut state = self.book.lock().map_err(|error| error.to_string())?;
        if state.orders.len() == 20 {
            state.orders.remove(0);
        }
        state.orders.push(order);
        Ok(())
    }

    fn acknowledged(&self, id: &str) -> Result<(), String> {
        let mut state = self.book.lock().map_err(|error| error.to_string())?;
        for order in state.orders.iter_mut().filter(|order| order.client_order_id == id) {
            order.state = "open".into();
            order.venue_order_id = Some(format!("v-{id}"));
        }
        Ok(())
    }

    fn save(&self, checkpoints: &mut Checkpoints) -> Result<(), String> {
        let state = self.book.lock().map_err(|error| error.to_string())?.clone();
        checkpoints.write(&state, relight::now_ns())?;
        println!("checkpoint {} digest {}", checkpoints.sequence(), relight::state_digest(&state)?);
        Ok(())
    }

    fn trade_on(&self, thread: u32, pause: Duration, mut each_turn: impl FnMut() -> Result<(), String>) -> Result<(), String> {
        for turn in 1.. {
            if TOLD_TO_STOP.load(Ordering::Relaxed) {
                break;
            }
            self.trade(thread, turn)?;
            each_turn()?;
            if !pause.is_zero() {
                std::thread::sleep(pause);
            }
        }
        Ok(())
    }
}

/// Reads commands until nobody is there to give any.
fn obey(fence: &EpochFence) {
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let Some((epoch, command)) = line.split_once(' ') else { continue };
        match (epoch.parse().is_ok_and(|epoch| fence.takes(epoch)), command) {
            (false, _) => println!("refused: epoch {epoch} is stale"),
            (true, "stop") => TOLD_TO_STOP.store(true, Ordering::Relaxed),
            (true, "die") => std::process::abort(),
            (true, "lose") => LOST.store(true, Ordering::Relaxed),
            (true, "regain") => LOST.store(false, Ordering::Relaxed),
            _ => {}
        }
    }
}

fn run(words: &[String]) -> Result<(), String> {
    let [_, socket, heartbeat, checkpoints, journals, venue, more @ ..] = words else {
        return Err("example_engine SOCKET HEARTBEAT CHECKPOINTS JOURNALS VENUE [THREADS] [PAUSE_US]".into());
    };
    let figure = |at: usize, usual| more.get(at).and_then(|word| word.parse().ok()).unwrap_or(usual);
    let (threads, pause) = (figure(0, 1) as u32, Duration::from_micros(figure(1, 1_000)));
    let own = relight::identity("desk", "example 1")?;
    let mut liveness = Liveness::open(&own, Some(Path::new(socket)), Some(Path::new(heartbeat)))?;
    let mut checkpoints = Checkpoints::open(&own, Path::new(checkpoints))?;
    let usdt = Balance { venue: "example".into(), account: "main".into(), asset: "USDT".into(), total: "1000.50".into() };
    let book = State {
        balances: vec![usdt],
        daily_pnl: Some("0".into()),
        breaker_latched: Some(false),
        applied_fills: [("example".into(), vec![])].into(),
        ..Default::default()
    };
    let engine = Engine {
        book: Mutex::new(book),
        journal: Journal::open(&own, Path::new(journals), 16_384)?,
        venue: OpenOptions::new().append(true).create(true).open(venue).map_err(|error| error.to_string())?,
        epoch: own.epoch,
    };
    // SAFETY: the handler stores one flag.
    unsafe { signal(15, stop) };
    let fence = EpochFence::new(own.epoch);
    std::thread::spawn(move || obey(&fence));
    let (mut save_at, mut was_lost) = (Instant::now(), false);
    std::thread::scope(|scope| {
        for thread in 1..threads {
            let engine = &engine;
            scope.spawn(move || engine.trade_on(thread, pause, || Ok(())));
        }
        engine.trade_on(0, pause, || {
            liveness.beat(None);
            let is_lost = LOST.load(Ordering::Relaxed);
            if is_lost != was_lost {
                liveness.connection("example", is_lost);
                was_lost = is_lost;
            }
            if Instant::now() < save_at {
                return Ok(());
            }
            save_at += Duration::from_secs(1);
            engine.save(&mut checkpoints)
        })
    })?;
    engine.save(&mut checkpoints)?;
    liveness.goodbye("planned stop");
    Ok(())
}

fn main() -> ExitCode {
    match run(&std::env::args().collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
