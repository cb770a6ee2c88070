//! The C and C++ APIs keep their contracts. tests/c and tests/cpp have one program for each group of functions. Each runs plain,
//! under AddressSanitizer with LeakSanitizer, and under valgrind.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use common::endpoint::Endpoint;
use common::native::{Link, compile, need, root, run, sanitized, stage, workshop};

/// Shared by all programs. It ends with this process.
static ENDPOINT: LazyLock<Endpoint> = LazyLock::new(Endpoint::start);

#[derive(Clone, Copy)]
struct Language {
    folder: &'static str,
    compiler: &'static str,
    standard: &'static str,
}

const C: Language = Language { folder: "tests/c", compiler: "gcc", standard: "c99" };
const CPP17: Language = Language { folder: "tests/cpp", compiler: "g++", standard: "c++17" };
const CPP20: Language = Language { standard: "c++20", ..CPP17 };
const CPP23: Language = Language { standard: "c++23", ..CPP17 };

const STRICT: [&str; 7] = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-Wshadow", "-Wconversion", "-g"];

/// The tool that watches a program.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Watch {
    Nobody,
    Sanitizers,
    Valgrind,
}

/// Valgrind can't run a program that has the sanitizers.
fn everybody() -> impl Iterator<Item = Watch> + Clone {
    let all = [Watch::Nobody, Watch::Sanitizers, Watch::Valgrind];
    all.into_iter().filter(|watch| sanitized().is_none() || *watch == Watch::Sanitizers)
}

#[test]
fn c_programs_pass() {
    all_pass(C, Link::Shared, everybody());
}

#[test]
fn c_programs_pass_with_the_static_library() {
    all_pass(C, Link::Static, [Watch::Nobody]);
}

#[test]
fn cpp17_programs_pass() {
    all_pass(CPP17, Link::Shared, everybody());
}

#[test]
fn cpp20_programs_pass() {
    all_pass(CPP20, Link::Shared, everybody());
}

#[test]
fn cpp23_programs_pass() {
    all_pass(CPP23, Link::Shared, everybody());
}

/// Without this, the tests above would prove nothing.
#[test]
fn the_tools_find_a_leak_and_a_read_after_free() {
    // It leaks several, since a register may still hold the address of the last one.
    let leak =
        "td_client *client; for (int i = 0; i < 10; i++) if (td_client_new(NULL, &client) == NULL) return 1; return 0;";
    let stale = "td_client *client; td_error *error = td_client_new(NULL, &client); \
                 const char *text = td_error_message(error); td_free(error); return text[0] == 0;";
    for (name, body) in [("leak", leak), ("stale", stale)] {
        let source = workshop("c").join(format!("{name}.c"));
        fs::write(&source, format!("#include <talkdesk_auth.h>\nint main(void) {{ {body} }}\n")).expect("a file");
        for watch in everybody() {
            let output = start(&build(C, &source, Link::Shared, watch), watch);
            assert_eq!(output.status.success(), watch == Watch::Nobody, "{name}: {output:?}");
        }
    }
}

#[test]
fn each_header_compiles_alone_and_twice() {
    let compilers = [
        ("gcc", "c", "talkdesk_auth.h", ["c99", "c11", "gnu17"]),
        ("g++", "c++", "talkdesk_auth.h", ["c++11", "c++17", "c++23"]),
        ("g++", "c++", "talkdesk_auth.hpp", ["c++17", "c++20", "c++23"]),
    ];
    for (compiler, language, header, standards) in compilers {
        need(compiler, compiler);
        let include = format!("#include <{header}>\n");
        let source = workshop("c").join(format!("twice.{header}.{language}"));
        fs::write(&source, include.repeat(2) + "int unit_is_not_empty;\n").expect("a file");
        for standard in standards {
            run(Command::new(compiler)
                .args(STRICT)
                .args(["-Wold-style-cast"].iter().filter(|_| header.ends_with("hpp")))
                .args(["-fsyntax-only", "-x", language, &format!("-std={standard}"), "-I"])
                .args([root().join("include"), source.clone()]));
        }
    }
}

