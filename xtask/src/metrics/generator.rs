//! What `cargo xtask gen` costs: whole runs of this program in copies of the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::cost::{self, Cost};
use super::table::{Row, Unit};
use crate::root;

/// What the generator reads and writes beside the specs.
const PARTS: [&str; 4] = ["docs", "sdk", "Cargo.toml", "tests/e2e/src/generated"];
/// How many times the specs are there, to see whether the cost grows as they do.
const TIMES: [usize; 3] = [1, 2, 4];

/// CPU time and memory of runs without records, with nothing changed and after an edit; then the first for more specs.
pub(super) fn rows(runs: u32) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    let mut series = Vec::new();
    for times in TIMES {
        eprintln!("generating, specs {times} times");
        let copy = Copy::new(times)?;
        copy.generate(None)?;
        let mut costs: [Vec<Cost>; 3] = Default::default();
        for run in 0..runs {
            copy.forget()?;
            for (costs, expected) in costs.iter_mut().zip([Some(false), Some(false), Some(true)]) {
                if expected == Some(true) {
                    copy.edit(&format!("summary: Edited, run {run}.")).map_err(|e| e.to_string())?;
                }
                costs.push(copy.generate(expected)?);
            }
        }
        let [anew, unchanged, changed] = costs.map(|costs| cost::median(&costs));
        let (Some(anew), Some(unchanged), Some(changed)) = (anew, unchanged, changed) else { continue };
        let seconds = |what: &str, cost: Cost| Row::new(what, cost.cpu.as_secs_f64(), Unit::Seconds);
        if times == 1 {
            rows.push(seconds("gen, everything anew", anew).at_most(3.0));
            rows.push(Row::new("gen, everything anew: peak", anew.peak as f64 / 1e6, Unit::Megabytes));
            rows.push(seconds("gen, nothing changed", unchanged).at_most(0.5));
            rows.push(seconds("gen, one spec of the largest domain changed", changed).at_most(0.5));
        }
        let per_thousand = |cost: Cost| cost.cpu.as_secs_f64() * 1e6 / copy.methods as f64;
        for (what, cost) in [("everything anew", anew), ("one spec changed", changed)] {
            let what = format!("gen, {} methods, {what}: for each thousand", copy.methods);
            series.push(Row::new(what, per_thousand(cost), Unit::Milliseconds));
        }
    }
    rows.extend(series);
    Ok(rows)
}

/// A copy of what the generator reads and writes.
struct Copy {
    folder: tempfile::TempDir,
    methods: usize,
    /// The spec to edit: one of the largest domain.
    edited: PathBuf,
}

impl Copy {
    /// A copy in which each domain is there so many times, under other names.
    fn new(times: usize) -> Result<Self, String> {
        let failed = |e: std::io::Error| format!("the specs cannot be copied: {e}");
        let folder = tempfile::tempdir().map_err(failed)?;
        for part in PARTS {
            copy_all(&root().join(part), &folder.path().join(part)).map_err(failed)?;
        }
        let mut methods = 0;
        let mut largest: (usize, PathBuf) = Default::default();
        for entry in fs::read_dir(root().join("specs")).map_err(failed)? {
            let from = entry.map_err(failed)?.path();
            let to = folder.path().join("specs");
            if !from.is_dir() {
                copy_all(&from, &to.join(from.file_name().unwrap_or_default())).map_err(failed)?;
                continue;
            }
            for time in 0..times {
                let (count, bytes, edited) = copy_domain(&from, &to, time).map_err(failed)?;
                methods += count;
                largest = largest.max((bytes, edited));
            }
        }
        Ok(Self { folder, methods, edited: largest.1 })
    }

