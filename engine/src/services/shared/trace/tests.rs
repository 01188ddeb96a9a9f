//! Tests of reading traces.

use super::*;
use crate::base::time::{MINUTE, MS};

fn steps(text: &str) -> Vec<(Us, u64)> {
    let trace = parse("test", text).expect("a good file");
    trace
        .steps
        .iter()
        .map(|step| (step.at, step.milli))
        .collect()
}

#[test]
fn good_files_of_all_kinds() {
    let two = [(0, 94_000), (5 * MINUTE, 56_500)];
    for text in [
        "t_s,value\n0,94\n300,56.5\n",
        "t_s,value\r\n0,94\r\n300,56.5",
        "\u{feff}T_S, Value \n 600 , 94\n\n900,56.5\n\n",
        "value,t_s\n94,0\n56.5,300\n",
        "id,t_s,note,value\na,0,x,94\nb,300,y,56.500\n",
        "\"t_s\",\"value\"\n\"0\",\"94\"\n\"300\",\"5.65e1\"\n",
        "timestamp,value\n2014-04-10 00:04:00,94\n2014-04-10 00:09:00,56.5\n",
        "timestamp,value\n2014-04-10T00:04:00Z,94\n2014-04-10T02:09:00+02:00,56.5\n",
        "timestamp,value\n1397088240,94\n1397088540,56.5\n",
        "timestamp,value\n1397088240000,94\n1397088540000,56.5\n",
    ] {
        assert_eq!(steps(text), two, "{text}");
    }
    assert_eq!(
        steps("t_s,value\n0.25,0\n0.5,1e3\n"),
        [(0, 0), (250 * MS, 1_000_000)],
        "parts"
    );
    assert_eq!(
        steps("t_s,value\n7,1.2345\n"),
        [(0, 1_235)],
        "one row; four digits are rounded"
    );
    assert_eq!(
        steps("t_s,value\n0,999999999999.999\n"),
        [(0, 999_999_999_999_999)],
        "exact"
    );
}

#[test]
fn bad_files_say_what_is_wrong_where() {
    for (text, line, column, part) in [
        ("", 0, "", "no rows"),
        ("t_s,value\n", 0, "", "no rows"),
        ("\n\n\n", 0, "", "no rows"),
        ("time,value\n0,1\n", 1, "", "t_s"),
        ("0,94\n300,56\n", 1, "", "name the columns"),
        ("t_s,count\n0,1\n", 1, "", "\"value\""),
        ("t_s;value\n0;1\n", 1, "", "commas"),
        ("t_s,value\n0,abc\n", 2, "value", "not a number"),
        ("t_s,value\n0,\n", 2, "value", "empty"),
        ("t_s,value\n0,-1\n", 2, "value", "never negative"),
        ("t_s,value\n0,NaN\n", 2, "value", "not a number"),
        ("t_s,value\n0,inf\n", 2, "value", "not a number"),
        ("t_s,value\n0,1e400\n", 2, "value", "not a number"),
        ("t_s,value\n0,1e13\n", 2, "value", "too large"),
        ("t_s,value\n0,\"1,234\"\n", 2, "value", "thousands"),
        ("t_s,value\n0\n", 2, "value", "1 cells"),
        ("t_s,value\n-5,1\n", 2, "t_s", "seconds"),
        ("t_s,value\nsoon,1\n", 2, "t_s", "seconds"),
        ("t_s,value\n0,1\n0,2\n", 3, "t_s", "same time"),
        (
            "t_s,value\n300,1\n\n0,2\n",
            4,
            "t_s",
            "before that of line 2",
        ),
        ("t_s,value\r\n\r\n0,1\r\nx,2\r\n", 4, "t_s", "seconds"),
        ("t_s,value\n0,1\n1e9,2\n", 3, "t_s", "3660 days"),
        (
            "timestamp,value\n10/04/2014,1\n",
            2,
            "timestamp",
            "time stamp",
        ),
        (
            "timestamp,value\n2014-02-30 00:00:00,1\n",
            2,
            "timestamp",
            "time stamp",
        ),
        ("t_s,value\n# a comment\n0,1\n", 2, "t_s", "seconds"),
        ("t_s,value\n0,\"1\n5,2\n10,3\n", 2, "value", "not a number"),
    ] {
        let problems = parse("test", text).expect_err(text);
        let first = &problems[0];
        assert_eq!(
            (first.line, first.column.as_str()),
            (line, column),
            "{text}: {first}"
        );
        assert!(first.to_string().contains(part), "{text}: {first}");
        assert!(first.to_string().ends_with('.'), "a sentence: {first}");
    }
}

#[test]
fn files_of_records_are_read_with_keys_once() {
    let head = "time,key,bytes,op,amount\n";
    let rows = [
        "2014-04-10T00:04:00Z,a,100,sale,9.99",
        "",
        "2014-04-10T00:04:00.5Z,b,7,COUNT,3",
        "2014-04-10T00:04:00.5Z,a,8,deposit,1.5",
    ];
    let text = format!("{head}{}\n", rows.join("\n"));
    for text in [
        text.clone(),
        text.replace("2014-04-10T00:04:00Z", "10")
            .replace("2014-04-10T00:04:00.5Z", "10.5"),
    ] {
        let trace = parse("test", &text).expect("a good file");
        let exact = trace.exact.as_ref().expect("records");
        assert_eq!(exact.keys, ["a", "b"]);
        let rows: Vec<_> = exact
            .rows
            .iter()
            .map(|r| (r.at, r.key, r.bytes, r.amount))
            .collect();
        let half = 500 * MS;
        assert_eq!(rows, [(0, 0, 100, 999), (half, 1, 7, 3), (half, 0, 8, 150)]);
        assert_eq!((trace.check(), trace.end()), (Ok(()), Some(half + 1)));
    }
    let turned = parse("test", "op,amount,key,time,bytes\nsale,1,k,0,10\n");
    assert!(turned.is_ok(), "columns in any order");
}

