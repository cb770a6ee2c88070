//! The C libraries: their symbols and dependencies, and their installation, which pkg-config and CMake find.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use common::endpoint::Endpoint;
use common::native::{need, root, run, workshop};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const MAJOR: &str = env!("CARGO_PKG_VERSION_MAJOR");
const SYMBOLS: &str = include_str!("symbols.txt");

/// An installation at its final place. It is made once.
static PREFIX: LazyLock<PathBuf> = LazyLock::new(|| {
    let prefix = fresh(workshop("installed"));
    make("install", "", &prefix);
    prefix
});

fn fresh(folder: PathBuf) -> PathBuf {
    fs::remove_dir_all(&folder).expect("the old folder can be removed");
    fs::create_dir_all(&folder).expect("the new folder can be made");
    folder
}

fn make(goal: &str, destination: &str, prefix: &Path) {
    let prefix = format!("PREFIX={}", prefix.display());
    run(Command::new("make")
        .args(["--no-print-directory", goal, &prefix, &format!("DESTDIR={destination}")])
        .current_dir(root()));
}

fn shared_library() -> PathBuf {
    PREFIX.join("lib/libtalkdesk_auth.so")
}

fn static_library() -> PathBuf {
    PREFIX.join("lib/libtalkdesk_auth.a")
}

/// Runs a command and returns what it prints.
fn said(command: &mut Command) -> String {
    String::from_utf8(run(command).stdout).expect("text")
}

// ---------------------------------------------------------------- symbols and dependencies

#[test]
fn the_list_of_symbols_is_sorted_and_each_begins_with_td() {
    let symbols: Vec<&str> = SYMBOLS.lines().collect();
    assert!(symbols.iter().all(|symbol| symbol.starts_with("td_")));
    assert!(symbols.is_sorted());
}

#[test]
fn the_shared_library_exports_exactly_the_symbols() {
    need("nm", "binutils");
    assert_eq!(defined(&["-D"], &shared_library()), SYMBOLS);
}

#[test]
fn the_static_library_exports_exactly_the_symbols() {
    need("nm", "binutils");
    assert_eq!(defined(&["-g"], &static_library()), SYMBOLS);
}

/// The names that a library defines, one per line.
fn defined(which: &[&str], library: &Path) -> String {
    let listing =
        said(Command::new("nm").args(["--defined-only", "--no-sort", "--format=posix"]).args(which).arg(library));
    // nm prints a line for each symbol (name, type, value) and one for each member of an archive.
    let names: BTreeSet<&str> = listing.lines().filter(|line| line.contains(' ')).map(first_word).collect();
    names.into_iter().map(|name| format!("{name}\n")).collect()
}

fn first_word(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

#[test]
fn the_shared_library_has_a_soname_and_needs_only_the_c_library() {
    need("readelf", "binutils");
    let dynamic = said(Command::new("readelf").args(["--dynamic", "--wide"]).arg(shared_library()));
    let values = |tag: &str| -> Vec<&str> {
        let lines = dynamic.lines().filter(|line| line.contains(tag));
        lines.map(|line| line.rsplit_once('[').expect("a name").1.trim_end_matches(']')).collect()
    };
    assert_eq!(values("(SONAME)"), [format!("libtalkdesk_auth.so.{MAJOR}")]);
    for needed in values("(NEEDED)") {
        assert!(needed == "libc.so.6" || needed == "libgcc_s.so.1" || needed.starts_with("ld-linux-"), "{needed}");
    }
    // In a set-user-ID program, the crypto library reads no variable of its own.
    assert!(said(Command::new("nm").args(["-D", "--undefined-only"]).arg(shared_library())).contains("secure_getenv"));
    // When a host unloads the library, its code stays in memory, because a thread may still run it.
    assert!(dynamic.contains("NODELETE"), "{dynamic}");
    assert!(!dynamic.contains("TEXTREL"), "{dynamic}");
    assert!(!dynamic.contains("PATH)"), "it must name no path of the machine that built it: {dynamic}");
}

/// Functions of a newer glibc would come from the headers of the machine that builds the library.
#[test]
fn the_contract_names_the_oldest_glibc() {
    need("objdump", "binutils");
    let version =
        |text: &str| -> Vec<u32> { text.split('.').map(|number| number.parse().expect("a number")).collect() };
    let symbols = said(Command::new("objdump").arg("-T").arg(shared_library()));
    let versions = symbols.split("GLIBC_").skip(1).map(|rest| rest.split([')', ' ']).next().unwrap_or_default());
    let needed = versions.map(version).max().expect("versions");
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let named =
        readme.split("with glibc 2.").nth(1).and_then(|rest| rest.split_once(" or later")).expect("a version").0;
    let present = said(Command::new("getconf").arg("GNU_LIBC_VERSION"));
    let present = version(present.trim().trim_start_matches("glibc "));
    let most = if present >= vec![2, 38] { present } else { vec![2, version(named)[0]] };
    assert!(needed <= most, "it needs {needed:?}, and README.md names 2.{named}");
}

#[test]
fn neither_library_contains_the_path_where_it_was_built() {
    let cargo = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| home + "/.cargo"));
    for library in [shared_library(), static_library()] {
        let bytes = fs::read(&library).expect("the library was built");
        for folder in [cargo.as_deref().expect("a home"), &root().display().to_string()] {
            let told = bytes.windows(folder.len()).any(|window| window == folder.as_bytes());
            assert!(!told, "{} contains {folder}", library.display());
        }
    }
}

