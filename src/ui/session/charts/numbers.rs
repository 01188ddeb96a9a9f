//! A chart's numbers for a table or a file, and the chart as a picture for a file.

use super::{Session, said};
use crate::platform::chart_canvas::Picture;
use crate::platform::chart_file::{self, Caption};
use crate::ui::charts::{ChartTable, Read, Which};
use crate::ui::text::fill;
use millrace_engine::base::time::clock;
use millrace_engine::charts::heat;
use millrace_engine::charts::number::Unit;
use millrace_engine::charts::spec::Chart;
use millrace_engine::charts::table::{self, Table};
use yew::AttrValue;

impl Session {
    /// A chart's numbers as they are drawn now.
    pub(crate) fn table(&self, which: Which) -> ChartTable {
        match self.picture(which) {
            Picture::Chart(chart) => {
                let beside = table::beside(&chart, &said);
                let csv = table::csv(&chart, &said);
                self.chart_table(which, rows(&chart), beside, csv)
            }
            Picture::Heat(heat) => {
                let limit = Unit::PerSecond.full(heat.limit);
                let beside = vec![fill("table.limit", &[("limit", &limit)])];
                let csv = heat::csv(&heat, &said);
                self.chart_table(which, heat::table(&heat, &said), beside, csv)
            }
        }
    }

    fn chart_table(
        &self,
        which: Which,
        table: Table,
        beside: Vec<String>,
        csv: String,
    ) -> ChartTable {
        let to = clock(self.frame.start_us, self.frame.at);
        let text = |cells: Vec<String>| cells.into_iter().map(AttrValue::from).collect();
        let [title, node] = self.named(which);
        ChartTable {
            which,
            title: title.into(),
            to: to.split('.').next().unwrap_or_default().to_owned().into(),
            head: text(table.head),
            rows: table.rows.into_iter().map(text).collect(),
            beside: text(beside),
            csv: csv.into(),
            file: self.file_name(which, &node).into(),
            of: node.into(),
        }
    }

    /// Title and node of a chart.
    fn named(&self, which: Which) -> [String; 2] {
        let mut seen = self.charts_seen().into_iter();
        let found = seen.find(|seen| seen.which == which);
        found.map_or_else(Default::default, |seen| {
            [seen.title.to_string(), seen.node.to_string()]
        })
    }

    /// Node and chart, as a file's name has them.
    fn file_name(&self, which: Which, node: &str) -> String {
        let read = self.look.shelf.read(which).map(Read::name);
        let chart = read.map_or_else(|| which.name(), str::to_owned);
        if node.is_empty() {
            chart
        } else {
            format!("{node}-{chart}")
        }
    }

    /// Saves a chart as a picture, under `{scenario}-{node}-{chart}.png`.
    pub(crate) fn save_picture(&self, which: Which, scenario: &str) {
        let Some(canvas) = self.desk.canvases.get(&which) else {
            return;
        };
        let picture = self.picture(which);
        let [title, node] = self.named(which);
        let view = self.view();
        let to = view.to.min(view.head.max(view.from));
        let time = |at| {
            let text = clock(self.frame.start_us, at);
            text.split('.').next().unwrap_or_default().to_owned()
        };
        let unit = match &picture {
            Picture::Chart(chart) => chart.unit.long(),
            Picture::Heat(_) => Unit::PerSecond.long(),
        };
        let values = [
            ("scenario", scenario),
            ("node", node.as_str()),
            ("unit", unit),
            ("from", &*time(view.from)),
            ("to", &*time(to)),
        ];
        let key = if node.is_empty() {
            "chart.caption.all"
        } else {
            "chart.caption"
        };
        let caption = Caption {
            title,
            under: fill(key, &values),
        };
        let name = format!("{scenario}-{}.png", self.file_name(which, &node));
        chart_file::save(canvas, &picture, &caption, &said, name);
    }
}

/// The rows of a chart, the newest first: it is what is asked for.
fn rows(chart: &Chart) -> Table {
    let mut table = table::table(chart, &said);
    table.rows.reverse();
    if chart.unit == Unit::PerSecond {
        // where nothing was counted the rate is nothing, not unknown
        let cells = table.rows.iter_mut().flatten();
        let empty = cells.filter(|cell| cell.is_empty());
        empty.for_each(|cell| "0".clone_into(cell));
    }
    table
}