    /// One run: what it cost, if it wrote when it should and did not when it should not.
    fn generate(&self, should_write: Option<bool>) -> Result<Cost, String> {
        let output = self.folder.path().join("output");
        let mut command = Command::new(std::env::current_exe().map_err(|e| e.to_string())?);
        // By this variable the program finds the repository.
        command.arg("gen").env("CARGO_MANIFEST_DIR", self.folder.path().join("xtask"));
        command.stdout(fs::File::create(&output).map_err(|e| e.to_string())?).stderr(Stdio::inherit());
        let (status, cost) = cost::measure(&mut command).map_err(|e| e.to_string())?;
        let said = fs::read_to_string(&output).map_err(|e| e.to_string())?;
        let wrote = !said.starts_with("0 added, 0 changed, 0 removed");
        match should_write {
            _ if !status.success() => Err(format!("the generator ended with {status}")),
            Some(should) if should != wrote => Err(format!("the generator says: {said}")),
            _ => Ok(cost),
        }
    }

    /// Removes the records of former runs.
    fn forget(&self) -> Result<(), String> {
        fs::remove_dir_all(self.folder.path().join("target")).map_err(|e| format!("no records: {e}"))
    }

    /// Gives the spec another summary.
    fn edit(&self, summary: &str) -> std::io::Result<()> {
        let text = fs::read_to_string(&self.edited)?;
        let lines = text.lines().map(|line| if line.starts_with("summary: ") { summary } else { line });
        fs::write(&self.edited, lines.map(|line| format!("{line}\n")).collect::<String>())
    }
}

/// Copies a domain, the first time as it is. Returns how many methods and bytes it has, and one of its methods' files.
fn copy_domain(from: &Path, to: &Path, time: usize) -> std::io::Result<(usize, usize, PathBuf)> {
    let more = |name: &str, separator: &str| match time {
        0 => name.to_owned(),
        _ => format!("{name}{separator}x{time}"),
    };
    let domain = from.file_name().unwrap_or_default().to_string_lossy();
    let to = to.join(more(&domain, "_"));
    fs::create_dir_all(&to)?;
    let (mut methods, mut bytes, mut edited) = (0, 0, PathBuf::new());
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        bytes += text.len();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let copied = match name.strip_suffix(".yaml") {
            Some("domain") => to.join(&*name),
            Some(method) if method != "types" => {
                methods += 1;
                to.join(format!("{}.yaml", more(method, ".")))
            }
            _ => to.join(&*name),
        };
        let renamed = |line: &str| match line.split_once(": ") {
            Some(("domain", name)) => format!("domain: {}\n", more(name, "_")),
            Some(("method", name)) => format!("method: {}\n", more(name, ".")),
            _ => format!("{line}\n"),
        };
        let text: String = text.lines().map(renamed).collect();
        fs::write(&copied, &text)?;
        if text.contains("\nsummary: ") {
            edited = copied;
        }
    }
    Ok((methods, bytes, edited))
}

fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy_all(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_other_names() {
        let dir = tempfile::tempdir().unwrap();
        let from = dir.path().join("shop");
        fs::create_dir(&from).unwrap();
        let files = [
            ("domain.yaml", "# x\ndomain: shop\n"),
            ("types.yaml", "types: {}\n"),
            ("taobao.shop.get.yaml", "# x\nmethod: taobao.shop.get\nsummary: Reads.\n"),
        ];
        files.iter().for_each(|(name, text)| fs::write(from.join(name), text).unwrap());
        let bytes = files.iter().map(|(_, text)| text.len()).sum();
        let to = dir.path().join("specs");
        let first = to.join("shop/taobao.shop.get.yaml");
        assert_eq!(copy_domain(&from, &to, 0).unwrap(), (1, bytes, first.clone()));
        assert_eq!(fs::read_to_string(first).unwrap(), files[2].1);
        let second = to.join("shop_x1/taobao.shop.get.x1.yaml");
        assert_eq!(copy_domain(&from, &to, 1).unwrap(), (1, bytes, second.clone()));
        assert_eq!(fs::read_to_string(second).unwrap(), "# x\nmethod: taobao.shop.get.x1\nsummary: Reads.\n");
        assert_eq!(fs::read_to_string(to.join("shop_x1/domain.yaml")).unwrap(), "# x\ndomain: shop_x1\n");
    }
}