// ---------------------------------------------------------------- install and uninstall

#[test]
fn install_copies_everything_and_uninstall_removes_it() {
    let destination = fresh(workshop("destination"));
    let prefix = Path::new("/opt/talkdesk");
    let installed = destination.join("opt/talkdesk");
    let foreign = installed.join("lib/pkgconfig/other.pc");
    fs::create_dir_all(installed.join("lib/pkgconfig")).expect("a folder");
    fs::write(&foreign, "").expect("a file");

    make("install", destination.to_str().expect("UTF-8"), prefix);
    let versioned = format!("lib/libtalkdesk_auth.so.{VERSION}");
    let by_abi = format!("lib/libtalkdesk_auth.so.{MAJOR}");
    let expected = [
        "include/talkdesk_auth.h",
        "include/talkdesk_auth.hpp",
        "lib/cmake/talkdesk_auth/talkdesk_authConfig.cmake",
        "lib/cmake/talkdesk_auth/talkdesk_authConfigVersion.cmake",
        "lib/libtalkdesk_auth.a",
        "lib/libtalkdesk_auth.so",
        &by_abi,
        &versioned,
        "lib/pkgconfig/other.pc",
        "lib/pkgconfig/talkdesk_auth.pc",
        "share/doc/talkdesk_auth/ERRORS.md",
        "share/doc/talkdesk_auth/LICENSE",
        "share/doc/talkdesk_auth/OPTIONS.md",
        "share/doc/talkdesk_auth/THIRD-PARTY.txt",
        "share/doc/talkdesk_auth/valgrind.supp",
    ];
    assert_eq!(files(&installed), expected.map(PathBuf::from));
    let link = |name: &str| fs::read_link(installed.join(name)).expect("a symbolic link");
    assert_eq!(link("lib/libtalkdesk_auth.so"), Path::new(&by_abi).file_name().unwrap());
    assert_eq!(link(&by_abi), Path::new(&versioned).file_name().unwrap());
    for text in [&expected[2..4], &expected[9..10]].concat() {
        let text = fs::read_to_string(installed.join(text)).expect("text");
        assert!(!text.contains('@') && !text.contains(destination.to_str().unwrap()), "{text}");
    }

    make("uninstall", destination.to_str().expect("UTF-8"), prefix);
    assert_eq!(files(&destination), [Path::new("opt/talkdesk/lib/pkgconfig/other.pc")]);
    // Folders that every system has stay. Folders that belong to the library alone are removed.
    assert!(installed.join("include").exists());
    assert!(!installed.join("lib/cmake").exists() && !installed.join("share").exists());

    fs::remove_file(&foreign).expect("it is there");
    make("install", destination.to_str().expect("UTF-8"), prefix);
    make("uninstall", destination.to_str().expect("UTF-8"), prefix);
    let left: Vec<PathBuf> = fs::read_dir(installed.join("lib")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// The files below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let entry = entry.expect("an entry");
            let is_folder = entry.file_type().expect("a type").is_dir();
            let list = if is_folder { &mut folders } else { &mut found };
            list.push(entry.path());
        }
    }
    let mut found: Vec<PathBuf> = found.iter().map(|path| path.strip_prefix(folder).unwrap().to_owned()).collect();
    found.sort();
    found
}

