//! Cases for everything that reads text from outside: files, links, traces, inputs, clips. A case is a function of
//! (decoder, seed, number), so one that fails can be made again.

mod garble;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use millrace_engine::base::rng::Rng;
use millrace_engine::base::sorted::SortedSet;
use millrace_engine::base::time::MS;
use millrace_engine::design::compose::Clip;
use millrace_engine::design::file::{self, ENGINE, File};
use millrace_engine::design::{Design, link};
use millrace_engine::lessons::scenarios;
use millrace_engine::run::Run;
use millrace_engine::services::contract::Problem;
use millrace_engine::services::shared::trace;

/// What reads text from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decoder {
    /// A file of a run.
    File,
    /// The fragment of an address.
    Link,
    /// A measured load as CSV.
    Trace,
    /// A list of inputs, as the runner takes it.
    Inputs,
    /// What the clipboard holds.
    Clip,
}

impl Decoder {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [
        Self::File,
        Self::Link,
        Self::Trace,
        Self::Inputs,
        Self::Clip,
    ];
}

/// Longest sentence about a problem [letters]: nobody reads an input given back in full.
const SENTENCE_MAX: usize = 1_000;

/// Cases for one decoder.
#[derive(Debug)]
pub(crate) struct Cases {
    decoder: Decoder,
    seed: u64,
    good: Vec<String>,
    design: Design,
}

/// Files of all acts of the scenarios without a long trace.
fn files() -> Vec<File> {
    let mut out = Vec::new();
    for scenario in scenarios::list() {
        for act in scenario.acts {
            let (design, inputs) = scenario.load(act).expect("a scenario loads");
            let file = File {
                design,
                inputs,
                end: None,
                engine: ENGINE.to_owned(),
            };
            if file.design.traces.is_empty() {
                out.push(file);
            }
        }
    }
    out
}

/// A small file with steps and exact records in it.
const TRACED: &str = r#"{"format":1,"engine":"millrace","design":{"rules":"2026-11","seed":7,"start_us":0,"zone":"UTC",
"nodes":[{"id":"t","service":"trace","settings":{"trace":"a"}},{"id":"q","service":"sqs","settings":{}}],
"wires":[{"id":"w","kind":"put","from":"t","to":"q"}],"layout":{"places":{"t":[1,2]},"names":{"t":"T"}},
"traces":{"a":[[0,1000],[300000000,2000]]},
"records":{"b":{"keys":["k","l"],"rows":[[0,0,100,"deposit",5],[9,1,200,"deposit",7]]}}},
"inputs":[{"at_us":5,"n":0,"edit":{"set":{"at":"q","field":"delay","value":"1s"}}},
{"at_us":6,"n":1,"fault":{"node":"q","kind":"refuse","lasts":"1s","percent":5.5}}],
"end":{"at_us":9,"digest":"0123456789abcdef"}}"#;

const CSV: &[&str] = &[
    "t_s,value\n0,94\n300,56\n600,187.5\n",
    "timestamp,value\n2014-04-10 00:04:00,94.0\n2014-04-10 00:09:00,56.0\n2014-04-10 00:14:00,187.0\n",
    "timestamp,value\n1397088240,94\n1397088540,1\n",
    "time,key,bytes,op,amount\n0.25,acct-0007,250,deposit,12.50\n0.5,\"a,b\",90,withdraw,3\n1,acct-0007,1,set,9\n",
];

/// A fragment as [`link::write`] makes it, of any text.
fn packed(text: &str) -> String {
    let bytes = miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 1);
    format!("m1.{}", URL_SAFE_NO_PAD.encode(bytes))
}

impl Cases {
    /// Cases of one seed.
    pub(crate) fn new(decoder: Decoder, seed: u64) -> Self {
        let files = files();
        let design = files[0].design.clone();
        let mut texts: Vec<String> = files.iter().map(file::write_dense).collect();
        texts.push(TRACED.to_owned());
        let good = match decoder {
            Decoder::File | Decoder::Link => texts,
            Decoder::Trace => CSV.iter().map(|text| (*text).to_owned()).collect(),
            Decoder::Inputs => {
                let all = files.iter().filter(|file| !file.inputs.is_empty());
                let all = all.map(|file| serde_json::to_string(&file.inputs).unwrap_or_default());
                all.collect()
            }
            Decoder::Clip => files.iter().map(|file| clip_of(&file.design)).collect(),
        };
        Self {
            decoder,
            seed,
            good,
            design,
        }
    }

