//! What each call of the kit costs, as JSON: nanoseconds at the median, and at the 99th and 99.9th hundredth.
//! `cost FOLDER`: where journal, heartbeat and checkpoints are written; best one in shared memory. `cost FOLDER for-ever`
//! does nothing but note, for who kills it.
mod relight;

use relight::{Checkpoints, Intent, Journal, Liveness, Order, Side, State};
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

/// Each call by itself, less what the two looks at the clock take.
fn measured(calls: usize, looks: u64, mut call: impl FnMut()) -> [u64; 3] {
    let mut took: Vec<u64> = (0..calls)
        .map(|_| {
            let began = Instant::now();
            call();
            (began.elapsed().as_nanos() as u64).saturating_sub(looks)
        })
        .collect();
    took.sort_unstable();
    [took[calls / 2], took[calls * 99 / 100], took[calls * 999 / 1_000]]
}

fn told(name: &str, [p50, p99, p999]: [u64; 3]) -> String {
    format!("  \"{name}\": {{ \"p50\": {p50}, \"p99\": {p99}, \"p999\": {p999} }}")
}

fn state(orders: usize) -> State {
    let order = |at| Order {
        venue: "binance".into(),
        account: "main".into(),
        instrument: "BTC/USDT".into(),
        client_order_id: format!("cx-{}", 1_000_000 + at),
        side: "buy".into(),
        kind: "limit".into(),
        price: Some("64000.5".into()),
        quantity: "0.25".into(),
        filled: "0".into(),
        state: "in_flight".into(),
        ..Default::default()
    };
    State { orders: (0..orders).map(order).collect(), ..Default::default() }
}

fn main() -> Result<(), String> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".into()));
    let own = relight::identity("cost", "1")?;
    let journal = Journal::open(&own, &folder, 16_384)?;
    let mut liveness = Liveness::open(&own, None, Some(&folder.join("heartbeat")))?;
    let mut checkpoints = Checkpoints::open(&own, &folder)?;
    let (small, large) = (state(10), state(1_000));
    let intent = Intent {
        client_order_id: "cx-1000001",
        venue: "binance",
        account: "main",
        instrument: "BTC/USDT",
        side: Side::Buy,
        quantity: "0.25",
        price: "64000.5",
    };
    while std::env::args().len() > 2 {
        black_box(journal.record(&intent));
    }
    let looks = measured(1_000_000, 0, || {})[0];
    let mut save = |state: &State| checkpoints.write(state, relight::now_ns());
    let costs = [
        told("record", measured(1_000_000, looks, || { black_box(journal.record(&intent)); })),
        told("beat, of a turn", measured(1_000_000, looks, || liveness.beat(None))),
        told("digest, 1,000 orders", measured(200, looks, || drop(black_box(relight::state_digest(&large))))),
        told("checkpoint, 10 orders", measured(200, looks, || drop(black_box(save(&small))))),
        told("checkpoint, 1,000 orders", measured(200, looks, || drop(black_box(save(&large))))),
    ];
    println!("{{\n{}\n}}", costs.join(",\n"));
    Ok(())
}
