//! Whether the kit writes what Relight reads: `conformance VECTORS` takes each vector of kits/vectors, and says of each
//! that it holds, or what was made instead. It ends with 1 where one does not hold.
mod relight;

use relight::{Balance, EpochFence, HeartbeatRecord, Identity, Intent, JournalRecord, Order, Position, Side, State};
use std::process::ExitCode;

/// As much of JSON as the vectors have: no numbers, and no escapes beyond U+FFFF.
#[derive(Clone, Debug)]
enum Json {
    Text(String),
    Word(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    fn find(&self, name: &str) -> Option<&Json> {
        let Json::Object(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
    fn maybe(&self, name: &str) -> Option<String> {
        self.find(name).and_then(|value| if let Json::Text(text) = value { Some(text.clone()) } else { None })
    }
    fn text(&self, name: &str) -> String {
        self.maybe(name).unwrap_or_default()
    }
    fn number(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or(0)
    }
    fn flag(&self, name: &str) -> Option<bool> {
        self.find(name).and_then(|value| if let Json::Word(word) = value { word.parse().ok() } else { None })
    }
    fn list(&self, name: &str) -> Vec<Json> {
        if let Some(Json::List(items)) = self.find(name) { items.clone() } else { vec![] }
    }
    fn texts(&self, name: &str) -> Vec<String> {
        let text = |item| if let Json::Text(text) = item { Some(text) } else { None };
        self.list(name).into_iter().filter_map(text).collect()
    }
}

struct Reader {
    left: std::iter::Peekable<std::vec::IntoIter<char>>,
}

impl Reader {
    fn all(text: &str) -> Json {
        Reader { left: text.chars().collect::<Vec<_>>().into_iter().peekable() }.value()
    }

    fn next(&mut self) -> char {
        self.left.find(|c| !" \n,".contains(*c)).expect("more of the vectors")
    }

    fn ends(&mut self, close: char) -> bool {
        while self.left.next_if(|c| " \n,".contains(*c)).is_some() {}
        self.left.next_if_eq(&close).is_some()
    }

    fn value(&mut self) -> Json {
        match self.next() {
            '"' => Json::Text(self.quoted()),
            '[' => {
                let mut items = vec![];
                while !self.ends(']') {
                    items.push(self.value());
                }
                Json::List(items)
            }
            '{' => {
                let mut members = vec![];
                while !self.ends('}') {
                    self.next();
                    let name = self.quoted();
                    self.next();
                    members.push((name, self.value()));
                }
                Json::Object(members)
            }
            first => {
                let mut word = String::from(first);
                while let Some(c) = self.left.next_if(|c| c.is_ascii_alphabetic()) {
                    word.push(c);
                }
                Json::Word(word)
            }
        }
    }

    fn quoted(&mut self) -> String {
        let mut out = String::new();
        loop {
            match self.left.next().expect("the end of a text") {
                '"' => return out,
                '\\' => out.push(self.escaped()),
                c => out.push(c),
            }
        }
    }

    /// JSON.stringify escapes control characters alone.
    fn escaped(&mut self) -> char {
        match self.left.next().expect("an escape") {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let digits: String = self.left.by_ref().take(4).collect();
                char::from_u32(u32::from_str_radix(&digits, 16).expect("hex")).expect("a character")
            }
            c => c,
        }
    }
}

fn order(o: &Json) -> Order {
    let links = o.find("links").cloned().unwrap_or(Json::Object(vec![]));
    Order {
        venue: o.text("venue"),
        account: o.text("account"),
        instrument: o.text("instrument"),
        client_order_id: o.text("clientOrderId"),
        venue_order_id: o.maybe("venueOrderId"),
        side: o.text("side"),
        kind: o.text("type"),
        price: o.maybe("price"),
        quantity: o.text("quantity"),
        filled: o.text("filled"),
        state: o.text("state"),
        conditional: o.flag("conditional").unwrap_or(false),
        trigger_price: o.maybe("triggerPrice"),
        reduce_only: o.flag("reduceOnly").unwrap_or(false),
        position_side: o.maybe("positionSide"),
        oco: links.texts("oco"),
        oto: links.texts("oto"),
    }
}

fn position(p: &Json) -> Position {
    Position {
        venue: p.text("venue"),
        account: p.text("account"),
        instrument: p.text("instrument"),
        side: p.text("side"),
        quantity: p.text("quantity"),
        average_price: p.maybe("averagePrice"),
    }
}

fn balance(b: &Json) -> Balance {
    Balance { venue: b.text("venue"), account: b.text("account"), asset: b.text("asset"), total: b.text("total") }
}

fn state(told: &Json) -> State {
    let told = told.find("state").expect("a state");
    let risk = told.find("risk").expect("its risk");
    let fills = told.find("appliedFills").expect("its fills");
    let Json::Object(venues) = fills else { panic!("fills by venue") };
    State {
        positions: told.list("positions").iter().map(position).collect(),
        balances: told.list("balances").iter().map(balance).collect(),
        orders: told.list("orders").iter().map(order).collect(),
        daily_pnl: risk.maybe("dailyPnl"),
        breaker_latched: risk.flag("breakerLatched"),
        applied_fills: venues.iter().map(|(venue, _)| (venue.clone(), fills.texts(venue))).collect(),
    }
}

fn identity(told: &Json) -> Identity {
    Identity {
        engine: told.text("engineId"),
        instance: told.text("instanceId"),
        build: told.text("build"),
        epoch: told.number("epoch"),
        pid: told.number("pid"),
        start_ticks: told.number("startTicks"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn heartbeat(told: &Json) -> String {
    let record = HeartbeatRecord {
        time_ns: told.number("timeNs"),
        pid: told.number("pid"),
        start_ticks: told.number("startTicks"),
        epoch: told.number("epoch"),
        monotonic_ns: told.number("monotonicNs"),
    };
    let progress = told.maybe("progress").and_then(|text| text.parse().ok());
    let (bytes, length) = record.bytes(told.number("beat"), progress);
    hex(&bytes[..length])
}

/// Empty where it is refused, as all that follows.
fn journal_record(told: &Json) -> String {
    let intent = told.find("intent").expect("an intent");
    let [id, venue, account, instrument, quantity, price] =
        ["clientOrderId", "venue", "account", "instrument", "quantity", "price"].map(|name| intent.text(name));
    let asked = Intent {
        client_order_id: &id,
        venue: &venue,
        account: &account,
        instrument: &instrument,
        side: if intent.text("side") == "buy" { Side::Buy } else { Side::Sell },
        quantity: &quantity,
        price: &price,
    };
    let Some(mut record) = JournalRecord::of(&asked, told.number("monotonicNs"), told.number("timeNs")) else {
        return String::new();
    };
    record.seal(told.number("sequence"));
    hex(record.bytes())
}

fn journal_header(told: &Json) -> String {
    let (capacity, time_ns, monotonic_ns) = (told.number("capacity"), told.number("timeNs"), told.number("monotonicNs"));
    hex(&relight::journal_header(&identity(told), capacity, time_ns, monotonic_ns))
}

fn checkpoint(told: &Json) -> String {
    let header = told.find("header").expect("a header");
    let (sequence, taken_at_ns) = (header.number("sequence"), header.number("takenAtNs"));
    relight::checkpoint_text(&identity(header), sequence, taken_at_ns, &state(told)).unwrap_or_default()
}

fn fence(told: &Json) -> String {
    let fence = EpochFence::new(told.number("own"));
    let takes = |epoch: &String| if fence.takes(epoch.parse().expect("an epoch")) { 'y' } else { 'n' };
    told.texts("asked").iter().map(takes).collect()
}

fn connection(told: &Json) -> String {
    relight::connection_line(&told.text("venue"), told.text("state") == "lost", told.number("forMs")).unwrap_or_default()
}

type Make = fn(&Json) -> String;

const KINDS: [(&str, &str, Make); 9] = [
    ("digest", "canonical", |told| relight::comparable_text(&state(told)).unwrap_or_default()),
    ("digest", "digest", |told| relight::state_digest(&state(told)).unwrap_or_default()),
    ("checkpoint", "text", checkpoint),
    ("heartbeat", "hex", heartbeat),
    ("hello", "line", |told| relight::hello_line(&identity(told))),
    ("fence", "taken", fence),
    ("journal", "hex", journal_record),
    ("journal-header", "hex", journal_header),
    ("connection", "line", connection),
];

fn main() -> ExitCode {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "kits/vectors".into());
    let mut all_hold = true;
    for (name, field, make) in KINDS {
        let text = std::fs::read_to_string(format!("{folder}/{name}.json")).expect("the vectors");
        let Json::List(vectors) = Reader::all(&text) else { panic!("{name} is no list") };
        for vector in vectors {
            let (made, wanted) = (make(&vector), vector.text(field));
            let holds = made == wanted;
            println!("{} {name}: {}: {field}", if holds { "ok" } else { "FAILED" }, vector.text("name"));
            if !holds {
                println!("  wanted {wanted}\n  made   {made}");
            }
            all_hold &= holds;
        }
    }
    if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
