//! `millrace cases`: runs the tables of a folder and prints, writes or compares what came out.

use lexopt::prelude::*;
use millrace_engine::cases;
use std::io::Write;
use std::process::ExitCode;

/// What `cases` was asked for.
#[derive(Default)]
struct Asked {
    folder: String,
    as_json: bool,
    write: Option<String>,
    compare: Option<String>,
    form: Option<String>,
}

fn arguments(parser: &mut lexopt::Parser) -> Result<Asked, String> {
    let say = |error: lexopt::Error| error.to_string();
    let mut asked = Asked::default();
    while let Some(arg) = parser.next().map_err(say)? {
        let field = match arg {
            Value(word) if asked.folder.is_empty() => {
                asked.folder = word.to_string_lossy().into_owned();
                continue;
            }
            Long("json") => {
                asked.as_json = true;
                continue;
            }
            Long("write") => &mut asked.write,
            Long("compare") => &mut asked.compare,
            Long("form") => &mut asked.form,
            other => return Err(other.unexpected().to_string()),
        };
        *field = Some(parser.value().map_err(say)?.to_string_lossy().into_owned());
    }
    if asked.folder.is_empty() && asked.form.is_none() {
        return Err("cases of which folder?".to_owned());
    }
    Ok(asked)
}

/// All tables of a folder, by name.
fn tables(folder: &str) -> Result<Vec<(String, String)>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{folder}: {error}"))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| format!("{folder}: {error}"))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(format!("{folder}: no tables (*.json)"));
    }
    let read = |path: std::path::PathBuf| {
        let name = path.to_string_lossy().into_owned();
        let text = super::read(&name)?;
        Ok((name, text))
    };
    paths.into_iter().map(read).collect()
}

/// Exit code 0: no case failed; 1: one did, a file is no table, or the scoreboard is another one.
pub(crate) fn run(parser: &mut lexopt::Parser) -> Result<ExitCode, String> {
    let asked = arguments(parser)?;
    if let Some(path) = &asked.form {
        let counts = cases::form(&super::read(path)?).map_err(|why| format!("{path}: {why}"))?;
        println!("{path}: counts of {} cases, in good form", counts.total());
        return Ok(ExitCode::SUCCESS);
    }
    let report = cases::run(&tables(&asked.folder)?);
    let text = if asked.as_json {
        format!("{:#}\n", report.json())
    } else {
        report.text()
    };
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .map_err(|error| error.to_string())?;
    let board = cases::scoreboard(&report);
    if let Some(path) = &asked.write {
        std::fs::write(path, &board).map_err(|error| format!("{path}: {error}"))?;
    }
    let mut holds = report.holds();
    if let Some(path) = &asked.compare
        && super::read(path)? != board
    {
        eprintln!("millrace: {path} differs from this run; write it anew with --write {path}");
        holds = false;
    }
    Ok(ExitCode::from(u8::from(!holds)))
}