    /// The text of a case.
    pub(crate) fn text(&self, number: u64) -> String {
        let mut rng = Rng::stream(self.seed, number, "case");
        let rng = &mut rng;
        let some = |rng: &mut Rng| &self.good[rng.below(self.good.len() as u64) as usize];
        let (good, other) = (some(rng), some(rng));
        let text = match (self.decoder, rng.below(6)) {
            (Decoder::Trace, 0) => garble::cells(rng),
            (_, 0) => garble::rubbish(rng, 0),
            _ => garble::changed(rng, good, other),
        };
        match (self.decoder, rng.below(3)) {
            (Decoder::Link, 0) => garble::changed(rng, &packed(good), &packed(&text)),
            (Decoder::Link, _) => packed(&text),
            _ => text,
        }
    }

    /// Whether the decoder takes a text. What it refuses it refuses with sentences.
    ///
    /// # Panics
    /// If a refusal gives no reason, or what was taken is not good.
    pub(crate) fn taken(&self, text: &str, number: u64) -> bool {
        let often = number.is_multiple_of(4);
        match self.decoder {
            Decoder::File => match file::read(text) {
                Ok(file) => plays(file, often),
                Err(problems) => refused(&problems),
            },
            Decoder::Link => match link::read(text) {
                Ok(file) => plays(file, often),
                Err(problems) => refused(&problems),
            },
            Decoder::Trace => match trace::parse("a.csv", text) {
                Ok(trace) => {
                    assert_eq!(trace.check(), Ok(()), "a source can follow it");
                    true
                }
                Err(problems) => {
                    assert!(!problems.is_empty(), "a refusal without a reason");
                    let said = problems.iter().map(ToString::to_string);
                    said.for_each(|sentence| sensible(&sentence));
                    false
                }
            },
            Decoder::Inputs => match file::read_inputs(text) {
                Ok(inputs) => {
                    let mut run = Run::new(self.design.clone()).expect("the design runs");
                    run.set_inputs(inputs)
                        .map_or_else(|problems| refused(&problems), |()| true)
                }
                Err(sentence) => {
                    sensible(&sentence);
                    false
                }
            },
            Decoder::Clip => {
                Clip::parse(text).is_some_and(|clip| match self.design.pasting(&clip, (40, 40)) {
                    Ok((_, edit)) => self.design.apply(&edit).is_ok() || panic!("it pastes"),
                    Err(error) => {
                        sensible(&error.to_string());
                        false
                    }
                })
            }
        }
    }
}

fn clip_of(design: &Design) -> String {
    let ids: SortedSet<String> = design.nodes.iter().map(|node| node.id.clone()).collect();
    design.clip(&ids, &design.layout.places).text()
}

/// A file that was taken opens or says why not; at times it is written, read again and played.
fn plays(file: File, often: bool) -> bool {
    if !often {
        return true;
    }
    let text = file::write_dense(&file);
    let again = file::read(&text).unwrap_or_else(|found| panic!("it reads its own: {found:?}"));
    let (inputs, end) = (again.inputs == file.inputs, again.end == file.end);
    assert!(
        again.design == file.design && inputs && end,
        "it reads what it wrote: {text}"
    );
    match Run::restore(file) {
        Ok(mut run) => {
            run.advance(MS, 200);
            let found = run.conservation();
            assert!(found.holds, "{:?}", found.breach);
            true
        }
        Err(problems) => refused(&problems),
    }
}

fn refused(problems: &[Problem]) -> bool {
    assert!(!problems.is_empty(), "a refusal without a reason");
    problems.iter().for_each(|problem| sensible(&problem.text));
    false
}

/// A sentence that can be shown.
fn sensible(sentence: &str) {
    let end = sentence.ends_with('.');
    assert!(end && sentence.len() > 10, "no sentence: {sentence:?}");
    let letters = sentence.chars().count();
    assert!(
        letters <= SENTENCE_MAX,
        "{letters} letters: {sentence:.200}..."
    );
}
