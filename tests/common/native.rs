//! The C libraries as `make lib` lays them out, and programs that link with them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The folder of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The staged installation whose library is under AddressSanitizer, if `make sanitize` runs the tests.
pub fn sanitized() -> Option<PathBuf> {
    std::env::var_os("TD_SANITIZED").map(PathBuf::from)
}

/// The staged installation, built once: `include/`, `lib/`.
pub fn stage() -> &'static Path {
    static STAGE: OnceLock<PathBuf> = OnceLock::new();
    STAGE.get_or_init(|| {
        if let Some(stage) = sanitized() {
            return stage;
        }
        run(Command::new("make").arg("--no-print-directory").arg("lib").current_dir(root()));
        root().join("target/c")
    })
}

/// A folder for the programs that tests build. It is kept between runs.
pub fn workshop(name: &str) -> PathBuf {
    let folder = root().join("target/tests").join(name);
    std::fs::create_dir_all(&folder).expect("the folder for test programs can be made");
    folder
}

/// Fails the test if `tool` can't be started, and says which package contains it.
pub fn need(tool: &str, package: &str) {
    let found = Command::new(tool).arg("--version").output().is_ok();
    assert!(found, "{tool} is missing; install it: apt-get install {package}");
}

/// How a program is linked with the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    Shared,
    Static,
}

/// The ways to link that the staged installation has.
pub fn links() -> &'static [Link] {
    if sanitized().is_some() { &[Link::Shared] } else { &[Link::Shared, Link::Static] }
}

/// Compiles `sources` (paths below the project's folder) with `compiler` and its `flags` into `program` and links it.
pub fn compile(compiler: &str, flags: &[&str], sources: &[&str], link: Link, program: &Path) {
    let stage = stage();
    let library = stage.join("lib");
    let mut command = Command::new(compiler);
    let runtime = sanitized().map(|_| "-fsanitize=address");
    command
        .args(flags)
        .args(runtime)
        .args(sources.iter().map(|source| root().join(source)))
        .arg("-I")
        .arg(stage.join("include"));
    match link {
        Link::Shared => {
            command.arg("-L").arg(&library).arg("-ltalkdesk_auth").arg(format!("-Wl,-rpath,{}", library.display()))
        }
        Link::Static => command.arg(library.join("libtalkdesk_auth.a")).args(["-lpthread", "-ldl", "-lm"]),
    };
    run(command.arg("-o").arg(program));
}

/// Runs a command that must succeed, and returns its output.
pub fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} can't be started: {error}"));
    assert!(
        output.status.success(),
        "{command:?} ended with {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