/// Distributions install libraries elsewhere: lib64, lib/x86_64-linux-gnu.
#[test]
fn libdir_and_a_relative_prefix_are_honoured() {
    let folder = workshop("places");
    let relative = folder.strip_prefix(root()).expect("below the project").display().to_string();
    let cases = [
        // PREFIX, LIBDIR, DESTDIR; where the libraries are, and the prefix and libdir that pkg-config is told.
        (relative.as_str(), None, "", folder.join("lib"), folder.clone(), "${prefix}/lib"),
        ("/usr", Some("lib64"), "there", folder.join("there/usr/lib64"), "/usr".into(), "${prefix}/lib64"),
        ("/usr", Some("/usr/lib/x"), "there", folder.join("there/usr/lib/x"), "/usr".into(), "${prefix}/lib/x"),
        ("/opt/it", Some("/lib/it"), "there", folder.join("there/lib/it"), "/opt/it".into(), "/lib/it"),
    ];
    for (prefix, libdir, destination, place, told_prefix, told_libdir) in cases {
        fresh(folder.clone());
        let destination = if destination.is_empty() { String::new() } else { format!("{relative}/{destination}") };
        let mut arguments = vec![format!("PREFIX={prefix}"), format!("DESTDIR={destination}")];
        arguments.extend(libdir.map(|libdir| format!("LIBDIR={libdir}")));
        let make = |goal: &str| {
            run(Command::new("make").args(["--no-print-directory", goal]).args(&arguments).current_dir(root()));
        };
        make("install");
        assert!(place.join("libtalkdesk_auth.so").exists(), "{arguments:?}");
        let told = fs::read_to_string(place.join("pkgconfig/talkdesk_auth.pc")).expect("a file for pkg-config");
        let head = format!("prefix={}\nlibdir={told_libdir}\nincludedir=${{prefix}}/include\n", told_prefix.display());
        assert!(told.starts_with(&head), "{arguments:?}: {told}");
        let build = fresh(workshop("cmake_places"));
        let mut command = cmake(&build, &folder, VERSION);
        run(command.arg(format!("-Dtalkdesk_auth_DIR={}", place.join("cmake/talkdesk_auth").display())));
        run(Command::new("cmake").arg("--build").arg(&build));
        runs_with_this_version(&mut Command::new(build.join("c_static")));
        make("uninstall");
        assert!(files(&folder).is_empty(), "{arguments:?}");
    }
}

// ---------------------------------------------------------------- pkg-config

fn pkg_config(arguments: &[&str]) -> Vec<String> {
    need("pkg-config", "pkg-config");
    let mut command = Command::new("pkg-config");
    command.env("PKG_CONFIG_PATH", PREFIX.join("lib/pkgconfig")).args(arguments).arg("talkdesk_auth");
    said(&mut command).split_whitespace().map(str::to_owned).collect()
}

/// Compiles a program in C or C++ with flags before and after its source.
fn built(name: &str, source: &str, before: &[&str], behind: &[String]) -> PathBuf {
    let compiler = if source.ends_with(".cpp") { "g++" } else { "gcc" };
    need(compiler, compiler);
    let program = workshop("consumers").join(name);
    run(Command::new(compiler).args(before).arg(root().join(source)).args(behind).arg("-o").arg(&program));
    program
}

fn runs_with_this_version(command: &mut Command) {
    assert_eq!(said(command), format!("{VERSION}\n"));
}

#[test]
fn pkg_config_tells_the_version() {
    assert_eq!(pkg_config(&["--modversion"]), [VERSION]);
}

#[test]
fn programs_build_by_pkg_config() {
    let flags = pkg_config(&["--cflags", "--libs"]);
    for (name, source) in [("c_shared", "tests/c/version.c"), ("cpp_shared", "tests/cpp/version.cpp")] {
        let program = built(name, source, &[], &flags);
        runs_with_this_version(Command::new(program).env("LD_LIBRARY_PATH", PREFIX.join("lib")));
    }
}

#[test]
fn programs_build_with_the_archive_by_pkg_config() {
    let mut flags = pkg_config(&["--static", "--cflags", "--libs"]);
    for flag in &mut flags {
        if flag == "-ltalkdesk_auth" {
            *flag = "-l:libtalkdesk_auth.a".into();
        }
    }
    for (name, source) in [("c_archive", "tests/c/version.c"), ("cpp_archive", "tests/cpp/version.cpp")] {
        let program = built(name, source, &[], &flags);
        runs_with_this_version(&mut Command::new(program));
    }
}

