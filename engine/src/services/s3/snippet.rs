//! The bucket as code: AWS CLI and boto3.

use crate::services::contract::{Lang, Wiring};

/// Code that makes the bucket, puts an object, lists an hour and reads an object.
pub(super) fn of(wiring: &Wiring, lang: Lang) -> String {
    let name = &wiring.id;
    match lang {
        Lang::Cli => format!(
            "aws s3api create-bucket --bucket {name}\n\
             hour=$(date -u +%Y/%m/%d/%H)\n\
             aws s3api put-object --bucket {name} --key $hour/000000000000 --body records.json\n\
             aws s3api list-objects-v2 --bucket {name} --prefix $hour/\n\
             aws s3api get-object --bucket {name} --key $hour/000000000000 copy.json\n"
        ),
        Lang::Python => format!(
            "from datetime import datetime, timezone\n\nimport boto3\n\n\
             s3 = boto3.client(\"s3\")\ns3.create_bucket(Bucket=\"{name}\")\n\
             hour = datetime.now(timezone.utc).strftime(\"%Y/%m/%d/%H/\")\n\
             key = hour + \"000000000000\"\n\
             with open(\"records.json\", \"rb\") as body:\n    \
             s3.put_object(Bucket=\"{name}\", Key=key, Body=body)\n\
             pages = s3.get_paginator(\"list_objects_v2\")\n\
             for page in pages.paginate(Bucket=\"{name}\", Prefix=hour):\n    \
             print([entry[\"Key\"] for entry in page.get(\"Contents\", [])])\n\
             print(s3.get_object(Bucket=\"{name}\", Key=key)[\"Body\"].read())\n"
        ),
    }
}
