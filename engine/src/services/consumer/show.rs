//! What is seen of the application: gauges, custody, problems, code.

use super::figures::{IDLE_LEAST_MS, SHARD_CALLS};
use super::shard::Shard;
use super::{Config, Consumer};
use crate::base::time::{MS, SECOND, Us, show_span};
use crate::catalog::Rules;
use crate::services::contract::{Custody, Lang, Problem, Wiring};
use crate::services::cx::View;
use crate::services::gauges::{Gauges, State};
use crate::services::shared::reading::count;

/// From this age of the oldest record on it counts as behind [us].
const BEHIND_US: Us = 10 * SECOND;

impl Consumer {
    pub(super) fn show(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        let per_s = self.meter.per_s(view.now);
        let in_hand: u64 = self.shards.values().map(|shard| shard.in_hand).sum();
        let in_memory = self.shards.values().filter_map(Shard::oldest);
        let handed = self.handing.values().map(|handing| handing.arrived);
        let waits = in_memory
            .chain(handed)
            .map(|at| view.now.saturating_sub(at));
        let ages = waits.chain(self.shards.values().map(|shard| shard.behind));
        let age = ages.max().unwrap_or(0);
        let limit = config.rate as f64 / 1_000.0;
        if config.rate > 0 {
            out.read_of("rate", per_s as f64, "records/s", limit);
        } else {
            out.read("rate", per_s as f64, "records/s");
        }
        out.read("in_hand", in_hand as f64, "records");
        out.read("iterator_age", age as f64 / 1e6, "s");
        out.state = match () {
            () if view.down() => State::Down,
            () if age > BEHIND_US => State::Behind,
            () if config.rate > 0 && per_s as f64 > 0.8 * limit => State::Busy,
            () => State::Calm,
        };
    }

    pub(super) fn held(&self, out: &mut Custody) {
        for (key, shard) in &self.shards {
            let at_work = shard.work.iter().flat_map(|work| &work.reads);
            let events = shard.events.iter().flat_map(|event| &event.reads);
            for read in at_work.chain(&shard.waiting).chain(events) {
                out.hold(Some(key.0), read.parcel);
            }
        }
        for handing in self.handing.values() {
            for part in handing.parts.iter().filter(|part| part.call.is_none()) {
                part.parcels
                    .iter()
                    .for_each(|parcel| out.hold(Some(part.out), *parcel));
            }
        }
    }

    /// Panics if the counts do not fit what is in memory.
    pub(super) fn check_counts(&self, _config: &Config) {
        for (key, shard) in &self.shards {
            let waiting: u64 = shard
                .waiting
                .iter()
                .map(|read| u64::from(read.parcel.n))
                .sum();
            let ready: u64 = self
                .ready
                .iter()
                .filter(|(of, _)| of == key)
                .map(|(_, n)| n)
                .sum();
            assert_eq!(
                waiting, ready,
                "{key:?}: what waits is in the workers' list"
            );
            let at_work = shard.work.as_ref().map_or(0, |work| count(&work.reads));
            let handing = self.handing.get(key).map_or(0, |handing| handing.n);
            assert_eq!(
                shard.in_hand,
                waiting + at_work + handing,
                "{key:?}: records in hand"
            );
        }
        let at_work = self
            .shards
            .values()
            .filter(|shard| shard.work.is_some())
            .count();
        assert_eq!(at_work, self.busy as usize, "workers at work");
    }
}

pub(super) fn check(config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
    let polls = wiring.ins.iter().any(|(kind, _, _)| kind == "poll");
    let least = Rules::NEWEST.value(&IDLE_LEAST_MS) * MS;
    if !polls || config.interval >= least {
        return;
    }
    let calls = Rules::NEWEST.value(&SHARD_CALLS);
    let text = format!(
        "A poll every {} is more often than AWS advises ({} at least): a shard answers {calls} \
         GetRecords calls a second, to all its readers together. With n polling applications \
         set n times {}.",
        show_span(config.interval),
        show_span(least),
        show_span(least),
    );
    let (at, field) = (wiring.id.clone(), "interval".to_owned());
    out.push(Problem {
        at,
        field,
        text,
        fatal: false,
    });
}