#[test]
fn the_first_error_says_what_the_cpp_header_needs() {
    need("g++", "g++");
    let source = workshop("c").join("needs.cpp");
    fs::write(&source, "#include <talkdesk_auth.hpp>\n").expect("a file");
    let compile = |flag: &str| {
        let mut command = Command::new("g++");
        command.args(["-std=c++17", flag, "-fsyntax-only", "-I"]).args([root().join("include"), source.clone()]);
        command
    };
    for (flag, says) in
        [("-std=c++14", "needs C++17"), ("-fno-exceptions", "throws exceptions; compile without -fno-exceptions")]
    {
        let output = compile(flag).output().expect("g++ starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        let first = errors.lines().find(|line| line.contains("error:")).unwrap_or_default();
        assert!(!output.status.success() && first.contains(says), "{flag}: {errors}");
    }
    run(&mut compile("-fno-rtti"));
}

/// This is the first program that a reader sees. It is run with the arguments that its command line shows, and without the last two.
#[test]
fn the_program_in_the_readme_exchanges_every_grant() {
    let program = program_in_the_readme(1);
    let client = ENDPOINT.client("ES256");
    let (key, wrong_key) = (client.private_key_file.to_str().expect("UTF-8"), ENDPOINT.text("wrong_private_key_file"));
    let run = |key: &str, grant: &[&str]| {
        let arguments = [ENDPOINT.text("token_endpoint"), &client.client_id, &client.key_id, key];
        Command::new(&program).args(arguments).args(grant).output().expect("the program starts")
    };
    let code = ["code-7", ENDPOINT.text("redirect_uri")];
    for grant in [&code[..], &[]] {
        let output = run(key, grant);
        assert!(output.status.success(), "{output:?}");
        assert!(output.stdout.starts_with(b"Bearer "), "{output:?}");
        assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 1, "{output:?}");
    }
    // The code is spent, and the key is another's.
    for output in [run(key, &code), run(wrong_key, &[])] {
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(output.stdout.is_empty() && output.stderr.starts_with(b"oauth_error: "), "{output:?}");
    }
}

#[test]
fn the_event_loop_in_the_readme_gets_all_its_tokens() {
    let program = program_in_the_readme(2);
    let client = ENDPOINT.client("ES256");
    let run = |key: &str| {
        let arguments = [ENDPOINT.text("token_endpoint"), &client.client_id, &client.key_id, key];
        Command::new(&program).args(arguments).output().expect("the program starts")
    };
    let output = run(client.private_key_file.to_str().expect("UTF-8"));
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.lines().all(|line| line.starts_with("Bearer ")), "{output:?}");
    assert_eq!(printed.lines().count(), 20, "{output:?}");
    // The key is another's.
    let output = run(ENDPOINT.text("wrong_private_key_file"));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty() && output.stderr.starts_with(b"oauth_error: "), "{output:?}");
}