#[test]
fn wrong_cells_of_records_are_named_one_by_one() {
    let head = "time,key,bytes,op,amount\n";
    for (row, column, part) in [
        ("soon,a,1,sale,1", "time", "A time"),
        ("0,,1,sale,1", "key", "1 to 256"),
        ("0,a,0,sale,1", "bytes", "bytes"),
        ("0,a,1.5,sale,1", "bytes", "bytes"),
        ("0,a,99999999,sale,1", "bytes", "10485760"),
        ("0,a,1,sell,1", "op", "One of"),
        ("0,a,1,sale,1.234", "amount", "two decimals"),
        ("0,a,1,withdrawal,-1", "amount", "never negative"),
        ("0,a,1,count,1.5", "amount", "units"),
        ("0,a,1,sale", "amount", "money"),
    ] {
        let problems = parse("test", &format!("{head}{row}\n")).expect_err(row);
        let first = &problems[0];
        assert_eq!(
            (first.line, first.column.as_str()),
            (2, column),
            "{row}: {first}"
        );
        assert!(first.to_string().contains(part), "{row}: {first}");
    }
    let many = parse("test", &format!("{head}x,,0,y,z\n")).expect_err("all wrong");
    assert_eq!(many.len(), 5, "each cell by itself");
    let missing = parse("test", "time,key,bytes,amount\n0,a,1,1\n").expect_err("no op");
    assert!(missing[0].to_string().contains("\"op\""), "{}", missing[0]);
}

#[test]
fn the_good_rows_are_kept_however_many_are_bad() {
    let mut text = "t_s,value\n".to_owned();
    for ix in 0..10_000 {
        let value = if ix % 100 == 7 { "x" } else { "1" };
        text.push_str(&format!("{ix},{value}\n"));
    }
    let reading = read("test", &text);
    assert_eq!((reading.good_rows(), reading.bad_rows), (9_900, 100));
    assert_eq!(reading.problems.len(), PROBLEMS_MAX, "told up to a bound");
    assert_eq!(reading.trace.check(), Ok(()), "and they make a trace");
}

#[test]
fn records_are_bounded_too() {
    let mut text = "time,key,bytes,op,amount\n".to_owned();
    (0..=EXACT_ROWS_MAX).for_each(|ix| text.push_str(&format!("{ix},k,1,count,1\n")));
    let reading = read("test", &text);
    assert_eq!(reading.good_rows(), EXACT_ROWS_MAX);
    assert!(
        reading.problems[0]
            .to_string()
            .contains("at most 200000 rows")
    );
}

#[test]
fn problems_are_bounded_and_good_rows_kept() {
    let mut text = "t_s,value\n".to_owned();
    for ix in 0..100 {
        text.push_str(&format!("{ix},{}\n", if ix % 2 == 0 { "x" } else { "1" }));
    }
    let reading = read("test", &text);
    assert_eq!(
        reading.problems.len(),
        PROBLEMS_MAX,
        "no more than are read"
    );
    assert_eq!(
        reading.good_lines[..3],
        [3, 5, 7],
        "every second line is good"
    );
    assert_eq!(
        reading.trace.steps.len(),
        reading.good_lines.len(),
        "as steps"
    );
    let long = format!("t_s,value\n0,{}\n", "9".repeat(1_000_000));
    let problems = parse("test", &long).expect_err("too long a number");
    assert!(problems[0].to_string().len() < 200, "what was found is cut");
    let wide = format!("t_s,value\n{}\n", ",".repeat(500_000));
    assert!(parse("test", &wide).is_err(), "too many cells");
}

#[test]
fn no_text_makes_it_panic() {
    let mut rng = crate::base::rng::Rng::stream(9, 0, "fuzz");
    let alphabet: Vec<char> = "t_svalue,timp0123456789.-+eE\"\n\r\t ;#Zé\u{feff}\u{0}"
        .chars()
        .collect();
    for round in 0..3_000 {
        let head = [
            "",
            "t_s,value\n",
            "timestamp,value\n",
            "time,key,bytes,op,amount\n",
        ][round % 4];
        let body = (0..rng.below(60)).map(|_| alphabet[rng.below(alphabet.len() as u64) as usize]);
        let text: String = head.chars().chain(body).collect();
        let reading = read("fuzz", &text);
        assert!(reading.problems.len() <= PROBLEMS_MAX, "{text:?}");
        let ordered = reading
            .trace
            .steps
            .windows(2)
            .all(|pair| pair[0].at < pair[1].at);
        assert!(ordered, "times grow: {text:?}");
    }
}

#[test]
fn rows_are_bounded() {
    let mut text = "t_s,value\n".to_owned();
    (0..=ROWS_MAX).for_each(|ix| text.push_str(&format!("{ix},1\n")));
    let problems = parse("test", &text).expect_err("one row too many");
    assert_eq!(problems.len(), 1, "one problem");
    assert_eq!(
        problems[0].line,
        ROWS_MAX + 2,
        "at the first row above the limit"
    );
}
