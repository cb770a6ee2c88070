//! The map in CONTRIBUTING.md fits the code: its table of floors names every file of src, and the imports of src keep to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn a_file_imports_only_its_own_floor_and_the_floors_above_it_in_the_table() {
    let floors = floors();
    let floor_of = |file: &str| {
        let holds =
            |paths: &Vec<String>| paths.iter().any(|path| file == path || file.starts_with(&format!("{path}/")));
        floors.iter().position(holds).unwrap_or_else(|| panic!("{file} is on no floor of CONTRIBUTING.md"))
    };
    for (file, imported) in imports() {
        for other in imported {
            assert!(floor_of(&other) <= floor_of(&file), "{file} imports {other}, which is on a floor below it");
        }
    }
    for path in floors.iter().flatten() {
        assert!(root().join(path).exists(), "{path} is on the map, but not in the code");
    }
}

#[test]
fn no_imports_form_a_circle() {
    let imports = imports();
    for file in imports.keys() {
        if let Some(circle) = way(&imports, file, file, &mut BTreeSet::new()) {
            panic!("a circle of imports: {file} → {}", circle.join(" → "));
        }
    }
}

/// The files on the way from one file to another by imports.
fn way(imports: &Imports, from: &str, to: &str, seen: &mut BTreeSet<String>) -> Option<Vec<String>> {
    for next in imports.get(from)? {
        if next == to {
            return Some(vec![next.clone()]);
        }
        if seen.insert(next.clone())
            && let Some(rest) = way(imports, next, to, seen)
        {
            return Some([vec![next.clone()], rest].concat());
        }
    }
    None
}

/// The paths of each floor, in the order of the table.
fn floors() -> Vec<Vec<String>> {
    let page = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("CONTRIBUTING.md");
    let table = page.split("| floor | files |").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("the table");
    let rows = table.lines().skip(2).map(|row| row.split('|').nth(2).expect("a column of files"));
    let paths = |files: &str| {
        files.split('`').skip(1).step_by(2).map(|path| path.trim_end_matches('/').to_owned()).collect::<Vec<_>>()
    };
    rows.map(paths).collect()
}

/// The files that each file of src imports. Tests inside src may import more.
fn imports() -> Imports {
    let files = files(&root().join("src"));
    let modules: BTreeMap<Vec<String>, String> =
        files.iter().map(|file| (module(file), path(file))).filter(|(_, file)| file != "src/lib.rs").collect();
    assert!(modules.len() > 40, "the files of src are not found");
    let imports = |file: &PathBuf| {
        let source = fs::read_to_string(file).expect("a source file");
        let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let lines: Vec<&str> = code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
        let (code, own) = (lines.join("\n"), module(file));
        let absolute = paths(&code).into_iter().filter_map(|path| resolved(&own, is_folder(file), path));
        let named = absolute.filter_map(|path| longest(&modules, path)).filter(|other| *other != self::path(file));
        (self::path(file), named.collect())
    };
    files.iter().map(imports).collect()
}

/// Every path `a::b::c` in the code, as its parts. `a::{b, c::d}` stands for the paths `a::b` and `a::c::d`.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    // What each open brace puts before the words in it.
    let mut prefixes = vec![String::new()];
    let mut word = String::new();
    for c in code.chars().chain([' ']) {
        if c.is_alphanumeric() || c == '_' || c == ':' {
            word.push(c);
            continue;
        }
        let path = prefixes.last().expect("the first prefix stays").to_owned() + &word;
        word.clear();
        if c == '{' {
            prefixes.push(if path.ends_with("::") { path } else { String::new() });
            continue;
        }
        if path.contains("::") && !path.ends_with("::") {
            paths.push(path.split("::").map(str::to_owned).collect());
        }
        // A brace in a text may have no partner.
        if c == '}' && prefixes.len() > 1 {
            prefixes.pop();
        }
    }
    paths
}

/// A path inside `own`, from the root of the crate. In the file of a folder, a path may begin with the name of a file beside it.
fn resolved(own: &[String], is_folder: bool, path: Vec<String>) -> Option<Vec<String>> {
    match path[0].as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([own, &path[1..]].concat()),
        "super" => {
            let up = path.iter().take_while(|part| *part == "super").count();
            Some([&own[..own.len().checked_sub(up)?], &path[up..]].concat())
        }
        _ if is_folder => Some([own, &path[..]].concat()),
        _ => None,
    }
}

#[test]
fn imports_in_groups_count_too() {
    let own = ["a", "b", "c"].map(str::to_owned);
    let found = |code| {
        let found = paths(code).into_iter().filter_map(|path| resolved(&own, false, path));
        found.map(|path| path.join("/")).collect::<Vec<_>>()
    };
    assert_eq!(
        found(
            "use crate::{client::Client, error, transport::{self, proxy::{Proxy, Rule}}};\nfn f() { g(crate::x::y) }"
        ),
        ["client/Client", "error", "transport/self", "transport/proxy/Proxy", "transport/proxy/Rule", "x/y"]
    );
    assert_eq!(found("use super::{\n    d::D,\n    super::e,\n};\nuse super::super::f;"), ["a/b/d/D", "a/e", "a/f"]);
}

/// The file of the longest module that `path` begins with.
fn longest(modules: &BTreeMap<Vec<String>, String>, path: Vec<String>) -> Option<String> {
    (1..=path.len()).rev().find_map(|length| modules.get(&path[..length])).cloned()
}

fn module(file: &Path) -> Vec<String> {
    let path = self::path(file);
    let name = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    name.split('/').map(str::to_owned).collect()
}

fn is_folder(file: &Path) -> bool {
    file.ends_with("mod.rs")
}

fn path(file: &Path) -> String {
    file.strip_prefix(root()).expect("a file of the project").to_str().expect("UTF-8").to_owned()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