#[test]
fn fully_static_programs_build_by_pkg_config_and_exchange() {
    let endpoint = Endpoint::start();
    let client = endpoint.client("ES256");
    let flags = pkg_config(&["--static", "--cflags", "--libs"]);
    for (name, source) in [("c_static", "tests/c/token.c"), ("cpp_static", "tests/cpp/token.cpp")] {
        let program = built(name, source, &["-static"], &flags);
        run(Command::new(program)
            .args([endpoint.text("token_endpoint"), &client.client_id, &client.key_id])
            .arg(&client.private_key_file));
    }
}

#[test]
fn the_static_library_links_before_and_after_another_rust_library() {
    need("rustc", "rustc");
    let folder = fresh(workshop("both"));
    let (other, both) = (folder.join("other.rs"), folder.join("both.c"));
    fs::write(
        &other,
        r#"#[unsafe(no_mangle)]
        pub extern "C" fn other_panics() -> bool {
            std::panic::set_hook(Box::new(|_| {}));
            std::panic::catch_unwind(|| std::thread::spawn(|| panic!()).join().unwrap()).is_err()
        }"#,
    )
    .expect("a file");
    fs::write(
        &both,
        r#"#include <stdbool.h>
        #include <talkdesk_auth.h>
        bool other_panics(void);
        int main(void) {
            td_client *client;
            td_error *error = td_client_new(NULL, &client);
            int32_t code = td_error_code(error);
            td_free(error);
            return !(other_panics() && code == TD_ERROR_INVALID_OPTION);
        }"#,
    )
    .expect("a file");
    let archive = folder.join("libother.a");
    run(Command::new("rustc").args(["--edition=2024", "--crate-type=staticlib", "-o"]).args([&archive, &other]));
    for libraries in [[static_library(), archive.clone()], [archive, static_library()]] {
        for flags in [&["-static"][..], &["-no-pie"], &["-Wl,--gc-sections"], &[]] {
            let program = folder.join("both");
            let mut command = Command::new("gcc");
            command.arg(&both).arg("-I").arg(PREFIX.join("include")).args(&libraries);
            run(command.args(["-lpthread", "-ldl", "-lm"]).args(flags).arg("-o").arg(&program));
            run(&mut Command::new(program));
        }
    }
}

// ---------------------------------------------------------------- CMake

fn cmake(folder: &Path, prefix: &Path, wanted: &str) -> Command {
    need("cmake", "cmake");
    let mut command = Command::new("cmake");
    command.arg("-S").arg(root().join("tests/cmake")).arg("-B").arg(folder);
    command.arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display())).arg(format!("-DWANTED={wanted}"));
    command
}

#[test]
fn programs_build_by_cmake_after_the_installation_was_moved() {
    let moved = fresh(workshop("moved"));
    run(Command::new("cp").arg("-a").arg(PREFIX.join("include")).arg(PREFIX.join("lib")).arg(&moved));
    let folder = fresh(workshop("cmake"));
    run(&mut cmake(&folder, &moved, VERSION));
    run(Command::new("cmake").arg("--build").arg(&folder));
    for program in ["c_talkdesk_auth", "c_static", "cpp_talkdesk_auth", "cpp_static"] {
        runs_with_this_version(&mut Command::new(folder.join(program)));
    }
    let linked = said(Command::new("readelf").arg("--dynamic").arg(folder.join("c_talkdesk_auth")));
    assert!(linked.contains(&format!("[libtalkdesk_auth.so.{MAJOR}]")), "{linked}");
}

#[test]
fn cmake_refuses_a_version_that_is_not_installed() {
    let folder = fresh(workshop("cmake_refused"));
    let next = format!("{MAJOR}.999");
    let output = cmake(&folder, &PREFIX, &next).output().expect("cmake starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && complaint.contains("compatible with requested version"), "{complaint}");
}

#[test]
fn cmake_knows_the_components() {
    let configure = |components: &str| {
        let folder = fresh(workshop("cmake_components"));
        cmake(&folder, &PREFIX, &format!("{VERSION};{components}")).output().expect("cmake starts")
    };
    for components in ["COMPONENTS;talkdesk_auth", "COMPONENTS;static;talkdesk_auth", "OPTIONAL_COMPONENTS;curl"] {
        let output = configure(components);
        assert!(output.status.success(), "{components}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let output = configure("COMPONENTS;static;curl");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{output:?}");
    assert!(complaint.contains("talkdesk_auth has no component curl"), "{complaint}");
}
