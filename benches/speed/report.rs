//! The figures: printed one by one, and written as one page.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

const INTRODUCTION: &str = "\
# Benchmarks

`make bench` writes this page. First, `cargo bench` measures the shared library that `make lib` stages, through its C functions.
`make bench-bindings` writes the last section. Things that are compared take turns within one run, and a figure is the median of all
rounds. Ratios are valid for other machines too; times are not.
";

/// `benches/bindings` writes the sections from the first such mark on.
const OTHERS: &str = "<!-- written by ";

#[derive(Default)]
pub struct Report {
    tables: String,
}

impl Report {
    /// Begins a table. The note says how its figures were measured.
    pub fn group(&mut self, title: &str, note: &str) {
        self.line(&format!("\n## {title}\n\n{note}\n\n| | measured | target | |\n| --- | --- | --- | --- |"));
    }

    pub fn at_least(&mut self, what: &str, ratio: f64, least: f64, detail: &str) {
        self.row(what, &explained(&format!("{ratio:.3}"), detail), &format!("≥ {least}"), verdict(ratio >= least));
    }

    pub fn at_most(&mut self, what: &str, ratio: f64, most: f64, detail: &str) {
        self.row(what, &explained(&format!("{ratio:.3}"), detail), &format!("≤ {most}"), verdict(ratio <= most));
    }

    pub fn within(&mut self, what: &str, value: f64, most: f64, show: fn(f64) -> String, detail: &str) {
        let about = 1.01 * most;
        let target = format!("about {} or less", show(most));
        self.row(what, &explained(&show(value), detail), &target, verdict(value <= about));
    }

    /// How much more processor time something takes. Such a difference is never exact, so up to a tenth above the target is about as much.
    pub fn more(&mut self, what: &str, seconds: f64, most: f64, detail: &str) {
        let target = format!("about {:.0} µs or less", most * 1e6);
        let measured = format!("{:+.1} µs ({detail})", seconds * 1e6);
        self.row(what, &measured, &target, verdict(seconds <= 1.1 * most));
    }

    pub fn for_information(&mut self, what: &str, value: &str, detail: &str) {
        self.row(what, &explained(value, detail), "", "");
    }

    /// A figure that could not be measured. The note of the table gives the reason.
    pub fn not_measured(&mut self, what: &str) {
        self.row(what, "not measured", "", "");
    }

    fn row(&mut self, what: &str, measured: &str, target: &str, verdict: &str) {
        self.line(&format!("| {what} | {measured} | {target} | {verdict} |"));
    }

    fn line(&mut self, line: &str) {
        println!("{line}");
        let _ = writeln!(self.tables, "{line}");
    }

    pub fn write(&self, path: &Path) {
        // Keep the part after the mark: another program writes it.
        let before = std::fs::read_to_string(path).unwrap_or_default();
        let others = before.find(OTHERS).map_or(String::new(), |at| format!("\n{}", &before[at..]));
        let page = format!("{INTRODUCTION}\n{}\n{}{others}", machine(), self.tables);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        std::fs::write(path, page).expect("the page can be written");
        println!("\nwritten to docs/benchmarks.md");
    }
}

fn explained(value: &str, detail: &str) -> String {
    if detail.is_empty() { value.to_owned() } else { format!("{value} ({detail})") }
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}

fn machine() -> String {
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("an unnamed processor", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let compiler = Command::new("rustc").arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    format!(
        "Machine: {model}, {cores} cores, shared with other work. Compiler: {}.",
        String::from_utf8_lossy(&compiler).trim()
    )
}

pub fn microseconds(seconds: f64) -> String {
    format!("{:.1} µs", seconds * 1e6)
}

pub fn milliseconds(seconds: f64) -> String {
    format!("{:.1} ms", seconds * 1e3)
}

pub fn kibibytes(bytes: f64) -> String {
    format!("{:.1} KiB", bytes / 1024.0)
}

pub fn megabytes(bytes: f64) -> String {
    format!("{:.2} MB", bytes / 1e6)
}
