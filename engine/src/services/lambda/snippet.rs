//! The function as code: AWS CLI and boto3, with the handler that the settings describe.

use super::config::{Config, Idempotency, OnError};
use crate::base::time::SECOND;
use crate::services::contract::{Lang, Wiring};
use std::fmt::Write as _;

/// The runtime of the code that is shown.
const RUNTIME: &str = "python3.13";

/// Code that makes the function as it is set.
pub(super) fn of(config: &Config, wiring: &Wiring, lang: Lang) -> String {
    let handler = handler(config, wiring);
    match lang {
        Lang::Cli => cli(config, wiring, &handler),
        Lang::Python => python(config, wiring, &handler),
    }
}

fn handler(config: &Config, wiring: &Wiring) -> String {
    let out = wiring.outs.iter().find(|(kind, _, _)| kind != "on-failure");
    let call = match out.map(|(kind, id, _)| (kind.as_str(), id.as_str())) {
        Some(("write", table)) => write_call(config, table),
        Some((_, next)) => format!("send(\"{next}\", payload)"),
        None => "work(payload)".to_owned(),
    };
    let head = "import base64\nimport json\nimport boto3\n\n";
    let body = match config.on_error {
        OnError::Raise => format!(
            "def handler(event, context):\n    for record in event[\"Records\"]:\n        \
             payload = json.loads(base64.b64decode(record[\"kinesis\"][\"data\"]))\n        {call}\n"
        ),
        OnError::Report => format!(
            "def handler(event, context):\n    failed = []\n    for record in event[\"Records\"]:\n        \
             try:\n            payload = json.loads(base64.b64decode(record[\"kinesis\"][\"data\"]))\n            \
             {call}\n        except Exception:\n            \
             failed.append({{\"itemIdentifier\": record[\"kinesis\"][\"sequenceNumber\"]}})\n    \
             return {{\"batchItemFailures\": failed}}\n"
        ),
        OnError::Swallow => format!(
            "def handler(event, context):\n    for record in event[\"Records\"]:\n        try:\n            \
             payload = json.loads(base64.b64decode(record[\"kinesis\"][\"data\"]))\n            {call}\n        \
             except Exception as error:\n            \
             print(error)  # the record is gone: Lambda sees a success\n    return {{\"statusCode\": 200}}\n"
        ),
    };
    head.to_owned() + &body
}

fn write_call(config: &Config, table: &str) -> String {
    let condition = match config.idempotency {
        Idempotency::None => "",
        Idempotency::Sequence => {
            ", ConditionExpression=\"attribute_not_exists(seq) OR seq < :seq\""
        }
        Idempotency::EventId => ", ConditionExpression=\"attribute_not_exists(event_id)\"",
    };
    format!("boto3.resource(\"dynamodb\").Table(\"{table}\").put_item(Item=payload{condition})")
}

fn cli(config: &Config, wiring: &Wiring, handler: &str) -> String {
    let (name, memory) = (&wiring.id, config.memory);
    let timeout = config.timeout.div_ceil(SECOND);
    let mut text = format!(
        "cat > app.py <<'PY'\n{handler}PY\nzip app.zip app.py\n\
         aws lambda create-function --function-name {name} --runtime {RUNTIME} \\\n  \
         --handler app.handler --zip-file fileb://app.zip --role \"$ROLE_ARN\" \\\n  \
         --memory-size {memory} --timeout {timeout}\n\
         aws lambda wait function-active-v2 --function-name {name}\n"
    );
    if let Some(reserved) = config.reserved {
        let _ = writeln!(
            text,
            "aws lambda put-function-concurrency --function-name {name} \\\n  \
             --reserved-concurrent-executions {reserved}"
        );
    }
    if asynchronous(wiring) {
        let (retries, age) = (config.retries, config.max_event_age / SECOND);
        let _ = writeln!(
            text,
            "aws lambda put-function-event-invoke-config --function-name {name} \\\n  \
             --maximum-retry-attempts {retries} --maximum-event-age-in-seconds {age}"
        );
    }
    text
}

fn python(config: &Config, wiring: &Wiring, handler: &str) -> String {
    let (name, memory) = (&wiring.id, config.memory);
    let timeout = config.timeout.div_ceil(SECOND);
    let body: String = handler.lines().map(|line| format!("# {line}\n")).collect();
    let mut text = format!(
        "# app.py, in app.zip:\n{body}\nimport boto3\n\nclient = boto3.client(\"lambda\")\n\
         with open(\"app.zip\", \"rb\") as package:\n    client.create_function(\n        \
         FunctionName=\"{name}\",\n        Runtime=\"{RUNTIME}\",\n        Handler=\"app.handler\",\n        \
         Code={{\"ZipFile\": package.read()}},\n        Role=role_arn,\n        MemorySize={memory},\n        \
         Timeout={timeout},\n    )\nclient.get_waiter(\"function_active_v2\").wait(FunctionName=\"{name}\")\n"
    );
    if let Some(reserved) = config.reserved {
        let _ = writeln!(
            text,
            "client.put_function_concurrency(\n    FunctionName=\"{name}\", ReservedConcurrentExecutions={reserved}\n)"
        );
    }
    if asynchronous(wiring) {
        let (retries, age) = (config.retries, config.max_event_age / SECOND);
        let _ = writeln!(
            text,
            "client.put_function_event_invoke_config(\n    FunctionName=\"{name}\", \
             MaximumRetryAttempts={retries}, MaximumEventAgeInSeconds={age}\n)"
        );
    }
    text
}

/// Whether anything may call it asynchronously.
fn asynchronous(wiring: &Wiring) -> bool {
    wiring.ins.iter().any(|(kind, _, _)| kind != "mapping")
}