/// The application as code, for the first stream that it reads.
pub(super) fn snippet(config: &Config, wiring: &Wiring, lang: Lang) -> String {
    let first = wiring.ins.first();
    let stream = first.map_or("my-stream", |(_, id, _)| id.as_str());
    let push = first.is_some_and(|(kind, _, _)| kind == "push");
    match (lang, push) {
        (Lang::Python, false) => python_poll(config, stream),
        (Lang::Python, true) => python_push(stream),
        (Lang::Cli, false) => cli_poll(config, stream),
        (Lang::Cli, true) => cli_push(stream, &wiring.id),
    }
}

/// Seconds as Python and the shell write them.
fn seconds(us: Us) -> String {
    let text = format!("{}.{:06}", us / SECOND, us % SECOND);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn python_poll(config: &Config, stream: &str) -> String {
    let (limit, interval) = (config.limit, seconds(config.interval));
    format!(
        r#"import time
import boto3

kinesis = boto3.client("kinesis")
stream = "{stream}"

def read(shard_id, position):
    iterator = kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard_id, **position)["ShardIterator"]
    while iterator:  # None: a closed shard was read to its end, go on with its children
        answer = kinesis.get_records(ShardIterator=iterator, Limit={limit})
        for record in answer["Records"]:
            handle(record)
        if answer["Records"]:
            save(shard_id, answer["Records"][-1]["SequenceNumber"])
        iterator = answer.get("NextShardIterator")
        time.sleep({interval})

# one thread for each shard; parents before their children
for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
    start(read, shard["ShardId"], {{"ShardIteratorType": "TRIM_HORIZON"}})
"#
    )
}

fn python_push(stream: &str) -> String {
    format!(
        r#"import boto3

kinesis = boto3.client("kinesis")
arn = kinesis.describe_stream_summary(
    StreamName="{stream}")["StreamDescriptionSummary"]["StreamARN"]
consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="my-app")["Consumer"]

def read(shard_id, position):
    while True:  # a subscription lasts five minutes
        answer = kinesis.subscribe_to_shard(
            ConsumerARN=consumer["ConsumerARN"], ShardId=shard_id, StartingPosition=position)
        for event in answer["EventStream"]:
            event = event["SubscribeToShardEvent"]
            for record in event["Records"]:
                handle(record)
            if "ContinuationSequenceNumber" not in event:
                return  # read to its end, go on with event["ChildShards"]
            position = {{
                "Type": "AFTER_SEQUENCE_NUMBER",
                "SequenceNumber": event["ContinuationSequenceNumber"],
            }}

# one thread for each shard; parents before their children
for shard in kinesis.list_shards(StreamName="{stream}")["Shards"]:
    start(read, shard["ShardId"], {{"Type": "TRIM_HORIZON"}})
"#
    )
}

fn cli_poll(config: &Config, stream: &str) -> String {
    let (limit, interval) = (config.limit, seconds(config.interval));
    format!(
        r#"# one shard; the others the same way
iterator=$(aws kinesis get-shard-iterator --stream-name {stream} \
  --shard-id shardId-000000000000 --shard-iterator-type TRIM_HORIZON \
  --query ShardIterator --output text)
while [ "$iterator" != "None" ]; do
  answer=$(aws kinesis get-records --shard-iterator "$iterator" --limit {limit})
  echo "$answer" | jq -r '.Records[].Data | @base64d'
  iterator=$(echo "$answer" | jq -r '.NextShardIterator // "None"')
  sleep {interval}
done
"#
    )
}

fn cli_push(stream: &str, name: &str) -> String {
    let name = if name.is_empty() { "my-app" } else { name };
    format!(
        r#"arn=$(aws kinesis describe-stream-summary --stream-name {stream} \
  --query StreamDescriptionSummary.StreamARN --output text)
aws kinesis register-stream-consumer --stream-arn "$arn" --consumer-name {name}
# SubscribeToShard is a stream of events over HTTP/2: the CLI has no command for it
"#
    )
}
