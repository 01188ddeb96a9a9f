//! The design that is drawn: 50 nodes in ten columns and 100 wires between them.

use millrace_engine::base::sorted::SortedMap;
use millrace_engine::run::frame::Frame;
use millrace_engine::scene::sample;

const COLUMNS: u32 = 10;
const ROWS: u32 = 5;
/// Services by column.
const SERVICES: [&str; COLUMNS as usize] = [
    "tills", "sqs", "lambda", "dynamodb", "sink", "tills", "sqs", "lambda", "s3", "consumer",
];
/// Distance of columns and rows [world units].
const STEP: (i32, i32) = (230, 250);

/// What is drawn, and where each node stands.
pub(crate) fn yard() -> (Frame, SortedMap<String, (i32, i32)>) {
    let mut frame = Frame {
        at: 12_000_000,
        records_per_mark: 100,
        ..Frame::default()
    };
    let mut places = SortedMap::new();
    for id in 0..COLUMNS * ROWS {
        let (column, row) = (id / ROWS, id % ROWS);
        let name = format!("node-{id:02}");
        let service = SERVICES[column as usize];
        let mut node = sample::node(id, &name, service, 900.0, 850.0);
        node.gauges
            .read("records", 1_004_152.0 + f64::from(id), "records");
        node.gauges.read("age", 4.2, "s");
        frame.nodes.push(node);
        places.insert(name, (column as i32 * STEP.0, row as i32 * STEP.1));
    }
    // two from each node into the next column, ten more over two columns
    for id in 0..100_u32 {
        let (from, to) = if id < 90 {
            let (from, aside) = (id / 2, id % 2);
            (from, (from / ROWS + 1) * ROWS + (from + aside) % ROWS)
        } else {
            let from = (id - 90) * 4;
            (from, from + 2 * ROWS)
        };
        frame.wires.push(sample::wire(id, "put", from, to, 500.0));
    }
    (frame, places)
}