/// With the suppressions that come with the library, valgrind reports nothing of the library, and still each leak of the program.
#[test]
fn valgrind_is_content_with_the_programs_in_the_readme() {
    need("valgrind", "valgrind");
    let client = ENDPOINT.client("ES256");
    let suppressions = stage().join("share/doc/talkdesk_auth/valgrind.supp");
    let status = |program: &Path, url: &str| {
        let output = Command::new("valgrind")
            .args(["--quiet", "--leak-check=full", "--error-exitcode=7"])
            .arg(format!("--suppressions={}", suppressions.display()))
            .arg(program)
            .args([url, &client.client_id, &client.key_id])
            .arg(&client.private_key_file)
            .env("SSL_CERT_FILE", ENDPOINT.ca_file())
            .output()
            .expect("valgrind starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for index in [1, 2] {
        let program = program_in_the_readme(index);
        for url in [ENDPOINT.url("/oauth/token"), ENDPOINT.https_url("/oauth/token")] {
            assert_eq!(status(&program, &url), (Some(0), String::new()), "{index} {url}");
        }
        let source = workshop("c").join(format!("readme{index}.c"));
        let leaking = fs::read_to_string(&source).expect("the program").replace("td_free(client);", "client = NULL;");
        fs::write(source.with_file_name("leaking.c"), leaking).expect("a file");
        let program = build(C, &source.with_file_name("leaking.c"), Link::Shared, Watch::Nobody);
        let (code, report) = status(&program, &ENDPOINT.url("/oauth/token"));
        assert!(code == Some(7) && report.contains("definitely lost"), "{index}: {code:?} {report}");
    }
}

/// Compiles a C program of README.md unchanged: the first one is 1.
fn program_in_the_readme(index: usize) -> PathBuf {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let program = readme.split("```c\n").nth(index).and_then(|rest| rest.split("```").next()).expect("a program in C");
    let source = workshop("c").join(format!("readme{index}.c"));
    fs::write(&source, program).expect("a file");
    build(C, &source, Link::Shared, Watch::Nobody)
}

fn all_pass(language: Language, link: Link, watches: impl IntoIterator<Item = Watch> + Clone) {
    let sources = sources(language);
    assert!(sources.len() >= 6, "too few test programs in {}", language.folder);
    let mut failed = String::new();
    let is_possible = |source: &&PathBuf| {
        (link == Link::Shared || !stands_in_for_the_library(source))
            && (sanitized().is_none() || !errs_on_purpose(source))
    };
    for source in sources.iter().filter(is_possible) {
        for watch in watches.clone() {
            let output = start(&build(language, source, link, watch), watch);
            if !output.status.success() {
                let complaint = String::from_utf8_lossy(&output.stderr);
                failed += &format!("{} {watch:?}: {}\n{complaint}\n", source.display(), output.status);
            }
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

fn sources(language: Language) -> Vec<PathBuf> {
    let files = fs::read_dir(root().join(language.folder)).expect("the tests' folder");
    let mut sources: Vec<PathBuf> = files.map(|file| file.expect("an entry").path()).collect();
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "c" || extension == "cpp"));
    sources.sort();
    sources
}

/// Some programs define a function of the library themselves, which clashes with the static library.
fn stands_in_for_the_library(source: &Path) -> bool {
    fs::read_to_string(source).expect("a source").contains("\nextern \"C\" ")
}

/// This program frees an object twice. A library under AddressSanitizer reports that before it says so itself.
fn errs_on_purpose(source: &Path) -> bool {
    source.ends_with("c/free.c")
}

/// Compiles a program. The plain run and valgrind share one build.
fn build(language: Language, source: &Path, link: Link, watch: Watch) -> PathBuf {
    need(language.compiler, language.compiler);
    let name = source.file_stem().expect("a file's name").to_string_lossy();
    let sanitized = if watch == Watch::Sanitizers { ".sanitized" } else { "" };
    let program = workshop("c").join(format!("{name}.{}.{link:?}{sanitized}", language.standard));
    if watch != Watch::Valgrind || !program.exists() {
        let standard = format!("-std={}", language.standard);
        let mut flags = [&STRICT[..], &[&standard, "-pthread"]].concat();
        if watch == Watch::Sanitizers {
            flags.extend(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]);
        }
        let source = source.to_str().expect("a path in UTF-8");
        compile(language.compiler, &flags, &[source], link, &program);
    }
    program
}

/// Runs a test program with the endpoint's data as arguments.
fn start(program: &Path, watch: Watch) -> Output {
    let mut command = match watch {
        Watch::Valgrind => valgrind(program),
        _ => Command::new(program),
    };
    let client = ENDPOINT.client("ES256");
    command
        .args([ENDPOINT.text("token_endpoint"), &client.client_id, &client.key_id])
        .arg(client.private_key_file)
        // One authority instead of the system's many, which valgrind would take long to load.
        .env("SSL_CERT_FILE", ENDPOINT.ca_file())
        // It accepts connections and never answers.
        .env("TD_SILENT", format!("https://{}/oauth/token", ENDPOINT.text("silent")))
        .output()
        .unwrap_or_else(|error| panic!("{command:?} can't be started: {error}"))
}

fn valgrind(program: &Path) -> Command {
    need("valgrind", "valgrind");
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect"]);
    // A child that aborts on purpose must print no report.
    command.args(["--show-leak-kinds=definite,indirect", "--child-silent-after-fork=yes", "--error-exitcode=99"]);
    command.arg(program);
    command
}
