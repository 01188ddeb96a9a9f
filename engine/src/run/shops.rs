//! A small design for tests of runs: tills, a stream, an application, a report.

use super::Run;
use crate::design::Design;
use crate::design::edit::Edit;

/// Settings by key.
type Settings<'a> = &'a [(&'a str, &'a str)];

/// The design with settings of tills, stream and application; a key for each till.
pub(super) fn shop(tills: Settings<'_>, stream: Settings<'_>, app: Settings<'_>) -> Run {
    let node = |id: &str, service: &str, settings: Settings<'_>| Edit::AddNode {
        id: id.into(),
        service: service.into(),
        settings: settings
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
    };
    let wire = |kind: &str, from: &str, to: &str| Edit::AddWire {
        id: format!("{from}-to-{to}"),
        kind: kind.into(),
        from: from.into(),
        to: to.into(),
        settings: crate::base::sorted::SortedMap::new(),
    };
    let mut own = vec![("tick", "10ms"), ("key", "{store}/{nn}")];
    own.extend(tills);
    let edits = vec![
        node("tills", "tills", &own),
        node("stream", "kinesis", stream),
        node("app", "consumer", app),
        node("report", "sink", &[]),
        wire("put", "tills", "stream"),
        wire("poll", "stream", "app"),
        wire("deliver", "app", "report"),
    ];
    let design = Design::default().apply(&Edit::Many(edits));
    Run::new(design.expect("a good design")).expect("it runs")
}
